// What the page asks of the service, in the service's own words (openapi.json).

import type { MultiPolygon, Polygon } from "geojson";
import type { Language } from "./i18n";

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

async function ask<T>(path: string, init: RequestInit): Promise<T> {
  const response = await fetch(path, init);
  if (!response.ok) {
    const problem = (await response.json().catch(() => ({}))) as { detail?: string; title?: string };
    throw new Refusal(problem.detail ?? problem.title ?? response.statusText, response.status);
  }
  return (await response.json()) as T;
}

export async function layers(): Promise<Layer[]> {
  return (await ask<{ layers: Layer[] }>("/v1/layers", {})).layers;
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

/** What the audit of duty finds wrong with a place. */
export interface Finding {
  finding: string; // hole, collision …
  text: string; // the whole of it in a sentence
}

export interface Findings {
  features: { geometry: Polygon | MultiPolygon; properties: Finding }[];
  cut: boolean; // there are more
}

interface FindingsPage {
  features: { geometry: Polygon | MultiPolygon | null; properties: Finding }[];
  links?: { rel: string; href: string }[];
}

const mostFindings = 20_000; // beyond which a map shows no more than it did

/** All findings that have a place, page by page. */
export async function responsibility(language: Language, signal: AbortSignal): Promise<Findings> {
  const features: Findings["features"] = [];
  let next: string | undefined = "/v1/responsibility?format=geojson";
  while (next !== undefined && features.length < mostFindings) {
    const page: FindingsPage = await ask(next, { headers: { "Accept-Language": language }, signal });
    for (const { geometry, properties } of page.features) if (geometry) features.push({ geometry, properties });
    const href: string | undefined = page.links?.find(({ rel }) => rel === "next")?.href;
    const url: URL | undefined = href === undefined ? undefined : new URL(href, location.href);
    next = url && url.pathname + url.search; // a proxy may have told another host
  }
  return { features, cut: next !== undefined };
}
