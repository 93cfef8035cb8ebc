// What a cell may hold, as one writes it: codes by any part of their names.

import { asOf, categories, departments, layers } from "../app/state";
import { service, settle } from "../service/client";
import type { Column } from "./columns";
import { layerTitle } from "./names";
import { rows, type Row } from "./rows";
import { words } from "./words";

export interface Suggestion {
  cells: Partial<Record<Column, string>>; // what the row gets when it is taken
  code: string;
  name: string;
  sought?: string | undefined; // what else it is found by
}

const most = 40; // that are offered at once

const fixed: Partial<Record<Column, string[]>> = {
  kind: ["component", "matter"],
  asset: ["must", "no"],
  deadline_unit: ["urgent_hour", "work_hour", "work_day", "natural_day"],
};

/** The best for what is written in a cell of a row. */
export async function suggest(row: Row, column: Column, text: string): Promise<Suggestion[]> {
  if (column === "area") return areas(row, text);
  const parts = (column === "helpers" ? last(text) : text).toLowerCase().split(/\s+/).filter(Boolean);
  const fits = ({ code, name, sought = "" }: Suggestion) => {
    const all = `${code} ${name} ${sought}`.toLowerCase();
    return parts.every((part) => all.includes(part));
  };
  return all(row, column, text).filter(fits).slice(0, most);
}

const last = (list: string) => list.slice(list.search(/[^;；]*$/)).trim();

function all(row: Row, column: Column, text: string): Suggestion[] {
  const one = (code: string, name = "", sought?: string): Suggestion => ({ cells: { [column]: code }, code, name, sought });
  switch (column) {
    case "category":
      return [...kindsOf(row), ...families().map((family) => one(family, words.value.family))];
    case "standard":
      return [...new Set(categories.value.map(({ standard }) => standard))].map((standard) => one(standard));
    case "layer":
      return [...layers.value.map(({ name, title }) => one(name, title)), ...groupKinds().map((kind) => one(kind))];
    case "assign":
      return [
        ...["asset.maintainer", "asset.owner", "asset.authority", "fallback"].map((to) => one(to, words.value.cells[to])),
        ...layers.value.map(({ name, title }) => one(`layer:${name}`, words.value.departmentOf(title))),
        ...[...departments.value.values()].map(({ code, name, aliases = [] }) => one(`department:${code}`, name, aliases.join(" "))),
      ];
    case "helpers":
      return [...departments.value.values()].map(({ code, name, aliases = [] }) => ({ ...one(code, name, aliases.join(" ")), cells: { helpers: text.slice(0, text.length - last(text).length) + code } }));
    default:
      return (fixed[column] ?? []).map((word) => one(word, words.value.cells[word]));
  }
}

/** Categories of the standard and kind that the row names; a code goes with both. */
function kindsOf(row: Row): Suggestion[] {
  return categories.value
    .filter(({ standard, kind }) => (!row.standard || row.standard === standard) && (!row.kind || row.kind === kind))
    .map(({ standard, kind, code, name, name_en = "", family = "", pinyin = "" }) => ({
      cells: { category: code, standard, kind },
      code,
      name: `${name} · ${standard}`,
      sought: `${name_en} ${family} ${pinyin}`,
    }));
}

const families = () => [...new Set(categories.value.flatMap(({ family }) => family ?? []))];

/** Kinds of group that rows name already: whatever is no layer. */
const groupKinds = () => [...new Set(rows.value.flatMap(({ layer }) => (layer && !layers.value.some(({ name }) => name === layer) ? layer : [])))];

/** Areas by any part of their name, those of the row's layer first: one of another goes with its layer. */
async function areas(row: Row, text: string): Promise<Suggestion[]> {
  if (text.trim() === "") return [];
  const { results } = await settle(service.GET("/v1/search", { params: { query: { ...asOf.peek(), q: text.trim(), limit: 100 } } }));
  return results
    .filter(({ kind }) => kind === "area")
    .toSorted((a, b) => Number(b.layer === row.layer) - Number(a.layer === row.layer))
    .slice(0, most)
    .map(({ code = "", name, layer = "" }) => ({ cells: { area: code, layer }, code, name: `${name} · ${layerTitle(layer)}` }));
}
