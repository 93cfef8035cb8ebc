// The audit of duty: what is wrong, who answers for what where, and the ground of it.

import type { MultiPolygon } from "geojson";
import { computed, signal } from "@preact/signals";
import { sentence } from "../app/notices";
import { asOf, layers, type Spot } from "../app/state";
import { isInside, type Position } from "../area/shape";
import { service, settle, type Schema } from "../service/client";
import { nameOf, type Finding } from "./finding";
import { patiently } from "./patience";

export type Matrix = NonNullable<Schema<"Audit">["matrix"]>;

/** The ground of a finding, by its number. */
export interface Shape {
  number: number;
  name: string;
  whole: boolean; // else of its many places only the first
  geometry: MultiPolygon;
}

export const audit = signal<Schema<"Audit"> | null>(null);
export const shapes = signal<Shape[]>([]);
export const working = signal(false);
export const trouble = signal("");

export const by = signal(""); // the layer of the matrix; empty: the one below the top
export const off = signal<ReadonlySet<string>>(new Set()); // kinds that are not shown
export const here = signal<Spot | null>(null); // the place whose findings are shown; null: all

/** The layers that a matrix may be of: those of the longest chain of coverages, the lowest first. */
export const chain = computed(() => {
  const chains = layers.value.filter(({ kind }) => kind === "coverage").map((layer) => layer.chain);
  return chains.toSorted((a, b) => b.length - a.length)[0] ?? [];
});

export const layerOf = computed(() => by.value || chain.value.at(-2) || chain.value.at(-1) || "");

/** What is shown of what was found. */
export const findings = computed(() => {
  const at = here.value;
  const there = at && new Set(shapes.value.filter(({ geometry }) => isInside(geometry.coordinates.flat() as Position[][], at.lon, at.lat)).map(({ number }) => number));
  return (audit.value?.findings ?? []).filter((finding) => !off.value.has(nameOf(finding)) && (!there || there.has(finding.number)));
});

/** How many there are of each kind. */
export const counts = computed(() => {
  const all = new Map<string, number>();
  for (const finding of audit.value?.findings ?? []) all.set(nameOf(finding), (all.get(nameOf(finding)) ?? 0) + 1);
  return all;
});

// What a page and a map can still show: a finding may have the ground of half the city.
const page = 1000;
const mostFindings = 5_000;
const mostPositions = 1_000_000;
const shapesPage = 50;

let running: AbortController | undefined;

export function stopAudit(): void {
  running?.abort();
  working.value = false;
}

/** Has the city looked through as it is now; the first who asks waits until it is done. */
export async function runAudit(): Promise<void> {
  running?.abort();
  const { signal } = (running = new AbortController());
  const query = asOf.peek();
  working.value = true;
  trouble.value = "";
  try {
    const found = await read({ ...query, limit: page, matrix: "1", by: layerOf.peek() }, signal);
    const all: Finding[] = [...found.findings];
    for (let offset = found.next; offset !== undefined && all.length < mostFindings; ) {
      const more = await read({ ...query, limit: page, offset }, signal);
      all.push(...more.findings);
      offset = more.next;
    }
    audit.value = { ...found, findings: all };
    shapes.value = await readShapes(query, signal);
  } catch (error) {
    if (!signal.aborted) trouble.value = sentence(error);
  } finally {
    if (!signal.aborted) working.value = false;
  }
}

type Query = { edition?: number; draft?: string; limit?: number; offset?: number; matrix?: "1"; by?: string };

async function read(query: Query, signal: AbortSignal): Promise<Schema<"Audit">> {
  return (await patiently(() => settle(service.GET("/v1/responsibility", { params: { query }, signal })), signal)) as Schema<"Audit">;
}

async function readShapes(query: Query, signal: AbortSignal): Promise<Shape[]> {
  const found: Shape[] = [];
  let positions = 0;
  for (let offset: number | undefined = 0; offset !== undefined && positions < mostPositions; ) {
    const at: number = offset;
    const answer = (await patiently(
      () => settle(service.GET("/v1/responsibility", { params: { query: { ...query, format: "geojson", limit: shapesPage, offset: at } }, signal })),
      signal,
    )) as unknown as { features: { id: number; geometry: MultiPolygon; properties: Finding & { drawn: number } }[]; next?: number };
    for (const { id, geometry, properties } of answer.features) {
      found.push({ number: id, name: nameOf(properties), whole: properties.drawn >= properties.places, geometry });
      positions += geometry.coordinates.flat(2).length;
    }
    offset = answer.next;
  }
  return found;
}
