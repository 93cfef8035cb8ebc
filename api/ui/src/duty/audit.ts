// The audit of duty as a layer: where nobody answers (holes), where two rows contradict
// each other (collisions), and what else is wrong with a place.

import type { FeatureCollection, Position } from "geojson";
import { Refusal, type Finding, type Findings } from "../service/old";
import { el, section } from "../call/dom";
import { inChinese } from "../duty/finding";
import type { Language, Words } from "../call/oldwords";

/** Nobody answers; only the fallback does; two rows contradict each other; whatever else there is. */
export type Look = "hole" | "fallback" | "collision" | "other";

/** What a finding is called: a hole that the fallback fills is none that loses reports. */
function nameOf({ kind, rule }: Finding): string {
  return kind === "hole" && rule === "fallback" ? "fallback" : kind;
}

const mostTold = 12; // findings at one place, of which there can be one for each category

/** What the layer is up to. */
export type Audit =
  | { state: "off" }
  | { state: "loading" }
  | { state: "failed"; message: string }
  | { state: "found"; findings: Findings };

function lookOf(name: string): Look {
  if (name === "gap") return "fallback";
  return name === "hole" || name === "fallback" || name === "collision" ? name : "other";
}

/** What the map draws: a shape for each finding, with its look. */
export function drawn(audit: Audit): FeatureCollection {
  const features = audit.state === "found" ? audit.findings.features : [];
  return {
    type: "FeatureCollection",
    features: features.map(({ geometry, properties }) => ({
      type: "Feature",
      geometry,
      properties: { look: lookOf(nameOf(properties)) },
    })),
  };
}

/** The findings whose ground holds a place, the worst first. */
export function findingsAt(audit: Audit, lon: number, lat: number): Finding[] {
  const features = audit.state === "found" ? audit.findings.features : [];
  return features.filter(({ geometry }) => geometry.coordinates.some((rings) => holds(rings, lon, lat))).map(({ properties }) => properties);
}

/** Whether a ray eastwards crosses the rings of a polygon an odd number of times. */
function holds(rings: Position[][], lon: number, lat: number): boolean {
  let inside = false;
  for (const ring of rings) {
    for (let i = 1; i < ring.length; i++) {
      const [ax = 0, ay = 0] = ring[i - 1] ?? [];
      const [bx = 0, by = 0] = ring[i] ?? [];
      if (ay > lat !== by > lat && lon < ax + ((lat - ay) / (by - ay)) * (bx - ax)) inside = !inside;
    }
  }
  return inside;
}

/** A sentence for a refusal: a server without the audit, or what it says. */
export function refused(error: unknown, words: Words): string {
  if (!(error instanceof Refusal)) return words.offline;
  return error.status === 404 ? words.auditMissing : error.message;
}

/** What is told under the switch: how many there are of each kind, or why there is nothing. */
export function legend(audit: Audit, words: Words): HTMLElement {
  const box = el("div", { class: "legend", role: "status" });
  if (audit.state === "loading") box.append(el("p", {}, words.auditLoading));
  if (audit.state === "failed") box.append(el("p", { class: "fault" }, audit.message));
  if (audit.state === "found") box.append(...counted(audit.findings, words));
  return box;
}

function counted({ features, cut }: Findings, words: Words): HTMLElement[] {
  if (features.length === 0) return [el("p", {}, words.auditEmpty)];
  const counts = new Map<string, number>();
  for (const { properties } of features) counts.set(nameOf(properties), (counts.get(nameOf(properties)) ?? 0) + 1);
  const rows = [...counts].map(([name, n]) =>
    el("p", { "data-finding": name }, el("span", { class: `swatch ${lookOf(name)}` }), `${words.findings[name] ?? name} `, el("b", {}, String(n))),
  );
  if (cut) rows.push(el("p", {}, words.auditCut(features.length)));
  if (features.some(({ properties }) => properties.drawn < properties.places)) rows.push(el("p", {}, words.auditPart));
  return rows;
}

/** What the audit finds where one clicked; nothing where it finds nothing. */
export function findingsHere(findings: Finding[], words: Words, language: Language): HTMLElement[] {
  if (findings.length === 0) return [];
  const told = findings.slice(0, mostTold).map((finding) => {
    const name = nameOf(finding);
    return el(
      "li",
      { "data-finding": name },
      el("span", { class: `rule ${lookOf(name)}` }, words.findings[name] ?? name),
      el("span", { class: "reason" }, language === "zh" ? inChinese(finding) : finding.message),
      finding.mend ? mending(finding.mend, words) : null,
    );
  });
  const rest = findings.length - told.length;
  if (rest > 0) told.push(el("li", { class: "quiet" }, words.auditMore(rest)));
  return [section(words.auditSoHere, told)];
}

/** The duty rows that would mend it, cell by cell. */
function mending(rows: Record<string, string>[], words: Words): HTMLElement {
  const written = rows.map((row) =>
    el("p", { class: "code" }, Object.entries(row).map(([column, cell]) => `${column}: ${cell}`).join(" · ")),
  );
  return el("details", { class: "reason" }, el("summary", {}, words.mend), ...written);
}
