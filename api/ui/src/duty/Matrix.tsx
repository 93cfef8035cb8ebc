// Who answers for each category in each area. What is wrong has a sign, not only a colour.

import { useSignal } from "@preact/signals";
import { download } from "../app/csv";
import { sentence, tell } from "../app/notices";
import { past } from "./rows";
import { audit, type Matrix as Of } from "./audit";
import { fill, filling } from "./fill";
import { signOf } from "./finding";
import { flyToAreas } from "./ground";
import { departmentName } from "./names";
import { Sheet, type At, type Look } from "./Sheet";
import { words } from "./words";

type Row = Of["rows"][number];
type Cell = Row["cells"][number];

const [first, other] = [220, 132]; // pixels: the column of categories, and each area's

const keyOf = ({ categories: [one] }: Row) => `${one?.standard}|${one?.kind}|${one?.code}`;

/** What is wrong with a cell: hole, fallback or nothing. */
const wrong = (cell: Cell | undefined) => (cell?.nobody_m2 ? "hole" : cell?.fallback_m2 ? "fallback" : "");

export function Matrix({ of }: { of: Of }) {
  const w = words.value;
  const onlyWrong = useSignal(true);
  const at = useSignal<At<string>>({ row: null, column: "" });
  const chosen = useSignal<At<string> | null>(null);
  const disputed = new Set(
    (audit.value?.findings ?? []).filter(({ kind }) => kind === "collision").flatMap(({ categories = [] }) => categories.map(({ standard, kind, code }) => `${standard}|${kind}|${code}`)),
  );
  const collides = ({ categories }: Row) => categories.some(({ standard, kind, code }) => disputed.has(`${standard}|${kind}|${code}`));
  const rows = of.rows.filter((row) => !onlyWrong.value || collides(row) || row.cells.some(wrong));

  const look = (n: number, column: string): Look => {
    const row = rows[n] as Row;
    if (column === "") return category(row, collides(row));
    return area(row.cells[of.areas.findIndex(({ code }) => code === column)]);
  };
  return (
    <div id="matrix">
      <div class="tools">
        <label>
          <input type="checkbox" id="matrix-wrong" checked={onlyWrong.value} onChange={(event) => (onlyWrong.value = event.currentTarget.checked)} />
          {w.onlyWrong}
        </label>
        <button type="button" id="matrix-export" class="last" onClick={() => void save(of)}>
          {w.exportMatrix}
        </button>
      </div>
      <Sheet
        id="duty-matrix"
        label={w.matrix}
        columns={[{ name: "", title: w.category, width: first }, ...of.areas.map(({ code, name }) => ({ name: code, title: name || code, help: code, width: other }))]}
        rows={rows.map((row) => ({ key: keyOf(row) }))}
        at={at.value}
        move={(to) => (at.value = to)}
        act={(cell, n) => {
          if (cell.column !== "") void flyToAreas(of.layer, [cell.column]).catch((error: unknown) => tell({ id: "matrix", kind: "fault", text: sentence(error) }));
          chosen.value = n < 0 || cell.column === "" ? null : cell;
        }}
        look={look}
      />
      {chosen.value && <About of={of} at={chosen.value} />}
    </div>
  );
}

function category({ categories }: Row, disputed: boolean): Look {
  const [one] = categories;
  const all = categories.map(({ code, name }) => `${code} ${name}`).join(words.value.comma);
  return {
    title: all,
    class: disputed ? "collision" : undefined,
    content: (
      <>
        {disputed && <Sign of="collision" />}
        <span class="code">{one?.code}</span> {one?.name}
        {categories.length > 1 && <span class="quiet">{words.value.others(categories.length - 1)}</span>}
      </>
    ),
  };
}

function area(cell: Cell | undefined): Look {
  if (!cell) return { content: "" };
  const kind = wrong(cell);
  const { answered_m2 = 0, fallback_m2 = 0, nobody_m2 = 0 } = cell;
  const share = (nobody_m2 || fallback_m2) / (answered_m2 + fallback_m2 + nobody_m2);
  return {
    title: saidOf(cell),
    class: kind,
    content: (
      <>
        {kind && (
          <>
            <Sign of={kind} /> <b>{percent(share)}</b>{" "}
          </>
        )}
        {departmentName(cell.department) || cell.department}
      </>
    ),
  };
}

function Sign({ of }: { of: string }) {
  return (
    <span class={`sign ${of}`} role="img" aria-label={words.value.kinds[of]}>
      {signOf(of)}
    </span>
  );
}

const percent = (share: number) => (share < 0.01 ? "<1%" : `${Math.floor(share * 100)}%`);

function saidOf({ department, departments, answered_m2, fallback_m2, nobody_m2 }: Cell): string {
  const w = words.value;
  return [
    nobody_m2 && w.nobodyGround(w.ground(nobody_m2)),
    fallback_m2 && w.fallbackGround(w.ground(fallback_m2)),
    answered_m2 && w.answeredGround(w.ground(answered_m2)),
    department && w.cell(departmentName(department) || department, departments),
  ]
    .filter(Boolean)
    .join(" ");
}

/** A cell in words, and the way to the row that would fill it. */
function About({ of, at }: { of: Of; at: At<string> }) {
  const row = of.rows.find((one) => keyOf(one) === at.row);
  const n = of.areas.findIndex(({ code }) => code === at.column);
  const cell = row?.cells[n];
  if (!row || !cell) return null;
  return (
    <div id="matrix-cell" role="status">
      <h3>
        {row.categories[0]?.code} {row.categories[0]?.name}
        {row.categories.length > 1 && words.value.others(row.categories.length - 1)} · {of.areas[n]?.name || at.column}
      </h3>
      <p>{saidOf(cell)}</p>
      {wrong(cell) && !past.value && (
        <button type="button" id="fill-cell" onClick={() => fill(filling(row.categories, of.layer, at.column))}>
          {words.value.fillCell}
        </button>
      )}
    </div>
  );
}

function save(of: Of): Promise<void> {
  const w = words.value;
  return download(
    w.file.matrix,
    [w.category, "", ...of.areas.map(({ code, name }) => `${code} ${name}`)],
    of.rows.flatMap(({ categories, cells }) =>
      categories.map(({ code, name }) => [code, name, ...cells.map((cell) => (wrong(cell) === "hole" ? w.nobody : wrong(cell) === "fallback" ? w.file.fallback : departmentName(cell.department) || cell.department))]),
    ),
  );
}

