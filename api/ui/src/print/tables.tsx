// The head and the tables of a sheet.

import type { ComponentChildren } from "preact";
import { layers, session } from "../app/state";
import { type Area, called, type Kind, linesIn, nameOf, titleOf } from "../area/facts";
import { boundsOf } from "../area/shape";
import { day } from "../time/words";
import { directionTo, type Facts } from "./gather";
import type { Mark } from "./marks";
import { words } from "./words";

export function Head({ facts: { area, parents, size, edition } }: { facts: Facts }) {
  const { layer, code, name, department } = area.properties;
  return (
    <header>
      <h1>
        <span class="layer">{titleOf(layer)}</span> {name || code} <span class="code">{name && code}</span>
      </h1>
      <dl>
        <Fact name={words.value.department}>{nameOf(department)}</Fact>
        {parents.length > 0 && <Fact name={words.value.within}>{parents.map((one) => `${called(one)}`).join(" · ")}</Fact>}
        {size !== undefined && <Fact name={words.value.size}>{sizeOf(size)}</Fact>}
        <Fact name={words.value.state}>
          {edition && `${words.value.edition(edition.number, day(edition.effective_from))} · `}
          {words.value.printed(day(new Date().toISOString()))}
        </Fact>
      </dl>
    </header>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Square metres, hectares or square kilometres, whichever is short. */
function sizeOf(metres2: number): string {
  if (metres2 < 10_000) return `${Math.round(metres2)} m²`;
  return metres2 < 1_000_000 ? `${(metres2 / 10_000).toFixed(1)} ha` : `${(metres2 / 1_000_000).toFixed(2)} km²`;
}

interface Listed {
  id: string;
  title: string;
  head: string[];
  empty: string;
  rows: ComponentChildren[][];
  foot?: ComponentChildren[];
}

function List({ id, title, head, empty, rows, foot }: Listed) {
  return (
    <section id={id}>
      <h2>{title}</h2>
      {rows.length === 0 ? (
        <p class="quiet">{empty}</p>
      ) : (
        <table>
          <thead>
            <tr>
              {head.map((name) => (
                <th scope="col" key={name}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((cells, i) => (
              <Row key={i} cells={cells} />
            ))}
            {foot && <Row cells={foot} />}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Row({ cells }: { cells: ComponentChildren[] }) {
  return (
    <tr>
      {cells.map((cell, i) => (
        <td key={i} class={typeof cell === "number" ? "number" : undefined}>
          {cell}
        </td>
      ))}
    </tr>
  );
}

export function People({ facts: { posts } }: { facts: Facts }) {
  const w = words.value;
  const may = session.value?.rights.includes("people");
  return (
    <>
      <List
        id="people"
        title={w.people}
        head={may ? [w.role, w.person, w.phone, w.shift, w.where] : [w.role, w.shift, w.where]}
        empty={w.noPeople}
        rows={posts.map(({ role, person, phone, shift, code, name }) => [role, ...(may ? [person, phone] : []), shift, name && name !== code ? `${name} ${code}` : code])}
      />
      {posts.length > 0 && !may && <p class="quiet">{w.nameless}</p>}
    </>
  );
}

export function Table({ kinds, marks, whole }: { kinds: Kind[]; marks: Mark[]; whole: boolean }) {
  const w = words.value;
  const total = kinds.reduce((n, { assets }) => n + assets.length, 0);
  return (
    <List
      id="assets"
      title={w.assets}
      head={["", w.category, w.code, w.count, w.authority]}
      empty={whole ? w.noAssets : w.wait}
      rows={kinds.map((kind) => [<Swatch mark={marks.find(({ kinds }) => kinds.includes(kind))} />, kind.name, kind.assets[0]?.properties.category, kind.assets.length, authorities(kind)])}
      foot={["", w.sum, "", total, ""]}
    />
  );
}

function Swatch({ mark }: { mark: Mark | undefined }) {
  return (
    mark && (
      <svg class="swatch" viewBox="-10 -10 20 20" aria-hidden="true">
        <path d={mark.shape(0, 0, 8)} fill={mark.color} />
      </svg>
    )
  );
}

const named = 3; // authorities of a category that are told

/** Who has authority over the assets of a category, whoever has most first. */
function authorities({ assets }: Kind): string {
  const counts = new Map<string, number>();
  for (const { properties } of assets) {
    const name = nameOf(properties.authority);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const all = [...counts].sort((a, b) => b[1] - a[1]);
  const told = all.slice(0, named).map(([name, n]) => (all.length === 1 ? name : `${name} ${n}`));
  return [...told, ...(all.length > named ? ["…"] : [])].join(" · ");
}

export function Neighbours({ facts: { area, neighbours } }: { facts: Facts }) {
  const w = words.value;
  if (neighbours.length === 0) return null;
  const box = boundsOf(linesIn(area));
  return (
    <List
      id="neighbours"
      title={w.neighbours}
      head={[w.code, w.name, w.direction, w.border, w.department]}
      empty=""
      rows={neighbours.map(({ area: { properties: p }, metres, at }) => [p.code, p.name, w.directions[directionTo(at, box)], `${Math.round(metres)} m`, nameOf(p.department)])}
    />
  );
}

export function Inside({ facts: { area, inside } }: { facts: Facts }) {
  const w = words.value;
  const below = layers.value.find(({ parent }) => parent === area.properties.layer);
  if (!below || inside.length === 0) return null;
  return (
    <List
      id="inside"
      title={w.inside(below.title)}
      head={[w.code, w.name, w.department]}
      empty=""
      rows={inside.map(({ properties: p }: Area) => [p.code, p.name, nameOf(p.department)])}
    />
  );
}
