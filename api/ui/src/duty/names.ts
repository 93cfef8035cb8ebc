// What codes are called: of categories, departments, layers and areas.

import { computed, effect, signal } from "@preact/signals";
import { asOf, categories, departments, layers } from "../app/state";
import { service, settle } from "../service/client";
import { language } from "../words/language";
import type { Column } from "./columns";
import { rows, type Row } from "./rows";
import { words } from "./words";

const most = 1000; // areas of a layer whose names are fetched: all of one page

/** Names of areas, by layer and code. */
export const areaNames = signal<ReadonlyMap<string, string>>(new Map());

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
    const named = new Set(rows.value.map((row) => row.layer));
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

/** What a cell means in words; empty where it says it itself. */
export function nameOf(row: Row, column: Column): string {
  const cell = row[column] ?? "";
  if (cell === "") return "";
  switch (column) {
    case "category":
      return categoryNames.value.get(`${row.standard ?? ""}|${row.kind ?? ""}|${cell.replace(/\*$/, "")}`) ?? "";
    case "area":
      return areaNames.value.get(`${row.layer ?? ""}|${cell}`) ?? "";
    case "layer":
      return layers.value.some(({ name }) => name === cell) ? layerTitle(cell) : "";
    case "assign":
      return assigned(cell);
    case "helpers":
      return cell.split(";").map((code) => departmentName(code.trim()) || code).join(words.value.comma);
    default:
      return words.value.cells[cell] ?? "";
  }
}

function assigned(cell: string): string {
  const [to = "", code = ""] = cell.split(":");
  if (to === "department") return departmentName(code);
  if (to === "layer") return words.value.departmentOf(layerTitle(code));
  return words.value.cells[cell] ?? "";
}
