// The groups of areas as the draft has them, and how areas go from one to another.

import { computed, effect, signal } from "@preact/signals";
import { sentence } from "../../app/notices";
import { city } from "../../map/MapView";
import { service, settle, type Schema } from "../../service/client";
import { current, edit, layer, selected } from "../desk";
import { areaOf } from "../draw/areas";
import { fabric, known } from "../draw/hand";
import { boxAround } from "../mark";

type Group = Schema<"GroupEntry">;

/** The kinds that the service itself knows: a city may have others. */
const usual = ["duty", "management", "evaluation"];

export const wanted = signal(false); // somebody looks at them
export const trouble = signal(""); // a sentence
const all = signal<Group[]>([]);

/** The groups whose members are areas of the edited layer. */
const ofLayer = computed(() => all.value.filter((group) => group.layer === layer.value));

export const kinds = computed(() => [...new Set([...usual, ...ofLayer.value.map(({ kind }) => kind)])]);

const seen = computed(() => (wanted.value && current.value ? `${current.value.id} ${current.value.version}` : null));

effect(() => {
  if (seen.value === null) return;
  const leaving = new AbortController();
  void read(leaving.signal);
  return () => leaving.abort();
});

async function read(signal: AbortSignal): Promise<void> {
  try {
    all.value = (await settle(service.GET("/v1/groups", { params: { query: { draft: current.peek()!.id } }, signal }))).groups;
    trouble.value = "";
  } catch (error) {
    if (!signal.aborted) trouble.value = sentence(error);
  }
}

/** The groups of a kind. */
export function groupsOf(kind: string): Group[] {
  return ofLayer.value.filter((group) => group.kind === kind);
}

/** The chosen areas by the code of the group of a kind that they are in; empty: in none. */
export function chosenIn(kind: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const code of selected.value) {
    const group = groupsOf(kind).find(({ members }) => members.includes(code))?.code ?? "";
    found.set(group, [...(found.get(group) ?? []), code]);
  }
  return found;
}

/**
 * Moves the chosen areas to a group, or out of theirs where that is empty: by one edit for
 * each group that they are in. Where one is not done the rest stays where it is.
 */
export async function regroup(kind: string, to: string, name: string): Promise<void> {
  for (const [from, members] of chosenIn(kind)) {
    if (from === to) continue;
    const done = await edit({ edit: "regroup", layer: layer.peek(), group: { kind, members, ...(from && { from }), ...(to && { to }) }, ...(name && { name }) });
    if (!done) return;
  }
}

/** Chooses the members of a group, and brings them into view. */
export async function choose({ members }: Group): Promise<void> {
  try {
    const areas = await Promise.all(members.map((code) => areaOf(layer.peek(), code)));
    for (const area of areas) fabric.put(area);
    known.value++;
    selected.value = members;
    city.peek()?.fly(boxAround(areas.map(({ geometry }) => geometry.coordinates)));
  } catch (error) {
    trouble.value = sentence(error);
  }
}
