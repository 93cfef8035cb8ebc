// Distances on the ground, exact enough for what lies within one window: metres on a plane
// that touches the earth there.

import type { Position } from "geojson";

const metresADegree = 111_320;

/** A place on something, and how far from what was asked about. */
export interface Near {
  position: Position;
  metres: number;
}

/** The service holds coordinates at seven decimals. */
export function rounded([lon, lat]: Position): Position {
  return [Math.round(lon! * 1e7) / 1e7, Math.round(lat! * 1e7) / 1e7];
}

/** East and north of a place, in metres. */
function offset([fromLon, fromLat]: Position, [lon, lat]: Position): [x: number, y: number] {
  return [(lon! - fromLon!) * metresADegree * Math.cos((fromLat! * Math.PI) / 180), (lat! - fromLat!) * metresADegree];
}

/** The place so many metres east and north of another. */
export function moved([lon, lat]: Position, east: number, north: number): Position {
  return rounded([lon! + east / (metresADegree * Math.cos((lat! * Math.PI) / 180)), lat! + north / metresADegree]);
}

export function metresBetween(a: Position, b: Position): number {
  return Math.hypot(...offset(a, b));
}

/** The place nearest to another on a straight line. */
export function nearestOn(a: Position, b: Position, place: Position): Near {
  const [bx, by] = offset(a, b);
  const [px, py] = offset(a, place);
  const long = bx * bx + by * by;
  const share = long === 0 ? 0 : Math.max(0, Math.min(1, (px * bx + py * by) / long));
  const position = [a[0]! + share * (b[0]! - a[0]!), a[1]! + share * (b[1]! - a[1]!)];
  return { position, metres: Math.hypot(px - share * bx, py - share * by) };
}

/** A line with only the points that matter: none of those left out lies further than so many metres off (Douglas and Peucker, 1973). */
export function simplified(line: Position[], metres: number): Position[] {
  const kept = new Set([0, line.length - 1]);
  const open: [number, number][] = [[0, line.length - 1]];
  for (let part = open.pop(); part; part = open.pop()) {
    const [first, last] = part;
    let [worst, far] = [-1, metres];
    for (let i = first + 1; i < last; i++) {
      const off = nearestOn(line[first]!, line[last]!, line[i]!).metres;
      if (off > far) [worst, far] = [i, off];
    }
    if (worst < 0) continue;
    kept.add(worst);
    open.push([first, worst], [worst, last]);
  }
  return line.filter((_, i) => kept.has(i));
}
