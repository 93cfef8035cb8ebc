// An edit that was drawn and is not kept by the service yet. It stays in the browser's own
// storage until it is, or until who drew it drops it: a page that dies loses nothing.

import type { Schema } from "../service/client";

/** Where an edit stands that was drawn. */
type Stage =
  | "reason" // it waits for who drew it to say why
  | "sending"
  | "waiting" // it may have been done, or not: nobody answered, or the page was opened anew
  | "overtaken" // another changed the same ground meanwhile
  | "refused"; // as it is it cannot be done

export interface PendingEdit {
  draft: string; // its id
  edit: Schema<"PlainEdit">;
  reason: string; // empty: it is to be said yet
  at: string; // when it was drawn
  since: number; // when the last edit was done that was known then, by the service's clock in milliseconds
  stage: Stage;
  trouble: string; // a sentence; empty: none
}

const name = (draft: string) => `gridwarden.pending.${draft}`;

export function store(draft: string, edit: PendingEdit | null): void {
  if (edit) localStorage.setItem(name(draft), JSON.stringify(edit));
  else localStorage.removeItem(name(draft));
}

/** What was drawn and not kept when the page was left; null: nothing. */
export function stored(draft: string): PendingEdit | null {
  const text = localStorage.getItem(name(draft));
  if (!text) return null;
  const edit = JSON.parse(text) as PendingEdit;
  return { ...edit, stage: edit.stage === "sending" ? "waiting" : edit.stage };
}

/** The pending edit among those done: the same, and newer than what was known when it was drawn. */
export function doneAlready({ edit, reason, since }: PendingEdit, edits: Schema<"DoneEdit">[]): Schema<"DoneEdit"> | undefined {
  const sought = plain(edit);
  return edits.findLast((done) => done.in_force && Date.parse(done.at) > since && done.reason === reason && plain(done.edit) === sought);
}

/** An edit as a text that two equal edits share: the service leaves out what says nothing, and features. */
function plain(value: unknown): string {
  return JSON.stringify(value, (key, v: unknown) => {
    if (key === "features" || v === null || v === "" || v === 0 || (Array.isArray(v) && v.length === 0)) return undefined;
    if (typeof v !== "object" || v === null || Array.isArray(v)) return v;
    return Object.fromEntries(Object.entries(v).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}
