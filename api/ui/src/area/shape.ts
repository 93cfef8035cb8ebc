// Geometry of areas as the page needs it: which borders two share, and where a label stands.

import type { Geometry } from "geojson";
import type { Box } from "../app/state";

export type Position = [x: number, y: number];

/** Lines of an area: the rings of its polygons, or the line it is. */
export function linesOf(geometry: Geometry | null): Position[][] {
  switch (geometry?.type) {
    case "Polygon":
    case "MultiLineString":
      return geometry.coordinates as Position[][];
    case "MultiPolygon":
      return geometry.coordinates.flat() as Position[][];
    case "LineString":
      return [geometry.coordinates as Position[]];
    default:
      return [];
  }
}

export function boundsOf(lines: Position[][]): Box {
  const box: Box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const line of lines) {
    for (const [x, y] of line) {
      if (x < box[0]) box[0] = x;
      if (y < box[1]) box[1] = y;
      if (x > box[2]) box[2] = x;
      if (y > box[3]) box[3] = y;
    }
  }
  return box;
}

const metresPerDegree = 111_195; // of a sphere of 6,371 km: a map of a city asks for no more

/** Metres between two places that lie near each other. */
export function metresBetween([ax, ay]: Position, [bx, by]: Position): number {
  const narrow = Math.cos((((ay + by) / 2) * Math.PI) / 180);
  return metresPerDegree * Math.hypot((bx - ax) * narrow, by - ay);
}

/** The pieces of border of an area, to be compared with those of others. */
export type Border = ReadonlySet<string>;

export function borderOf(lines: Position[][]): Border {
  const border = new Set<string>();
  for (const line of lines) for (let i = 1; i < line.length; i++) border.add(piece(line[i - 1] as Position, line[i] as Position));
  return border;
}

/** The same name from both sides: areas of a layer share the nodes of their borders. */
function piece(a: Position, b: Position): string {
  return a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]) ? `${a.join()} ${b.join()}` : `${b.join()} ${a.join()}`;
}

export interface Shared {
  metres: number;
  at: Position; // its middle, by length
}

/** What a border shares with another area; null where that is nothing. */
export function sharedWith(border: Border, lines: Position[][]): Shared | null {
  let [metres, x, y] = [0, 0, 0];
  for (const line of lines) {
    for (let i = 1; i < line.length; i++) {
      const [a, b] = [line[i - 1] as Position, line[i] as Position];
      if (!border.has(piece(a, b))) continue;
      const length = metresBetween(a, b);
      metres += length;
      x += (length * (a[0] + b[0])) / 2;
      y += (length * (a[1] + b[1])) / 2;
    }
  }
  return metres > 0 ? { metres, at: [x / metres, y / metres] } : null;
}

const steps = 24; // places tried along each side

/**
 * The place inside rings, and inside a frame, that is farthest from their borders among
 * those of a raster, and how far that is; null where no place of the raster is inside.
 */
export function roomIn(rings: Position[][], frame: Box): { at: Position; room: number } | null {
  const [west, south, east, north] = meet(boundsOf(rings), frame);
  let best: { at: Position; room: number } | null = null;
  for (let i = 0; i < steps; i++) {
    const y = south + ((i + 0.5) / steps) * (north - south);
    for (let k = 0; k < steps; k++) {
      const x = west + ((k + 0.5) / steps) * (east - west);
      const toFrame = Math.min(x - frame[0], frame[2] - x, y - frame[1], frame[3] - y);
      if (toFrame <= (best?.room ?? 0) || !isInside(rings, x, y)) continue;
      const room = Math.min(toFrame, distance(rings, x, y));
      if (room > (best?.room ?? 0)) best = { at: [x, y], room };
    }
  }
  return best;
}

function meet(a: Box, b: Box): Box {
  return [Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])];
}

/** By the even-odd rule, so that holes are outside. */
export function isInside(rings: Position[][], x: number, y: number): boolean {
  let inside = false;
  for (const ring of rings) {
    for (let i = 1; i < ring.length; i++) {
      const [ax, ay] = ring[i - 1] as Position;
      const [bx, by] = ring[i] as Position;
      if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) inside = !inside;
    }
  }
  return inside;
}

function distance(rings: Position[][], x: number, y: number): number {
  let nearest = Infinity;
  for (const ring of rings) {
    for (let i = 1; i < ring.length; i++) {
      const [ax, ay] = ring[i - 1] as Position;
      const [bx, by] = ring[i] as Position;
      const [dx, dy] = [bx - ax, by - ay];
      const along = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
      nearest = Math.min(nearest, (ax + along * dx - x) ** 2 + (ay + along * dy - y) ** 2);
    }
  }
  return Math.sqrt(nearest);
}
