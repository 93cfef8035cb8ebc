// What a call-taker can choose as reported: every category by code, Chinese name, pinyin or
// English name, and every family as one entry.

import { computed } from "@preact/signals";
import { categories, type AssetRef, type Subject } from "../app/state";
import type { Schema } from "../service/client";
import { glossary } from "../words/glossary";
import { language } from "../words/language";
import type { Entry } from "./Combobox";
import { words } from "./words";

type Category = Schema<"CategoryEntry">;

/** The entries of the city's categories in the reader's language. */
export const subjects = computed(() => entriesOf(categories.value));

/** Families first, then the newest standard; classes of categories are left out. */
function entriesOf(all: Category[]): Entry<Subject>[] {
  const classes = new Set(all.map((c) => `${c.standard} ${c.kind} ${c.parent}`));
  const single = all.filter((c) => !classes.has(`${c.standard} ${c.kind} ${c.code}`));
  const families = new Set(single.flatMap((c) => c.family || []));
  const ofOne = (family: string) => ofFamily(family, single.filter((c) => c.family === family));
  const newest = single.toSorted((a, b) => yearOf(b.standard) - yearOf(a.standard));
  return [...[...families].map(ofOne), ...newest.map(ofCategory)];
}

/** Standards end in their year: GB/T 47678.5-2026. */
function yearOf(standard: string): number {
  return Number(/\d{4}$/.exec(standard)?.[0] ?? 0);
}

function ofFamily(family: string, members: Category[]): Entry<Subject> {
  const sought = [family, ...members.flatMap((c) => [c.name, c.name_en ?? "", ...pinyinOf(c)])];
  return { key: subjectKey({ family }), name: family, beside: words.value.family, sought: lines(sought), first: true, value: { family } };
}

function ofCategory(c: Category): Entry<Subject> {
  const { standard, kind, code } = c;
  const subject: Subject = { category: { standard, kind, code } };
  const name = language.value === "zh" ? c.name : c.name_en || c.name;
  const sought = [code, c.name, c.name_en ?? "", c.family ?? "", ...pinyinOf(c)];
  return { key: subjectKey(subject), name: `${code} ${name}`.trim(), beside: `${glossary.value[kind]} · ${standard}`, sought: lines(sought), value: subject };
}

/** How a name is said: its syllables in one word, and its initials. */
function pinyinOf({ pinyin }: Category): string[] {
  return pinyin?.split(" ") ?? [];
}

function lines(sought: string[]): string {
  return sought.join("\n").toLowerCase();
}

/** Tells subjects apart. */
export function subjectKey(subject: Subject): string {
  return "family" in subject ? subject.family : [subject.category.standard, subject.category.kind, subject.category.code].join("/");
}

/** What a report is about; null when nobody said. */
export function subjectOf({ category, family }: { category?: Schema<"CategoryKey"> | undefined; family?: string | undefined }): Subject | null {
  if (category) return { category: { standard: category.standard, kind: category.kind, code: category.code } };
  return family ? { family } : null;
}

/** Its name in the reader's language; its key while the categories are not loaded. */
export function subjectName(subject: Subject): string {
  const key = subjectKey(subject);
  return subjects.value.find((entry) => entry.key === key)?.name ?? key;
}

/** The family a subject belongs to; null for a category of none. */
export function familyOf(subject: Subject): string | null {
  if ("family" in subject) return subject.family;
  const key = subjectKey(subject);
  return categories.value.find((c) => subjectKey({ category: c }) === key)?.family || null;
}

/**
 * What is asked about a place where perhaps an asset was clicked. The asset says what it is
 * unless something was chosen; then it is the one meant only where it is of that kind.
 */
export function inquired(asset: AssetRef | null, chosen: Subject | null): { asset: AssetRef | null; subject: Subject | null } {
  if (!asset) return { asset, subject: chosen };
  const own: Subject = { category: { standard: asset.standard, kind: "component", code: asset.category } };
  if (!chosen) return { asset, subject: own };
  const meant = "family" in chosen ? familyOf(own) === chosen.family : subjectKey(chosen) === subjectKey(own);
  return { asset: meant ? asset : null, subject: chosen };
}
