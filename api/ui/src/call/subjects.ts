// What a call-taker can choose as reported: every category by code, Chinese or English
// name, and every family as one entry.

import type { AssetRef, Category, Subject } from "../service/old";
import type { Language } from "./oldwords";

export const mostShown = 40;

/** A subject as it is found and named. */
export interface Entry {
  subject: Subject;
  code: string; // empty for a family
  kind: "component" | "matter" | "family";
  standard: string; // empty for a family
  names: { zh: string; en: string };
  sought: string; // all by which it is found, in small letters
}

/** The entries of a list of categories: families first, then the newest standard; classes of categories are left out. */
export function entriesOf(categories: Category[]): Entry[] {
  const classes = new Set(categories.map((c) => `${c.standard} ${c.kind} ${c.parent}`));
  const single = categories.filter((c) => !classes.has(`${c.standard} ${c.kind} ${c.code}`));
  const families = new Set(single.flatMap((c) => c.family || []));
  const ofOne = (family: string) => ofFamily(family, single.filter((c) => c.family === family));
  const newest = single.toSorted((a, b) => yearOf(b.standard) - yearOf(a.standard));
  return [...[...families].map(ofOne), ...newest.map(ofCategory)];
}

/** Standards end in their year: GB/T 47678.5-2026. */
function yearOf(standard: string): number {
  return Number(/\d{4}$/.exec(standard)?.[0] ?? 0);
}

function ofFamily(family: string, members: Category[]): Entry {
  const sought = [family, ...members.flatMap((c) => [c.name, c.name_en ?? ""])].join("\n");
  return {
    subject: { family },
    code: "",
    kind: "family",
    standard: "",
    names: { zh: family, en: family },
    sought: sought.toLowerCase(),
  };
}

function ofCategory({ standard, kind, code, name, name_en, family }: Category): Entry {
  return {
    subject: { category: { standard, kind, code } },
    code,
    kind,
    standard,
    names: { zh: name || code, en: name_en || name || code },
    sought: [code, name, name_en ?? "", family ?? ""].join("\n").toLowerCase(),
  };
}

/** The entries that hold every word of a text, those whose code or name begins with it first. */
export function search(entries: Entry[], text: string): Entry[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = entries.filter((entry) => words.every((word) => entry.sought.includes(word)));
  const first = words[0];
  if (first === undefined) return found;
  const begins = ({ sought }: Entry) => sought.split("\n").some((line) => line.startsWith(first));
  return [...found.filter(begins), ...found.filter((entry) => !begins(entry))];
}

export function nameOf(entry: Entry, language: Language): string {
  return entry.code ? `${entry.code} ${entry.names[language]}` : entry.names[language];
}

/**
 * What is asked about a place where perhaps an asset was clicked. The asset says what it is
 * unless something was chosen; then it is the one meant only where it is of that kind.
 */
export function inquired(asset: AssetRef | null, chosen: Subject | null, categories: Category[]): { asset: AssetRef | null; subject: Subject | null } {
  if (!asset) return { asset, subject: chosen };
  if (!chosen) return { asset, subject: { category: { standard: asset.standard, kind: "component", code: asset.category } } };
  const of = (c: { standard: string; kind: string; code: string }) =>
    c.kind === "component" && c.standard === asset.standard && c.code === asset.category;
  const meant = "category" in chosen ? of(chosen.category) : categories.some((c) => of(c) && c.family === chosen.family);
  return { asset: meant ? asset : null, subject: chosen };
}
