// The nodes of the chosen areas that can be taken hold of, and the middles between them.

import type { Position } from "geojson";
import type { Map as Window } from "maplibre-gl";
import { linesOf, shapeOf, type Area } from "./fabric";
import { rounded } from "./ground";

export interface Handle {
  at: Position;
  /** The ends of the piece of border it is the middle of; null: it is a node. */
  ends: [Position, Position] | null;
}

const apart = 12; // pixels: closer together they could not be told apart
const least = 40; // pixels of a piece of border whose middle is shown
const reach = 10; // pixels within which a handle is meant

/** The handles in view, and whether nodes were left out because they lie too close. */
export function handlesOf(map: Window, areas: Area[]): { handles: Handle[]; thinned: boolean } {
  const bounds = map.getBounds();
  const taken = new Map<string, Handle>(); // by the patch of the window
  const middles: Handle[] = [];
  let thinned = false;
  for (const line of areas.flatMap((area) => linesOf(shapeOf(area)))) {
    line.forEach((at, i) => {
      const before = line[i - 1];
      if (before && bounds.contains(middleOf(before, at) as [number, number])) addMiddle(middles, map, [before, at]);
      if (!bounds.contains(at as [number, number])) return;
      const patch = patchOf(map, at);
      const there = taken.get(patch);
      if (!there) taken.set(patch, { at, ends: null });
      else if (there.at[0] !== at[0] || there.at[1] !== at[1]) thinned = true;
    });
  }
  return { handles: [...taken.values(), ...unique(middles)], thinned };
}

function patchOf(map: Window, at: Position): string {
  const { x, y } = map.project(at as [number, number]);
  return `${Math.round(x / apart)},${Math.round(y / apart)}`;
}

function middleOf(a: Position, b: Position): Position {
  return rounded([(a[0]! + b[0]!) / 2, (a[1]! + b[1]!) / 2]);
}

function addMiddle(middles: Handle[], map: Window, ends: [Position, Position]): void {
  const [a, b] = [map.project(ends[0] as [number, number]), map.project(ends[1] as [number, number])];
  if (Math.hypot(a.x - b.x, a.y - b.y) >= least) middles.push({ at: middleOf(...ends), ends });
}

/** Two areas that are both chosen share the middles of their border. */
function unique(handles: Handle[]): Handle[] {
  return [...new Map(handles.map((handle) => [handle.at.join(), handle])).values()];
}

/** The handle that is meant by a place in the window; a node before a middle. */
export function pick(map: Window, handles: Handle[], point: { x: number; y: number }): Handle | null {
  let [best, far]: [Handle | null, number] = [null, reach];
  for (const handle of handles) {
    const { x, y } = map.project(handle.at as [number, number]);
    const off = Math.hypot(x - point.x, y - point.y) + (handle.ends ? 3 : 0);
    if (off < far) [best, far] = [handle, off];
  }
  return best;
}
