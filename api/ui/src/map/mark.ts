// The area looked at, marked on the map.

import { effect } from "@preact/signals";
import type { Map } from "maplibre-gl";
import { area } from "../app/state";
import { assets, marked } from "./style";

/** Keeps the mark where the area looked at is; returns how to stop. */
export function keepMark(map: Map, isDark: () => boolean): () => void {
  let drawn: string[] = [];
  const renew = () => {
    const at = area.value;
    if (!map.getSource(assets)) return; // drawn when the style is there
    for (const id of drawn) if (map.getLayer(id)) map.removeLayer(id);
    const parts = at && map.getSource(at.layer) ? marked(at, isDark()) : [];
    for (const part of parts) map.addLayer(part, `${assets}-dots`);
    drawn = parts.map(({ id }) => id);
  };
  map.on("style.load", renew);
  return effect(renew);
}
