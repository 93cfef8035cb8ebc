// A field in which what is reported is searched and chosen: a combobox with a list, as the
// ARIA practices describe it.

import type { Subject } from "../service/old";
import { el } from "../call/dom";
import type { Language, Words } from "./oldwords";
import { mostShown, nameOf, search, type Entry } from "./subjects";

export interface Chooser {
  element: HTMLElement;
  value(): Subject | null;
  offer(entries: Entry[]): void;
  speak(words: Words, language: Language): void;
}

/** An empty field; changed is called when something else is chosen, or nothing any more. */
export function chooser(changed: () => void): Chooser {
  const id = "subject";
  const label = el("label", { for: id });
  const field = el("input", {
    id,
    type: "search",
    role: "combobox",
    autocomplete: "off",
    spellcheck: "false",
    "aria-autocomplete": "list",
    "aria-controls": "subjects",
    "aria-expanded": "false",
  });
  const list = el("ul", { id: "subjects", role: "listbox" });
  list.hidden = true;
  let language: Language = "en";
  let words: Words | null = null;
  let entries: Entry[] = [];
  let shown: Entry[] = [];
  let chosen: Entry | null = null;
  let active = -1;

  const close = () => {
    list.hidden = true;
    active = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };
  const choose = (entry: Entry | null) => {
    const other = entry !== chosen;
    chosen = entry;
    field.value = entry ? nameOf(entry, language) : "";
    close();
    if (other) changed();
  };
  const point = (at: number) => {
    active = shown.length === 0 ? -1 : (at + shown.length) % shown.length;
    [...list.querySelectorAll("[role=option]")].forEach((option, i) => {
      option.setAttribute("aria-selected", String(i === active));
      if (i !== active) return;
      field.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    });
  };
  const open = (text: string) => {
    const found = search(entries, text);
    shown = found.slice(0, mostShown);
    list.replaceChildren(...shown.map((entry, i) => option(entry, i)));
    if (found.length > shown.length) list.append(note(words?.moreSubjects ?? ""));
    if (found.length === 0) list.append(note(words?.noSubject ?? ""));
    list.hidden = false;
    active = -1;
    field.setAttribute("aria-expanded", "true");
    field.removeAttribute("aria-activedescendant");
  };
  const option = (entry: Entry, i: number) => {
    const kind = entry.kind === "family" ? words?.family : `${words?.kinds[entry.kind]} · ${entry.standard}`;
    const row = el(
      "li",
      { id: `subject-${i}`, role: "option", "aria-selected": "false" },
      el("span", {}, nameOf(entry, language)),
      el("span", { class: "quiet" }, kind ?? ""),
    );
    row.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    row.addEventListener("click", () => choose(entry));
    return row;
  };

  field.addEventListener("input", () => (field.value === "" ? choose(null) : open(field.value)));
  field.addEventListener("click", () => {
    field.select();
    open("");
  });
  field.addEventListener("blur", () => choose(chosen)); // half a word chooses nothing
  field.addEventListener("keydown", (event) => {
    const moves: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    const by = moves[event.key];
    if (by !== undefined) {
      event.preventDefault();
      if (list.hidden) open(chosen ? "" : field.value);
      point(active < 0 && by < 0 ? -1 : active + by);
    } else if (event.key === "Enter") {
      event.preventDefault();
      const entry = shown[Math.max(active, 0)];
      if (!list.hidden && entry) choose(entry);
    } else if (event.key === "Escape") {
      choose(chosen);
    }
  });

  return {
    element: el("div", { class: "chooser" }, label, field, list),
    value: () => chosen?.subject ?? null,
    offer(all) {
      entries = all;
    },
    speak(told, spoken) {
      words = told;
      language = spoken;
      label.textContent = told.subject;
      field.placeholder = told.subjectHint;
      close();
      field.value = chosen ? nameOf(chosen, language) : "";
    },
  };
}

function note(text: string): HTMLElement {
  return el("li", { role: "presentation", class: "quiet" }, text);
}
