// Taking in a file of duty rows: what it changes becomes changes like any other.

import { signal } from "@preact/signals";
import { putIn } from "./changes";
import { ask, faults } from "./propose";
import { rows } from "./rows";
import { decoded, largest, readTable, type Fault } from "./table";
import { words } from "./words";

/** What came of the last file: a sentence, and rows of the table that it does not hold. */
export interface Imported {
  text: string;
  fault: boolean;
  faults: Fault[]; // what was left out
  missing: string[];
}

export const imported = signal<Imported | null>(null);

/** Reads a file, and asks at once what it would change. */
export async function take(file: File): Promise<void> {
  if (file.size > largest) {
    imported.value = { text: words.value.fileTooLarge(Math.round(file.size / 2 ** 20), largest / 2 ** 20), fault: true, faults: [], missing: [] };
    return;
  }
  const table = readTable(decoded(await file.arrayBuffer()));
  const ids = new Set(table.rows.map(({ id }) => id));
  const missing = rows.peek().flatMap(({ id }) => (table.rows.length === 0 || ids.has(id) ? [] : id));
  imported.value = { text: words.value.read(file.name, table.rows.length), fault: table.faults.length > 0, faults: table.faults, missing };
  if (table.rows.length === 0) return;
  faults.value = [];
  putIn(table.rows);
  await ask(table.lineOf);
}
