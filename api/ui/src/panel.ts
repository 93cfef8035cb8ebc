// The panel that says who answers at the place asked about, and why.

import type { AreaHit, AssetRef, Decision, Layer, LineHit, Place } from "./api";
import { el } from "./dom";
import type { Words } from "./i18n";

/** What the panel shows. */
export type Answer =
  | { state: "hint" }
  | { state: "asking"; lon: number; lat: number }
  | { state: "failed"; lon: number; lat: number; message: string }
  | { state: "answered"; lon: number; lat: number; asset: AssetRef | null; place: Place; decision: Decision };

/** Fills the panel; close is called by its button. */
export function fill(panel: HTMLElement, answer: Answer, layers: Layer[], words: Words, close: () => void): void {
  panel.dataset["state"] = answer.state;
  if (answer.state === "hint") {
    panel.replaceChildren(el("p", { class: "quiet" }, words.hint));
    return;
  }
  const button = el("button", { type: "button", class: "close", "aria-label": words.close }, "×");
  button.addEventListener("click", close);
  panel.replaceChildren(button, el("h2", {}, words.title), position(answer.lon, answer.lat), ...body(answer, layers, words));
}

function position(lon: number, lat: number): HTMLElement {
  return el("p", { class: "quiet code" }, `${lon.toFixed(7)}, ${lat.toFixed(7)}`);
}

function body(answer: Exclude<Answer, { state: "hint" }>, layers: Layer[], words: Words): HTMLElement[] {
  switch (answer.state) {
    case "asking":
      return [el("p", { class: "quiet" }, words.asking)];
    case "failed":
      return [el("p", { class: "fault", role: "alert" }, answer.message)];
    case "answered":
      return [
        decided(answer.decision, words),
        why(answer.decision, words),
        ...(answer.asset ? [assetOf(answer.asset, words)] : []),
        areas(answer.place.areas, layers, words),
        ...(answer.place.lines.length > 0 ? [lines(answer.place.lines, words)] : []),
        el("p", { class: "quiet" }, `${words.edition} ${answer.place.edition}`),
      ];
  }
}

function decided({ department, rule, path }: Decision, words: Words): HTMLElement {
  if (!department) return el("section", { class: "lead" }, el("p", { class: "who" }, words.nobody));
  const above = path.filter((unit) => unit.code !== department.code);
  return el(
    "section",
    { class: "lead" },
    el("p", { class: "who", "data-department": department.code }, department.name),
    el("p", {}, el("span", { class: "code" }, department.code), " ", el("span", { class: "rule" }, words.rules[rule] ?? rule)),
    above.length > 0 ? el("p", { class: "quiet" }, `${words.above}: ${above.map((unit) => unit.name).join(" › ")}`) : null,
  );
}

function assetOf(asset: AssetRef, words: Words): HTMLElement {
  return section(words.asset, [
    el("li", { "data-asset": asset.id }, el("span", { class: "name" }, asset.category_name || asset.category), el("span", { class: "code" }, asset.id)),
  ]);
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

function why({ explanation }: Decision, words: Words): HTMLElement {
  const steps = explanation.map((step) =>
    el(
      "li",
      step.decided ? { class: "decided" } : {},
      step.rule ? el("span", { class: "rule" }, words.rules[step.rule] ?? step.rule) : null,
      " ",
      step.subject ? el("span", { class: "code" }, step.subject) : null,
      el("span", { class: "reason", lang: "en" }, step.why),
    ),
  );
  return section(words.why, steps, "ol");
}

function section(title: string, items: HTMLElement[], list: "ul" | "ol" = "ul"): HTMLElement {
  return el("section", {}, el("h3", {}, title), el(list, {}, ...items));
}
