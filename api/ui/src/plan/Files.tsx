// What the draft changes, as lists for a spreadsheet.

import { useSignal } from "@preact/signals";
import { download } from "../app/csv";
import { sentence } from "../app/notices";
import type { Schema } from "../service/client";
import { current } from "./desk";
import { everyMoved } from "./impact";
import { department, layerTitle } from "./say";
import { words } from "./words";

export function Files({ of }: { of: Schema<"Impact"> }) {
  const w = words.value;
  const d = current.value;
  const trouble = useSignal("");
  if (!d) return null;
  const write = async (what: "assets" | "open_reports") => {
    try {
      await download(`${d.name} ${w.things[what]}`, w.columns, rows(d.id, what));
    } catch (error) {
      trouble.value = sentence(error);
    }
  };
  return (
    <p class="buttons">
      <a href={`/v1/drafts/${d.id}/recode.csv`} download="recode.csv">
        {w.recodeFile}
      </a>
      {(["assets", "open_reports"] as const).map((what) => of[what].total > 0 && (
        <button key={what} type="button" data-file={what} onClick={() => void write(what)}>
          {w.movedFile(w.things[what])}
        </button>
      ))}
      {trouble.value !== "" && (
        <span role="alert" class="fault">
          {trouble.value}
        </span>
      )}
    </p>
  );
}

async function* rows(id: string, what: "assets" | "open_reports") {
  for await (const m of everyMoved(id, what)) {
    const areas = (side: "from" | "to") => m.areas.map((a) => `${layerTitle(a.layer)} ${a[side].join(" ")}`).join("; ");
    yield [m.id, m.lon, m.lat, department(m.from), department(m.to), m.from_rule, m.to_rule, areas("from"), areas("to")];
  }
}
