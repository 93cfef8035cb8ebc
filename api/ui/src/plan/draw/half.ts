// What is half drawn. It stays in the browser's own storage, so that neither the back button
// nor a page that dies takes it away; it is offered again where the draft is opened next.

import { signal } from "@preact/signals";
import type { Position } from "geojson";
import type { Tool } from "../desk";

export interface Half {
  tool: Tool;
  layer: string;
  chosen: string[];
  points: Position[];
}

/** What is offered: drawn before, and not gone on with yet. */
export const half = signal<Half | null>(null);

const name = (draft: string) => `gridwarden.half.${draft}`;

export function storeHalf(draft: string, now: Half | null): void {
  if (now && now.points.length > 0) localStorage.setItem(name(draft), JSON.stringify(now));
  else localStorage.removeItem(name(draft));
}

export function offerHalf(draft: string): void {
  const text = localStorage.getItem(name(draft));
  half.value = text ? (JSON.parse(text) as Half) : null;
}
