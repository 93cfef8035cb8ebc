// What is disputed where an edit conflicts with what was published meanwhile: borders, and
// what is written about areas. Pure.

import type { Position } from "geojson";
import type { Schema } from "../../service/client";

export type Conflict = Schema<"EditConflict">;
export type Area = Schema<"AreaFeature">;

export const sides = ["base", "theirs", "ours"] as const;
type Side = (typeof sides)[number];

/** A border as it was, as it was published, and as the edit made it: as lines, none where it is not there. */
export interface Border extends Record<Side, Position[][]> {
  areas: string; // the codes of the two that share it, or of the only one that the edit touched
}

/** The borders that both changed, each otherwise than it was. */
export function bordersOf(c: Conflict): Border[] {
  const [base, theirs, ours] = sides.map((side) => linesOf(drawnOf(c, side)));
  const names = new Set([...base!.keys(), ...theirs!.keys(), ...ours!.keys()]);
  const all = [...names].map((areas) => ({ areas, base: base!.get(areas) ?? [], theirs: theirs!.get(areas) ?? [], ours: ours!.get(areas) ?? [] }));
  return all.filter((border) => !alike(border.base, border.theirs) && !alike(border.base, border.ours));
}

/** The areas of the lowest layer on a side: the borders of those above run along theirs. */
export function drawnOf(c: Conflict, side: Side): Area[] {
  const counts = new Map<string, number>();
  for (const { properties } of sides.flatMap((s) => c[s].features)) counts.set(properties.layer, (counts.get(properties.layer) ?? 0) + 1);
  const lowest = [...counts].toSorted(([, a], [, b]) => b - a)[0]?.[0]; // which has the most
  return c[side].features.filter(({ properties }) => properties.layer === lowest);
}

/** The borders between areas, by the codes of who shares them. */
function linesOf(areas: Area[]): Map<string, Position[][]> {
  const owners = new Map<string, string[]>();
  for (const area of areas) {
    for (const piece of ringsOf(area).flatMap(pieces)) owners.set(keyOf(piece), [...(owners.get(keyOf(piece)) ?? []), area.properties.code].toSorted());
  }
  const lines = new Map<string, Position[][]>();
  for (const area of areas) {
    for (const piece of ringsOf(area).flatMap(pieces)) {
      const [first, ...others] = owners.get(keyOf(piece))!;
      if (first === area.properties.code) join(lines, [first, ...others].join(" | "), piece);
    }
  }
  return lines;
}

/** Puts a piece behind the line that ends where it begins. */
function join(lines: Map<string, Position[][]>, name: string, [from, to]: Position[]): void {
  const known = lines.get(name) ?? [];
  const last = known.at(-1);
  if (last?.at(-1)?.join() === from!.join()) last.push(to!);
  else known.push([from!, to!]);
  lines.set(name, known);
}

function alike(a: Position[][], b: Position[][]): boolean {
  const [one, other] = [a, b].map((lines) => lines.flatMap(pieces).map(keyOf).toSorted().join(";"));
  return one === other;
}

export function ringsOf({ geometry: { type, coordinates } }: Area): Position[][] {
  if (type === "Polygon" || type === "MultiLineString") return coordinates as Position[][];
  if (type === "MultiPolygon") return (coordinates as Position[][][]).flat();
  return [coordinates as Position[]];
}

export function pieces(line: Position[]): Position[][] {
  return line.slice(1).map((to, i) => [line[i]!, to]);
}

/** The same for a piece of a border whichever side it is told from. */
export function keyOf(piece: Position[]): string {
  return piece.map((p) => p.join()).toSorted().join(" ");
}

/** Something written about an area, on each side. */
interface Saying extends Record<Side, string> {
  code: string;
  about: string; // name, department, parent, or an attribute
}

/** What is written about areas that both have, and not the same. */
export function sayingsOf(c: Conflict): Saying[] {
  return c.base.features.flatMap((was) => {
    const { layer, code } = was.properties;
    const of = (side: Side) => c[side].features.find(({ properties: p }) => p.layer === layer && p.code === code);
    const said = sides.map((side) => writtenIn(of(side)));
    return [...new Set(said.flatMap((s) => [...s.keys()]))]
      .map((about) => ({ code, about, base: said[0]!.get(about) ?? "", theirs: said[1]!.get(about) ?? "", ours: said[2]!.get(about) ?? "" }))
      .filter(({ base, theirs, ours }) => base !== theirs && base !== ours);
  });
}

function writtenIn(area: Area | undefined): Map<string, string> {
  if (!area) return new Map();
  const { name, department, parent, attributes } = area.properties;
  const more = Object.entries(attributes ?? {}).map(([key, value]): [string, string] => [key, typeof value === "string" ? value : JSON.stringify(value)]);
  return new Map([["name", name], ["department", department ?? ""], ["parent", parent ?? ""], ...more]);
}
