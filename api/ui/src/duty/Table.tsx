// The duty table: sought through, sorted, written, and given out and taken in as a file.

import { hand } from "../app/csv";
import { sentence, tell } from "../app/notices";
import { asOf } from "../app/state";
import { service, settle } from "../service/client";
import { changes, end, freeID, lines, putIn, takeBack } from "./changes";
import { Grid } from "./Grid";
import { take } from "./import";
import { Proposal } from "./Proposal";
import { faultAt } from "./propose";
import { byID, loading, loadRows, past, rows, trouble, type Row } from "./rows";
import { at, editing, goTo, onlyChanged, shown, sought } from "./view";
import { meaning, words } from "./words";

export function Table() {
  const w = words.value;
  return (
    <section id="duty-table" aria-label={w.rooms.table}>
      <div class="tools">
        <input id="rules-sought" type="search" aria-label={w.seek} placeholder={w.seek} value={sought.value} onInput={(event) => (sought.value = event.currentTarget.value)} />
        <span class="quiet" role="status" id="rules-count">
          {loading.value && rows.value.length === 0 ? w.loading : w.rows(lines.value.length, shown.value.length)}
        </span>
        {changes.value.size > 0 && !past.value && (
          <label>
            <input type="checkbox" id="rules-changed" checked={onlyChanged.value} onChange={(event) => (onlyChanged.value = event.currentTarget.checked)} />
            {w.onlyChanged}
          </label>
        )}
        <button type="button" id="rules-export" class="last" onClick={() => void save()}>
          {w.export}
        </button>
        {!past.value && <Import />}
      </div>
      {past.value ? <p class="quiet" id="duty-past">{w.past}</p> : <RowTools />}
      <Grid />
      {shown.value.length === 0 && !loading.value && !trouble.value && <p class="quiet">{lines.value.length === 0 ? w.noTable : w.noRows}</p>}
      {trouble.value && (
        <p class="fault" role="alert">
          {trouble.value}{" "}
          <button type="button" onClick={() => void loadRows()}>
            {w.again}
          </button>
        </p>
      )}
      <AboutCell />
      {!past.value && <Proposal />}
    </section>
  );
}

function Import() {
  return (
    <label class="button" for="rules-file">
      {words.value.import}
      <input
        id="rules-file"
        type="file"
        accept=".csv,.txt,text/csv"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = ""; // the same file, mended, may come again
          if (file) void take(file).catch((error: unknown) => tell({ id: "duty-file", kind: "fault", text: sentence(error) }));
        }}
      />
    </label>
  );
}

/** What is done with the row one is at. */
function RowTools() {
  const w = words.value;
  const line = lines.value.find(({ row }) => row.id === at.value.row);
  return (
    <div class="tools" role="group">
      <button type="button" id="row-add" onClick={() => begin({ id: "" })}>
        {w.add}
      </button>
      <button type="button" id="row-duplicate" disabled={!line} onClick={() => line && begin(line.row)}>
        {w.duplicate}
      </button>
      <button type="button" id="row-end" disabled={!line || line.standing === "ended"} onClick={() => line && end([line.row.id])}>
        {w.end}
      </button>
      <button type="button" id="row-back" disabled={!line || line.standing === "same"} onClick={() => line && takeBack([line.row.id])}>
        {w.takeBack}
      </button>
    </div>
  );
}

/** Puts in a row like another, and begins with its name. */
function begin(like: Row): void {
  const id = freeID(like.id || "row");
  putIn([{ ...like, id }]);
  goTo(id, "id");
  editing.value = true;
}

/** What the column means that one is in, and what is wrong with the cell. */
function AboutCell() {
  const { row, column } = at.value;
  const [title, help] = meaning.value[column];
  const fault = faultAt.value.get(`${row}|${column}`);
  const line = lines.value.find((one) => one.row.id === row);
  const was = line?.was && line.standing === "changed" && (line.row[column] ?? "") !== (byID.value.get(line.row.id)?.[column] ?? "") ? line.was[column] ?? "" : null;
  return (
    <p id="duty-cell" class="quiet" role="status">
      <b>{title}</b> {fault ? <span class="fault">⚠ {fault}</span> : help} {was !== null && <em>{words.value.wasCell(was)}</em>}
    </p>
  );
}

async function save(): Promise<void> {
  try {
    const file = await settle(service.GET("/v1/rules.csv", { params: { query: asOf.peek() }, parseAs: "blob" }));
    hand("rules.csv", file as unknown as Blob);
  } catch (error) {
    tell({ id: "duty-file", kind: "fault", text: sentence(error) });
  }
}
