// The disputed borders on the map: as they were, as they were published, and as the draft has
// them; what was chosen is thick.

import { effect } from "@preact/signals";
import type { Feature, FeatureCollection } from "geojson";
import type { GeoJSONSource, Map } from "maplibre-gl";
import { city } from "../../map/MapView";
import { bordersOf, sides } from "./borders";
import { chosen, conflicts } from "./rebase";

const source = "disputed";
const colors = { base: "#6b7684", theirs: "#8a4fbf", ours: "#f08a00" }; // as in rebase.css

effect(() => {
  if (city.value && conflicts.value.length > 0) return city.value.extend({ draw, erase });
});

effect(() => {
  const data = lines();
  void city.value?.map.getSource<GeoJSONSource>(source)?.setData(data);
});

function draw(map: Map): void {
  map.addSource(source, { type: "geojson", data: lines() });
  for (const side of sides) {
    map.addLayer({
      id: `${source}-${side}`,
      type: "line",
      source,
      filter: ["==", ["get", "side"], side],
      layout: { "line-join": "round", "line-cap": "round" },
      paint: { "line-color": colors[side], "line-width": ["case", ["get", "chosen"], 6, 3], ...(side === "base" && { "line-dasharray": [1, 2] }) },
    });
  }
}

function erase(map: Map): void {
  for (const side of sides) map.removeLayer(`${source}-${side}`);
  map.removeSource(source);
}

function lines(): FeatureCollection {
  const features = conflicts.value.flatMap((c) => {
    const taken = { drop: "theirs", mine: "ours", none: "" }[chosen.value[c.number] ?? "none"];
    return bordersOf(c).flatMap((border) =>
      sides.map((side): Feature => ({ type: "Feature", properties: { side, chosen: side === taken }, geometry: { type: "MultiLineString", coordinates: border[side] } })),
    );
  });
  return { type: "FeatureCollection", features };
}
