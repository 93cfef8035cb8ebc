// What the call-taker sees on the map: the place, the area that holds it, the report that is
// open and the open reports near by.

import { effect } from "@preact/signals";
import type { Feature, FeatureCollection } from "geojson";
import type { ExpressionSpecification, GeoJSONSource, Map as Drawing } from "maplibre-gl";
import { layers, spot } from "../app/state";
import type { CityMap, Extra } from "../map/citymap";
import { answer } from "./call";
import { opened } from "./case/opened";
import { nearby } from "./nearby";

const source = "call";

const colour: ExpressionSpecification = ["match", ["get", "what"], "pin", "#d3222f", "case", "#1f5fa8", "#f08a00"];

/** Keeps the marks on the map until what is returned is called. */
export function keepMarks(city: CityMap): () => void {
  const erase = city.extend(marks);
  const stop = effect(() => {
    const features = drawn();
    city.map.getSource<GeoJSONSource>(source)?.setData(features);
  });
  const unmark = effect(() => mark(city.map, holders()));
  return () => {
    stop();
    unmark();
    mark(city.map, new Map());
    erase();
  };
}

const marks: Extra = {
  draw(map) {
    map.addSource(source, { type: "geojson", data: drawn() });
    map.addLayer({
      id: source,
      type: "circle",
      source,
      paint: {
        "circle-color": colour,
        "circle-radius": ["match", ["get", "what"], "pin", 8, 6],
        "circle-stroke-color": "#ffffff",
        "circle-stroke-width": 2.5,
      },
    });
    mark(map, holders());
  },
  erase(map) {
    if (map.getLayer(source)) map.removeLayer(source);
    if (map.getSource(source)) map.removeSource(source);
  },
};

function drawn(): FeatureCollection {
  const near = nearby.value.flatMap(({ lon, lat }) => point("near", lon, lat));
  const open = opened.value.case;
  const at = spot.value;
  return {
    type: "FeatureCollection",
    features: [...near, ...point("case", open?.lon, open?.lat), ...point("pin", at?.lon, at?.lat)],
  };
}

function point(what: string, lon?: number, lat?: number): Feature[] {
  if (lon === undefined || lat === undefined) return [];
  return [{ type: "Feature", properties: { what }, geometry: { type: "Point", coordinates: [lon, lat] } }];
}

/** The codes of the areas that hold the place, by layer. */
function holders(): Map<string, string> {
  return new Map(answer.value.decision?.areas.map(({ layer, code }) => [layer, code]));
}

/** Fills the lowest area of each chain that holds the place. */
function mark(map: Drawing, codes: Map<string, string>): void {
  for (const { name } of layers.peek()) {
    if (map.getLayer(`${name}-mark`)) map.setFilter(`${name}-mark`, ["==", ["get", "code"], codes.get(name) ?? ""]);
  }
}
