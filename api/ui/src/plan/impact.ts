// What the draft does, were it published now: asked for anew a moment after each edit.

import { effect, signal } from "@preact/signals";
import { sentence } from "../app/notices";
import { service, settle, type Schema } from "../service/client";
import { current } from "./desk";

const pause = 400; // milliseconds without an edit before it is worked out
const listed = 100; // areas of a layer that are shown
const page = 1_000; // things of a list that are fetched at a time

/** The last that was worked out: it stays while the next is. */
export const impact = signal<Schema<"Impact"> | null>(null);
export const working = signal(false);
export const fault = signal("");

/** Whether somebody looks at it: it costs the service more than an edit. */
export const wanted = signal(true);

let of = ""; // what impact is of

effect(() => {
  const d = current.value;
  if (!d || !wanted.value) return;
  if (!of.startsWith(`${d.id} `)) impact.value = null;
  const now = `${d.id} ${d.base} ${d.version}`;
  if (of === now) return;
  const leaving = new AbortController();
  working.value = true;
  const timer = setTimeout(() => void work(d.id, now, leaving.signal), pause);
  return () => {
    clearTimeout(timer);
    leaving.abort();
    working.value = false;
  };
});

async function work(id: string, now: string, signal: AbortSignal): Promise<void> {
  try {
    impact.value = await impactOf(id, listed, 0, signal);
    of = now;
    fault.value = "";
  } catch (error) {
    if (signal.aborted) return;
    fault.value = sentence(error);
  }
  working.value = false;
}

function impactOf(id: string, limit: number, skip: number, signal?: AbortSignal): Promise<Schema<"Impact">> {
  return settle(service.GET("/v1/drafts/{draft}/impact", { params: { path: { draft: id }, query: { limit, skip } }, ...(signal && { signal }) })) as Promise<Schema<"Impact">>;
}

type Moving = "assets" | "open_reports" | "recent_reports";
type Moved = Schema<"Moved">["listed"][number];

/** All assets or reports that move, page after page. */
export async function* everyMoved(id: string, what: Moving): AsyncGenerator<Moved> {
  for (let skip = 0; ; skip += page) {
    const moved = (await impactOf(id, page, skip))[what].listed;
    yield* moved;
    if (moved.length < page) return;
  }
}
