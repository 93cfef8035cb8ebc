// Drawing with the keyboard alone. Letters choose tools while the map or the tools have the
// focus; the rest is for the map, whose middle is the pointer.

import type { Position } from "geojson";
import { redo, selected, tool, undo, type Tool } from "../desk";
import type { Canvas } from "./canvas";
import { linesOf, same, shapeOf } from "./fabric";
import { metresBetween, moved } from "./ground";
import { chosen, draws, fabric, freehand, helped, node, said, toggle } from "./hand";
import { words } from "./words";

/** The tools, and the keys that choose them. */
export const tools: [tool: Tool, key: string][] = [
  ["select", "v"],
  ["node", "e"],
  ["border", "b"],
  ["split", "s"],
  ["merge", "m"],
  ["give", "g"],
  ["draw", "d"],
  ["close", "c"],
];

const fields = "input:not([type=checkbox]), textarea, select"; // what is typed in one is the field's

const arrows: Record<string, [east: number, north: number]> = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

/** Follows the keys; canvas is the drawing on the map, where there is one. Returns how to stop. */
export function followKeys(canvas: () => Canvas | null): () => void {
  const pressed = (event: KeyboardEvent) => {
    const target = event.target as Element;
    if (target.matches(fields)) return;
    if (event.ctrlKey || event.metaKey) return steps(event, canvas());
    if (target !== document.body && !target.closest("#map, #plan-tools")) return;
    const on = canvas();
    if ((on && target === on.map.getCanvas() && onMap(event, on)) || letter(event, on)) event.preventDefault();
  };
  document.addEventListener("keydown", pressed);
  return () => document.removeEventListener("keydown", pressed);
}

/** Undo and redo. While a line is drawn its last point goes first. */
function steps(event: KeyboardEvent, canvas: Canvas | null): void {
  const key = event.key.toLowerCase();
  const again = key === "y" || (key === "z" && event.shiftKey);
  if (key !== "z" && !again) return;
  event.preventDefault();
  if (again) void redo();
  else if (!canvas?.sketch?.back()) void undo();
}

function letter({ key, altKey }: KeyboardEvent, canvas: Canvas | null): boolean {
  const chosenTool = tools.find(([, letter]) => letter === key);
  if (altKey) return false;
  if (chosenTool) tool.value = chosenTool[0];
  else if (key === "f" && draws.peek()) freehand.value = !freehand.peek();
  else if (key === "?") helped.value = !helped.peek();
  else if (key === "Escape") canvas?.drag.cancel();
  else return false;
  return true;
}

/** A key on the map; returns whether it was taken. */
function onMap(event: KeyboardEvent, canvas: Canvas): boolean {
  const arrow = event.altKey && arrows[event.key];
  if (arrow) return nudge(canvas, arrow, event.shiftKey ? 10 : 1);
  if (event.altKey) return false;
  switch (event.key) {
    case " ":
      return mark(canvas);
    case "Enter":
      return finish(canvas);
    case "Backspace":
      return canvas.sketch?.back() ?? false;
    case "n":
    case "N":
      return walk(canvas, event.key === "n" ? 1 : -1);
    case "i":
      return insert(canvas);
    case "Delete":
      canvas.deleteNode();
      return true;
  }
  return false;
}

/** A point of the line in the middle of the map, or the area there. */
function mark(canvas: Canvas): boolean {
  if (!draws.peek()) {
    const code = fabric.at(canvas.middle);
    if (code !== null) toggle(code);
    said.value = words.peek().chosen(selected.peek());
    return true;
  }
  freehand.value = false; // point by point
  canvas.sketch?.add(canvas.middle);
  said.value = words.peek().point(canvas.sketch?.points.length ?? 0);
  return true;
}

function finish(canvas: Canvas): boolean {
  if (draws.peek()) return true; // terra-draw ends the line when the key goes up
  if (!canvas.drag.holds) canvas.choose(canvas.middle, false);
  else {
    node.value = canvas.drag.to;
    void canvas.drag.release();
  }
  return true;
}

/** All nodes of the chosen areas, each once. */
function nodes(): Position[] {
  const all = chosen.peek().flatMap((area) => linesOf(shapeOf(area)).flat());
  return [...new Map(all.map((at) => [at.join(), at])).values()];
}

/** Goes to the next node, or the one before, and brings it into view. */
function walk(canvas: Canvas, step: 1 | -1): boolean {
  const all = nodes();
  if (all.length === 0) return false;
  const now = node.peek();
  const at = now ? all.findIndex((p) => same(p, now)) : -1;
  const next = at < 0 ? 0 : (at + step + all.length) % all.length;
  tool.value = "node";
  canvas.drag.cancel();
  const there = all[next]!;
  node.value = there;
  if (!canvas.map.getBounds().contains(there as [number, number])) canvas.map.jumpTo({ center: there as [number, number] });
  said.value = words.peek().node(next + 1, all.length, [...new Set(fabric.uses(there).map(({ code }) => code))]);
  return true;
}

function nudge(canvas: Canvas, [east, north]: [number, number], metres: number): boolean {
  const from = node.peek();
  if (!from || (!canvas.drag.holds && !canvas.takeNode())) return true;
  const to = moved(canvas.drag.to ?? from, east * metres, north * metres);
  canvas.drag.move(to);
  said.value = words.peek().movedBy(metresBetween(from, to));
  return true;
}

/** A new node in the middle of the border after the one that keys are about. */
function insert(canvas: Canvas): boolean {
  const at = node.peek();
  const line = chosen.peek().flatMap((area) => linesOf(shapeOf(area))).find((points) => at && points.some((p) => same(p, at)));
  const i = line?.findIndex((p) => same(p, at!)) ?? -1;
  const next = line?.[i + 1];
  if (!at || !next) return false;
  canvas.insertNode([(at[0]! + next[0]!) / 2, (at[1]! + next[1]!) / 2]);
  return true;
}
