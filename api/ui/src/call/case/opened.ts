// The report that is open, as the service holds it, and what can be done about it.

import { computed, effect, signal } from "@preact/signals";
import { sentence } from "../../app/notices";
import { report, session } from "../../app/state";
import { Refusal, service, settle, type Schema } from "../../service/client";
import type { paths } from "../../service/schema";
import { listen } from "../../service/stream";
import { language } from "../../words/language";
import { words } from "./words";

export interface Opened {
  case: Schema<"Case"> | null;
  fault: string;
}

const nothing: Opened = { case: null, fault: "" };

export const opened = signal<Opened>(nothing);
const reading = signal(0); // grows to read the report again
const shown = computed(() => opened.value.case?.id ?? null);

/** Keeps the report read, as others change it too, until what is returned is called. */
export function keepOpened(): () => void {
  const stops = [keepRead(), effect(() => (shown.value === null ? undefined : follow(shown.value)))];
  return () => stops.forEach((stop) => stop());
}

function keepRead(): () => void {
  return effect(() => {
    void language.value;
    void reading.value;
    const id = report.value;
    if (id !== opened.peek().case?.id) opened.value = nothing;
    if (!id) return;
    const abort = new AbortController();
    settle(service.GET("/v1/reports/{id}", { params: { path: { id } }, signal: abort.signal }))
      .then((found) => (opened.value = { case: found, fault: "" }))
      .catch((error: unknown) => {
        if (!abort.signal.aborted) opened.value = { ...opened.peek(), fault: sentence(error) };
      });
    return () => abort.abort();
  });
}

/** Reads the report again whenever it is another: also at once, for it may be since it was read. */
function follow(id: string): () => void {
  return listen(
    () => `/v1/reports/${encodeURIComponent(id)}/changes`,
    (stream) => stream.addEventListener("report", readAgain),
  );
}

/** Reads the report again. */
function readAgain(): void {
  reading.value++;
}

/** Corrects the report as it was seen, and routes it anew. Like all that is done here it gives why not, empty when it was done. */
export function correct(was: Schema<"Case">, change: Schema<"Correction">): Promise<string> {
  const params = { path: { id: was.id }, header: { "If-Match": `"${was.round}"` } };
  return attempt(service.PATCH("/v1/reports/{id}", { params, body: change }));
}

/** Returns the report as not a department's. */
export function giveBack(id: string, department: string, reason: string): Promise<string> {
  return attempt(service.POST("/v1/reports/{id}/returns", { params: { path: { id } }, body: { department, reason } }));
}

/** What a dispatcher decides on a return. */
export type Settlement = paths["/v1/returns/{id}"]["post"]["requestBody"]["content"]["application/json"];

/** Decides a return, in the name of who is signed in. */
export function settleReturn(id: number, how: Settlement): Promise<string> {
  const by = session.peek()?.name;
  return attempt(service.POST("/v1/returns/{id}", { params: { path: { id } }, body: { ...how, ...(by && { by }) } }));
}

/** Does something about the report, which is read again: also when it was refused, for then it may be another than was shown. */
async function attempt(call: Parameters<typeof settle>[0]): Promise<string> {
  try {
    await settle(call);
  } catch (error) {
    if (error instanceof Refusal) readAgain();
    return error instanceof Refusal && error.status === 412 ? words.value.overtaken : sentence(error);
  }
  readAgain();
  return "";
}
