// What is known of one area: shown above the workplace while an area is looked at, of the
// state that the map is of.

import { area, asOf, departments, edition, session, type AreaRef } from "../app/state";
import { download } from "../app/csv";
import { city } from "../map/MapView";
import { Refusal, type Schema } from "../service/client";
import { AreaAssets } from "./AreaAssets";
import { type Area, areaOf, areasIn, called, linesIn, type Neighbour, nameOf, neighboursOf, parentsOf, postsOf, titleOf } from "./facts";
import { Lineage } from "./Lineage";
import { type Loaded, useLoaded } from "./loaded";
import { boundsOf } from "./shape";
import { words } from "./words";
import "./area.css";

export function AreaCard() {
  return area.value && <Card of={area.value} />;
}

interface Facts {
  area: Area;
  parents: Area[];
  neighbours: Neighbour[];
  posts: Schema<"Post">[];
}

/** What is known of an area; "unused" where no area has the code in the state looked at. */
async function factsOf(ref: AreaRef, signal: AbortSignal): Promise<Facts | "unused"> {
  const found = await areaOf(ref, signal).catch((error: unknown) => {
    if (error instanceof Refusal && error.status === 404) return null;
    throw error;
  });
  if (!found) return "unused";
  const box = boundsOf(linesIn(found));
  const [parents, around] = await Promise.all([parentsOf(found, signal), areasIn(ref.layer, box, signal)]);
  const posts = await postsOf(found, parents, signal);
  return { area: found, parents, neighbours: neighboursOf(found, around), posts };
}

function Card({ of }: { of: AreaRef }) {
  const facts = useLoaded((signal) => factsOf(of, signal), [of.layer, of.code, asOf.value]);
  const title = titleOf(of.layer);
  const { value } = facts;
  return (
    <article id="area" aria-label={words.value.card(title)} aria-busy={!value && !facts.fault}>
      <header>
        <h2>
          <span class="layer">{title}</span>
          <strong>{(value && value !== "unused" && value.area.properties.name) || of.code}</strong>
          {value && value !== "unused" && <span class="code">{of.code}</span>}
        </h2>
        <button type="button" class="close" aria-label={words.value.close} onClick={close}>
          ×
        </button>
      </header>
      <Known of={of} facts={facts} />
      <details data-lineage>
        <summary>{words.value.lineage}</summary>
        <Lineage of={of} />
      </details>
    </article>
  );
}

/** Closes the card; the focus goes where one looks for the next area. */
function close(): void {
  area.value = null;
  document.querySelector<HTMLElement>("#find")?.focus();
}

function Known({ of, facts: { value, fault } }: { of: AreaRef; facts: Loaded<Facts | "unused"> }) {
  if (fault) return <p class="fault">{fault}</p>;
  if (value === "unused") return <p class="unused">{words.value.unused}</p>;
  if (!value) return null;
  const { department, since_edition } = value.area.properties;
  return (
    <>
      <dl>
        <dt>{words.value.department}</dt>
        <dd>
          {nameOf(department)} {department && departments.value.has(department) && <span class="code">{department}</span>}
        </dd>
        {value.parents.length > 0 && <dt>{words.value.within}</dt>}
        {value.parents.map((parent) => (
          <dd key={parent.properties.layer}>
            <AreaLink area={parent} /> <span class="layer">{titleOf(parent.properties.layer)}</span>
          </dd>
        ))}
        <dt>{words.value.since}</dt>
        <dd>{words.value.then(since_edition)}</dd>
      </dl>
      <p class="actions">
        <a id="print" class="button" target="_blank" rel="noopener" href={sheetOf(of)}>
          {words.value.print}
        </a>
        <button type="button" onClick={() => city.value?.fly(boundsOf(linesIn(value.area)))}>
          {words.value.show}
        </button>
      </p>
      <AreaAssets of={of} />
      <People posts={value.posts} />
      <Neighbours of={of} neighbours={value.neighbours} />
    </>
  );
}

/** The address of the sheet to print. */
function sheetOf({ layer, code }: AreaRef): string {
  const query = new URLSearchParams({ area: `${layer}/${code}` });
  if (edition.value !== null) query.set("edition", String(edition.value));
  return `print.html?${query}`;
}

function AreaLink({ area: { properties } }: { area: Area }) {
  const { layer, code, name } = properties;
  return (
    <button type="button" class="link" data-code={code} aria-label={words.value.lookAt(`${name} ${code}`)} onClick={() => (area.value = { layer, code })}>
      {name || code} {name && <span class="code">{code}</span>}
    </button>
  );
}

function People({ posts }: { posts: Schema<"Post">[] }) {
  const may = session.value?.rights.includes("people");
  return (
    <details open={posts.length > 0}>
      <summary>{words.value.people}</summary>
      {posts.length === 0 && <p class="quiet">{words.value.noPeople}</p>}
      {posts.length > 0 && !may && <p class="quiet">{words.value.nameless}</p>}
      <ul>
        {posts.map(({ layer, code, name, role, person, phone, shift }) => (
          <li key={`${layer} ${code} ${role} ${person}`}>
            <span>{[role, person].filter(Boolean).join(" · ")}</span>
            <span>{phone}</span>
            <span class="code">{[name ?? code, shift].filter(Boolean).join(" · ")}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Neighbours({ of, neighbours }: { of: AreaRef; neighbours: Neighbour[] }) {
  const { code, name, department, departmentName, metres } = words.value.columns;
  const save = () =>
    download(
      `${of.code} ${words.value.neighbours}`,
      [code, name, department, departmentName, metres],
      neighbours.map(({ area: { properties: p }, metres }) => [p.code, p.name, p.department ?? "", nameOf(p.department), Math.round(metres)]),
    );
  return (
    <details>
      <summary>
        {words.value.neighbours} <span class="count">{neighbours.length}</span>
      </summary>
      {neighbours.length === 0 && <p class="quiet">{words.value.noNeighbours}</p>}
      <ul>
        {neighbours.map(({ area, metres }) => (
          <li key={called(area)}>
            <AreaLink area={area} />
            <span class="quiet">{Math.round(metres)} m</span>
            <span class="code">{nameOf(area.properties.department)}</span>
          </li>
        ))}
      </ul>
      {neighbours.length > 0 && (
        <button type="button" data-csv="neighbours" onClick={() => void save()}>
          {words.value.asCsv}
        </button>
      )}
    </details>
  );
}
