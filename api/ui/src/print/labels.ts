// Where names stand on the paper, and how large.

import type { Box } from "../app/state";
import { type Position, roomIn } from "../area/shape";

export interface Label {
  at: Position;
  size: number; // of the letters, in tenths of a millimetre
  lines: string[];
}

const [least, most] = [19, 34];

/** How many times as wide as high a text is, about, in bold: Chinese characters are square. */
export function widthOf(text: string): number {
  let width = 0;
  for (const letter of text) width += letter > "\u2E7F" || letter === "…" ? 1 : 0.63;
  return width;
}

/**
 * The label of an area within a frame: of several texts, each of some lines, the first that
 * there is room for; null where there is none.
 */
export function labelOf(rings: Position[][], frame: Box, texts: string[][], largest = most): Label | null {
  const found = roomIn(rings, frame);
  if (!found) return null;
  for (const lines of texts) {
    const widest = Math.max(...lines.map(widthOf));
    const size = Math.min(largest, (2.1 * found.room) / widest, (2 * found.room) / (1.2 * lines.length));
    if (size >= least) return { at: found.at, size, lines };
  }
  return null;
}

/** What an area may be labelled with: its name and code, its code, and where that begins with its parent's the rest of it. */
export function textsOf(name: string, code: string, parent: string | null): string[][] {
  const rest = parent && code.startsWith(parent) ? code.slice(parent.length).replace(/^[-_. ]/, "") : "";
  return [...(name && name !== code ? [[name, code]] : []), [code], ...(rest ? [[`…${rest}`]] : [])];
}

/** The longest piece of some lines inside a frame, drawn from left to right: a name that follows it is read so. */
export function visibleRun(lines: Position[][], [west, south, east, north]: Box): Position[] {
  let best: Position[] = [];
  for (const line of lines) {
    let run: Position[] = [];
    for (const at of line) {
      if (at[0] > west && at[0] < east && at[1] > south && at[1] < north) run.push(at);
      else run = [];
      if (lengthOf(run) > lengthOf(best)) best = [...run];
    }
  }
  const [first, last] = [best[0], best.at(-1)];
  return first && last && first[0] > last[0] ? best.reverse() : best;
}

export function lengthOf(line: Position[]): number {
  return line.reduce((sum, [x, y], i) => (i === 0 ? 0 : sum + Math.hypot(x - (line[i - 1] as Position)[0], y - (line[i - 1] as Position)[1])), 0);
}

/** A text cut to a width in letters' heights. */
export function clipped(text: string, width: number): string {
  let kept = text;
  while (widthOf(kept) > width && kept.length > 1) kept = `${[...kept].slice(0, -2).join("")}…`;
  return kept;
}
