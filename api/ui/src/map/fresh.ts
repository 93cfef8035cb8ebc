// Keeps the tiles on the map as the service has them now. A tile that changed is fetched
// again while what is shown stays until the new one is there, so nothing flashes.

import type { ErrorEvent, Map, VectorTileSource } from "maplibre-gl";
import type { Changed, TileID } from "./changes";

const mostTiles = 5_000; // dirty tiles of a layer that are told apart; beyond, all in view are fetched
const patience = 1_000; // milliseconds that a refresh waits for tiles on their way
const step = 150; // milliseconds between looks at what is on its way
const afterFault = 3_000; // milliseconds before a tile that was refused is asked for again

/** Dirty tiles of one layer that are still to be fetched; null: all that are in view. */
interface Waiting {
  tiles: globalThis.Map<string, TileID> | null;
  since: number;
}

/**
 * Returns how to say that tiles are dirty. A tile may be on its way when it is told, with
 * what it held before or after, and of two answers on their way the older may come last: so
 * a layer is refreshed when nothing of it is on its way, or again then.
 */
export function keepFresh(map: Map): (changed: Changed) => void {
  const waiting = new globalThis.Map<string, Waiting>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const refresh = () => {
    timer = undefined;
    for (const [layer, { tiles, since }] of waiting) {
      if (!map.getSource(layer)) {
        waiting.delete(layer);
        continue;
      }
      const still = map.isSourceLoaded(layer);
      if (!still && performance.now() - since < patience) continue;
      if (still) waiting.delete(layer);
      else waiting.set(layer, { tiles, since: performance.now() });
      if (tiles) map.refreshTiles(layer, [...tiles.values()]);
      else map.refreshTiles(layer);
    }
    if (waiting.size > 0) timer = setTimeout(refresh, step);
  };
  const add = (layer: string, tiles: TileID[] | null) => {
    const told = waiting.get(layer) ?? { tiles: new globalThis.Map(), since: performance.now() };
    for (const tile of tiles ?? []) told.tiles?.set(`${tile.z}/${tile.x}/${tile.y}`, tile);
    if (tiles === null || (told.tiles && told.tiles.size > mostTiles)) told.tiles = null;
    waiting.set(layer, told);
    timer ??= setTimeout(refresh, 0);
  };

  // What failed is gone from the map: MapLibre asks by itself neither for a tile nor where tiles are.
  map.on("error", (event: ErrorEvent & { sourceId?: string; tile?: { tileID: { canonical: TileID } } }) => {
    const { sourceId, tile } = event;
    if (!sourceId) return;
    setTimeout(() => {
      const source = map.getSource<VectorTileSource>(sourceId);
      if (tile) add(sourceId, [tile.tileID.canonical]);
      else if (source?.url) source.setUrl(source.url);
    }, afterFault);
  });
  return (changed) => {
    const layers = Object.keys(map.getStyle().sources).filter((name) => map.getSource(name)?.type === "vector");
    for (const layer of layers) {
      const tiles = changed(layer);
      if (tiles?.length !== 0) add(layer, tiles);
    }
  };
}
