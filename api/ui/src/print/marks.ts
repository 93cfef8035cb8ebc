// How assets look on paper: a colour and a shape for each of the most frequent categories,
// so that they are told apart without colours too.

import { boxMiddle, type Kind } from "../area/facts";
import type { Frame } from "./frame";

const colors = ["#0b5fa5", "#c8401e", "#1f7a3d", "#7a3fa0", "#b07800", "#00808a", "#a3184f", "#4d5a66"];
const shapes = [circle, square, triangle, diamond];

const told = 12; // categories that have a mark of their own

export interface Mark {
  name: string;
  color: string;
  shape: (x: number, y: number, r: number) => string;
  kinds: Kind[];
  count: number;
}

/** Marks for categories: those that are rare share the last. */
export function marksOf(kinds: Kind[], others: (n: number) => string): Mark[] {
  const own = kinds.length > told + 1 ? told : kinds.length;
  const marks = kinds.slice(0, own).map((kind, i) => markOf(kind.name, [kind], colors[i % colors.length] as string, shapes[i % shapes.length] as Mark["shape"]));
  return own < kinds.length ? [...marks, markOf(others(kinds.length - own), kinds.slice(own), "#8a8a8a", circle)] : marks;
}

function markOf(name: string, kinds: Kind[], color: string, shape: Mark["shape"]): Mark {
  return { name, color, shape, kinds, count: kinds.reduce((n, { assets }) => n + assets.length, 0) };
}

/** How large marks are where there are so many, in tenths of a millimetre. */
export function radiusFor(count: number): number {
  return count <= 100 ? 13 : count <= 500 ? 10 : count <= 2_000 ? 7.5 : 5.5;
}

/** The places of one mark as the data of an SVG path. Where several would cover each other one is drawn. */
export function placesOf({ kinds, shape }: Mark, frame: Frame, r: number): string {
  const places = new Map<string, string>();
  for (const { assets } of kinds) {
    for (const asset of assets) {
      const [x, y] = frame.at(boxMiddle(asset));
      places.set(`${Math.round(x / r)} ${Math.round(y / r)}`, shape(x, y, r));
    }
  }
  return [...places.values()].join("");
}

const n = (value: number) => value.toFixed(1);

function circle(x: number, y: number, r: number): string {
  return `M${n(x - r)} ${n(y)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
}

function square(x: number, y: number, r: number): string {
  const s = r * 0.88;
  return `M${n(x - s)} ${n(y - s)}h${n(2 * s)}v${n(2 * s)}h${n(-2 * s)}z`;
}

function triangle(x: number, y: number, r: number): string {
  return `M${n(x)} ${n(y - r * 1.15)}L${n(x + r)} ${n(y + r * 0.8)}H${n(x - r)}z`;
}

function diamond(x: number, y: number, r: number): string {
  const s = r * 1.2;
  return `M${n(x)} ${n(y - s)}L${n(x + s)} ${n(y)}L${n(x)} ${n(y + s)}L${n(x - s)} ${n(y)}z`;
}
