// The language of the page. Each room keeps its own words beside its components, in both
// languages; terms that several rooms share are in glossary.ts.

import { computed, effect, signal, type ReadonlySignal } from "@preact/signals";

export type Language = "en" | "zh";

const stored = "gridwarden.language";

/** The language chosen before, else the browser's. */
export const language = signal<Language>((localStorage.getItem(stored) ?? navigator.language).startsWith("zh") ? "zh" : "en");

// Keeps the choice, and tells assistive technology which language the page is in.
effect(() => {
  localStorage.setItem(stored, language.value);
  document.documentElement.lang = language.value === "zh" ? "zh-CN" : "en";
});

/** Words in both languages, of which the reader's are given. The Chinese must have every one of the English. */
export function bilingual<W>(en: W, zh: NoInfer<W>): ReadonlySignal<W> {
  return computed(() => (language.value === "zh" ? zh : en));
}
