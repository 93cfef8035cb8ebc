// What is wrong, one after the other: in words, on the map, and with the rows that mend it.

import { useSignal } from "@preact/signals";
import { download } from "../app/csv";
import { city } from "../map/MapView";
import { findings, here } from "./audit";
import { fill, mending, showRow } from "./fill";
import { lookOf, nameOf, signOf, type Finding } from "./finding";
import { past } from "./rows";
import { words } from "./words";

const atOnce = 50;
const closeUp = 17; // the zoom at which a place is looked at

export function Findings() {
  const w = words.value;
  const listed = useSignal(atOnce);
  const all = findings.value;
  return (
    <section id="findings" aria-label={w.findings}>
      <div class="tools">
        <h3>{here.value ? w.here : w.findings}</h3>
        {here.value && (
          <button type="button" onClick={() => (here.value = null)}>
            {w.everywhere}
          </button>
        )}
        <button type="button" id="audit-export" class="last" onClick={() => void save(all)}>
          {w.exportFindings}
        </button>
      </div>
      {all.length === 0 && <p class="quiet">{w.noFinding}</p>}
      <ul>
        {all.slice(0, listed.value).map((finding) => (
          <One key={finding.number} finding={finding} />
        ))}
      </ul>
      {all.length > listed.value && (
        <button type="button" onClick={() => (listed.value += atOnce)}>
          {w.more(all.length - listed.value)}
        </button>
      )}
    </section>
  );
}

function One({ finding }: { finding: Finding }) {
  const w = words.value;
  const name = nameOf(finding);
  const place = finding.listed?.[0]?.at;
  const mends = mending(finding);
  return (
    <li data-finding={name} data-number={finding.number}>
      <span>
        <span class={`sign ${lookOf(name)}`} aria-hidden="true">
          {signOf(name)}
        </span>{" "}
        <b>{w.kinds[name] ?? name}</b> {finding.message}
      </span>
      <span class="tools">
        {place && (
          <button type="button" data-show onClick={() => city.peek()?.fly({ zoom: closeUp, lon: place[0] ?? 0, lat: place[1] ?? 0 })}>
            {w.show}
          </button>
        )}
        {(finding.rows ?? []).map((id) => (
          <button type="button" key={id} data-show-row={id} onClick={() => showRow(id)}>
            {w.row(id)}
          </button>
        ))}
        {mends.length > 0 && !past.value && (
          <button type="button" data-fill onClick={() => fill(mends)}>
            {w.fill(mends.length)}
          </button>
        )}
        {(finding.mend_more ?? 0) > 0 && <span class="quiet">{w.fillMore(finding.mend_more ?? 0)}</span>}
      </span>
    </li>
  );
}

function save(all: Finding[]): Promise<void> {
  const w = words.value;
  const { file } = w;
  return download(
    file.audit,
    [file.kind, file.text, file.places, file.area, file.assets, file.rows],
    all.map((finding) => [w.kinds[nameOf(finding)] ?? finding.kind, finding.message, finding.places, finding.area_m2, finding.assets, (finding.rows ?? []).join("; ")]),
  );
}
