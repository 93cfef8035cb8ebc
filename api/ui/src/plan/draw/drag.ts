// Moving what is held, by pointer or by keys: both neighbours of a border go with it at once,
// and the borders of the layers above that run there; when it is let go the service is asked.

import type { Position } from "geojson";
import { edit, layer } from "../desk";
import { edited, fabric, upper } from "./hand";
import { gripEdit } from "./edits";
import type { Fabric } from "./fabric";
import { Grip } from "./grip";
import type { Handle } from "./handles";
import type { Look } from "./look";

/** What it takes to draw one frame, for whoever measures. */
const measured = "gridwarden.drag";

export class Drag {
  #grip: Grip | null = null;
  #above: [layer: string, grip: Grip][] = []; // of the same place in the layers above
  #to: Position | null = null;
  #frame = 0;

  constructor(readonly look: Look) {}

  get holds(): boolean {
    return this.#grip !== null;
  }

  /** Where what is held is now; null: it was not moved. */
  get to(): Position | null {
    return this.#to;
  }

  /** Takes hold of a handle. Only: of a layer whose areas share no borders, the area that is changed. */
  take({ at, ends }: Handle, only: string | null): boolean {
    this.cancel();
    const gripOf = (fabric: Fabric) => (ends ? Grip.piece(fabric, ends, only) : Grip.node(fabric, at, only));
    this.#grip = gripOf(fabric);
    this.#above = [...upper].flatMap(([layer, fabric]) => {
      const grip = gripOf(fabric);
      return grip ? [[layer, grip]] : [];
    });
    performance.clearMeasures(measured);
    return this.#grip !== null;
  }

  /** Moves it; it is drawn once in a frame. */
  move(to: Position): void {
    this.#to = to;
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#draw());
  }

  /** Lets go, and asks the service. Where it does not agree, the fabric is drawn as it was. */
  async release(): Promise<void> {
    const [grip, above, to, area] = [this.#grip, this.#above, this.#to, edited.peek()];
    this.#let();
    if (!grip || !to || !area) return;
    const done = await edit(gripEdit(area, grip, to));
    if (!done && area.name === layer.peek()) this.#asBefore(grip, above);
  }

  /** Lets go as if nothing had been held. */
  cancel(): void {
    const [grip, above] = [this.#grip, this.#above];
    this.#let();
    if (grip) this.#asBefore(grip, above);
  }

  #asBefore(grip: Grip, above: [layer: string, grip: Grip][]): void {
    this.look.shapes(grip.before());
    for (const [layer, grip] of above) this.look.shapesAbove(layer, grip.before());
  }

  #let(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#grip = this.#to = null;
    this.#above = [];
  }

  #draw(): void {
    const start = performance.now();
    this.#frame = 0;
    if (!this.#grip || !this.#to) return;
    const shapes = this.#grip.move(this.#to);
    this.look.shapes(shapes);
    let areas = shapes.size;
    for (const [layer, grip] of this.#above) {
      const shapes = grip.move(this.#to);
      this.look.shapesAbove(layer, shapes);
      areas += shapes.size;
    }
    this.look.held(this.#to, this.#grip.crossed);
    performance.measure(measured, { start, detail: { areas } });
  }
}
