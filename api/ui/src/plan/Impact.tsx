// What the draft does to departments, assets, reports and workload.

import { city } from "../map/MapView";
import type { Schema } from "../service/client";
import { glossary } from "../words/glossary";
import { Files } from "./Files";
import { fault, impact, wanted, working } from "./impact";
import { boxAround } from "./mark";
import { department, layerTitle, number } from "./say";
import { Workload } from "./Workload";
import { words } from "./words";

type ImpactOf = Schema<"Impact">;

const things = ["assets", "open_reports", "recent_reports"] as const;

export function Impact() {
  const w = words.value;
  const of = impact.value;
  return (
    <details id="impact" class="part" open={wanted.value} aria-busy={working.value} onToggle={({ currentTarget }) => (wanted.value = currentTarget.open)}>
      <summary>{w.impact}</summary>
      <div role="status">
        {working.value && (
          <p class="quiet">
            <progress aria-label={w.working} /> {w.working}
          </p>
        )}
      </div>
      {fault.value !== "" && (
        <p role="alert" class="fault">
          {fault.value}
        </p>
      )}
      {of && of.layers.length === 0 && !working.value && <p class="quiet">{w.nothingMoves}</p>}
      {of && of.layers.length > 0 && (
        <>
          <Moves of={of} />
          <Directions of={of} />
          <Areas of={of} />
          <Workload of={of} />
          <Uncovered of={of} />
          <Retired of={of} />
          <Files of={of} />
        </>
      )}
    </details>
  );
}

/** How many things move, in one small table. */
export function Moves({ of }: { of: ImpactOf }) {
  const w = words.value;
  return (
    <table class="moves">
      <caption>{w.moves}</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">{w.inAll}</th>
          <th scope="col">{w.otherArea}</th>
          <th scope="col">{w.otherDepartment}</th>
          <th scope="col">{w.lost}</th>
        </tr>
      </thead>
      <tbody>
        {things.map((what) => {
          const moved = of[what];
          return (
            <tr key={what} data-moved={what}>
              <th scope="row">{w.things[what]}</th>
              <td>{number(moved.total)}</td>
              <td>{number(moved.area)}</td>
              <td>{number(moved.department)}</td>
              <td class={moved.lost_department > 0 ? "fault" : undefined}>{number(moved.lost_department)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Directions({ of }: { of: ImpactOf }) {
  const w = words.value;
  return (
    <>
      {things.map((what) => {
        const over = of[what].directions.filter(({ from, to }) => from !== to);
        const within = of[what].directions.filter(({ from, to }) => from === to).reduce((sum, { count }) => sum + count, 0);
        if (of[what].total === 0) return null;
        return (
          <details key={what} data-directions={what}>
            <summary>
              {w.things[what]}
              {glossary.value.colon}
              {w.directions}
            </summary>
            <ul>
              {over.map(({ from, to, count }) => (
                <li key={`${from} ${to}`}>
                  <span>
                    {department(from)} → {department(to)}
                  </span>
                  <span>{number(count)}</span>
                </li>
              ))}
              {within > 0 && <li class="quiet">{w.within(within)}</li>}
            </ul>
          </details>
        );
      })}
    </>
  );
}

/** The areas of each layer, what they were and what they are. */
function Areas({ of }: { of: ImpactOf }) {
  const w = words.value;
  return (
    <>
      {of.layers.map((layer) => (
        <details key={layer.layer} data-layer={layer.layer}>
          <summary>
            {layerTitle(layer.layer)}
            {glossary.value.colon}
            {w.areasChanged(layer.changed, layer.begun, layer.ended)}
          </summary>
          <ul>
            {layer.areas.map(({ what, recoded, was, is }) => (
              <li key={`${was?.code} ${is?.code}`}>
                <span>
                  {was && <State of={was} />}
                  {was && is && (recoded || was.name !== is.name) && " → "}
                  {is && (!was || recoded || was.name !== is.name) && <State of={is} />}
                </span>
                <span class="quiet">{what === "begun" ? w.isNew : what === "ended" ? w.isGone : recoded ? w.recoded : ""}</span>
                <span class="quiet reason">
                  {[was, is].flatMap((s) => (s ? [w.squareMetres(number(s.area_m2))] : [])).join(" → ")}
                  {was && is && was.department !== is.department && ` · ${department(was.department)} → ${department(is.department)}`}
                </span>
              </li>
            ))}
            <More n={layer.changed + layer.begun + layer.ended - layer.areas.length} />
          </ul>
        </details>
      ))}
    </>
  );
}

function More({ n }: { n: number }) {
  return n > 0 ? <li class="quiet">{words.value.andMore(n)}</li> : null;
}

function State({ of }: { of: { code: string; name: string } }) {
  return (
    <>
      {of.name} <span class="code">{of.code}</span>
    </>
  );
}

function Uncovered({ of }: { of: ImpactOf }) {
  const w = words.value;
  if (of.uncovered.length === 0) return null;
  return (
    <>
      <h3 class="fault">{w.uncovered}</h3>
      <ul>
        {of.uncovered.map((ground) => (
          <li key={JSON.stringify(ground.outline.coordinates)}>
            <span>
              {layerTitle(ground.layer)}
              {glossary.value.colon}
              {w.uncoveredWhat(number(ground.area_m2), ground.assets, ground.open_reports)}
            </span>
            <button type="button" onClick={() => city.value?.fly(boxAround(ground.outline.coordinates))}>
              {w.show}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function Retired({ of: { retired } }: { of: ImpactOf }) {
  const w = words.value;
  const lines = [
    ...retired.rows.map((row) => w.retiredRow(row.id, row.area, row.remaining)),
    ...retired.groups.map((group) => w.retiredGroup(group.code, group.members.join(" "))),
    ...retired.posts.map((post) => w.retiredPost(post.role, post.code)),
    ...retired.rulings.map((id) => w.retiredRuling(id)),
  ];
  if (lines.length === 0) return null;
  return (
    <details>
      <summary>
        {w.retired} <span class="count">{lines.length}</span>
      </summary>
      <ul>
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </details>
  );
}
