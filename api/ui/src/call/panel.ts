// The panel that says who answers at the place asked about, and why.

import type { AreaHit, Decision, Finding, Layer, LineHit, Place } from "../service/old";
import { findingsHere } from "../duty/audit";
import { assets, contested, duties, given, lead, why } from "./decision";
import { button, el, section } from "../call/dom";
import type { Language, Words } from "./oldwords";

/** What the panel shows. */
export type Answer =
  | { state: "hint" }
  | { state: "asking"; lon: number; lat: number }
  | { state: "failed"; lon: number; lat: number; message: string }
  | { state: "answered"; lon: number; lat: number; place: Place; decision: Decision; answers: number };

/** What it is shown with: the words, and what its buttons do. */
export interface Shown {
  layers: Layer[];
  findings: Finding[]; // of the audit, where one clicked
  words: Words;
  language: Language;
  close(): void;
  choose(id: string, value: string): void;
  startOver(): void;
}

/** Fills the answer. A button that had the focus is gone then; the answer takes it. */
export function fill(panel: HTMLElement, into: HTMLElement, answer: Answer, by: Shown): void {
  const focused = into.contains(document.activeElement);
  panel.dataset["state"] = answer.state;
  if (answer.state === "hint") {
    into.replaceChildren(el("p", { class: "quiet" }, by.words.hint));
    return;
  }
  into.replaceChildren(
    button({ class: "close", "aria-label": by.words.close }, by.close, "×"),
    el("h2", {}, by.words.title),
    el("p", { class: "quiet code at" }, `${answer.lon.toFixed(7)}, ${answer.lat.toFixed(7)}`),
    ...body(answer, by),
  );
  if (focused) into.focus();
}

/** The answer in a sentence, for those who listen. */
export function spoken(answer: Answer, words: Words): string {
  if (answer.state !== "answered") return answer.state === "asking" ? words.asking : "";
  const { department, contested } = answer.decision;
  return `${words.answers}${words.colon}${department?.name ?? words.nobody}${words.stop}${contested?.question?.text ?? ""}`;
}

function body(answer: Exclude<Answer, { state: "hint" }>, by: Shown): (HTMLElement | string)[] {
  const { words, language } = by;
  switch (answer.state) {
    case "asking":
      return [el("p", { class: "quiet" }, words.asking)];
    case "failed":
      return [el("p", { class: "fault", role: "alert" }, answer.message)];
    case "answered": {
      const { decision, place } = answer;
      return [
        lead(decision, words),
        given(answer.answers, words, by.startOver) ?? "",
        ...contested(decision, words, by.choose),
        ...duties(decision, words, language),
        ...findingsHere(by.findings, words, language),
        why(decision, words),
        ...assets(decision, words),
        areas(place.areas, by.layers, words),
        ...(place.lines.length > 0 ? [lines(place.lines, words)] : []),
        el("p", { class: "quiet" }, `${words.edition} ${decision.edition}`),
      ];
    }
  }
}

function areas(hits: AreaHit[], layers: Layer[], words: Words): HTMLElement {
  if (hits.length === 0) return section(words.areas, [el("li", {}, words.none)]);
  const title = (name: string) => layers.find((layer) => layer.name === name)?.title ?? name;
  return section(
    words.areas,
    hits.map((hit) => row(hit, title(hit.layer), edge(hit, words))),
  );
}

/** One area or line: its name, what is told beside it, its code and who answers for it. */
function row(hit: AreaHit | LineHit, beside: string, below: HTMLElement | null = null): HTMLElement {
  return el(
    "li",
    { "data-layer": hit.layer, "data-code": hit.code },
    el("span", { class: "name" }, hit.name || hit.code),
    el("span", { class: "layer" }, beside),
    el("span", { class: "code" }, hit.department ? `${hit.code} → ${hit.department}` : hit.code),
    below,
  );
}

function edge(hit: AreaHit, words: Words): HTMLElement | null {
  if (hit.on_edge) {
    const others = (hit.neighbours ?? []).map((n) => n.name || n.code).join(", ");
    return el("span", { class: "edge" }, others ? `${words.onEdge} · ${words.neighbours}: ${others}` : words.onEdge);
  }
  if (hit.edge_distance_m === undefined || hit.edge_distance_m > 15) return null;
  return el("span", { class: "edge" }, `${hit.edge_distance_m.toFixed(1)} ${words.fromEdge}`);
}

function lines(hits: LineHit[], words: Words): HTMLElement {
  return section(
    words.lines,
    hits.map((hit) => row(hit, `${hit.distance_m.toFixed(1)} ${words.away} · ${words.sides[hit.side] ?? hit.side}`)),
  );
}
