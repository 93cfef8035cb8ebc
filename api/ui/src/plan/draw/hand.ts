// What the planner's hand is at: the fabric as it is known here, and what the tools need
// beyond the draft itself (desk.ts).

import { computed, signal } from "@preact/signals";
import type { Position } from "geojson";
import { layers } from "../../app/state";
import { current, layer, selected, tool } from "../desk";
import { Fabric, type Area } from "./fabric";

export const fabric = new Fabric();
export const upper = new Map<string, Fabric>(); // the layers above, lowest first, as far as they are in view
export const known = signal(0); // grows when the fabric changes
export const busy = signal(true); // the areas in view are not all known yet
export const tooMany = signal(false); // more areas in view than are handled at a time
export const thinned = signal(false); // more nodes in view than are shown
export const freehand = signal(false); // lines are drawn freehand, not point by point
export const node = signal<Position | null>(null); // the node that keys are about
export const target = signal(""); // merge, close: into which area; give, draw: to which parent
export const newCode = signal(""); // draw: the code of the new area; empty: by the standard
export const newName = signal("");
export const helped = signal(false); // the keys are listed
export const said = signal(""); // what just happened on the map, for who does not see it

/** The draft that is open, whatever its version. */
export const draftOpen = computed(() => current.value?.id ?? null);

/** The layer that is edited. */
export const edited = computed(() => layers.value.find(({ name }) => name === layer.value));

/** The layers above it in its chain, lowest first: their borders run where its own do. */
export const allAbove = computed(() => {
  const chain = edited.value?.chain ?? [];
  return chain.slice(chain.indexOf(layer.value) + 1).flatMap((name) => layers.value.find((l) => l.name === name) ?? []);
});

/** The layer right above it; undefined: it is the highest of its chain. */
export const above = computed(() => allAbove.value[0]);

/** The areas that are chosen, as far as they are known here. */
export const chosen = computed<Area[]>(() => {
  void known.value;
  return selected.value.flatMap((code) => fabric.area(code) ?? []);
});

/** Whether lines are drawn with the tool. */
export const draws = computed(() => ["border", "split", "draw"].includes(tool.value));

export function toggle(code: string): void {
  selected.value = selected.peek().includes(code) ? selected.peek().filter((c) => c !== code) : [...selected.peek(), code];
}
