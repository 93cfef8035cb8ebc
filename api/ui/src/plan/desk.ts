// How the draft that is open is changed. Edits go one after the other, each on the version
// that was seen.

import { batch } from "@preact/signals";
import { sentence } from "../app/notices";
import { draft } from "../app/state";
import { Refusal, service, settle, type Schema } from "../service/client";
import { current, edits, faults, keep, outcome, pending, reason, recheck, redrawn, reload, told, trouble } from "./opened";
import { doneAlready, store } from "./pending";
import { words } from "./words";

export * from "./opened";

const tag = (d: Schema<"Draft">) => `"${d.version}"`;
const path = (d: Schema<"Draft">) => ({ draft: d.id });

/** When the newest edit was done, by the service's clock in milliseconds; undone ones count. */
function newest(): number {
  return Math.max(0, ...edits.peek().map(({ at }) => Date.parse(at)));
}

let line: Promise<unknown> = Promise.resolve();

/** Does something with the draft after all that was begun before. */
export function inTurn<T>(does: () => Promise<T>): Promise<T> {
  const turn = line.then(does);
  line = turn.catch(() => undefined);
  return turn;
}

/**
 * Does an edit. Null: it is not done, or not yet: pending then holds it, and says what it
 * waits for; when it is done after all, outcome says so. An edit that was refused makes
 * room for the next; one that waits is told first.
 */
export function edit(e: Schema<"PlainEdit">): Promise<Schema<"EditOutcome"> | null> {
  return inTurn(async () => {
    const d = current.peek();
    const before = pending.peek();
    if (!d) return null;
    if (before && before.stage !== "refused") {
      keep({ ...before, trouble: words.value.firstThis });
      return null;
    }
    keep({ draft: d.id, edit: e, reason: reason.peek().trim(), at: new Date().toISOString(), since: newest(), stage: "reason", trouble: "" });
    return reason.peek().trim() === "" ? null : post(d);
  });
}

/** Sends the pending edit, with other options where they are given; it is done once, however often it is sent. */
export function send(options: Partial<Schema<"PlainEdit">> = {}): Promise<Schema<"EditOutcome"> | null> {
  return inTurn(async () => {
    const waiting = pending.peek();
    const why = waiting?.reason || reason.peek().trim();
    if (!waiting || why === "") return null;
    keep({ ...waiting, edit: { ...waiting.edit, ...options }, reason: why, stage: "sending", trouble: "" });
    try {
      await reload(waiting.draft);
      return (await finished(waiting.draft)) ?? (await post(current.peek()));
    } catch (error) {
      return putOff(waiting.draft, error);
    }
  });
}

/** Sends the pending edit on a draft as it is; no other draft was opened meanwhile. */
async function post(d: Schema<"Draft"> | null): Promise<Schema<"EditOutcome"> | null> {
  const sent = pending.peek();
  if (!d || sent?.draft !== d.id) return null;
  keep({ ...sent, stage: "sending", trouble: "" });
  try {
    return done(await settle(service.POST("/v1/drafts/{draft}/edits", { params: { path: path(d), header: { "If-Match": tag(d) } }, body: { ...sent.edit, reason: sent.reason } })));
  } catch (error) {
    return error instanceof Refusal && error.status === 412 ? overtaken(d) : putOff(d.id, error);
  }
}

function done(answer: Schema<"EditOutcome">): Schema<"EditOutcome"> {
  if (draft.peek() === answer.draft.id) {
    batch(() => {
      keep(null);
      trouble.value = "";
      current.value = answer.draft;
      edits.value = [...edits.peek().filter(({ number }) => number < answer.edit.number), answer.edit];
      outcome.value = answer;
      redrawn.value = { areas: answer.areas.features, ended: answer.edit.ended };
    });
    void recheck().catch(told);
  } else store(answer.draft.id, null);
  return answer;
}

/** The draft was changed since it was seen: by this very edit, elsewhere, or on the same ground. */
async function overtaken(seen: Schema<"Draft">): Promise<Schema<"EditOutcome"> | null> {
  const known = edits.peek();
  try {
    await reload(seen.id);
    const found = await finished(seen.id);
    if (found) return found;
  } catch (error) {
    return putOff(seen.id, error);
  }
  const sent = pending.peek();
  if (sent?.draft !== seen.id) return null;
  const news = edits.peek().filter((e) => e.in_force && !known.some((k) => k.at === e.at && k.in_force));
  const same = news.find((e) => [...e.changed, ...e.ended].some((a) => a.layer === sent.edit.layer && sent.edit.areas?.includes(a.code)));
  if (!same) return post(current.peek());
  keep({ ...sent, stage: "overtaken", trouble: words.value.overtaken(same.author, same.reason) });
  return null;
}

/** The outcome of the pending edit of a draft where it was done already, though nobody said so; else null. */
async function finished(id: string): Promise<Schema<"EditOutcome"> | null> {
  const [d, sent] = [current.peek(), pending.peek()];
  const found = d?.id === id && sent?.draft === id && doneAlready(sent, edits.peek());
  if (!found) return null;
  const params = (code: string, layer: string) => ({ params: { path: { layer, code }, query: { draft: id } } });
  const features = await Promise.all(found.changed.map(({ layer, code }) => settle(service.GET("/v1/layers/{layer}/areas/{code}", params(code, layer)))));
  return done({ draft: d, edit: found, areas: { type: "FeatureCollection", features }, faults: { type: "FeatureCollection", features: faults.peek() } });
}

/** The edit was not done, or nobody knows: it is kept with what went wrong. */
function putOff(id: string, error: unknown): null {
  const refused = error instanceof Refusal && [400, 404, 409, 413, 422].includes(error.status);
  const sent = pending.peek();
  if (sent?.draft !== id) return null; // another is open by now: this one is offered when it is opened again
  keep({ ...sent, stage: refused ? "refused" : "waiting", trouble: sentence(error) });
  if (refused) void reload(id).catch(told); // it may be over
  return null;
}

export function undo(): Promise<void> {
  return step((d) => d.head > 0, (d) => settle(service.POST("/v1/drafts/{draft}/undo", oneStep(d))));
}

export function redo(): Promise<void> {
  return step((d) => d.head < d.edits, (d) => settle(service.POST("/v1/drafts/{draft}/redo", oneStep(d))));
}

const oneStep = (d: Schema<"Draft">) => ({ params: { path: path(d), header: { "If-Match": tag(d) } }, body: { steps: 1 } });

function step(possible: (d: Schema<"Draft">) => boolean, does: (d: Schema<"Draft">) => Promise<{ areas: Schema<"DrawnAreas">; ended: Schema<"AreaName">[] }>): Promise<void> {
  return inTurn(async () => {
    const d = current.peek();
    if (!d || !possible(d)) return;
    try {
      const { areas, ended } = await does(d);
      await reload(d.id);
      redrawn.value = { areas: areas.features, ended };
    } catch (error) {
      if (error instanceof Refusal) await reload(d.id).catch(() => undefined);
      told(error);
    }
  });
}

/** Changes the draft otherwise than by edits, on the version that was seen. False: it was not done, and trouble says why. */
export function change(does: (path: { draft: string }, match: { "If-Match": string }) => Promise<unknown>): Promise<boolean> {
  return inTurn(async () => {
    const d = current.peek();
    if (!d) return false;
    try {
      await does(path(d), { "If-Match": tag(d) });
      trouble.value = "";
    } catch (error) {
      told(error);
    }
    await reload(d.id).catch(told);
    return trouble.peek() === "";
  });
}
