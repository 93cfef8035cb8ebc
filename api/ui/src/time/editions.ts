// The published editions as the timeline knows them.

import { signal } from "@preact/signals";
import { service, settle, type Schema } from "../service/client";

type Edition = Schema<"EditionRecord">;

const page = 100;

/** The editions that were fetched, the oldest first. */
export const editions = signal<Edition[]>([]);

/** Whether there are older ones. */
export const older = signal(false);

/** Fetches the newest editions, and those back to one that is looked at. */
export async function loadEditions(back: number | null): Promise<void> {
  let after: number | undefined;
  do after = await loadPage(after);
  while (after !== undefined && back !== null && (editions.value[0]?.number ?? 0) > back);
}

/** Fetches the page before the oldest that is here. */
export async function loadOlder(): Promise<void> {
  await loadPage(editions.value[0]?.number);
}

async function loadPage(after: number | undefined): Promise<number | undefined> {
  const { editions: found, next } = await settle(service.GET("/v1/editions", { params: { query: { limit: page, ...(after !== undefined && { after }) } } }));
  const all = new Map([...editions.value, ...found].map((one) => [one.number, one]));
  editions.value = [...all.values()].sort((a, b) => a.number - b.number);
  if (editions.value[0]?.number === found.at(-1)?.number) older.value = next !== undefined;
  return next;
}

let timer: ReturnType<typeof setTimeout> | undefined;

/** Looks for new editions, a second after the last of several calls. */
export function renewEditions(): void {
  clearTimeout(timer);
  timer = setTimeout(() => void loadPage(undefined).catch(() => {}), 1_000); // the next change asks again
}
