// Follows which tiles change, for as long as someone looks at the page.

import { listen } from "../service/stream";

export interface TileID {
  z: number;
  x: number;
  y: number;
}

/** The dirty tiles of a layer; null where any may be. */
export type Changed = (layer: string) => TileID[] | null;

/** What one change did. */
export interface News {
  changed: Changed;
  layers: string[] | null; // whose tiles are dirty; null: any
  published: boolean; // an edition, perhaps
}

/** Follows the changes after a sequence. Whoever did not listen for a while is told what came meanwhile. */
export function follow(sequence: number, told: (news: News) => void): void {
  let after = String(sequence);
  listen(
    () => `/v1/changes/tiles?after=${after}`,
    (stream) =>
      stream.addEventListener("tiles", ({ data, lastEventId }: MessageEvent<string>) => {
        after = lastEventId;
        const news = JSON.parse(data) as Told;
        told({ changed: changedIn(news), layers: news.all ? null : Object.keys(news.layers ?? {}), published: news.all === true || news.edition !== undefined });
      }),
  );
}

/** Tiles by zoom as column and row: single ones, and some that stand for all below them as well. */
interface Told {
  all?: boolean;
  edition?: number;
  layers?: Record<string, { all?: boolean; tiles?: Record<string, [x: number, y: number][]>; below?: object }>;
}

function changedIn({ all, layers = {} }: Told): Changed {
  return (layer) => {
    const told = layers[layer];
    if (all || told?.all || told?.below) return null;
    return Object.entries(told?.tiles ?? {}).flatMap(([z, places]) => places.map(([x, y]) => ({ z: Number(z), x, y })));
  };
}
