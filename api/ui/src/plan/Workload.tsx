// How much falls to each area touched, before and after, as bars.

import { useSignal } from "@preact/signals";
import type { Schema } from "../service/client";
import { layerTitle, number } from "./say";
import { words } from "./words";

type Load = NonNullable<Schema<"Impact">["workload"]["grids"]>;
type Kind = "assets" | "open_reports" | "recent_reports";

const kinds: Kind[] = ["assets", "open_reports", "recent_reports"];
const most = 30; // areas that get bars: the spread tells of all

export function Workload({ of }: { of: Schema<"Impact"> }) {
  const kind = useSignal<Kind>("assets");
  const w = words.value;
  const loads = [of.workload.grids, of.workload.parents].filter((load) => load !== undefined);
  if (loads.length === 0) return null;
  return (
    <section id="workload">
      <h3>{w.workload}</h3>
      <label class="beside">
        {w.workloadOf}
        <select value={kind.value} onChange={({ currentTarget }) => (kind.value = currentTarget.value as Kind)}>
          {kinds.map((name) => (
            <option key={name} value={name}>
              {w.things[name]}
            </option>
          ))}
        </select>
      </label>
      {loads.map((load) => (
        <Chart key={load.layer} of={load} kind={kind.value} />
      ))}
      <p class="quiet key">
        <span class="bar before" /> {w.before} <span class="bar after" /> {w.after} · {w.spreadKey}
      </p>
    </section>
  );
}

function Chart({ of, kind }: { of: Load; kind: Kind }) {
  const w = words.value;
  const greatest = Math.max(1, ...of.areas.flatMap((a) => [a.before?.[kind] ?? 0, a.after?.[kind] ?? 0]));
  return (
    <div data-workload={of.layer}>
      <h4>{layerTitle(of.layer)}</h4>
      {(["before", "after"] as const).map((side) => {
        const { count, min, mean, max } = of[side][kind];
        return (
          <p key={side} class="spread" data-side={side}>
            <span class="quiet">{w[side]}</span> {w.spread(count, min, number(mean, 1), max)}
          </p>
        );
      })}
      <table class="bars">
        <tbody>
          {of.areas.slice(0, most).map(({ code, before, after }) => (
            <tr key={code}>
              <th scope="row" class="code">
                {code}
              </th>
              <td>
                <Bar side="before" value={before?.[kind]} of={greatest} />
                <Bar side="after" value={after?.[kind]} of={greatest} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** One bar; where the area is not there it has no length and a dash. */
function Bar({ side, value, of }: { side: "before" | "after"; value: number | undefined; of: number }) {
  return (
    <span class="line">
      <span class={`bar ${side}`} style={{ width: `${(70 * (value ?? 0)) / of}%` }} /> {value ?? "–"}
    </span>
  );
}
