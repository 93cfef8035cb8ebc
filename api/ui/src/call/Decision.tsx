// A decision: who acts, by what and until when, who else could be right and what would tell,
// and every step that led there.

import type { ComponentChildren } from "preact";
import { layers } from "../app/state";
import type { Schema } from "../service/client";
import { glossary } from "../words/glossary";
import { CityTime } from "./clock";
import { words } from "./words";

type Decision = Schema<"Decision">;

/** Who is responsible, and the row and law behind it. */
export function Lead({ decision: { department, rule, row, ruling, basis, path, before_first_edition } }: { decision: Decision }) {
  const { colon } = glossary.value;
  const by = [words.value.rules[rule], ruling ?? (row && `${words.value.row} ${row}`)].filter(Boolean).join(" · ");
  const above = path.filter((unit) => unit.code !== department?.code).map((unit) => unit.name);
  return (
    <section class="lead">
      <h3>{glossary.value.department}</h3>
      <p class="who" data-department={department?.code}>
        {department?.name ?? words.value.nobody}
      </p>
      <p>
        <span class="code">{department?.code}</span> <span class="rule">{by}</span>
      </p>
      {above.length > 0 && <p class="quiet">{words.value.above + colon + above.join(" › ")}</p>}
      {basis && <p class="quiet basis">{words.value.basis + colon + basis}</p>}
      {before_first_edition && <p class="quiet">{words.value.beforeFirst}</p>}
    </section>
  );
}

/** Until when, with whom, and who checks; nothing where none of it is known. */
export function Duties({ decision: { deadline, helpers, verifier } }: { decision: Decision }) {
  if (!deadline && helpers.length === 0 && !verifier) return null;
  return (
    <section>
      <dl>
        {deadline && <Due deadline={deadline} />}
        {helpers.length > 0 && <dt>{glossary.value.helpers}</dt>}
        {helpers.map((helper) => (
          <Body key={helper.code} role="helper" {...helper} />
        ))}
        {verifier && <dt>{glossary.value.verifier}</dt>}
        {verifier && <Body role="verifier" code={verifier.code} name={verifier.name ?? verifier.code} />}
      </dl>
    </section>
  );
}

function Body({ role, code, name }: { role: string; code: string; name: string }) {
  return (
    <dd class={role}>
      {name} {name !== code && <span class="code">{code}</span>}
    </dd>
  );
}

function Due({ deadline: { due_at, limit, unit, class: place, condition, basis } }: { deadline: Schema<"Deadline"> }) {
  const beside = [`${limit} ${words.value.units[unit]}`, place && `${words.value.placeClass} ${place}`, condition, basis];
  return (
    <>
      <dt>{words.value.due}</dt>
      <dd class="due">
        <CityTime at={due_at} long />
      </dd>
      <dd class="quiet">{beside.filter(Boolean).join(" · ")}</dd>
    </>
  );
}

/** The question whose answer would tell, and who else could be right. */
export function Contested({ decision, choose }: { decision: Decision; choose(id: string, value: string, text: string): void }) {
  const open = decision.contested;
  if (!open) return null;
  const names = new Map(open.candidates.map(({ department }) => [department.code, department.name]));
  const others = open.candidates.filter(({ department }) => department.code !== decision.department?.code);
  const then = (code: string | null) => (code ? `${names.get(code) ?? code} ${words.value.choose}` : words.value.nobodyThen);
  const { question } = open;
  return (
    <section class="contested">
      {question && (
        <div role="group" aria-labelledby="question">
          <p class="question" id="question">
            {question.text}
          </p>
          {question.options.map(({ value, text, department }) => (
            <button type="button" class="option" key={value} data-value={value} onClick={() => choose(question.id, value, text)}>
              {text}
              <small>{then(department)}</small>
            </button>
          ))}
        </div>
      )}
      <h3>{words.value.contested}</h3>
      <ul>
        {others.map(({ department, why }) => (
          <li key={department.code} data-candidate={department.code}>
            <span class="name">{department.name}</span>
            <span class="reason">{why.why}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The assets it could be about, the one that was taken first. */
export function Assets({ decision: { asset, assets } }: { decision: Decision }) {
  const all = assets ?? (asset ? [asset] : []);
  if (all.length === 0) return null;
  return (
    <section>
      <h3>{all.length > 1 ? `${glossary.value.asset} · ${words.value.oneOf}` : glossary.value.asset}</h3>
      <ul>
        {all.map(({ id, name, category, distance_m }) => (
          <li key={id} data-asset={id}>
            <span class="name">{name || category}</span>
            <span class="layer">{`${distance_m.toFixed(1)} ${words.value.away}`}</span>
            <span class="code">{id}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Why, in a sentence; every step in its order, and all of it as one paragraph to hand on, folded. */
export function Why({ decision: { explanation, paragraph } }: { decision: Decision }) {
  return (
    <section class="why">
      <h3>{words.value.why}</h3>
      <p class="because">{explanation.find(({ decided }) => decided)?.why ?? explanation.at(-1)?.why}</p>
      <details>
        <summary>{words.value.paragraph}</summary>
        <ol>
          {explanation.map(({ decided, why }, i) => (
            <li key={i} class={decided ? "decided" : undefined}>
              {why}
            </li>
          ))}
        </ol>
        <p class="paragraph">{paragraph}</p>
      </details>
    </section>
  );
}

/** The areas it lies in, and the lines in whose reach. */
export function Grounds({ decision: { areas, lines } }: { decision: Decision }) {
  return (
    <>
      <Hits title={words.value.areas}>
        {areas.length === 0 && <li>{words.value.none}</li>}
        {areas.map((hit) => (
          <Hit key={`${hit.layer} ${hit.code}`} hit={hit} beside={titleOf(hit.layer)} below={edge(hit)} />
        ))}
      </Hits>
      {lines.length > 0 && (
        <Hits title={words.value.lines}>
          {lines.map((hit) => (
            <Hit key={`${hit.layer} ${hit.code}`} hit={hit} beside={`${hit.distance_m.toFixed(1)} ${words.value.away} · ${words.value.sides[hit.side]}`} />
          ))}
        </Hits>
      )}
    </>
  );
}

function Hits({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section>
      <h3>{title}</h3>
      <ul>{children}</ul>
    </section>
  );
}

/** One area or line: its name, what is told beside it, its code and who answers for it. */
function Hit({ hit, beside, below }: { hit: Schema<"AreaHit"> | Schema<"LineHit">; beside: string; below?: string }) {
  return (
    <li data-layer={hit.layer} data-code={hit.code}>
      <span class="name">{hit.name || hit.code}</span>
      <span class="layer">{beside}</span>
      <span class="code">{hit.department ? `${hit.code} → ${hit.department}` : hit.code}</span>
      {below && <span class="edge">{below}</span>}
    </li>
  );
}

function titleOf(layer: string): string {
  return layers.value.find(({ name }) => name === layer)?.title ?? layer;
}

const nearEdge = 15; // metres within which the border is worth a word

function edge({ on_edge, neighbours, edge_distance_m }: Schema<"AreaHit">): string {
  if (!on_edge) return edge_distance_m !== undefined && edge_distance_m <= nearEdge ? `${edge_distance_m.toFixed(1)} ${words.value.fromEdge}` : "";
  const others = (neighbours ?? []).map(({ name, code }) => name || code).join(glossary.value.comma);
  return others ? `${words.value.onEdge} · ${words.value.neighbours}${glossary.value.colon}${others}` : words.value.onEdge;
}
