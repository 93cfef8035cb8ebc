// What the page asks of the service, in the service's own words (openapi.json).

import type { MultiPolygon } from "geojson";
import type { Language } from "../call/oldwords";

export type LayerKind = "coverage" | "overlay" | "line";
export type Box = [west: number, south: number, east: number, north: number];

export interface Layer {
  name: string;
  title: string;
  kind: LayerKind;
  parent: string | null;
  chain: string[]; // lowest first
  areas: number;
  bbox: Box | null;
}

export interface Named {
  code: string;
  name: string;
  department: string | null;
}

export interface AreaHit extends Named {
  layer: string;
  on_edge: boolean;
  edge_distance_m?: number;
  neighbours?: Named[];
}

export interface LineHit extends Named {
  layer: string;
  distance_m: number;
  side: "left" | "right" | "both";
  along_m: number;
}

export interface Place {
  edition: number;
  areas: AreaHit[];
  lines: LineHit[];
}

export interface Department {
  code: string;
  name: string;
}

/** What was looked at, and why it did or did not decide, as a sentence. */
export interface Step {
  rule?: string;
  row?: string;
  subject?: string;
  department?: string;
  decided: boolean;
  reason: string;
  why: string;
}

export interface Deadline {
  due_at: string;
  limit: number;
  unit: "urgent_hour" | "work_hour" | "work_day" | "natural_day";
  class?: string;
  condition?: string;
  basis?: string;
}

export interface Option {
  value: string;
  name?: string;
  text: string;
  department: string | null;
}

export interface Question {
  id: string;
  text: string;
  options: Option[];
}

export interface Contested {
  candidates: { department: Department; why: Step }[];
  question?: Question;
}

export interface NearAsset {
  id: string;
  standard: string;
  category: string;
  name: string;
  distance_m: number;
}

export interface Decision {
  department: Department | null;
  path: Department[];
  rule: string;
  row?: string;
  ruling?: string;
  basis?: string;
  helpers: Department[];
  verifier?: { kind: string; code: string; name?: string };
  deadline?: Deadline;
  category?: CategoryKey;
  asset?: NearAsset;
  assets?: NearAsset[];
  contested?: Contested;
  edition: number;
  before_first_edition?: boolean;
  explanation: Step[];
  paragraph: string;
}

export interface CategoryKey {
  standard: string;
  kind: "component" | "matter";
  code: string;
}

export interface Category extends CategoryKey {
  name: string;
  name_en?: string;
  parent: string | null;
  family?: string;
}

/** What is reported: one category, or a family of kinds that citizens cannot tell apart. */
export type Subject = { category: CategoryKey } | { family: string };

/** How the caller knows the place; it says how far off the point may be. */
export type Source = "pin" | "phone" | "address";

/** What is asked of the service about a place. */
export interface Inquiry {
  lon: number;
  lat: number;
  asset: AssetRef | null;
  subject: Subject | null;
  source: Source;
  condition: string;
  reportedAt: string; // empty: now
  answers: Readonly<Record<string, string>>;
}

/** A thing on the map that was clicked. */
export interface AssetRef {
  id: string;
  standard: string;
  category: string;
  category_name: string;
}

/** A refusal of the service; its message is a sentence for a person. */
export class Refusal extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

async function answered(path: string, init: RequestInit): Promise<Response> {
  const response = await fetch(path, init);
  if (!response.ok) {
    const problem = (await response.json().catch(() => ({}))) as { detail?: string; title?: string };
    throw new Refusal(problem.detail ?? problem.title ?? response.statusText, response.status);
  }
  return response;
}

async function ask<T>(path: string, init: RequestInit): Promise<T> {
  return (await (await answered(path, init)).json()) as T;
}

/** The layers, and the sequence of the city they are of. */
export async function city(): Promise<{ layers: Layer[]; sequence: number }> {
  const response = await answered("/v1/layers", {});
  const { layers } = (await response.json()) as { layers: Layer[] };
  return { layers, sequence: Number(response.headers.get("Gridwarden-Sequence")) };
}

export function locate(lon: number, lat: number, signal: AbortSignal): Promise<Place> {
  return ask(`/v1/locate?lon=${lon}&lat=${lat}`, { signal });
}

export async function categories(): Promise<Category[]> {
  return (await ask<{ categories: Category[] }>("/v1/categories", {})).categories;
}

/** The decision, explained in a language. Nothing is kept of it. */
export function route(about: Inquiry, language: Language, signal: AbortSignal): Promise<Decision> {
  return ask("/v1/route", {
    method: "POST",
    headers: { "Content-Type": "application/json", "Accept-Language": language },
    body: JSON.stringify({
      lon: about.lon,
      lat: about.lat,
      source: about.source,
      ...about.subject,
      ...(about.asset && { asset_id: about.asset.id }),
      ...(about.condition && { condition: about.condition }),
      ...(about.reportedAt && { reported_at: about.reportedAt }),
      ...(Object.keys(about.answers).length > 0 && { answers: about.answers }),
    }),
    signal,
  });
}

/** One thing that the audit of duty finds wrong. Condition, answers and asset are absent where it holds for every one. */
export interface Finding {
  kind: string; // hole, collision …
  error: boolean;
  rule?: string; // of a hole: unrouted or fallback
  rows?: string[];
  names?: string[]; // whom the rows of a collision name
  categories?: { code: string; name: string }[];
  condition?: string;
  answers?: string;
  when?: Record<Language, string>;
  places: number;
  drawn: number; // of the places
  area_m2: number;
  assets: number;
  message: string; // the whole of it as an English sentence
  mend?: Record<string, string>[]; // cells of duty rows that would mend it
  mend_more?: number; // how many more it would take
}

export interface DrawnFinding {
  geometry: MultiPolygon;
  properties: Finding;
}

export interface Findings {
  features: DrawnFinding[]; // the worst first
  cut: boolean; // there are more
}

// What a map can still show: a finding may have the ground of half the city.
const mostFindings = 1_000;
const mostPositions = 1_000_000;
const findingsPage = 50;

/**
 * All findings that have a place, page by page. The first who asks has to wait until the
 * audit is worked out.
 */
export async function responsibility(signal: AbortSignal): Promise<Findings> {
  const features: DrawnFinding[] = [];
  let positions = 0;
  let offset: number | undefined = 0;
  while (offset !== undefined && features.length < mostFindings && positions < mostPositions) {
    const page: { features: DrawnFinding[]; next?: number } = await patiently(
      `/v1/responsibility?format=geojson&limit=${findingsPage}&offset=${offset}`,
      signal,
    );
    features.push(...page.features);
    positions += page.features.reduce((sum, { geometry }) => sum + geometry.coordinates.flat(2).length, 0);
    offset = page.next;
  }
  return { features, cut: offset !== undefined };
}

const patience = 100; // times that a service which asks to come again is asked again
const whileBusy = 2_000; // milliseconds between them

/** Asks again while the service is still working it out. */
async function patiently<T>(path: string, signal: AbortSignal): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask(path, { signal });
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 503 || tries >= patience) throw error;
      await new Promise((resolve) => setTimeout(resolve, whileBusy));
      signal.throwIfAborted();
    }
  }
}
