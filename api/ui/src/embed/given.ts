// What the address of the embedded page says: /embed?category=component/01001&lon=120.17&
// lat=30.28&crs=GCJ-02&words=井盖&origin=https://desk.example.

import type { Subject } from "../app/state";
import type { Entry } from "../call/Combobox";

export interface Given {
  category: string; // kind/code in the newest standard, or standard/kind/code; empty for none
  family: string;
  words: string; // by which the category is searched
  place: { lon: number; lat: number; crs: string } | null; // crs empty: WGS 84
  origin: string | null; // whom the decision is handed to; null when none is named, or none that could be
}

function readGiven(search: string): Given {
  const query = new URLSearchParams(search);
  const text = (name: string) => query.get(name)?.trim() ?? "";
  const [lon, lat] = [Number(text("lon") || NaN), Number(text("lat") || NaN)];
  const isPlace = Math.abs(lon) <= 180 && Math.abs(lat) <= 90;
  return {
    category: text("category"),
    family: text("family"),
    words: text("words"),
    place: isPlace ? { lon, lat, crs: text("crs") } : null,
    origin: originOf(text("origin")),
  };
}

export const given = readGiven(location.search);

/** An origin as browsers write it, scheme, host and port and no more: never a star. */
function originOf(text: string): string | null {
  return URL.canParse(text) && new URL(text).origin === text ? text : null;
}

/** The subject that is named, of those the city knows, the newest standard first; null when it knows none such. */
export function namedSubject({ category, family }: Given, known: Entry<Subject>[]): Subject | null {
  const isNamed = ({ key, value }: Entry<Subject>) =>
    "family" in value ? family === key : category !== "" && (key === category || key.endsWith(`/${category}`));
  return known.find(isNamed)?.value ?? null;
}
