// The draft that is open: what it holds, what is wrong with it, and what is done with it.

import { batch, computed, effect, signal, untracked } from "@preact/signals";
import { sentence } from "../app/notices";
import { draft, layers, may, session } from "../app/state";
import { Refusal, service, settle, type Schema } from "../service/client";
import { language } from "../words/language";
import { doneAlready, store, stored, type PendingEdit } from "./pending";
import { words } from "./words";

export type Tool = "select" | "border" | "node" | "split" | "merge" | "give" | "draw" | "close";

export type DrawnFault = Schema<"DrawnFaults">["features"][number];

/** Areas as they are now in the draft, and those that are there no longer. */
export interface Redrawn {
  areas: Schema<"AreaFeature">[];
  ended: Schema<"AreaName">[];
}

export const current = signal<Schema<"Draft"> | null>(null);
export const edits = signal<Schema<"DoneEdit">[]>([]);
export const faults = signal<DrawnFault[]>([]);
export const layer = signal(""); // the layer that is edited
export const selected = signal<string[]>([]); // codes of areas of that layer
export const tool = signal<Tool>("select");
export const reason = signal(""); // why one edits: for all edits of the draft, until it is changed
export const outcome = signal<Schema<"EditOutcome"> | null>(null); // of the last edit done here
export const redrawn = signal<Redrawn | null>(null); // what an edit, undo or redo here made otherwise
export const pending = signal<PendingEdit | null>(null);
export const changedElsewhere = signal<Schema<"DraftChange"> | null>(null); // what another did: these areas are otherwise now
export const came = signal(""); // what came of the last thing done with a draft as a whole, as a sentence
export const trouble = signal(""); // what went wrong with the draft, as a sentence

export const shown = signal<DrawnFault | null>(null); // the fault that is looked at on the map

/** Nothing becomes of the draft any more: it is only looked at. */
export const over = computed(() => current.value?.state === "published" || current.value?.state === "discarded");

/** Who looks may change the draft: it is theirs or shared with them, or nobody has a name. */
export const mine = computed(() => {
  const [d, me] = [current.value, session.value];
  if (!d || !me || !may("plan")) return false;
  return me.name === "" || d.author === "" || d.author === me.name || d.editors.includes(me.name) || me.roles.includes("admin");
});

/** They may change it as it is now. */
export const editable = computed(() => mine.value && (current.value?.state === "open" || current.value?.state === "held"));

/** Why the draft that the address names is not shown: a sentence. */
export const missing = signal("");

const reasonOf = (id: string) => `gridwarden.reason.${id}`;

effect(() => {
  const id = draft.value;
  untracked(() => void open(id));
});

// What is wrong with it and what was noted is told in the language.
effect(() => {
  void language.value;
  const d = current.peek();
  if (d) void reload(d.id).catch(told);
});

effect(() => {
  if (layer.value !== "" || layers.value.length === 0) return;
  layer.value = layers.value.find((l) => l.kind === "coverage" && l.chain[0] === l.name)?.name ?? "";
});

effect(() => {
  const d = current.value;
  if (d) localStorage.setItem(reasonOf(d.id), reason.value);
});

async function open(id: string | null): Promise<void> {
  batch(() => {
    current.value = outcome.value = redrawn.value = changedElsewhere.value = pending.value = shown.value = null;
    [edits.value, faults.value, selected.value] = [[], [], []];
    trouble.value = missing.value = came.value = "";
    tool.value = "select";
  });
  if (id === null) return;
  reason.value = localStorage.getItem(reasonOf(id)) ?? "";
  try {
    await reload(id);
    if (draft.peek() !== id) return;
    pending.value = stored(id);
    if (pending.peek() && doneAlready(pending.peek()!, edits.peek())) drop(); // it had arrived after all
  } catch (error) {
    if (draft.peek() === id) missing.value = sentence(error);
  }
}

/** Reads the draft, its edits and its faults anew. */
export async function reload(id: string): Promise<void> {
  const d = await settle(service.GET("/v1/drafts/{draft}", { params: { path: { draft: id } } }));
  const [done, wrong] = await Promise.all([allEdits(id), faultsOf(id)]);
  if (draft.peek() !== id) return;
  batch(() => {
    current.value = d;
    edits.value = done;
    faults.value = wrong;
  });
}

async function allEdits(id: string): Promise<Schema<"DoneEdit">[]> {
  const all: Schema<"DoneEdit">[] = [];
  for (let after: number | undefined = 0; after !== undefined; ) {
    const page: { edits: Schema<"DoneEdit">[]; next?: number } = await settle(service.GET("/v1/drafts/{draft}/edits", { params: { path: { draft: id }, query: { limit: 1000, after } } }));
    all.push(...page.edits);
    after = page.next;
  }
  return all;
}

async function faultsOf(id: string): Promise<DrawnFault[]> {
  return (await settle(service.GET("/v1/drafts/{draft}/faults", { params: { path: { draft: id } } }))).features;
}

/** Looks for faults anew. */
export async function recheck(): Promise<void> {
  const d = current.peek();
  if (!d) return;
  const found = await faultsOf(d.id);
  if (draft.peek() === d.id) faults.value = found;
}

/** Forgets the pending edit. */
export function drop(): void {
  keep(null);
}

export function keep(now: PendingEdit | null): void {
  const id = now?.draft ?? pending.peek()?.draft;
  if (id) store(id, now);
  pending.value = now;
}

export function told(error: unknown): void {
  trouble.value = error instanceof Refusal && error.status === 412 ? words.peek().changedMeanwhile : sentence(error);
}
