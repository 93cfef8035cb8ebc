// The fault that is looked at, drawn over everything else on the map.

import { effect } from "@preact/signals";
import type { Geometry } from "geojson";
import type { GeoJSONSource, Map } from "maplibre-gl";
import type { Box } from "../app/state";
import { city } from "../map/MapView";
import { faults, shown, type DrawnFault } from "./desk";

const source = "fault-shown";
const color = "#d3222f";

// A fault that was mended is marked no longer.
effect(() => {
  const [all, seen] = [faults.value, shown.peek()];
  if (seen) shown.value = all.find((fault) => keyOf(fault) === keyOf(seen)) ?? null;
});

/** What two tellings of one fault share. */
export function keyOf({ properties: { kind, layer, areas, at } }: DrawnFault): string {
  return [kind, layer, ...areas, ...at].join(" ");
}

effect(() => {
  if (city.value && shown.value) return city.value.extend({ draw, erase });
});

function draw(map: Map): void {
  if (!shown.peek()) return;
  const data = shown.peek()!.geometry as Geometry;
  const there = map.getSource<GeoJSONSource>(source);
  if (there) return void there.setData(data);
  map.addSource(source, { type: "geojson", data });
  map.addLayer({ id: `${source}-fill`, type: "fill", source, filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": color, "fill-opacity": 0.3 } });
  map.addLayer({ id: `${source}-line`, type: "line", source, paint: { "line-color": color, "line-width": 3 } });
  map.addLayer({ id: `${source}-dot`, type: "circle", source, filter: ["==", ["geometry-type"], "Point"], paint: { "circle-radius": 14, "circle-color": "transparent", "circle-stroke-color": color, "circle-stroke-width": 3 } });
}

function erase(map: Map): void {
  for (const part of ["fill", "line", "dot"]) if (map.getLayer(`${source}-${part}`)) map.removeLayer(`${source}-${part}`);
  if (map.getSource(source)) map.removeSource(source);
}

/** The box around positions however deep they are nested, widened by so many degrees. */
export function boxAround(coordinates: unknown, margin = 0.0005): Box {
  const box: Box = [Infinity, Infinity, -Infinity, -Infinity];
  const visit = (c: unknown): void => {
    if (!Array.isArray(c)) return;
    if (typeof c[0] !== "number") return c.forEach(visit);
    const [x, y] = c as [number, number];
    [box[0], box[1], box[2], box[3]] = [Math.min(box[0], x), Math.min(box[1], y), Math.max(box[2], x), Math.max(box[3], y)];
  };
  visit(coordinates);
  return [box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin];
}
