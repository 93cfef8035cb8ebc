// Findings on the map, each look by its own pattern, and areas brought into view.

import { effect } from "@preact/signals";
import type { FeatureCollection, Geometry } from "geojson";
import type { LayerSpecification, Map } from "maplibre-gl";
import { asOf } from "../app/state";
import { boundsOf, linesOf } from "../area/shape";
import { city } from "../map/MapView";
import { service, settle } from "../service/client";
import type { Look } from "./finding";

const source = "duty-findings";

const looks: Look[] = ["other", "fallback", "collision", "hole"]; // the worst on top
const colors: Record<Look, string> = { hole: "#d3222f", fallback: "#d3222f", collision: "#f08a00", other: "#8a4fbf" };

/** Draws what is found for as long as it is looked at. */
export function drawFindings(found: () => FeatureCollection): () => void {
  return effect(() => city.value?.extend({ draw: (map) => draw(map, found()), erase }));
}

function draw(map: Map, data: FeatureCollection): void {
  if (map.getSource(source)) return;
  map.addSource(source, { type: "geojson", data });
  for (const look of looks) {
    const image = hatched(look);
    if (image && !map.hasImage(`hatch-${look}`)) map.addImage(`hatch-${look}`, image, { pixelRatio: 2 });
    for (const layer of layersOf(look, image !== null)) map.addLayer(layer);
  }
}

function erase(map: Map): void {
  for (const look of looks) for (const { id } of layersOf(look, false)) if (map.getLayer(id)) map.removeLayer(id);
  if (map.getSource(source)) map.removeSource(source);
}

/** Holes are hatched: the image brings its own colour. */
function layersOf(look: Look, hatch: boolean): LayerSpecification[] {
  const of = { source, filter: ["==", ["get", "look"], look] as ["==", ["get", string], string] };
  const weak = look === "fallback"; // farther out its many small pieces would be all border
  return [
    { id: `${source}-${look}`, type: "fill", ...of, paint: hatch ? { "fill-pattern": `hatch-${look}` } : { "fill-color": colors[look], "fill-opacity": 0.35 } },
    { id: `${source}-${look}-border`, type: "line", ...of, minzoom: weak ? 14 : 0, paint: { "line-color": colors[look], "line-width": weak ? 0.5 : 1, "line-opacity": weak ? 0.4 : 0.8 } },
  ];
}

/** Slanted lines as pixels that tile without a seam. Where many findings lie over one another, thin lines stay lines. */
function hatched(look: Look): { width: number; height: number; data: Uint8ClampedArray } | null {
  if (look !== "hole" && look !== "fallback") return null;
  const [size, wide, between] = look === "hole" ? [16, 3, 70] : [16, 1, 0];
  const data = new Uint8ClampedArray(size * size * 4);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      data.set([222, 48, 58, (x + y) % 8 < wide ? 190 : between], (y * size + x) * 4);
    }
  }
  return { width: size, height: size, data };
}

/** Brings areas of a layer into view. */
export async function flyToAreas(layer: string, codes: string[]): Promise<void> {
  const path = (code: string) => ({ params: { path: { layer, code }, query: asOf.peek() } });
  const all = await Promise.all(codes.map((code) => settle(service.GET("/v1/layers/{layer}/areas/{code}", path(code)))));
  city.peek()?.fly(boundsOf(all.flatMap(({ geometry }) => linesOf(geometry as Geometry))));
}
