// The fabric of the edited layer: its areas as far as they are known, and where they touch.
// Areas that touch hold the very same coordinates, so a node is found by its position in
// whatever areas lie around it. Pure: nothing here knows of the map or of the service.

import type { Geometry, LineString, MultiLineString, MultiPolygon, Polygon, Position } from "geojson";
import type { Box } from "../../app/state";
import type { Schema } from "../../service/client";
import { metresBetween, nearestOn, type Near } from "./ground";

export type Area = Schema<"AreaFeature">;
export type Shape = Polygon | MultiPolygon | LineString | MultiLineString;

/** A vertex of an area: its place in the lines the area's shape is made of. */
export interface Use {
  code: string;
  line: number;
  index: number;
}

/** A piece of border, from a vertex to the next. */
export interface Piece extends Use {
  from: Position;
  to: Position;
}

/** Somewhere on the borders, near a place that was pointed at. */
export interface Snap extends Near {
  node: boolean; // a node, not just a place on a border
}

interface Held {
  area: Area;
  box: Box;
}

export class Fabric {
  readonly #held = new Map<string, Held>();

  get size(): number {
    return this.#held.size;
  }

  get codes(): string[] {
    return [...this.#held.keys()];
  }

  get areas(): Area[] {
    return [...this.#held.values()].map(({ area }) => area);
  }

  area(code: string): Area | undefined {
    return this.#held.get(code)?.area;
  }

  box(code: string): Box | undefined {
    return this.#held.get(code)?.box;
  }

  put(area: Area): void {
    this.#held.set(area.properties.code, { area, box: boxOf(linesOf(shapeOf(area))) });
  }

  drop(code: string): void {
    this.#held.delete(code);
  }

  clear(): void {
    this.#held.clear();
  }

  /** The area that holds a place; on a border, one of those that touch there. */
  at(place: Position): string | null {
    for (const [code, { area }] of this.#around(place)) if (holds(shapeOf(area), place)) return code;
    return null;
  }

  /** Where a node is a vertex, in all areas. */
  uses(node: Position): Use[] {
    const found: Use[] = [];
    for (const [code, { area }] of this.#around(node)) {
      linesOf(shapeOf(area)).forEach((points, line) =>
        points.forEach((p, index) => {
          if (same(p, node)) found.push({ code, line, index });
        }),
      );
    }
    return found;
  }

  /** The node nearest to a place, else the nearest place on a border, within a reach in metres. */
  snap(place: Position, reach: number): Snap | null {
    let node: Snap | null = null;
    let edge: Snap | null = null;
    for (const piece of this.#pieces(place, reach)) {
      const far = metresBetween(place, piece.to);
      if (far <= (node?.metres ?? reach)) node = { position: piece.to, metres: far, node: true };
      const near = nearestOn(piece.from, piece.to, place);
      if (near.metres <= (edge?.metres ?? reach)) edge = { ...near, node: false };
    }
    return node ?? edge;
  }

  /** The areas whose border passes within a reach, in metres. */
  owners(place: Position, reach: number): Set<string> {
    const found = new Set<string>();
    for (const piece of this.#pieces(place, reach)) {
      if (!found.has(piece.code) && nearestOn(piece.from, piece.to, place).metres <= reach) found.add(piece.code);
    }
    return found;
  }

  /** The pieces of border that run from one node to another, whichever way round. */
  piecesBetween(a: Position, b: Position): Piece[] {
    return [...this.#pieces(a, 0.01)].filter(({ from, to }) => (same(from, a) && same(to, b)) || (same(from, b) && same(to, a)));
  }

  *#pieces(place: Position, reach: number): Generator<Piece> {
    for (const [code, { area }] of this.#around(place, reach)) {
      for (const [line, points] of linesOf(shapeOf(area)).entries()) {
        for (let index = 1; index < points.length; index++) yield { code, line, index, from: points[index - 1]!, to: points[index]! };
      }
    }
  }

  *#around([lon, lat]: Position, reach = 0): Generator<[string, Held]> {
    const [high, wide] = [reach / 111_320, reach / (111_320 * Math.cos((lat! * Math.PI) / 180))];
    for (const entry of this.#held) {
      const [west, south, east, north] = entry[1].box;
      if (lon! >= west - wide && lon! <= east + wide && lat! >= south - high && lat! <= north + high) yield entry;
    }
  }
}

export function shapeOf(area: Area): Shape {
  return area.geometry as Geometry as Shape;
}

/** The lines a shape is made of: rings, or the lines of a road. */
export function linesOf(shape: Shape): Position[][] {
  if (shape.type === "MultiPolygon") return shape.coordinates.flat();
  return shape.type === "LineString" ? [shape.coordinates] : shape.coordinates;
}

/** The same shape made of other lines, as many as it had. */
export function withLines(shape: Shape, lines: Position[][]): Shape {
  if (shape.type === "LineString") return { type: "LineString", coordinates: lines[0]! };
  if (shape.type !== "MultiPolygon") return { type: shape.type, coordinates: lines };
  let next = 0;
  return { type: "MultiPolygon", coordinates: shape.coordinates.map((rings) => rings.map(() => lines[next++]!)) };
}

export function same(a: Position, b: Position): boolean {
  return a[0] === b[0] && a[1] === b[1];
}

export function boxOf(lines: Position[][]): Box {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const line of lines) {
    for (const [x, y] of line) [west, south, east, north] = [Math.min(west, x!), Math.min(south, y!), Math.max(east, x!), Math.max(north, y!)];
  }
  return [west, south, east, north];
}

/** Whether a polygon holds a place: an odd number of its edges lies to the east of it. */
function holds(shape: Shape, [x, y]: Position): boolean {
  if (shape.type === "LineString" || shape.type === "MultiLineString") return false;
  let inside = false;
  for (const ring of linesOf(shape)) {
    for (let i = 1; i < ring.length; i++) {
      const [[ax, ay], [bx, by]] = [ring[i - 1] as [number, number], ring[i] as [number, number]];
      if (ay > y! !== by > y! && x! < ((bx - ax) * (y! - ay)) / (by - ay) + ax) inside = !inside;
    }
  }
  return inside;
}
