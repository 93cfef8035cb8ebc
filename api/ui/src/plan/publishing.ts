// How a draft becomes an edition, how one is taken back, and what came of it.

import { draft } from "../app/state";
import { service, settle, type Schema } from "../service/client";
import { loadEditions } from "../time/editions";
import { came, reload } from "./desk";
import { moment } from "./say";
import { words } from "./words";

export interface Publication {
  note: string;
  from: string; // RFC 3339; empty: now
  document: string; // that says so, where from lies in the past
}

/** Publishes a draft as it was seen. It throws what stands in the way. */
export async function publish(d: Schema<"Draft">, { note, from, document }: Publication): Promise<void> {
  const body = { version: d.version, ...(note && { note }), ...(from && { effective_from: from }), ...(document && { document }) };
  const { edition, effective_from } = await settle(service.POST("/v1/drafts/{draft}/publish", { params: { path: { draft: d.id }, header: { "If-Match": `"${d.base}"` } }, body }));
  if (edition === undefined) {
    await reload(d.id);
    came.value = words.value.willPublish(d.name, moment(from));
    return;
  }
  draft.value = null;
  came.value = from === "" ? words.value.published(edition) : words.value.publishedFrom(edition, moment(effective_from ?? from));
  await loadEditions(null);
}

/** Publishes an edition that equals the one before the newest, which is the one that was seen. */
export async function takeBack(newest: number, note: string): Promise<void> {
  const { edition = 0 } = await settle(service.POST("/v1/editions/take-back", { params: { header: { "If-Match": `"${newest}"` } }, body: { equal_to: newest - 1, ...(note && { note }) } }));
  came.value = words.value.takenBack(newest, edition);
  await loadEditions(null);
}
