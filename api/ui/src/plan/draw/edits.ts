// What is drawn, as the edit that is sent. Pure.

import type { Position } from "geojson";
import type { Schema } from "../../service/client";
import type { Fabric } from "./fabric";
import type { Grip } from "./grip";
import { rounded, simplified } from "./ground";

type Edit = Schema<"PlainEdit">;
type Layer = Schema<"Layer">;

/** Why a line is no edit: the name of a sentence. */
export type Trouble = "tooShort" | "oneBorder" | "whichArea" | "codeMissing";

const touching = 0.05; // metres: what was rounded to the grid is this near to the border it lies on
const widest = 10; // metres that what is drawn may be off at most, however far out one looks

/** What a line drawn with a tool is an edit of. Reach is how exactly it was drawn, in metres. */
export function lineEdit(tool: "border" | "split", layer: Layer, fabric: Fabric, chosen: string[], drawn: Position[], reach: number): Edit | Trouble {
  const line = fitted(fabric, drawn, reach);
  if (line.length < 2) return "tooShort";
  const areas = tool === "border" ? sidesOf(fabric, line, chosen) : cutBy(fabric, line, chosen);
  if (!areas) return tool === "border" ? "oneBorder" : "whichArea";
  const edit = tool === "border" ? "move-border" : "split";
  return { edit, layer: layer.name, areas, line, tolerance_m: Math.min(reach / 2, widest) };
}

/** A new area of a polygon. */
export function drawEdit(layer: Layer, fabric: Fabric, ring: Position[], reach: number, code: string, name: string, parent: string): Edit | Trouble {
  const closed = ring.map((at) => rounded(fabric.snap(at, reach)?.position ?? at));
  if (closed.length < 4) return "tooShort";
  const named = { ...(name && { name }), ...(code && { codes: [code] }) };
  if (layer.kind === "coverage") return { edit: "draw", layer: layer.name, polygon: [closed], tolerance_m: Math.min(reach / 2, widest), ...named, ...(parent && { parent }) };
  if (!code) return "codeMissing";
  return { edit: "draw", layer: layer.name, geometry: { type: "Polygon", coordinates: [closed] }, ...named };
}

/** What was held and moved: a node, or a piece of border that gets a new one. */
export function gripEdit(layer: Layer, grip: Grip, to: Position): Edit {
  const [code] = grip.codes;
  if (layer.kind !== "coverage") return { edit: "reshape", layer: layer.name, areas: [code!], geometry: { ...grip.move(to).get(code!)! } };
  if (!grip.ends) return { edit: "move-node", layer: layer.name, at: grip.from, to };
  return { edit: "move-border", layer: layer.name, areas: grip.codes, line: [grip.ends[0], to, grip.ends[1]] };
}

export function insertEdit(layer: Layer, at: Position): Edit {
  return { edit: "insert-node", layer: layer.name, at, tolerance_m: touching };
}

export function deleteEdit(layer: Layer, at: Position): Edit {
  return { edit: "delete-node", layer: layer.name, at };
}

/** A line with its ends on the borders near them, and without the trembling of the hand. */
function fitted(fabric: Fabric, drawn: Position[], reach: number): Position[] {
  if (drawn.length < 2) return [];
  const snapped = drawn.map((at, i) => (i === 0 || i === drawn.length - 1 ? (fabric.snap(at, reach)?.position ?? at) : at));
  return simplified(snapped, reach / 4).map(rounded);
}

/** The areas on both sides of the border that a line begins and ends on; null: there is not one such border. */
function sidesOf(fabric: Fabric, line: Position[], chosen: string[]): string[] | null {
  const [begin, end] = [fabric.owners(line[0]!, touching), fabric.owners(line.at(-1)!, touching)];
  const both = [...begin].filter((code) => end.has(code));
  const meant = both.filter((code) => chosen.includes(code));
  if (meant.length === 2) return meant;
  if (both.length === 2) return both;
  return both.length === 1 && begin.size === 1 && end.size === 1 ? both : null; // the outer border
}

/** The area that a line cuts: the one chosen, else the one under most of it. */
function cutBy(fabric: Fabric, line: Position[], chosen: string[]): string[] | null {
  if (chosen.length === 1) return chosen;
  const [a, b] = [line[Math.floor((line.length - 1) / 2)]!, line[Math.ceil(line.length / 2)]!];
  const under = fabric.at([(a[0]! + b[0]!) / 2, (a[1]! + b[1]!) / 2]);
  return under === null ? null : [under];
}
