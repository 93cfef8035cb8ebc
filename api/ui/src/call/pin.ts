// What the call-taker sees on the map: the place, the unit area that holds it, the report
// that is open and the open reports near by.

import { effect } from "@preact/signals";
import type { Feature, FeatureCollection } from "geojson";
import type { ExpressionSpecification, FilterSpecification, GeoJSONSource } from "maplibre-gl";
import { layers, spot } from "../app/state";
import type { CityMap, Extra } from "../map/citymap";
import { answer } from "./call";
import { opened } from "./case/opened";
import { nearby } from "./nearby";

const source = "call";

const colour: ExpressionSpecification = ["match", ["get", "what"], "pin", "#d3222f", "case", "#1f5fa8", "#f08a00"];

/** Keeps the marks on the map until what is returned is called. */
export function keepMarks({ map, extend }: CityMap): () => void {
  const erase = extend(marks);
  const stops = [
    effect(() => {
      const points = drawn();
      map.getSource<GeoJSONSource>(source)?.setData(points);
    }),
    effect(() => {
      for (const [id, filter] of holders()) if (map.getLayer(id)) map.setFilter(id, filter);
    }),
  ];
  return () => {
    stops.forEach((stop) => stop());
    erase();
  };
}

const marks: Extra = {
  draw(map) {
    map.addSource(source, { type: "geojson", data: drawn() });
    for (const [id, filter, layer] of holders()) {
      map.addLayer({ id, type: "fill", source: layer, "source-layer": layer, filter, paint: { "fill-color": "#e4572e", "fill-opacity": 0.2 } });
    }
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
  },
  erase(map) {
    for (const id of [source, ...holders().map(([id]) => id)]) if (map.getLayer(id)) map.removeLayer(id);
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

/** Of the lowest layer of each chain: the layer on the map, which of its areas holds the place, and its source. */
function holders(): [id: string, filter: FilterSpecification, layer: string][] {
  const codes = new Map(answer.value.decision?.areas.map(({ layer, code }) => [layer, code]));
  const lowest = layers.value.filter(({ kind, chain, name }) => kind === "coverage" && chain[0] === name);
  return lowest.map(({ name }) => [`${source}-${name}`, ["==", ["get", "code"], codes.get(name) ?? ""], name]);
}
