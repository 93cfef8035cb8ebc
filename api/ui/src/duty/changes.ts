// What the duty officer would change: rows new, changed and ended, collected here until they
// are published. They are kept in this browser, so that neither a reload nor a lost
// connection loses them.

import { computed, effect, signal, untracked } from "@preact/signals";
import { tell, untell } from "../app/notices";
import type { Column } from "./columns";
import { byID, live, past, rows, same, type Row } from "./rows";
import { words } from "./words";

/** A row as it shall be (null: it ends) and as it was when somebody began to change it (null: it is new). */
export interface Change {
  row: Row | null;
  was: Row | null;
}

const kept = "gridwarden.duty.changes";

export const changes = signal<ReadonlyMap<string, Change>>(restored());

function restored(): Map<string, Change> {
  try {
    return new Map(JSON.parse(localStorage.getItem(kept) ?? "[]") as [string, Change][]);
  } catch {
    return new Map(); // written by another version of the page
  }
}

const mostKept = 20_000; // rows: a browser keeps five million characters

effect(() => {
  const all = changes.value;
  untracked(() => keep(all));
});

function keep(all: ReadonlyMap<string, Change>): void {
  try {
    localStorage.setItem(kept, JSON.stringify(all.size > mostKept ? [] : [...all]));
    if (all.size <= mostKept) return untell("duty-kept");
  } catch {
    localStorage.removeItem(kept); // those of before would be wrong
  }
  tell({ id: "duty-kept", kind: "fault", text: words.value.notKept });
}

/** How many rows are new, changed and ended. */
export const counts = computed(() => {
  const all = [...changes.value.values()];
  const added = all.filter(({ was }) => was === null).length;
  const ended = all.filter(({ row }) => row === null).length;
  return { added, changed: all.length - added - ended, ended };
});

/** Changes of rows that somebody else made otherwise meanwhile. */
export const conflicts = computed(() => {
  if (!live.value) return [];
  return [...changes.value].filter(([id, { was }]) => !same(byID.value.get(id) ?? null, was)).map(([id]) => id);
});

// What somebody else did meanwhile in the same way is no change any more.
effect(() => {
  if (!live.value) return;
  const left = [...changes.value].filter(([id, { row }]) => !same(byID.value.get(id) ?? null, row));
  if (left.length < changes.value.size) changes.value = new Map(left);
});

/** How a row stands in the table. */
type Standing = "same" | "new" | "changed" | "ended";

export interface Line {
  row: Row;
  was: Row | null;
  standing: Standing;
}

/** All rows as they would be, the new ones first; in a past state as they were. */
export const lines = computed<Line[]>(() => {
  if (past.value) return rows.value.map((row) => ({ row, was: row, standing: "same" }));
  const fresh = [...changes.value.values()].flatMap(({ row }) => (row && !byID.value.has(row.id) ? [{ row, was: null, standing: "new" as const }] : []));
  const old = rows.value.map((row): Line => {
    const change = changes.value.get(row.id);
    if (!change) return { row, was: row, standing: "same" };
    return change.row ? { row: change.row, was: row, standing: "changed" } : { row, was: row, standing: "ended" };
  });
  return [...fresh.toReversed(), ...old];
});

function put(id: string, change: Change | null): void {
  const next = new Map(changes.value);
  if (change && !same(change.row, change.was)) next.set(id, change);
  else next.delete(id);
  changes.value = next;
}

const current = (id: string) => changes.peek().get(id)?.row ?? byID.peek().get(id) ?? null;
const origin = (id: string) => (changes.peek().get(id) ?? { was: byID.peek().get(id) ?? null }).was;

/** Writes cells of a row, and returns its id: a new row may so get another, which no other row has. */
export function write(id: string, cells: Partial<Record<Column, string>>): string {
  const row = current(id);
  if (!row) return id;
  const next = { ...row, ...cells };
  next.id = next.id === id || next.id === "" ? id : freeID(next.id);
  if (next.id !== id) takeBack([id]);
  put(next.id, { row: next, was: origin(next.id) });
  return next.id;
}

/** Puts rows in, new or in place of those of the same id; returns the id of the first. */
export function putIn(all: Row[]): string {
  const next = new Map(changes.value);
  for (const row of all) {
    const was = origin(row.id);
    if (same(row, was)) next.delete(row.id);
    else next.set(row.id, { row, was });
  }
  changes.value = next;
  return all[0]?.id ?? "";
}

export function end(ids: string[]): void {
  const next = new Map(changes.value);
  for (const id of ids) {
    const was = origin(id);
    if (was) next.set(id, { row: null, was });
    else next.delete(id);
  }
  changes.value = next;
}

export function takeBack(ids: Iterable<string>): void {
  const next = new Map(changes.value);
  for (const id of ids) next.delete(id);
  changes.value = next;
}

/** What was taken back all at once, for as long as nothing else is changed. */
export const dropped = signal<ReadonlyMap<string, Change> | null>(null);

effect(() => {
  if (changes.value.size > 0) dropped.value = null;
});

export function takeAllBack(): void {
  const all = changes.peek();
  changes.value = new Map();
  dropped.value = all;
}

/** Keeps a change over what somebody else made of the row meanwhile. */
export function keepMine(id: string): void {
  const change = changes.peek().get(id);
  if (change) put(id, { ...change, was: byID.peek().get(id) ?? null });
}

/** An id that no row has: the one wished for, or that with a number behind it. */
export function freeID(wish: string): string {
  for (let n = 1; ; n++) {
    const id = n === 1 ? wish : `${wish}-${n}`;
    if (!byID.peek().has(id) && !changes.peek().has(id)) return id;
  }
}
