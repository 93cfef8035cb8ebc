// The audit: what is wrong, as a matrix of categories and areas, as a list and on the map.

import { useEffect, useLayoutEffect } from "preact/hooks";
import { Progress } from "../app/Progress";
import { asOf, layers, session } from "../app/state";
import { city } from "../map/MapView";
import { language } from "../words/language";
import { audit, by, chain, counts, here, layerOf, off, runAudit, shapes, stopAudit, trouble, working } from "./audit";
import { Findings } from "./Findings";
import { lookOf, signOf } from "./finding";
import { drawFindings } from "./ground";
import { Matrix } from "./Matrix";
import { layerTitle } from "./names";
import { edition } from "./rows";
import { words } from "./words";

export function Audit() {
  useEffect(() => {
    if (layerOf.value) void runAudit();
    return stopAudit;
  }, [asOf.value, edition.value, layerOf.value, session.value, language.value]);
  useEffect(
    () =>
      drawFindings(() => ({
        type: "FeatureCollection",
        features: shapes.value
          .filter(({ name }) => !off.value.has(name))
          .map(({ name, geometry }) => ({ type: "Feature", geometry, properties: { look: lookOf(name) } })),
      })),
    [],
  );
  useLayoutEffect(() => city.value?.take((spot) => (here.value = spot)), [city.value]);
  const w = words.value;
  const found = audit.value;
  return (
    <section id="duty-audit" aria-label={w.rooms.audit}>
      {working.value && <Progress label={w.auditing} done={0} total={null} stop={stopAudit} />}
      {trouble.value && (
        <p class="fault" role="alert">
          {trouble.value}{" "}
          <button type="button" onClick={() => void runAudit()}>
            {w.again}
          </button>
        </p>
      )}
      {found && (
        <>
          <p class="quiet" role="status" id="audit-of">
            {w.auditOf(found.places, found.categories, found.assets)} {counts.value.size === 0 && w.sound}
          </p>
          <Kinds />
          {shapes.value.some(({ whole }) => !whole) && <p class="quiet">{w.partDrawn}</p>}
          <div class="tools">
            <label>
              {w.by}
              <select id="matrix-by" value={layerOf.value} onChange={(event) => (by.value = event.currentTarget.value)}>
                {chain.value.toReversed().map((name) => (
                  <option key={name} value={name}>
                    {layerTitle(name)} ({layers.value.find((layer) => layer.name === name)?.areas})
                  </option>
                ))}
              </select>
            </label>
          </div>
          {found.matrix && <Matrix of={found.matrix} />}
          <Findings />
        </>
      )}
    </section>
  );
}

/** How many there are of each kind, and which are shown. */
function Kinds() {
  return (
    <div class="tools kinds" role="group" aria-label={words.value.findings}>
      {[...counts.value].map(([name, n]) => (
        <label key={name} data-kind={name}>
          <input type="checkbox" checked={!off.value.has(name)} onChange={(event) => turn(name, event.currentTarget.checked)} />
          <span class={`sign ${lookOf(name)}`} aria-hidden="true">
            {signOf(name)}
          </span>
          {words.value.kinds[name] ?? name} <b>{n}</b>
        </label>
      ))}
    </div>
  );
}

function turn(name: string, on: boolean): void {
  const next = new Set(off.value);
  if (on) next.delete(name);
  else next.add(name);
  off.value = next;
}
