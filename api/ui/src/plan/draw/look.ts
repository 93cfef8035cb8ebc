// How the fabric looks on the map: sources and layers of its own. What changes is told by
// its id, so that only the areas an edit touches are sent to the map again.

import type { Feature, FeatureCollection, Position } from "geojson";
import type { DataDrivenPropertyValueSpecification, GeoJSONSource, LayerSpecification, Map } from "maplibre-gl";
import type { Extra } from "../../map/citymap";
import { layers } from "../../app/state";
import { rankedBorders } from "../../map/style";
import { faults, layer, selected } from "../desk";
import { allAbove, fabric, node, upper } from "./hand";
import type { Area, Shape } from "./fabric";
import { same } from "./fabric";
import type { Handle } from "./handles";

const sources = { fabric: "plan-fabric", above: "plan-above", handles: "plan-handles", faults: "plan-faults" };

export class Look implements Extra {
  #handles: Handle[] = [];
  #marked: string[] = []; // the areas drawn as chosen

  constructor(readonly map: Map) {}

  draw(map: Map): void {
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    const before = map.getLayer("area-name") ? "area-name" : undefined;
    map.addSource(sources.fabric, { type: "geojson", data: collection(fabric.areas), promoteId: "code", tolerance: 0.2 });
    map.addSource(sources.above, { type: "geojson", data: collection(areasAbove()), tolerance: 0.2 });
    map.addSource(sources.faults, { type: "geojson", data: collection([]) });
    map.addSource(sources.handles, { type: "geojson", data: collection([]) });
    for (const part of partsOf(dark)) map.addLayer(part, before);
    this.#marked = [];
    this.mark();
    this.faults();
    this.handles(this.#handles);
    this.#hideTiles();
  }

  erase(map: Map): void {
    for (const part of partsOf(false)) if (map.getLayer(part.id)) map.removeLayer(part.id);
    for (const source of Object.values(sources)) if (map.getSource(source)) map.removeSource(source);
    this.#hideTiles(false);
  }

  /** Draws the whole fabric anew. */
  renew(): void {
    void this.#source("fabric")?.setData(collection(fabric.areas));
    void this.#source("above")?.setData(collection(areasAbove()));
    this.#hideTiles();
  }

  /** Draws these areas anew, and those no more. */
  patch(put: Area[], dropped: string[]): void {
    void this.#source("fabric")?.updateData({ remove: dropped, add: put as Feature[] });
  }

  /** The same for areas of a layer above. */
  patchAbove(layer: string, put: Area[], dropped: string[]): void {
    void this.#source("above")?.updateData({ remove: dropped.map((code) => nameOf(layer, code)), add: put.map(borderAbove) });
  }

  /** Draws areas in another shape than the fabric has them. */
  shapes(shapes: ReadonlyMap<string, Shape>): void {
    void this.#source("fabric")?.updateData({ update: [...shapes].map(([id, newGeometry]) => ({ id, newGeometry })) });
  }

  /** The same for areas of a layer above. */
  shapesAbove(layer: string, shapes: ReadonlyMap<string, Shape>): void {
    void this.#source("above")?.updateData({ update: [...shapes].map(([code, newGeometry]) => ({ id: nameOf(layer, code), newGeometry })) });
  }

  /** Draws which areas are chosen. */
  mark(): void {
    if (!this.#source("fabric")) return;
    for (const id of this.#marked) this.map.removeFeatureState({ source: sources.fabric, id });
    this.#marked = selected.peek();
    for (const id of this.#marked) this.map.setFeatureState({ source: sources.fabric, id }, { chosen: true });
  }

  handles(handles: Handle[]): void {
    this.#handles = handles;
    const now = node.peek();
    const look = ({ at, ends }: Handle) => (ends ? "middle" : now && same(at, now) ? "now" : "node");
    const dots = handles.map((handle) => dot(handle.at, look(handle)));
    void this.#source("handles")?.setData(collection(dots));
  }

  /** Draws what is held, and nothing else to take hold of; in another colour where its borders cross others. */
  held(at: Position, crossed: boolean): void {
    void this.#source("handles")?.setData(collection([dot(at, crossed ? "crossed" : "now")]));
  }

  faults(): void {
    const found = faults.peek().flatMap(({ geometry, properties: { severity, at } }) => [
      { type: "Feature", geometry, properties: { severity } } as Feature,
      dot(at, severity),
    ]);
    void this.#source("faults")?.setData(collection(found));
  }

  #source(which: keyof typeof sources): GeoJSONSource | undefined {
    return this.map.getSource<GeoJSONSource>(sources[which]);
  }

  /** The tiles of what is drawn here show the borders as they were: not under it. */
  #hideTiles(hide = true): void {
    for (const { name } of layers.peek()) {
      const border = `${name}-border`;
      const held = name === layer.peek() ? fabric : upper.get(name);
      const isDrawn = hide && held !== undefined && held.size > 0;
      if (this.map.getLayer(border)) this.map.setPaintProperty(border, "line-opacity", isDrawn ? 0 : 1);
    }
  }
}

function areasAbove(): Feature[] {
  return [...upper.values()].flatMap((fabric) => fabric.areas.map(borderAbove));
}

/** An area of a layer above, of which only the border is drawn: the higher, the stronger. */
function borderAbove({ geometry, properties: { layer, code } }: Area): Feature {
  const rank = allAbove.peek().find(({ name }) => name === layer)?.chain.indexOf(layer);
  return { type: "Feature", id: nameOf(layer, code), geometry, properties: { rank } } as Feature;
}

function nameOf(layer: string, code: string): string {
  return `${layer}/${code}`;
}

function collection(features: Area[] | Feature[]): FeatureCollection {
  return { type: "FeatureCollection", features: features as Feature[] };
}

function dot(at: Position, look: string): Feature {
  return { type: "Feature", geometry: { type: "Point", coordinates: at }, properties: { look } };
}

type Paint<T> = DataDrivenPropertyValueSpecification<T>;

function partsOf(dark: boolean): LayerSpecification[] {
  const color = dark
    ? { border: "#7fabd8", chosen: "#7fb2ea", ground: "#161b22", error: "#ff5a63", warning: "#ffa733", note: "#b98be6" }
    : { border: "#4f7ba8", chosen: "#1f5fa8", ground: "#ffffff", error: "#d3222f", warning: "#f08a00", note: "#8a4fbf" };
  const chosen = <T>(yes: T, no: T) => ["case", ["boolean", ["feature-state", "chosen"], false], yes, no] as unknown as Paint<T>;
  const looks = <T>(pairs: Record<string, T>, other: T) => ["match", ["coalesce", ["get", "look"], ["get", "severity"]], ...Object.entries(pairs).flat(), other] as unknown as Paint<T>;
  const severity = looks({ error: color.error, warning: color.warning }, color.note);
  return [
    { id: "plan-above", type: "line", source: sources.above, ...rankedBorders(dark) },
    { id: "plan-fill", type: "fill", source: sources.fabric, paint: { "fill-color": color.chosen, "fill-opacity": chosen(0.2, 0) } },
    { id: "plan-border", type: "line", source: sources.fabric, layout: { "line-join": "round" }, paint: { "line-color": chosen(color.chosen, color.border), "line-width": chosen(2.6, 1.2) } },
    { id: "plan-fault-fill", type: "fill", source: sources.faults, filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": severity, "fill-opacity": 0.35 } },
    { id: "plan-fault-line", type: "line", source: sources.faults, filter: ["!=", ["geometry-type"], "Point"], paint: { "line-color": severity, "line-width": 2.5 } },
    { id: "plan-fault-dot", type: "circle", source: sources.faults, filter: ["==", ["geometry-type"], "Point"], paint: { "circle-radius": 6, "circle-color": severity, "circle-opacity": 0.5, "circle-stroke-width": 1.5, "circle-stroke-color": severity } },
    {
      id: "plan-handle",
      type: "circle",
      source: sources.handles,
      paint: {
        "circle-radius": looks({ middle: 3.5, now: 7, crossed: 7 }, 5),
        "circle-color": looks({ now: color.chosen, crossed: color.error }, color.ground),
        "circle-stroke-width": looks({ middle: 1 }, 2),
        "circle-stroke-color": looks({ crossed: color.error }, color.chosen),
      },
    },
  ];
}
