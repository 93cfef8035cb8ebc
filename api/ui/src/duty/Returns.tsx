// Where reports bounce: returns by border, where planners look, and by duty row.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { sentence } from "../app/notices";
import { layers } from "../app/state";
import { service, settle, type Schema } from "../service/client";
import { chain } from "./audit";
import { showRow } from "./fill";
import { flyToAreas } from "./ground";
import { words } from "./words";

type Counts = Schema<"ReturnCounts">;
type Count = Pick<Counts["rows"][number], "asked" | "accepted" | "refused" | "ruled">;

const spans = [30, 90, 365, 0]; // days; 0: ever
const day = 86_400_000; // milliseconds

const total = ({ asked, accepted, refused, ruled }: Count) => asked + accepted + refused + ruled;

export function Returns() {
  const w = words.value;
  const span = useSignal(90);
  const counts = useSignal<Counts | null>(null);
  const trouble = useSignal("");
  useEffect(() => {
    const late = new AbortController();
    const query = span.value ? { since: new Date(Date.now() - span.value * day).toISOString() } : {};
    trouble.value = "";
    settle(service.GET("/v1/returns/counts", { params: { query }, signal: late.signal })).then(
      (answer) => (counts.value = answer),
      (error: unknown) => late.signal.aborted || (trouble.value = sentence(error)),
    );
    return () => late.abort();
  }, [span.value]);
  const found = counts.value;
  const lowest = chain.value[0] ?? layers.value[0]?.name ?? "";
  const show = (codes: string[]) => void flyToAreas(lowest, codes).catch((error: unknown) => (trouble.value = sentence(error)));
  return (
    <section id="duty-returns" aria-label={w.rooms.returns}>
      <label>
        {w.since}
        <select id="returns-since" value={span.value} onChange={(event) => (span.value = Number(event.currentTarget.value))}>
          {spans.map((days) => (
            <option key={days} value={days}>
              {w.spans[days]}
            </option>
          ))}
        </select>
      </label>
      {trouble.value && (
        <p class="fault" role="alert">
          {trouble.value}
        </p>
      )}
      {found && found.rows.length === 0 && <p class="quiet">{w.noReturns}</p>}
      {found && found.rows.length > 0 && (
        <>
          <Bars
            title={w.byBorder}
            id="by-border"
            all={found.borders.map((one) => ({
              ...one,
              name: one.neighbour ? w.border(one.area, one.neighbour) : `${one.area} (${w.noBorder})`,
              show: one.area ? () => show([one.area, one.neighbour].filter(Boolean)) : undefined,
            }))}
          />
          <Bars title={w.byRow} id="by-row" all={found.rows.map((one) => ({ ...one, name: one.row || w.noRow, show: one.row ? () => showRow(one.row) : undefined }))} />
        </>
      )}
    </section>
  );
}

/** Counts as bars, each with the way to what it counts. */
function Bars({ title, id, all }: { title: string; id: string; all: (Count & { name: string; show: (() => void) | undefined })[] }) {
  const most = Math.max(...all.map(total));
  return (
    <section id={id} aria-label={title}>
      <h3>{title}</h3>
      <ul>
        {all.map((one) => (
          <li key={one.name}>
            {one.show ? (
              <button type="button" onClick={one.show}>
                {one.name}
              </button>
            ) : (
              <span>{one.name}</span>
            )}
            <span class="quiet">{words.value.returned(one)}</span>
            <span class="bar" aria-hidden="true" style={{ width: `${(100 * total(one)) / most}%` }} />
          </li>
        ))}
      </ul>
    </section>
  );
}
