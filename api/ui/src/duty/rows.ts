// The rows of the duty table as the service has them: loaded whole, and again whenever
// somebody published.

import { batch, computed, signal } from "@preact/signals";
import { sentence } from "../app/notices";
import { asOf } from "../app/state";
import { service, settle, type Schema } from "../service/client";
import { columns, numeric, type Column } from "./columns";

/** A duty row as its cells, as a file has them; a blank cell may be absent. */
export type Row = Partial<Record<Column, string>> & { id: string };

export const rows = signal<Row[]>([]);
export const edition = signal<number | null>(null); // that the rows are of; null: not loaded yet
const rowsOf = signal<typeof asOf.value | null>(null); // the state they are of
export const loading = signal(false);
export const trouble = signal(""); // why they could not be loaded, as a sentence

export const byID = computed<ReadonlyMap<string, Row>>(() => new Map(rows.value.map((row) => [row.id, row])));

/** Whether the table is of a past edition or of a draft, where nobody edits it. */
export const past = computed(() => asOf.value.edition !== undefined || asOf.value.draft !== undefined);

/** Whether the rows are those of now: not of another day, and not still those of the day looked at before. */
export const live = computed(() => !past.value && rowsOf.value === asOf.value);

const page = 1000;

let running: AbortController | undefined;

/** Loads all rows anew. What was loaded stays until then. */
export async function loadRows(): Promise<void> {
  running?.abort();
  const { signal } = (running = new AbortController());
  loading.value = true;
  trouble.value = "";
  try {
    const of = asOf.peek();
    const all = await everyRow(of, signal);
    batch(() => {
      rowsOf.value = of;
      rows.value = all.rows;
      edition.value = all.edition;
    });
  } catch (error) {
    if (!signal.aborted) trouble.value = sentence(error);
  } finally {
    if (!signal.aborted) loading.value = false;
  }
}

/** Page by page; from the beginning when an edition comes in between. */
async function everyRow(of: typeof asOf.value, signal: AbortSignal): Promise<{ rows: Row[]; edition: number }> {
  const found: Row[] = [];
  let first: number | undefined;
  let after: string | undefined;
  do {
    const answer = await settle(service.GET("/v1/rules", { params: { query: { ...of, limit: page, ...(after !== undefined && { after }) } }, signal }));
    if (answer.edition !== (first ??= answer.edition)) return everyRow(of, signal);
    found.push(...answer.rules.map(asRow));
    after = answer.next;
  } while (after !== undefined);
  return { rows: found, edition: first };
}

/** The edition that is newest now. */
export async function newest(): Promise<number> {
  return (await settle(service.GET("/v1/rules", { params: { query: { limit: 1 } } }))).edition;
}

function asRow({ id = "", helpers, ...rest }: Schema<"DutyRow">): Row {
  const row: Row = { id };
  for (const [column, cell] of Object.entries(rest)) if (cell !== null && cell !== undefined) row[column as Column] = String(cell);
  if (helpers?.length) row.helpers = helpers.join(";");
  return row;
}

/** The row as the service takes it. A number that is none goes as it was written: the service says what is wrong with it. */
export function asDutyRow(row: Row): Schema<"DutyRow"> {
  const sent: Record<string, unknown> = {};
  for (const column of columns) {
    const cell = row[column]?.trim();
    if (!cell) continue;
    const number = Number(cell);
    if (column === "helpers") sent[column] = cell.split(/[;；]/).map((part) => part.trim()).filter(Boolean);
    else sent[column] = numeric.has(column) && Number.isFinite(number) ? number : cell;
  }
  return sent as Schema<"DutyRow">;
}

/** Whether two rows say the same, cell by cell. */
export function same(a: Row | null, b: Row | null): boolean {
  return a === b || (a !== null && b !== null && columns.every((column) => (a[column] ?? "") === (b[column] ?? "")));
}
