// What is looked for, and what was found, always in the state that the map shows.

import { effect, signal } from "@preact/signals";
import { sentence } from "../app/notices";
import { asOf, session } from "../app/state";
import { service, settle, type Schema } from "../service/client";

export type Result = Schema<"SearchResult">;

/** What was found for a text. */
interface Found {
  text: string;
  results: Result[];
  more: boolean;
}

const pause = 120; // milliseconds without a key after which a text is looked for

export const text = signal("");
export const found = signal<Found | null>(null); // of an earlier text until the newer one is answered
export const fault = signal("");

/** Looks for the text whenever it, or the state shown, changes; what is older is let go. */
export function keepSearching(): () => void {
  return effect(() => {
    const [q, of] = [text.value.trim(), asOf.value];
    session.value?.key; // who signs in may find more
    if (q === "") {
      found.value = null;
      fault.value = "";
      return;
    }
    const old = new AbortController();
    const timer = setTimeout(() => void search(q, of, old.signal), pause);
    return () => {
      clearTimeout(timer);
      old.abort();
    };
  });
}

async function search(q: string, of: typeof asOf.value, abort: AbortSignal): Promise<void> {
  try {
    const { results, more = false } = await settle(service.GET("/v1/search", { params: { query: { q, limit: 12, ...of } }, signal: abort }));
    found.value = { text: q, results, more };
    fault.value = "";
  } catch (error) {
    if (!abort.aborted) fault.value = sentence(error);
  }
}
