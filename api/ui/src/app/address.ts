// The address of the page holds the whole view, so that it can be sent:
// #/plan?map=15.2/30.28/120.17&draft=abc. What is worth going back to (a workplace, a draft,
// an edition, an area, a report) makes an entry of the history; the rest replaces its own.

import { batch, effect, type Signal } from "@preact/signals";
import { area, department, draft, edition, hidden, report, sight, spot, subject, workplace, type Spot, type Subject, type Workplace } from "./state";

const workplaces: Workplace[] = ["call", "plan", "duty"];

/** One part of the address: how a value is written, and read; null is the value when absent. */
interface Part<T> {
  of: Signal<T>;
  write(value: T): string | null;
  read(text: string | null): T;
  worthGoingBackTo?: boolean;
}

const part = <T>(p: Part<T>) => p as unknown as Part<unknown>;

const text = (of: Signal<string | null>) => part({ of, write: (v) => v, read: (t) => t || null, worthGoingBackTo: true });

const parts: Record<string, Part<unknown>> = {
  map: part({
    of: sight,
    write: (v) => v && `${v.zoom.toFixed(2)}/${v.lat.toFixed(6)}/${v.lon.toFixed(6)}`,
    read(t) {
      const [zoom, lat, lon] = (t ?? "").split("/").map(Number);
      return finite(zoom) && finite(lat) && finite(lon) && Math.abs(lat) <= 90 ? { zoom, lat, lon } : null;
    },
  }),
  at: part({ of: spot, write: writeSpot, read: readSpot }),
  area: part({
    of: area,
    write: (v) => v && `${v.layer}/${v.code}`,
    read(t) {
      const at = t?.indexOf("/") ?? -1;
      return t && at > 0 ? { layer: t.slice(0, at), code: t.slice(at + 1) } : null;
    },
    worthGoingBackTo: true,
  }),
  about: part({ of: subject, write: writeSubject, read: readSubject }),
  department: text(department),
  report: text(report),
  draft: text(draft),
  edition: part({
    of: edition,
    write: (v) => (v === null ? null : String(v)),
    read: (t) => (finite(Number(t)) && Number(t) > 0 ? Math.floor(Number(t)) : null),
  }),
  off: part({
    of: hidden,
    write: (v) => [...v].join(",") || null,
    read: (t) => new Set((t ?? "").split(",").filter(Boolean)),
  }),
};

function finite(n: number | undefined): n is number {
  return n !== undefined && Number.isFinite(n);
}

function writeSpot(v: Spot | null): string | null {
  if (!v) return null;
  const asset = v.asset ? [v.asset.id, v.asset.standard, v.asset.category, v.asset.category_name] : [];
  return [String(v.lon), String(v.lat), ...asset].map(encodeURIComponent).join(",");
}

function readSpot(t: string | null): Spot | null {
  const [x, y, id, standard = "", category = "", category_name = ""] = (t ?? "").split(",").map(decoded);
  const [lon, lat] = [Number(x), Number(y)];
  if (!x || !y || !finite(lon) || !finite(lat) || Math.abs(lon) > 180 || Math.abs(lat) > 90) return null;
  return { lon, lat, asset: id ? { id, standard, category, category_name } : null };
}

function decoded(t: string): string {
  try {
    return decodeURIComponent(t);
  } catch {
    return t;
  }
}

function writeSubject(v: Subject | null): string | null {
  if (!v) return null;
  return "family" in v ? v.family : [v.category.standard, v.category.kind, v.category.code].map(encodeURIComponent).join(",");
}

function readSubject(t: string | null): Subject | null {
  if (!t) return null;
  const [standard, kind, code] = t.split(",").map(decoded);
  if (!standard || !code || (kind !== "component" && kind !== "matter")) return { family: t };
  return { category: { standard, kind, code } };
}

/** The address of what is shown now, as what follows the #. */
function addressNow(): string {
  const query = new URLSearchParams();
  for (const [name, { of, write }] of Object.entries(parts)) {
    const value = write(of.value);
    if (value !== null) query.set(name, value);
  }
  return `/${workplace.value}?${query.toString().replaceAll("%2F", "/").replaceAll("%2C", ",")}`;
}

function read(hash: string): void {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?");
  const given = new URLSearchParams(query);
  batch(() => {
    workplace.value = workplaces.find((name) => name === path) ?? "call";
    for (const [name, { of, write, read }] of Object.entries(parts)) {
      const value = read(given.get(name));
      if (write(value) !== write(of.peek())) of.value = value; // equal values stay the same object
    }
  });
}

const pause = 300; // milliseconds: browsers refuse an address that is replaced too often

/** Shows what the address says, and keeps the two together from now on. */
export function keepAddress(): void {
  read(location.hash);
  addEventListener("popstate", () => read(location.hash));
  let place = "";
  let timer: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    const now = addressNow();
    const here = [workplace.value, ...Object.values(parts).map((p) => p.worthGoingBackTo && p.write(p.of.value))].join(" ");
    clearTimeout(timer);
    const differs = `#${now}` !== location.hash;
    if (differs && place !== "" && here !== place) history.pushState(null, "", `#${now}`);
    else if (differs) timer = setTimeout(() => history.replaceState(null, "", `#${now}`), pause);
    place = here;
  });
}
