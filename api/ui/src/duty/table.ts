// A file of duty rows as people have it: CSV as spreadsheets write it, in UTF-8 or, as older
// Chinese ones do, in GBK.

import { columns, type Column } from "./columns";
import type { Row } from "./rows";
import { headings, words } from "./words";

/** What is wrong with a file, and where. */
export interface Fault {
  line?: number | undefined;
  row?: string | undefined;
  column?: string | undefined;
  message: string;
}

export interface Table {
  rows: Row[];
  lineOf: ReadonlyMap<string, number>; // where each row is written
  faults: Fault[];
}

export const largest = 32 * 2 ** 20; // bytes of a file that is read

/** The text of a file. */
export function decoded(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("gb18030").decode(bytes);
  }
}

/** The rows of a table. What cannot be read is told, and the rest read all the same. */
export function readTable(text: string): Table {
  const [head, ...records] = recordsOf(text);
  const faults: Fault[] = [];
  const meant = (head?.cells ?? []).map(columnOf);
  head?.cells.forEach((heading, i) => {
    if (!meant[i] && heading.trim()) faults.push({ line: 1, column: heading, message: words.value.unknownColumn(heading) });
  });
  if (!meant.includes("id")) return { rows: [], lineOf: new Map(), faults: [{ line: 1, message: words.value.noIDColumn }] };
  const rows: Row[] = [];
  const lineOf = new Map<string, number>();
  for (const { line, cells } of records) {
    const row: Row = { id: "" };
    meant.forEach((column, i) => {
      const cell = cells[i]?.trim();
      if (column && cell) row[column] = cell;
    });
    const before = lineOf.get(row.id);
    if (row.id === "") faults.push({ line, column: "id", message: words.value.noID });
    else if (before !== undefined) faults.push({ line, row: row.id, column: "id", message: words.value.twice(row.id, before) });
    else {
      rows.push(row);
      lineOf.set(row.id, line);
    }
  }
  return { rows, lineOf, faults };
}

/** The column that a heading means: its name, or what it is called in either language. */
function columnOf(heading: string): Column | undefined {
  const name = heading.trim().toLowerCase();
  return columns.find((column) => column === name || headings(column).includes(name));
}

interface Line {
  line: number;
  cells: string[];
}

/** RFC 4180, with the separator that the first line has most of: spreadsheets write ; and tabs too. Blank lines are left out. */
function recordsOf(text: string): Line[] {
  const body = text.replace(/^\uFEFF/, "");
  const head = body.slice(0, body.search(/[\r\n]|$/));
  const separator = [",", ";", "\t"].toSorted((a, b) => head.split(b).length - head.split(a).length)[0] ?? ",";
  const ends = new RegExp(`${separator}|\r\n|\n|\r|$`, "g");
  const found: Line[] = [];
  let now: Line = { line: 1, cells: [] };
  let line = 1;
  for (let from = 0; from < body.length; ) {
    const quoted = body[from] === '"' ? closing(body, from) : from;
    ends.lastIndex = quoted;
    const end = ends.exec(body);
    const to = end?.index ?? body.length;
    now.cells.push(body.slice(from, quoted).replace(/^"|"$/g, "").replaceAll('""', '"') + body.slice(quoted, to));
    line += body.slice(from, quoted).split("\n").length - 1;
    from = to + (end?.[0].length ?? 0);
    if (end?.[0] === separator && from < body.length) continue;
    line++;
    if (now.cells.some((cell) => cell.trim() !== "")) found.push(now);
    now = { line, cells: [] };
  }
  return found;
}

/** Where a quoted cell ends, behind its quote; the end of the text when it is not closed. */
function closing(body: string, from: number): number {
  for (let at = from + 1; ; at += 2) {
    at = body.indexOf('"', at);
    if (at < 0) return body.length;
    if (body[at + 1] !== '"') return at + 1;
  }
}
