// A finding of the audit: what it is called, and how it looks.

import type { Schema } from "../service/client";

export type Finding = Schema<"Finding">;

/** How a finding looks on the map: nobody answers; only the fallback does; two rows contradict each other; anything else. */
export type Look = "hole" | "fallback" | "collision" | "other";

/** What a finding is called: a hole that the fallback fills is none that loses reports. */
export function nameOf({ kind, rule }: Finding): string {
  return kind === "hole" && rule === "fallback" ? "fallback" : kind;
}

export function lookOf(name: string): Look {
  if (name === "gap") return "fallback";
  return name === "hole" || name === "fallback" || name === "collision" ? name : "other";
}

/** The sign of what it is called: to be told without colours. */
export function signOf(name: string): string {
  return { hole: "✕", fallback: "◐", collision: "≠", gap: "▨", "empty-duty": "∅", "dead-row": "†" }[name] ?? "!";
}
