// What codes are called: of categories, departments, layers and areas.

import { computed, effect, signal } from "@preact/signals";
import { asOf, categories, departments, layers } from "../app/state";
import { service, settle } from "../service/client";
import { language } from "../words/language";
import { lines } from "./changes";
import type { Column } from "./columns";
import type { Row } from "./rows";
import { words } from "./words";

const most = 1000; // areas of a layer whose names are fetched: all of one page

/** Names of areas, by layer and code. */
const areaNames = signal<ReadonlyMap<string, string>>(new Map());

const categoryNames = computed(() => {
  const names = new Map<string, string>();
  for (const { standard, kind, code, name, name_en } of categories.value) {
    const said = language.value === "en" ? (name_en ?? name) : name;
    for (const key of [`${standard}|${kind}|${code}`, `${standard}||${code}`]) if (!names.has(key)) names.set(key, said);
  }
  return names;
});

/** Fetches the names of the areas of the layers that rows name. */
export function keepAreaNames(): () => void {
  const fetched = new Set<string>();
  return effect(() => {
    const of = asOf.value;
    const named = new Set(lines.value.map(({ row }) => row.layer));
    for (const { name, areas } of layers.value) {
      if (!named.has(name) || areas > most || fetched.has(name)) continue;
      fetched.add(name);
      void fetchNames(name, of).catch(() => fetched.delete(name)); // codes are shown, and the next load tries again
    }
  });
}

async function fetchNames(layer: string, of: typeof asOf.value): Promise<void> {
  const { features } = await settle(service.GET("/v1/layers/{layer}/areas", { params: { path: { layer }, query: { ...of, limit: most } } }));
  const next = new Map(areaNames.peek());
  for (const { properties } of features) next.set(`${layer}|${properties.code}`, properties.name);
  areaNames.value = next;
}

export function layerTitle(name: string): string {
  return layers.value.find((layer) => layer.name === name)?.title ?? name;
}

export function departmentName(code: string): string {
  return departments.value.get(code)?.name ?? "";
}

/** A cell as it is read: its code, where one looks for it, and what that is called. */
export function readable(row: Row, column: Column): { code: string; name: string } {
  const cell = row[column] ?? "";
  const known = (name: string | undefined) => (name ? { code: "", name } : { code: cell, name: "" });
  switch (cell && column) {
    case "category":
      return { code: cell, name: categoryNames.value.get(`${row.standard ?? ""}|${row.kind ?? ""}|${cell.replace(/\*$/, "")}`) ?? "" };
    case "area":
      return { code: cell, name: areaNames.value.get(`${row.layer ?? ""}|${cell}`) ?? "" };
    case "layer":
      return known(layers.value.find(({ name }) => name === cell)?.title);
    case "assign":
      return assigned(cell);
    case "helpers":
      return { code: "", name: cell.split(";").map((code) => departmentName(code) || code).join(words.value.comma) };
    case "kind":
    case "asset":
    case "deadline_unit":
      return known(words.value.cells[cell]);
    default:
      return { code: "", name: cell };
  }
}

function assigned(cell: string): { code: string; name: string } {
  const [to = "", code = ""] = cell.split(":");
  if (to === "department") return { code, name: departmentName(code) };
  if (to === "layer") return { code: "", name: words.value.departmentOf(layerTitle(code)) };
  return { code: words.value.cells[cell] ? "" : cell, name: words.value.cells[cell] ?? "" };
}
