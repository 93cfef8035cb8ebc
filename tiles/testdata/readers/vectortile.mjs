// Reads tiles with @mapbox/vector-tile and prints one line of JSON for each file named:
// what it holds as the library tells it, polygons put together by the library.
// It is run by readers_test.go in api/ui, whose node_modules hold the library.

import { readFileSync } from "node:fs";
import { PbfReader } from "pbf";
import { VectorTile, classifyRings } from "@mapbox/vector-tile";

const kinds = ["unknown", "point", "line", "polygon"];
const plain = (rings) => rings.map((ring) => ring.map(({ x, y }) => [x, y]));

function shapes(feature) {
  const parts = feature.loadGeometry();
  return kinds[feature.type] === "polygon" ? classifyRings(parts).map(plain) : [plain(parts)];
}

function features(name, layer) {
  return Array.from({ length: layer.length }, (_, i) => {
    const feature = layer.feature(i);
    const tags = Object.fromEntries(Object.entries(feature.properties).map(([key, value]) => [key, String(value)]));
    return { layer: name, id: feature.id ?? 0, kind: kinds[feature.type], tags, shapes: shapes(feature) };
  });
}

for (const file of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  const tile = new VectorTile(new PbfReader(readFileSync(file)));
  console.log(JSON.stringify(Object.entries(tile.layers).flatMap(([name, layer]) => features(name, layer))));
}
