// What the whole page knows and shows: everything here is in its address or comes from the
// service. A room keeps what only it needs in its own folder.

import { computed, signal } from "@preact/signals";
import type { Schema } from "../service/client";

export type Workplace = "call" | "plan" | "duty";

/** Where the map is looked at: degrees, and the zoom of Web Mercator tiles of 512 pixels. */
export interface Sight {
  zoom: number;
  lat: number;
  lon: number;
}

/** A place on the ground, and the asset that was meant there. */
export interface Spot {
  lon: number;
  lat: number;
  asset: AssetRef | null;
}

/** An asset as the tiles hold it. */
export interface AssetRef {
  id: string;
  standard: string;
  category: string;
  category_name: string;
}

export interface AreaRef {
  layer: string;
  code: string;
}

/** What is reported: one category, or a family of kinds that citizens cannot tell apart. */
export type Subject = { category: Schema<"CategoryKey"> } | { family: string };

// In the address (address.ts).
export const workplace = signal<Workplace>("call");
export const sight = signal<Sight | null>(null); // null: the whole city
export const spot = signal<Spot | null>(null); // the pin
export const area = signal<AreaRef | null>(null); // the area looked at
export const subject = signal<Subject | null>(null);
export const department = signal<string | null>(null); // the code of the department looked at
export const report = signal<string | null>(null); // the id of the report looked at
export const draft = signal<string | null>(null); // the draft that is open
export const edition = signal<number | null>(null); // null: the newest
export const hidden = signal<ReadonlySet<string>>(new Set()); // layers switched off

// From the service (load.ts).
export const layers = signal<Schema<"Layer">[]>([]);
export const categories = signal<Schema<"CategoryEntry">[]>([]);
export const departments = signal<ReadonlyMap<string, Schema<"DepartmentEntry">>>(new Map());
export const basemap = signal<Schema<"Basemap"> | null>(null); // null: none is set
export const session = signal<Schema<"Session"> | null>(null); // of a visitor without a name; null: not known yet

export type Right = Schema<"Session">["rights"][number];

/** Whether who sits before the page may do something. */
export function may(right: Right): boolean {
  return session.value?.rights.includes(right) ?? false;
}

/** The parameters of a read that say which state it is of: a draft goes before an edition. */
export const asOf = computed<{ draft?: string; edition?: number }>(() => {
  if (draft.value !== null) return { draft: draft.value };
  return edition.value === null ? {} : { edition: edition.value };
});

/** A box in degrees, as fits the map. */
export type Box = [west: number, south: number, east: number, north: number];

/** The box of a layer or an area; the types made of openapi.yaml do not count its numbers. */
export function boxOf({ bbox }: { bbox?: number[] | null }): Box | null {
  return bbox?.length === 4 ? (bbox as Box) : null;
}
