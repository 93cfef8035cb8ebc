// The form above the answer: what is reported, how the place is known, under which
// condition and when.

import type { Category, Source, Subject } from "../service/old";
import { chooser } from "./chooser";
import { el } from "../call/dom";
import type { Language, Words } from "./oldwords";
import { entriesOf } from "./subjects";

const sources: Source[] = ["pin", "phone", "address"];

/** What the form says of the report. */
export interface About {
  subject: Subject | null;
  source: Source;
  condition: string;
  reportedAt: string;
}

export interface AboutForm {
  read(): About;
  offer(categories: Category[]): void;
  speak(words: Words, language: Language): void;
}

/** Puts the fields into a form; changed is called when one of them says something else. */
export function aboutForm(form: HTMLElement, changed: () => void): AboutForm {
  const subject = chooser(changed);
  const source = el("select", { name: "source" }, ...sources.map((value) => el("option", { value })));
  const condition = el("input", { name: "condition", autocomplete: "off" });
  const time = el("input", { name: "reported_at", type: "datetime-local" });
  const texts = { source: el("span"), condition: el("span"), time: el("span") };
  const summary = el("summary");
  form.replaceChildren(
    subject.element,
    el("label", { class: "source" }, texts.source, source),
    el("details", {}, summary, el("label", {}, texts.condition, condition), el("label", {}, texts.time, time)),
  );
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const field of [source, condition, time]) field.addEventListener("change", changed);

  return {
    read: () => ({
      subject: subject.value(),
      source: sources[source.selectedIndex] ?? "pin",
      condition: condition.value.trim(),
      reportedAt: time.value && new Date(time.value).toISOString(),
    }),
    offer: (categories) => subject.offer(entriesOf(categories)),
    speak(words, language) {
      subject.speak(words, language);
      texts.source.textContent = words.source;
      [...source.options].forEach((option) => (option.textContent = words.sources[option.value] ?? option.value));
      summary.textContent = words.more;
      texts.condition.textContent = words.condition;
      texts.time.textContent = words.reportedAt;
    },
  };
}
