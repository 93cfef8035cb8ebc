// Keeps the fabric as the draft has it: the areas in view, what an edit made of them, and
// what others changed meanwhile.

import { computed, effect, untracked } from "@preact/signals";
import { boxOf as boxOfLayer, hidden, type Box } from "../../app/state";
import type { CityMap } from "../../map/citymap";
import { zoomOf } from "../../map/style";
import { service, settle, type Schema } from "../../service/client";
import { changedElsewhere, current, layer, redrawn, selected, told, type Redrawn } from "../desk";
import { Fabric, type Area } from "./fabric";
import { allAbove, busy, draftOpen, edited, fabric, known, tooMany, upper } from "./hand";
import type { Look } from "./look";

const most = 3_000; // areas that are handled at a time
const farthest = 8; // pixels: a mean area narrower than this is not looked at one by one
const pause = 120; // milliseconds of rest before a new view is asked for
const few = 20; // areas that are asked for one by one

/** Keeps the areas in view; returns how to stop. */
export function keepAreas(city: CityMap, look: Look): () => void {
  let held: Box | null = null; // where all areas are known
  let asking = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const forget = () => {
    held = null;
    busy.value = true;
    fabric.clear();
    upper.clear();
    known.value++;
    look.renew();
  };
  const load = async () => {
    busy.value = true;
    asking.abort();
    asking = new AbortController();
    const box = widened(viewOf(city));
    const { signal } = asking;
    const all = isNear(city) ? await areasIn(layer.peek(), box, signal) : null;
    const higher = all && (await Promise.all(shownAbove.peek().split(",").filter(Boolean).map(async (name) => [name, await areasIn(name, box, signal)] as const)));
    tooMany.value = all === null;
    const far = selected.peek().flatMap((code) => fabric.area(code) ?? []); // what is chosen stays known
    fabric.clear();
    for (const area of [...far, ...(all ?? [])]) fabric.put(area);
    upper.clear();
    for (const [name, areas] of higher ?? []) {
      if (!areas) continue;
      upper.set(name, new Fabric());
      for (const area of areas) upper.get(name)!.put(area);
    }
    held = all && box;
    known.value++;
    look.renew();
    busy.value = false;
  };
  const again = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void load().catch(unlessGone), pause);
  };
  const viewed = () => {
    if (!held || !within(viewOf(city), held)) again();
  };
  const apply = ({ areas, ended }: Redrawn) => {
    const mine = areas.filter(({ properties }) => properties.layer === layer.peek());
    const gone = ended.filter((name) => name.layer === layer.peek()).map(({ code }) => code);
    for (const area of mine) fabric.put(area);
    for (const code of gone) fabric.drop(code);
    if (gone.length > 0) selected.value = selected.peek().filter((code) => !gone.includes(code));
    known.value++;
    look.patch(mine, gone);
    for (const [name, fabric] of upper) {
      const put = areas.filter(({ properties }) => properties.layer === name);
      const dropped = ended.filter((area) => area.layer === name).map(({ code }) => code);
      put.forEach((area) => fabric.put(area));
      dropped.forEach((code) => fabric.drop(code));
      look.patchAbove(name, put, dropped);
    }
    const layers = new Set([...areas.map(({ properties }) => properties.layer), ...ended.map((name) => name.layer)]);
    city.refresh((name) => (layers.has(name) ? null : []));
  };

  city.map.on("moveend", viewed);
  const stop = [
    effect(() => {
      const open = draftOpen.value !== null && layer.value !== "";
      void shownAbove.value;
      untracked(forget);
      if (open) again();
    }),
    effect(() => {
      const now = redrawn.value;
      if (now) untracked(() => apply(now));
    }),
    effect(() => {
      const change = changedElsewhere.value;
      if (change) untracked(() => void foreign(change).then((now) => (now ? apply(now) : again()), again));
    }),
  ];
  return () => {
    stop.forEach((end) => end());
    city.map.off("moveend", viewed);
    clearTimeout(timer);
    asking.abort();
    forget();
  };
}

/** What another did; null where that is asked for with everything in view. */
async function foreign({ done, undone }: Schema<"DraftChange">): Promise<Redrawn | null> {
  const changed = done.flatMap((edit) => edit.changed);
  if (undone.length > 0 || changed.length > few) return null;
  const areas = await Promise.all(changed.map(({ layer, code }) => areaOf(layer, code)));
  return { areas, ended: done.flatMap((edit) => edit.ended) };
}

/** An area as the draft has it. */
export function areaOf(layer: string, code: string): Promise<Area> {
  return settle(service.GET("/v1/layers/{layer}/areas/{code}", { params: { path: { layer, code }, query: { draft: current.peek()!.id } } }));
}

/** The layers above that are not switched off, as one text: it stays the same while they do. */
const shownAbove = computed(() =>
  allAbove.value
    .map(({ name }) => name)
    .filter((name) => !hidden.value.has(name))
    .join(),
);

/** The areas of a layer in a box; null: too many to be handled. */
async function areasIn(layer: string, box: Box, signal: AbortSignal): Promise<Area[] | null> {
  const query = { bbox: box.join(), limit: most + 1, draft: current.peek()!.id };
  const { features } = await settle(service.GET("/v1/layers/{layer}/areas", { params: { path: { layer }, query }, signal }));
  return features.length > most ? null : features;
}

function isNear(city: CityMap): boolean {
  return edited.peek() !== undefined && boxOfLayer(edited.peek()!) !== null && city.map.getZoom() >= zoomOf(edited.peek()!, farthest);
}

function unlessGone(error: unknown): void {
  if (!(error instanceof DOMException && error.name === "AbortError")) told(error);
}

function viewOf({ map }: CityMap): Box {
  return map.getBounds().toArray().flat() as Box;
}

function widened([west, south, east, north]: Box): Box {
  const [wide, high] = [(east - west) / 5, (north - south) / 5];
  return [Math.max(-180, west - wide), Math.max(-90, south - high), Math.min(180, east + wide), Math.min(90, north + high)];
}

function within(inner: Box, outer: Box): boolean {
  return inner[0] >= outer[0] && inner[1] >= outer[1] && inner[2] <= outer[2] && inner[3] <= outer[3];
}
