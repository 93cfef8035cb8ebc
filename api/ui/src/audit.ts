// The audit of duty as a layer: where nobody answers (holes), where two rows contradict
// each other (collisions), and what else is wrong with a place.

import type { FeatureCollection } from "geojson";
import { Refusal, type Finding, type Findings } from "./api";
import { el, section } from "./dom";
import type { Words } from "./i18n";

export type { Finding };

/** Holes and gaps are one colour, collisions another, whatever else there is a third. */
export type Look = "hole" | "collision" | "other";

const mostTold = 12; // findings at one place, of which there can be one for each category

/** What the layer is up to. */
export type Audit =
  | { state: "off" }
  | { state: "loading" }
  | { state: "failed"; message: string }
  | { state: "found"; findings: Findings };

export function lookOf(kind: string): Look {
  if (kind === "hole" || kind === "gap") return "hole";
  return kind === "collision" ? "collision" : "other";
}

/** What the map draws: a shape for each finding, with its number and its look. */
export function drawn(audit: Audit): FeatureCollection {
  const features = audit.state === "found" ? audit.findings.features : [];
  return {
    type: "FeatureCollection",
    features: features.map(({ geometry, properties }, i) => ({
      type: "Feature",
      id: i,
      geometry,
      properties: { look: lookOf(properties.finding) },
    })),
  };
}

/** A sentence for a refusal: a server without the audit, or what it says. */
export function refused(error: unknown, words: Words): string {
  if (!(error instanceof Refusal)) return words.offline;
  return error.status === 404 ? words.auditMissing : error.message;
}

/** What is told under the switch: how many there are of each kind, or why there is nothing. */
export function legend(audit: Audit, words: Words): HTMLElement {
  const box = el("div", { class: "legend", role: "status" });
  if (audit.state === "loading") box.append(words.auditLoading);
  if (audit.state === "failed") box.append(el("span", { class: "fault" }, audit.message));
  if (audit.state === "found") box.append(...counted(audit.findings, words));
  return box;
}

function counted({ features, cut }: Findings, words: Words): HTMLElement[] {
  if (features.length === 0) return [el("p", {}, words.auditEmpty)];
  const counts = new Map<string, number>();
  for (const { properties } of features) counts.set(properties.finding, (counts.get(properties.finding) ?? 0) + 1);
  const rows = [...counts].map(([kind, n]) =>
    el("p", { "data-finding": kind }, el("span", { class: `swatch ${lookOf(kind)}` }), `${words.findings[kind] ?? kind} `, el("b", {}, String(n))),
  );
  return cut ? [...rows, el("p", {}, words.auditCut(features.length))] : rows;
}

/** What the audit finds where one clicked; nothing where it finds nothing. */
export function findingsHere(findings: Finding[], words: Words): HTMLElement[] {
  if (findings.length === 0) return [];
  const told = findings.slice(0, mostTold).map(({ finding, text }) =>
    el(
      "li",
      { "data-finding": finding },
      el("span", { class: `rule ${lookOf(finding)}` }, words.findings[finding] ?? finding),
      el("span", { class: "reason" }, text),
    ),
  );
  const rest = findings.length - told.length;
  if (rest > 0) told.push(el("li", { class: "quiet" }, words.auditMore(rest)));
  return [section(words.auditSoHere, told)];
}
