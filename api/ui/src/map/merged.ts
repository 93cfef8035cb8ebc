// Notices where a tile stands for more than it draws: areas merged into those above, since
// each by itself would be too small or the tile too large.

import type { Map } from "maplibre-gl";
import type { Schema } from "../service/client";

type Layer = Schema<"Layer">;

/** Tells which layers in view are drawn merged, whenever that changes. */
export function noticeMerged(map: Map, layers: () => Layer[], hidden: () => ReadonlySet<string>, told: (merged: Layer[]) => void): void {
  let last = "";
  map.on("idle", () => {
    const merged = layers().filter(({ name }) => !hidden().has(name) && isMerged(map, name));
    const now = merged.map(({ name }) => name).join();
    if (now !== last) told(merged);
    last = now;
  });
}

function isMerged(map: Map, layer: string): boolean {
  return map.querySourceFeatures(layer, { sourceLayer: layer, filter: ["has", "merged"] }).length > 0;
}
