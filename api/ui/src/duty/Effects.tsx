// What changes would do, as numbers before and after, and as a list of who answers otherwise.

import { useLayoutEffect, useRef } from "preact/hooks";
import type { Schema } from "../service/client";
import { departmentName } from "./names";
import { words } from "./words";

export function Effects({ of }: { of: Schema<"RuleChanges"> }) {
  const w = words.value;
  const { impact, untold } = of;
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => box.current?.scrollIntoView({ block: "nearest" }), [of]);
  if (!impact) return <p class="quiet">{untold}</p>;
  const moved: [string, string, Schema<"Moved">][] = [
    ["assets", w.assets, impact.assets],
    ["open", w.openReports, impact.open_reports],
    ["recent", w.recentReports, impact.recent_reports],
  ];
  return (
    <div id="effects" role="status" ref={box}>
      <table>
        <thead>
          <tr>
            <td />
            <th scope="col">{w.before}</th>
            <th scope="col">{w.after}</th>
          </tr>
        </thead>
        <tbody>
          <Pair id="holes" name={w.holes} before={impact.holes_before} after={impact.holes_after} />
          <Pair id="collisions" name={w.collisions} before={impact.collisions_before} after={impact.collisions_after} />
        </tbody>
      </table>
      <dl>
        {moved.map(([id, name, { department }]) => [
          <dt key={`${id}-name`}>{name}</dt>,
          <dd key={id} data-moved={id}>
            {department}
          </dd>,
        ])}
      </dl>
      <Cells cells={impact.cells} total={impact.cells_total} />
    </div>
  );
}

function Pair({ id, name, before, after }: { id: string; name: string; before: number; after: number }) {
  const better = after < before ? "better" : after > before ? "fault" : undefined;
  return (
    <tr data-pair={id}>
      <th scope="row">{name}</th>
      <td>{before}</td>
      <td class={better}>
        {after}
        {after !== before && <span aria-hidden="true">{after < before ? " ↓" : " ↑"}</span>}
      </td>
    </tr>
  );
}

function Cells({ cells, total }: { cells: Schema<"RuleImpact">["cells"]; total: number }) {
  const w = words.value;
  const who = (code: string) => (code === "" ? w.nobody : departmentName(code) || code);
  if (cells.length === 0) return <p class="quiet">{w.noCells}</p>;
  return (
    <details open>
      <summary>
        {w.answered}: {total} {total > cells.length && w.first(cells.length)}
      </summary>
      <div class="cells" tabIndex={0} role="region" aria-label={w.answered}>
        <table>
          <thead>
            <tr>
              {[w.category, w.where, w.from, w.to].map((title) => (
                <th scope="col" key={title}>
                  {title}
                </th>
              ))}
              <th scope="col" />
            </tr>
          </thead>
          <tbody>
            {cells.map(({ category, area, name, from, to, area_m2 }) => (
              <tr key={`${category.standard}|${category.kind}|${category.code}|${area}`}>
                <td>
                  <span class="code">{category.code}</span> {category.name}
                </td>
                <td>{name || area}</td>
                <td>{who(from)}</td>
                <td>{who(to)}</td>
                <td class="number">{w.ground(area_m2)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
