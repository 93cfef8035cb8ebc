// Follows which tiles change, for as long as someone looks at the page.

import { effect } from "@preact/signals";
import { session } from "../app/state";
import { back } from "../service/reach";

export interface TileID {
  z: number;
  x: number;
  y: number;
}

/** The dirty tiles of a layer; null where any may be. */
export type Changed = (layer: string) => TileID[] | null;

const pause = 2_000; // milliseconds before a service that refused is asked again, at first
const longest = 60_000;

/**
 * Follows the changes after a sequence, and tells them with the names of the layers; null: of
 * any. While the page is hidden nobody listens; when it is shown again it catches up with what
 * came meanwhile, as the browser does after a lost connection. A service that refuses, since
 * it is full or starting, is asked again later.
 */
export function follow(sequence: number, told: (changed: Changed, layers: string[] | null) => void): void {
  let after = String(sequence);
  let stream: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wait = pause;

  const listen = () => {
    clearTimeout(timer);
    stream?.close();
    if (document.hidden) return;
    const now = new EventSource(`/v1/changes/tiles?after=${after}`);
    now.addEventListener("open", () => (wait = pause));
    now.addEventListener("tiles", ({ data, lastEventId }: MessageEvent<string>) => {
      after = lastEventId;
      const news = JSON.parse(data) as Told;
      told(changedIn(news), news.all ? null : Object.keys(news.layers ?? {}));
    });
    now.addEventListener("error", () => {
      void back(); // perhaps the service is away
      if (now.readyState !== EventSource.CLOSED) return; // the browser comes again by itself
      timer = setTimeout(listen, wait * (0.5 + Math.random()));
      wait = Math.min(wait * 2, longest);
    });
    stream = now;
  };
  document.addEventListener("visibilitychange", listen);
  effect(() => {
    session.value?.key; // another reader sees other changes
    listen();
  });
}

/** Tiles by zoom as column and row: single ones, and some that stand for all below them as well. */
interface Told {
  all?: boolean;
  layers?: Record<string, { all?: boolean; tiles?: Record<string, [x: number, y: number][]>; below?: object }>;
}

function changedIn({ all, layers = {} }: Told): Changed {
  return (layer) => {
    const told = layers[layer];
    if (all || told?.all || told?.below) return null;
    return Object.entries(told?.tiles ?? {}).flatMap(([z, places]) => places.map(([x, y]) => ({ z: Number(z), x, y })));
  };
}
