// What the changes would do, asked of the service before they are published, and publishing
// them on the edition that was seen.

import { computed, effect, signal } from "@preact/signals";
import { sentence } from "../app/notices";
import { Refusal, service, settle, type Schema } from "../service/client";
import { changes, conflicts, takeBack } from "./changes";
import { patiently } from "./patience";
import { asDutyRow, edition, loadRows, newest, past } from "./rows";
import type { Fault } from "./table";
import { words } from "./words";

/** What is wrong with the changes, at which cell; of a file also on which line. */
export const faults = signal<Fault[]>([]);

/** What the changes would do; null until it was asked, and when they are others. */
export const effects = signal<Schema<"RuleChanges"> | null>(null);

export const asking = signal(false);

/** What became of the last asking or publishing, as a sentence. */
export const said = signal<{ text: string; fault: boolean } | null>(null);

/** Faults by row and column. */
export const faultAt = computed<ReadonlyMap<string, string>>(() => {
  const at = new Map<string, string>();
  for (const { row, column, message } of faults.value) if (row !== undefined) at.set(`${row}|${column ?? "id"}`, message);
  return at;
});

let running: AbortController | undefined;

/** Forgets what was worked out: the changes are others now. Faults stay until their cells are written anew, or their rows taken back. */
effect(() => {
  const all = changes.value;
  stopAsking();
  effects.value = null;
  faults.value = faults.peek().filter(({ row }) => row === undefined || all.has(row));
});

export function stopAsking(): void {
  running?.abort();
  asking.value = false;
}

/** Takes the fault of a cell away, which is written anew. */
export function forgive(row: string, column: string): void {
  if (faultAt.peek().has(`${row}|${column}`)) faults.value = faults.peek().filter((fault) => fault.row !== row || (fault.column ?? "id") !== column);
}

function sent(): { rows: Schema<"DutyRow">[]; ended: string[] } {
  const all = [...changes.peek()];
  return {
    rows: all.flatMap(([, { row }]) => (row ? asDutyRow(row) : [])),
    ended: all.flatMap(([id, { row }]) => (row ? [] : id)),
  };
}

/** Asks what the changes would do. Lines are where rows stand in the file they came from. */
export async function ask(lineOf?: ReadonlyMap<string, number>): Promise<void> {
  running?.abort();
  const { signal } = (running = new AbortController());
  asking.value = true;
  said.value = null;
  try {
    const answer = await patiently(() => settle(service.POST("/v1/rules", { params: { query: { dry_run: "1" } }, body: sent(), signal })), signal);
    faults.value = answer.problems.map(({ row, column, message }) => ({ row, column, message, line: row === undefined ? undefined : lineOf?.get(row) }));
    if (answer.problems.length > 0) return;
    takeBack(idle(answer));
    effects.value = answer;
    if (changes.peek().size === 0) said.value = { text: words.value.nothing, fault: false };
  } catch (error) {
    if (!signal.aborted) said.value = { text: sentence(error), fault: true };
  } finally {
    if (!signal.aborted) asking.value = false;
  }
}

/** Changes that are none to the service, which spells a cell in one way only. */
function idle({ added, changed, ended }: Schema<"RuleChanges">): string[] {
  const real = new Set([...added, ...changed, ...ended]);
  return [...changes.peek().keys()].filter((id) => !real.has(id));
}

/** Publishes the changes as the next edition. When somebody was faster the table is loaded anew, and nothing is lost. */
export async function publish(note: string): Promise<void> {
  asking.value = true;
  said.value = null;
  try {
    const answer = await settle(service.POST("/v1/rules", { params: { header: { "If-Match": `"${edition.peek()}"` } }, body: { ...sent(), note } }));
    changes.value = new Map();
    said.value = { text: words.value.published(answer.edition), fault: false };
    await loadRows();
  } catch (error) {
    if (error instanceof Refusal && error.status === 412) await overtaken();
    else said.value = { text: sentence(error), fault: true };
  } finally {
    asking.value = false;
  }
}

async function overtaken(): Promise<void> {
  await loadRows();
  effects.value = null;
  said.value = { text: words.value.overtaken(edition.peek() ?? 0), fault: true };
}

const pause = 2_000; // milliseconds between looks at whether somebody published

/** Looks whether somebody else published, one look after the other, for as long as the table is seen. */
export function keepFresh(): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const wait = () => {
    timer = setTimeout(() => void look().catch(() => undefined).finally(() => over || wait()), pause); // a service that is away is told of by what is asked of it
  };
  let over = false;
  wait();
  return () => {
    over = true;
    clearTimeout(timer);
  };
}

async function look(): Promise<void> {
  if (document.hidden || asking.peek() || past.peek() || edition.peek() === null) return;
  if ((await newest()) === edition.peek() || asking.peek()) return;
  if (changes.peek().size > 0) await overtaken();
  else await loadRows();
}

/** Whether the changes can be published as they are: it was seen what they do, and nobody else's are written over. */
export const ready = computed(() => effects.value !== null && changes.value.size > 0 && conflicts.value.length === 0 && !asking.value);

