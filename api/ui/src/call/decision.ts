// The decision in the panel: who acts, by what and until when, who else could be right and
// what would tell, and every step that led there.

import type { Deadline, Decision, Department, NearAsset, Option, Question } from "../service/old";
import { button, el, section } from "../call/dom";
import type { Language, Words } from "./oldwords";

/** Who is responsible, and the row and law behind it. */
export function lead({ department, rule, row, ruling, basis, path, before_first_edition }: Decision, words: Words): HTMLElement {
  const by = [words.rules[rule] ?? rule, ...(ruling ? [ruling] : row ? [`${words.row} ${row}`] : [])].join(" · ");
  const above = path.filter((unit) => unit.code !== department?.code);
  return el(
    "section",
    { class: "lead" },
    el("p", department ? { class: "who", "data-department": department.code } : { class: "who" }, department?.name ?? words.nobody),
    el("p", {}, el("span", { class: "code" }, department?.code ?? ""), " ", el("span", { class: "rule" }, by)),
    above.length > 0 ? el("p", { class: "quiet" }, `${words.above}${words.colon}${above.map((unit) => unit.name).join(" › ")}`) : null,
    basis ? el("p", { class: "quiet basis" }, `${words.basis}${words.colon}${basis}`) : null,
    before_first_edition ? el("p", { class: "quiet" }, words.beforeFirst) : null,
  );
}

/** Until when, with whom, and who checks; nothing where none of it is known. */
export function duties({ deadline, helpers, verifier }: Decision, words: Words, language: Language): HTMLElement[] {
  const parts: [string, HTMLElement[]][] = [];
  if (deadline) parts.push([words.due, due(deadline, words, language)]);
  if (helpers.length > 0) parts.push([words.helpers, helpers.map((helper) => body("helper", helper))]);
  if (verifier) parts.push([words.verifier, [body("verifier", { code: verifier.code, name: verifier.name ?? verifier.code })]]);
  if (parts.length === 0) return [];
  return [el("section", {}, el("dl", {}, ...parts.flatMap(([title, told]) => [el("dt", {}, title), ...told])))];
}

function body(role: string, { code, name }: Department): HTMLElement {
  return el("dd", { class: role }, name, " ", el("span", { class: "code" }, code));
}

function due({ due_at, limit, unit, class: place, condition, basis }: Deadline, words: Words, language: Language): HTMLElement[] {
  const beside = [`${limit} ${words.units[unit] ?? unit}`, place && `${words.placeClass} ${place}`, condition, basis];
  return [
    el("dd", { class: "due" }, el("time", { datetime: due_at }, clock(due_at, language))),
    el("dd", { class: "quiet" }, beside.filter(Boolean).join(" · ")),
  ];
}

/** A time as the clocks of the city show it, wherever the reader is: its offset is the city's. */
function clock(at: string, language: Language): string {
  const format: Intl.DateTimeFormatOptions = { dateStyle: "full", timeStyle: "short", timeZone: "UTC" };
  return new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", format).format(new Date(`${at.slice(0, 19)}Z`));
}

/** The question whose answer would tell, and who else could be right. */
export function contested({ contested: open, department: lead }: Decision, words: Words, choose: (id: string, value: string) => void): HTMLElement[] {
  if (!open) return [];
  const others = open.candidates.filter(({ department }) => department.code !== lead?.code);
  const rows = others.map(({ department, why }) =>
    el("li", { "data-candidate": department.code }, el("span", { class: "name" }, department.name), el("span", { class: "reason" }, why.why)),
  );
  const names = new Map(open.candidates.map(({ department }) => [department.code, department.name]));
  const box = section(words.contested, rows);
  box.classList.add("contested");
  if (open.question) box.prepend(...asked(open.question, names, words, choose));
  return [box];
}

function asked({ id, text, options }: Question, names: Map<string, string>, words: Words, choose: (id: string, value: string) => void): HTMLElement[] {
  const buttons = options.map((option) =>
    button({ class: "option", "data-value": option.value }, () => choose(id, option.value), option.text, then(option, names, words)),
  );
  return [el("p", { class: "question", id: "question" }, text), el("div", { role: "group", "aria-labelledby": "question" }, ...buttons)];
}

function then({ department }: Option, names: Map<string, string>, words: Words): HTMLElement {
  return el("small", {}, department ? `${names.get(department) ?? department} ${words.choose}` : words.nobodyThen);
}

/** How many answers were given, and a button that takes them back; null for none. */
export function given(answers: number, words: Words, startOver: () => void): HTMLElement | null {
  if (answers === 0) return null;
  return el("p", { class: "given quiet" }, words.answered(answers), " ", button({ class: "again" }, startOver, words.startOver));
}

/** The assets it could be about, the one that was taken first. */
export function assets({ asset, assets: near }: Decision, words: Words): HTMLElement[] {
  const all = near ?? (asset ? [asset] : []);
  if (all.length === 0) return [];
  const row = ({ id, name, category, distance_m }: NearAsset) =>
    el(
      "li",
      { "data-asset": id },
      el("span", { class: "name" }, name || category),
      el("span", { class: "layer" }, `${distance_m.toFixed(1)} ${words.away}`),
      el("span", { class: "code" }, id),
    );
  return [section(all.length > 1 ? `${words.asset} · ${words.oneOf}` : words.asset, all.map(row))];
}

/** Every step in its order, and all of it as one paragraph to hand on. */
export function why({ explanation, paragraph }: Decision, words: Words): HTMLElement {
  const steps = explanation.map(({ decided, why }) => el("li", decided ? { class: "decided" } : {}, why));
  const part = section(words.why, steps, "ol");
  part.classList.add("why");
  part.append(el("details", {}, el("summary", {}, words.paragraph), el("p", { class: "paragraph" }, paragraph)));
  return part;
}
