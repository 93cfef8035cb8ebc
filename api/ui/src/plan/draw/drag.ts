// Moving what is held, by pointer or by keys: both neighbours of a border go with it at once,
// and when it is let go the service is asked.

import type { Position } from "geojson";
import { edit, layer } from "../desk";
import { edited, fabric } from "./hand";
import { gripEdit } from "./edits";
import { Grip } from "./grip";
import type { Handle } from "./handles";
import type { Look } from "./look";

/** What it takes to draw one frame, for whoever measures. */
const measured = "gridwarden.drag";

export class Drag {
  #grip: Grip | null = null;
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
    this.#grip = ends ? Grip.piece(fabric, ends, only) : Grip.node(fabric, at, only);
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
    const [grip, to, area] = [this.#grip, this.#to, edited.peek()];
    this.#let();
    if (!grip || !to || !area) return;
    const done = await edit(gripEdit(area, grip, to));
    if (!done && area.name === layer.peek()) this.look.shapes(grip.before());
  }

  /** Lets go as if nothing had been held. */
  cancel(): void {
    const grip = this.#grip;
    this.#let();
    if (grip) this.look.shapes(grip.before());
  }

  #let(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#grip = this.#to = null;
  }

  #draw(): void {
    const start = performance.now();
    this.#frame = 0;
    if (!this.#grip || !this.#to) return;
    const shapes = this.#grip.move(this.#to);
    this.look.shapes(shapes);
    this.look.held(this.#to, this.#grip.crossed);
    performance.measure(measured, { start, detail: { areas: shapes.size } });
  }
}
