// What the page asks of the service, in the service's own words (openapi.json).

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

export interface Step {
  rule: string | null;
  subject: string | null;
  department: string | null;
  why: string;
  decided: boolean;
}

export interface Decision {
  department: Department | null;
  path: Department[];
  rule: string;
  explanation: Step[];
  edition: number;
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

export function route(lon: number, lat: number, asset: AssetRef | null, signal: AbortSignal): Promise<Decision> {
  const report: Record<string, unknown> = { lon, lat };
  if (asset) {
    report["asset_id"] = asset.id;
    report["category"] = { standard: asset.standard, kind: "component", code: asset.category };
  }
  return ask("/v1/route", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(report),
    signal,
  });
}
