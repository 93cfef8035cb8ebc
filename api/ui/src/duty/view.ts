// Which rows the table shows, in which order, and the cell one is at.

import { computed, signal } from "@preact/signals";
import { language } from "../words/language";
import { lines, type Line } from "./changes";
import { columns, numeric, type Column } from "./columns";
import { readable } from "./names";
import type { Row } from "./rows";
import type { At } from "./Sheet";

export const sought = signal("");
export const onlyChanged = signal(false);
export const order = signal<{ column: Column; down: boolean } | null>(null); // null: new rows first, then by id

/** The cell one is at; a row of null is the head. */
export const at = signal<At<Column>>({ row: null, column: "id" });

/** The cell that is being edited. */
export const editing = signal(false);

/** Everything a row says, codes and names, in small letters. Rows are never changed in place. */
const said = computed(() => {
  void language.value;
  const texts = new WeakMap<Row, string>();
  return (row: Row) => {
    let text = texts.get(row);
    if (text === undefined) {
      text = columns.map((column) => `${row[column] ?? ""} ${readable(row, column).name}`).join(" ").toLowerCase();
      texts.set(row, text);
    }
    return text;
  };
});

export const shown = computed<Line[]>(() => {
  const parts = sought.value.toLowerCase().split(/\s+/).filter(Boolean);
  let found = onlyChanged.value ? lines.value.filter(({ standing }) => standing !== "same") : lines.value;
  if (parts.length > 0) found = found.filter(({ row }) => parts.every((part) => said.value(row).includes(part)));
  return order.value ? sorted(found, order.value.column, order.value.down) : found;
});

function sorted(all: Line[], column: Column, down: boolean): Line[] {
  const sign = down ? -1 : 1;
  const collator = new Intl.Collator(language.value, { numeric: true });
  const cell = ({ row }: Line) => row[column] ?? "";
  if (numeric.has(column)) return all.toSorted((a, b) => sign * (Number(cell(a)) - Number(cell(b))));
  return all.toSorted((a, b) => sign * collator.compare(cell(a), cell(b)));
}

export function sortBy(column: Column): void {
  const now = order.value;
  order.value = now?.column !== column ? { column, down: false } : now.down ? null : { column, down: true };
}

/** Goes to a cell, wherever it is; what hides its row is let go. */
export function goTo(row: string, column: Column): void {
  if (!shown.peek().some((line) => line.row.id === row)) {
    sought.value = "";
    onlyChanged.value = false;
  }
  at.value = { row, column };
}
