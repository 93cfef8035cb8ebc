// The call being taken: what the caller says beside place and subject, which are in the
// address, and the service's answer, asked for anew whenever one of them changes.

import { computed, effect, signal, type ReadonlySignal } from "@preact/signals";
import { sentence } from "../app/notices";
import { asOf, layers, session, spot, subject } from "../app/state";
import { service, settle, Unreached, type Schema } from "../service/client";
import { back } from "../service/reach";
import { language } from "../words/language";
import { inquired, subjectOf } from "./subjects";

/** How the caller knows the place; it says how far off the point may be. */
export const sources = ["pin", "phone", "address"] as const;
export type Source = (typeof sources)[number];

/** An answer to a question of the service, as it was asked and said. */
export interface Given {
  id: string;
  value: string;
  text: string;
}

export const source = signal<Source>("pin");
export const condition = signal("");
export const reportedAt = signal(""); // as a field of local time holds it; empty: now
export const given = signal<Given[]>([]); // in the order of the questions

/** What the service is asked, and what is filed; null without a place. */
export const inquiry = computed<Schema<"Report"> | null>(() => {
  const at = spot.value;
  if (!at) return null;
  const { asset, subject: about } = inquired(at.asset, subject.value);
  return {
    lon: at.lon,
    lat: at.lat,
    source: source.value,
    ...about,
    ...(asset && { asset_id: asset.id }),
    ...(condition.value && { condition: condition.value }),
    ...(reportedAt.value && { reported_at: new Date(reportedAt.value).toISOString() }),
    ...(given.value.length > 0 && { answers: Object.fromEntries(given.value.map(({ id, value }) => [id, value])) }),
  };
});

/** What is asked about, as it is asked. */
export const about = computed(() => (inquiry.value ? subjectOf(inquiry.value) : null));

/** What the service says. A decision stays while the next is asked for. */
export interface Answer {
  state: "none" | "asking" | "answered" | "failed";
  decision: Schema<"Decision"> | null;
  fault: string;
}

const none: Answer = { state: "none", decision: null, fault: "" };
export const answer = signal<Answer>(none);

/** Asks the service who answers. One report is answered by one decision, not by lines. */
async function decide(body: Schema<"Report">, signal: AbortSignal): Promise<Schema<"Decision">> {
  return (await settle(service.POST("/v1/route", { params: { query: asOf.value }, body, signal }))) as Schema<"Decision">;
}

const reader = computed(() => session.value?.key ?? "");

/** Keeps the answer that of what is asked until what is returned is called. An older request is given up. */
export function keepAsking(asked: ReadonlySignal<Schema<"Report"> | null> = inquiry): () => void {
  return effect(() => {
    void [language.value, layers.value, reader.value]; // the reasons are told in the language, and another city, or to another reader, may answer otherwise
    const body = asked.value;
    const abort = new AbortController();
    if (body) void ask(body, abort.signal);
    else answer.value = none;
    return () => abort.abort();
  });
}

/** Asks, and asks again once a service that was away is back. */
async function ask(body: Schema<"Report">, signal: AbortSignal): Promise<void> {
  answer.value = { ...answer.peek(), state: "asking", fault: "" };
  try {
    answer.value = { state: "answered", decision: await decide(body, signal), fault: "" };
  } catch (error) {
    if (signal.aborted) return;
    answer.value = { state: "failed", decision: null, fault: sentence(error) };
    if (!(error instanceof Unreached)) return;
    await back();
    if (!signal.aborted) await ask(body, signal);
  }
}

/** Forgets the answers given once they are about another place or subject. */
export function keepGivenApt(): () => void {
  let was: unknown[] = [spot.peek(), subject.peek()];
  return effect(() => {
    const now = [spot.value, subject.value];
    if (now.some((value, i) => value !== was[i])) given.value = [];
    was = now;
  });
}

/** Takes back an answer, and those given after it: their questions may not be asked any more. */
export function takeBack(id: string): void {
  const at = given.value.findIndex((one) => one.id === id);
  if (at >= 0) given.value = given.value.slice(0, at);
}
