// Lists as files that a spreadsheet opens right: UTF-8 with a byte order mark, without which
// Excel takes Chinese for something else, lines that end in CR LF, quotes as in RFC 4180.

/** A number stays a number; null is an empty cell. */
export type Cell = string | number | null;

/** Hands a list to the reader as NAME.csv. Rows that come one after another may stop it by throwing. */
export async function download(name: string, header: string[], rows: Iterable<Cell[]> | AsyncIterable<Cell[]>): Promise<void> {
  const lines = ["\uFEFF", line(header)];
  for await (const row of rows) lines.push(line(row));
  hand(`${name}.csv`, new Blob(lines, { type: "text/csv;charset=utf-8" }));
}

/** Gives the reader a file, as a link that is followed would. */
export function hand(name: string, file: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name.replace(/[\\/:*?"<>|]/g, "_"); // what Windows refuses in names
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // a large file is still being written
}

function line(cells: Cell[]): string {
  return `${cells.map(cell).join(",")}\r\n`;
}

function cell(value: Cell): string {
  if (typeof value !== "string") return String(value ?? "");
  const text = harmless(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A text that a spreadsheet would run as a formula is led by an apostrophe, which makes it text. */
function harmless(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}
