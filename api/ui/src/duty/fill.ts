// From a hole to the row that would fill it.

import { signal } from "@preact/signals";
import type { Schema } from "../service/client";
import { freeID, putIn } from "./changes";
import type { Column } from "./columns";
import { lines } from "./changes";
import type { Row } from "./rows";
import { editing, goTo } from "./view";
import { words } from "./words";

/** What the room shows. */
export type Part = "table" | "audit" | "returns";

export const part = signal<Part>("table");

/** Shows a row of the table. */
export function showRow(id: string, column: Column = "id"): void {
  part.value = "table";
  goTo(id, column);
}

/** Puts rows into the changes, and begins to write who shall answer. */
export function fill(rows: Row[]): void {
  const first = putIn(rows);
  if (first === "") return;
  showRow(first, "assign");
  editing.value = true;
}

/** The rows that the audit proposes. */
export function mending({ mend = [] }: Schema<"Finding">): Row[] {
  return mend.map((cells) => ({ id: "", ...cells }));
}

const each = 12; // categories that get a row each

/**
 * The rows that would give some categories of an area to somebody, after every row there
 * is: one for each category, or where nothing tells many of them apart one for each kind.
 */
export function filling(categories: Schema<"AuditCategory">[], layer: string, area: string): Row[] {
  const last = lines.peek().reduce((most, { row }) => Math.max(most, Number(row.priority ?? 100)), 0);
  const rest = { layer, area, priority: String(last + 1), assign: "department:", note: words.value.filledNote };
  if (categories.length <= each) return categories.map(({ standard, kind, code }) => ({ id: freeID(`${code}-${area}`), standard, kind, category: code, ...rest }));
  const kinds = new Map(categories.map(({ standard, kind }) => [`${standard}|${kind}`, { standard, kind }]));
  return [...kinds.values()].map(({ standard, kind }) => ({ id: freeID(`${kind}-${standard.replace(/\W+/g, "")}-${area}`), standard, kind, ...rest }));
}
