// The drawing on the map, for as long as a draft is open: the fabric, what pointers do to
// it, and the line that is drawn.

import { batch, effect, untracked } from "@preact/signals";
import type { Position } from "geojson";
import type { MapMouseEvent, MapTouchEvent, Map } from "maplibre-gl";
import { area, spot } from "../../app/state";
import type { CityMap } from "../../map/citymap";
import { current, edit, faults, layer, selected, tool } from "../desk";
import { keepAreas } from "./areas";
import { Drag } from "./drag";
import { deleteEdit, drawEdit, insertEdit, lineEdit } from "./edits";
import { above, chosen, draws, edited, fabric, freehand, known, newCode, newName, node, said, target, thinned, toggle } from "./hand";
import { boxOf } from "./fabric";
import { rounded } from "./ground";
import { half, storeHalf, type Half } from "./half";
import { handlesOf, pick, type Handle } from "./handles";
import { Look } from "./look";
import { Sketch } from "./sketch";
import { words } from "./words";

const reach = 10; // pixels within which a line snaps to a border

export class Canvas {
  readonly map: Map;
  readonly look: Look;
  readonly drag: Drag;
  #handles: Handle[] = [];
  #sketch: Sketch | null = null;
  readonly #ends: (() => void)[];

  constructor(readonly city: CityMap) {
    this.map = city.map;
    this.look = new Look(this.map);
    this.drag = new Drag(this.look);
    const shown = () => this.#showHandles();
    const heard = [
      this.map.on("click", this.#click),
      this.map.on("mousedown", this.#press),
      this.map.on("touchstart", this.#press),
      this.map.on("contextmenu", this.#menu),
      this.map.on("moveend", shown),
    ];
    this.#ends = [
      city.extend({ draw: (map) => this.#restyled(map), erase: (map) => this.look.erase(map) }),
      keepAreas(city, this.look),
      effect(() => {
        void [chosen.value, tool.value, node.value];
        untracked(shown);
      }),
      effect(() => {
        void [selected.value, known.value];
        untracked(() => this.look.mark());
      }),
      effect(() => {
        void faults.value;
        untracked(() => this.look.faults());
      }),
      effect(() => this.#keepSketch()),
      effect(() => this.#foundArea()),
      effect(() => this.#foundPlace()),
      () => heard.forEach((one) => one.unsubscribe()),
      () => this.drag.cancel(),
      () => this.#sketch?.stop(),
    ];
  }

  stop(): void {
    for (const end of this.#ends.toReversed()) end();
  }

  /** The line that is drawn with the tool; null: the tool draws none. */
  get sketch(): Sketch | null {
    return this.#sketch;
  }

  /** How many metres of the ground a reach in the window is. */
  get reach(): number {
    const { lat } = this.map.getCenter();
    return (reach * 40_075_017 * Math.cos((lat * Math.PI) / 180)) / (512 * 2 ** this.map.getZoom());
  }

  get middle(): Position {
    const { lng, lat } = this.map.getCenter().wrap();
    return rounded([lng, lat]);
  }

  /** What a click at a place means, with the tool. */
  choose(at: Position, adding: boolean): void {
    const code = fabric.at(at);
    const picks = selected.peek().length > 0 && !adding;
    if (code === null) {
      if (!adding && tool.peek() !== "merge") selected.value = [];
    } else if (tool.peek() === "give" && picks) {
      target.value = fabric.area(code)?.properties.parent ?? "";
      said.value = words.peek().target(above.peek()?.title ?? "", target.peek());
    } else if (tool.peek() === "close" && picks) {
      target.value = code === selected.peek()[0] ? "" : code;
    } else if (adding || tool.peek() === "merge") toggle(code);
    else selected.value = [code];
    if (code !== null) said.value = words.peek().chosen(selected.peek());
  }

  /** Takes hold of the node that keys are about. */
  takeNode(): boolean {
    const at = node.peek();
    return at !== null && this.drag.take({ at, ends: null }, this.#only());
  }

  deleteNode(): void {
    const [at, of] = [node.peek(), edited.peek()];
    if (!at || !of) return;
    node.value = null;
    void edit(deleteEdit(of, at));
  }

  insertNode(at: Position): void {
    const of = edited.peek();
    if (of) void edit(insertEdit(of, rounded(at)));
  }

  /** Goes on with what was half drawn before. */
  goOn({ tool: with_, layer: on, chosen: areas, points }: Half): void {
    batch(() => {
      [layer.value, tool.value, selected.value, freehand.value, half.value] = [on, with_, areas, false, null];
    });
    const seen = this.map.getBounds();
    if (!points.every((at) => seen.contains(at as [number, number]))) this.map.fitBounds(boxOf([points]), { padding: 80, maxZoom: this.map.getZoom(), animate: false });
    for (const point of points) this.#sketch?.add(point);
  }

  /** Has a sketch while the tool draws. */
  #keepSketch(): void {
    const mode = tool.value === "draw" ? "polygon" : freehand.value ? "freehand-linestring" : "linestring";
    this.#sketch?.stop();
    this.#sketch = null;
    if (!draws.value) return;
    this.#sketch = new Sketch(this.map, mode, {
      snap: (place) => rounded(fabric.snap(place, this.reach)?.position ?? place),
      drawn: (points) => this.#keepHalf(points),
      finished: (points) => this.#finish(points),
    });
  }

  /** Draws everything again after a change of style, the line that is drawn too. */
  #restyled(map: Map): void {
    this.look.draw(map);
    const points = this.#sketch?.points ?? [];
    untracked(() => this.#keepSketch());
    for (const point of points) this.#sketch?.add(point);
  }

  #keepHalf(points: Position[]): void {
    const draft = current.peek();
    if (draft) storeHalf(draft.id, { tool: tool.peek(), layer: layer.peek(), chosen: selected.peek(), points });
  }

  #finish(points: Position[]): void {
    const [of, with_] = [edited.peek(), tool.peek()];
    if (!of) return;
    const made = with_ === "draw" ? drawEdit(of, fabric, points, this.reach, newCode.peek(), newName.peek(), target.peek()) : lineEdit(with_ === "split" ? "split" : "border", of, fabric, selected.peek(), points, this.reach);
    if (typeof made === "string") {
      said.value = words.peek().troubles[made];
      return;
    }
    this.#keepHalf([]);
    void edit(made);
  }

  #showHandles(): void {
    if (this.drag.holds) return;
    const shown = tool.peek() === "node" ? handlesOf(this.map, chosen.peek()) : { handles: [], thinned: false };
    this.#handles = shown.handles;
    thinned.value = shown.thinned;
    this.look.handles(shown.handles);
  }

  /** The area that was found is chosen. */
  #foundArea(): void {
    const found = area.value;
    if (found && found.layer === layer.peek()) untracked(() => (selected.value = [found.code]));
  }

  /** So is the one at a place that was found. */
  #foundPlace(): void {
    const place = spot.value;
    const code = place && fabric.at([place.lon, place.lat]);
    if (code && !draws.peek()) untracked(() => this.choose([place.lon, place.lat], false));
  }

  /** Of a layer whose areas share no borders, the one that is changed. */
  #only(): string | null {
    return edited.peek()?.kind === "coverage" ? null : (selected.peek()[0] ?? null);
  }

  readonly #click = ({ point, lngLat, originalEvent }: MapMouseEvent): void => {
    if (draws.peek()) return;
    const handle = pick(this.map, this.#handles, point);
    if (!handle) this.choose([lngLat.lng, lngLat.lat], originalEvent.shiftKey);
    else if (handle.ends) this.insertNode(handle.at);
    else node.value = handle.at;
  };

  readonly #menu = ({ point }: MapMouseEvent): void => {
    const handle = pick(this.map, this.#handles, point);
    if (!handle || handle.ends) return;
    node.value = handle.at;
    this.deleteNode();
  };

  /** Drags the handle under the pointer until it is let go. */
  readonly #press = (event: MapMouseEvent | MapTouchEvent): void => {
    const held = event.originalEvent;
    if (held instanceof MouseEvent && held.button !== 0) return;
    const handle = pick(this.map, this.#handles, event.point);
    if (!handle || !this.drag.take(handle, this.#only())) return;
    event.preventDefault(); // the map stays where it is
    const move = ({ lngLat }: MapMouseEvent | MapTouchEvent) => this.drag.move(rounded([lngLat.lng, lngLat.lat]));
    const heard = [this.map.on("mousemove", move), this.map.on("touchmove", move)];
    const let_ = () => {
      heard.forEach((one) => one.unsubscribe());
      if (!this.drag.to) return this.drag.cancel();
      node.value = handle.ends ? null : this.drag.to;
      void this.drag.release().then(() => this.#showHandles());
    };
    addEventListener(held instanceof MouseEvent ? "mouseup" : "touchend", let_, { once: true });
  };
}
