// A node or a piece of border that is held and moved: the areas that touch it change with
// it, and no others. The fabric itself stays as it was until the service has agreed.

import type { Position } from "geojson";
import { linesOf, shapeOf, withLines, type Fabric, type Shape, type Use } from "./fabric";

export class Grip {
  readonly #shapes = new Map<string, Shape>(); // copies, which may be changed
  readonly #uses: Use[];

  private constructor(
    readonly fabric: Fabric,
    uses: Use[],
    readonly from: Position,
    /** The ends of the piece of border that is held; null: a node is. */
    readonly ends: [Position, Position] | null,
    only: string | null, // of layers that share no borders: the one area that is changed
  ) {
    this.#uses = only === null ? uses : uses.filter(({ code }) => code === only);
    for (const { code } of this.#uses) {
      if (this.#shapes.has(code)) continue;
      const shape = shapeOf(fabric.area(code)!);
      this.#shapes.set(code, withLines(shape, linesOf(shape).map((line) => [...line])));
    }
  }

  /** Takes hold of a node; null where there is none. */
  static node(fabric: Fabric, node: Position, only: string | null): Grip | null {
    const uses = fabric.uses(node);
    return uses.length > 0 ? new Grip(fabric, uses, node, null, only) : null;
  }

  /** Takes hold of the piece of border between two nodes in its middle, where it gets a new node; null where there is none. */
  static piece(fabric: Fabric, ends: [Position, Position], only: string | null): Grip | null {
    const pieces = fabric.piecesBetween(...ends);
    if (pieces.length === 0) return null;
    const middle = [(ends[0][0]! + ends[1][0]!) / 2, (ends[0][1]! + ends[1][1]!) / 2];
    const grip = new Grip(fabric, pieces, middle, ends, only);
    for (const { code, line, index } of grip.#uses) linesOf(grip.#shapes.get(code)!)[line]!.splice(index, 0, middle);
    return grip;
  }

  /** The areas that change, smallest code first. */
  get codes(): string[] {
    return [...this.#shapes.keys()].toSorted();
  }

  /** Moves what is held, and gives the shapes that are otherwise now. */
  move(to: Position): ReadonlyMap<string, Shape> {
    for (const { code, line, index } of this.#uses) linesOf(this.#shapes.get(code)!)[line]![index] = to;
    return this.#shapes;
  }

  /** The shapes as they are in the fabric. */
  before(): ReadonlyMap<string, Shape> {
    return new Map(this.codes.flatMap((code) => {
      const area = this.fabric.area(code);
      return area ? [[code, shapeOf(area)]] : [];
    }));
  }

  /** Whether a border at what is held crosses another of the areas that change. */
  get crossed(): boolean {
    const held = this.#uses.flatMap(({ code, line, index }) => {
      const points = linesOf(this.#shapes.get(code)!)[line]!;
      return [points.slice(index - 1, index + 1), points.slice(index, index + 2)].filter((piece) => piece.length === 2);
    });
    const isCrossed = (from: Position, to: Position) => held.some(([a, b]) => cross(a!, b!, from, to));
    return [...this.#shapes.values()].some((shape) => linesOf(shape).some((points) => points.some((to, i) => i > 0 && isCrossed(points[i - 1]!, to))));
  }
}

/** Whether two pieces of border cross, ends that they share aside. */
function cross(a: Position, b: Position, c: Position, d: Position): boolean {
  return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
}

/** On which side of a straight line from p to q a place is: -1, 1, or 0 on it. */
function side(p: Position, q: Position, r: Position): number {
  return Math.sign((q[0]! - p[0]!) * (r[1]! - p[1]!) - (q[1]! - p[1]!) * (r[0]! - p[0]!));
}
