// Drawing lines and polygons with terra-draw: by pointer, freehand, or by keys, which click
// in the middle of the map.

import type { Position } from "geojson";
import type { Map } from "maplibre-gl";
import { TerraDraw, TerraDrawFreehandLineStringMode, TerraDrawLineStringMode, TerraDrawModeUndoRedo, TerraDrawPolygonMode } from "terra-draw";
import { TerraDrawMapLibreGLAdapter } from "terra-draw-maplibre-gl-adapter";

export type Mode = "linestring" | "freehand-linestring" | "polygon";

/** What a sketch asks and tells. */
export interface Sketching {
  /** Where a place near a border is meant to be; null: where it is. */
  snap(place: Position): Position | null;
  /** The points so far; none: nothing is drawn. */
  drawn(points: Position[]): void;
  finished(points: Position[]): void;
}

const prefix = "plan-sketch"; // of its layers
const apart = 8; // pixels: a click nearer to the last point, or to a ring's first, ends what is drawn

export class Sketch {
  readonly #map: Map;
  readonly #draw: TerraDraw;
  readonly #asked: Sketching;
  readonly #changed = () => this.#tell();
  #points: Position[] = [];
  #exactly: Position | null = null; // where the next click is meant, whatever its pixel

  constructor(map: Map, mode: Mode, asked: Sketching) {
    this.#map = map;
    this.#asked = asked;
    const color = matchMedia("(prefers-color-scheme: dark)").matches ? "#ffa733" : "#c2410c";
    const line = { lineStringColor: color, lineStringWidth: 3, closingPointColor: color, snappingPointColor: color } as const;
    const snapping = { toCustom: ({ lng, lat }: { lng: number; lat: number }) => this.#exactly ?? asked.snap([lng, lat]) ?? undefined };
    this.#draw = new TerraDraw({
      adapter: new TerraDrawMapLibreGLAdapter({ map, prefixId: prefix }),
      modes: [
        new TerraDrawLineStringMode({ pointerDistance: apart, snapping, styles: line }),
        new TerraDrawFreehandLineStringMode({ drawInteraction: "click-move-or-drag", minDistance: 6, styles: { lineStringColor: color, lineStringWidth: 3 } }),
        new TerraDrawPolygonMode({ pointerDistance: apart, snapping, styles: { fillColor: color, outlineColor: color, outlineWidth: 3, closingPointColor: color, snappingPointColor: color } }),
      ],
      undoRedo: { modeLevel: new TerraDrawModeUndoRedo() },
    });
    this.#draw.start();
    this.#draw.setMode(mode);
    this.#draw.on("change", this.#changed);
    this.#draw.on("finish", (id) => this.#finish(id));
  }

  get points(): Position[] {
    return this.#points;
  }

  /** Adds a point, as a click there does. */
  add(place: Position): void {
    this.#exactly = this.#asked.snap(place) ?? place;
    const { x, y } = this.#map.project(this.#exactly as [number, number]);
    for (const type of ["pointermove", "pointerdown", "pointerup"]) this.#pointer(type, x, y);
    this.#exactly = null;
  }

  /** Lets the line that is drawn run to a place. */
  toward(place: Position): void {
    const { x, y } = this.#map.project(place as [number, number]);
    this.#pointer("pointermove", x, y);
  }

  /** Takes back the last point. */
  back(): boolean {
    return this.#draw.undo();
  }

  /** Ends it; what was drawn is not told as gone. */
  stop(): void {
    this.#draw.off("change", this.#changed);
    try {
      this.#draw.stop();
    } catch (error) {
      if (this.#map.getSource(`${prefix}-point`)) throw error; // else its layers went with the style they were in
    }
  }

  #pointer(type: string, x: number, y: number): void {
    const canvas = this.#map.getCanvas();
    const { left, top } = canvas.getBoundingClientRect();
    const button = type === "pointermove" ? -1 : 0;
    canvas.dispatchEvent(new PointerEvent(type, { clientX: left + x, clientY: top + y, button, isPrimary: true, bubbles: true }));
  }

  #tell(): void {
    const drawing = this.#draw.getSnapshot().find(({ properties }) => properties.currentlyDrawing);
    const points = drawing ? fixed(drawing.geometry.coordinates as Position[] | Position[][]) : [];
    if (points.length === this.#points.length && points.at(-1)?.join() === this.#points.at(-1)?.join()) return;
    this.#points = points;
    this.#asked.drawn(points);
  }

  #finish(id: string | number): void {
    const shape = this.#draw.getSnapshotFeature(id)?.geometry;
    this.#draw.off("change", this.#changed);
    this.#draw.clear();
    this.#draw.on("change", this.#changed);
    this.#points = [];
    if (shape?.type === "LineString") this.#asked.finished(shape.coordinates);
    if (shape?.type === "Polygon") this.#asked.finished(shape.coordinates[0]!);
  }
}

/** The points that are fixed: all but the last, which follows the pointer, and what closes a ring. */
function fixed(coordinates: Position[] | Position[][]): Position[] {
  const ring = Array.isArray(coordinates[0]?.[0]);
  const points = (ring ? coordinates[0] : coordinates) as Position[];
  const all = points.slice(0, ring ? -2 : -1);
  return all.filter((at, i) => i === 0 || at.join() !== all[i - 1]!.join());
}
