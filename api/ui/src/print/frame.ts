// The piece of the ground that a sheet shows, and how it lies on the paper. On a few
// kilometres a plain cylinder that is true to scale in the middle is as good as any projection.

import { metresBetween, type Position } from "../area/shape";
import type { Box } from "../app/state";

/** Tenths of a millimetre on A4 with margins of 15 mm. */
const width = 1800;
const [lowest, tallest] = [1100, 1650];
const margin = 0.1; // of the area's extent, on each side
const smallest = 60; // metres across, that a point or a short line still has ground around it

export interface Frame {
  width: number;
  height: number;
  box: Box; // in degrees
  unitsPerMetre: number;
  at(position: Position): Position;
}

/** A frame with some ground around a box. */
export function frameOf([west, south, east, north]: Box): Frame {
  const middle: Position = [(west + east) / 2, (south + north) / 2];
  const lonMetres = metresBetween([middle[0] - 0.5, middle[1]], [middle[0] + 0.5, middle[1]]);
  const latMetres = metresBetween([middle[0], middle[1] - 0.5], [middle[0], middle[1] + 0.5]);
  const across = Math.max(smallest, (east - west) * lonMetres * (1 + 2 * margin));
  const up = Math.max(smallest, (north - south) * latMetres * (1 + 2 * margin));
  const height = Math.round(Math.min(tallest, Math.max(lowest, (width * up) / across)));
  const unitsPerMetre = Math.min(width / across, height / up);
  const halfLon = width / unitsPerMetre / lonMetres / 2;
  const halfLat = height / unitsPerMetre / latMetres / 2;
  const box: Box = [middle[0] - halfLon, middle[1] - halfLat, middle[0] + halfLon, middle[1] + halfLat];
  return {
    width,
    height,
    box,
    unitsPerMetre,
    at: ([lon, lat]) => [(lon - box[0]) * lonMetres * unitsPerMetre, (box[3] - lat) * latMetres * unitsPerMetre],
  };
}

const finest = 0.5; // units: what is closer together cannot be told apart on paper

/** Lines on the paper, without the points that would lie on one another there. */
export function onPaper(lines: Position[][], frame: Frame): Position[][] {
  return lines.map((line) => {
    const drawn: Position[] = [];
    line.forEach((position, i) => {
      const [x, y] = frame.at(position);
      const last = drawn.at(-1);
      if (!last || i === line.length - 1 || Math.abs(x - last[0]) + Math.abs(y - last[1]) >= finest) drawn.push([x, y]);
    });
    return drawn;
  });
}

/** The lines as the data of an SVG path. */
export function pathOf(lines: Position[][]): string {
  return lines.map((line) => `M${line.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}`).join("");
}

/** A round length for a scale bar that takes at most so many units: 1, 2 or 5 times a power of ten metres. */
export function roundLength(unitsPerMetre: number, most: number): number {
  const metres = most / unitsPerMetre;
  const power = 10 ** Math.floor(Math.log10(metres));
  return power * ([5, 2].find((n) => n * power <= metres) ?? 1);
}
