// The duty rows as a sheet: what is new, changed or ends, what is wrong with a cell, and the
// cell that is being written.

import { CellEditor } from "./CellEditor";
import { write, type Line } from "./changes";
import { columns, widths, type Column } from "./columns";
import { readable } from "./names";
import { faultAt, forgive } from "./propose";
import { past } from "./rows";
import { Sheet, type Look } from "./Sheet";
import { at, editing, order, shown, sortBy } from "./view";
import { meaning, words } from "./words";

const sheet = "duty-grid";

export function Grid() {
  const all = shown.value;
  return (
    <Sheet
      id={sheet}
      label={words.value.grid}
      describedBy="duty-cell"
      columns={columns.map((name) => {
        const [title, help] = meaning.value[name];
        const sorted = order.value?.column === name ? (order.value.down ? "descending" : "ascending") : undefined;
        return { name, title, help, width: widths[name], sorted };
      })}
      rows={all.map(({ row, standing }) => ({ key: row.id, standing }))}
      at={at.value}
      writing={editing.value}
      move={(to) => (at.value = to)}
      act={({ column }, n) => (n < 0 ? sortBy(column) : edit(all[n], column))}
      look={(n, column) => lookOf(all[n] as Line, column)}
    />
  );
}

/** Begins to write a cell, where it may be written. */
function edit(line: Line | undefined, column: Column): void {
  if (line && !past.value && line.standing !== "ended") editing.value = column !== "id" || line.standing === "new";
}

function lookOf(line: Line, column: Column): Look {
  const { row, was, standing } = line;
  const w = words.value;
  const [cell, before] = [row[column] ?? "", was?.[column] ?? ""];
  const { code, name } = readable(row, column);
  const fault = faultAt.value.get(`${row.id}|${column}`);
  const changed = standing === "changed" && cell !== before;
  const writing = editing.value && at.value.row === row.id && at.value.column === column;
  return {
    title: fault ?? (changed ? w.wasCell(before) : cell === name ? cell : `${cell} ${name}`),
    class: [fault && "faulty", changed && "changed"].filter(Boolean).join(" "),
    invalid: fault !== undefined,
    readOnly: past.value || standing === "ended" || (column === "id" && standing !== "new"),
    content: writing ? (
      <CellEditor row={row} column={column} done={(cells, step) => written(row.id, column, cells, step)} />
    ) : (
      <>
        {fault && <span aria-hidden="true">⚠ </span>}
        {column === "id" && standing !== "same" && <span class="rule">{w.standing[standing]}</span>}
        {code && <span class="code">{code} </span>}
        {name}
      </>
    ),
  };
}

/** Takes what was written into a cell, and goes on along the row; a step of null: one is elsewhere already. */
function written(id: string, column: Column, cells: Partial<Record<Column, string>> | null, step: number | null): void {
  for (const name of Object.keys(cells ?? {})) forgive(id, name);
  const row = cells ? write(id, cells) : id;
  const next = step ? columns[columns.indexOf(column) + step] : undefined;
  at.value = { row, column: next ?? column };
  editing.value = next !== undefined;
  if (step !== null && !next) document.getElementById(sheet)?.focus();
}
