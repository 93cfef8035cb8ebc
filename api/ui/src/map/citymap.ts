// The map itself: tiles of every layer in the state that is looked at, what is switched off,
// and where someone clicked. A workplace draws its own things on it (extend) and may take
// the clicks (take).

import "@fontsource/noto-sans-sc/400.css"; // its slices are fetched only where the machine has no Chinese font
import { effect } from "@preact/signals";
import { type ErrorEvent, type LngLat, LngLatBounds, Map, type MapOptions, NavigationControl, ScaleControl, setWorkerUrl, type StyleSpecification, type VectorTileSource } from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { asOf, basemap, boxOf, hidden, layers, sight, type AssetRef, type Box, type Sight, type Spot } from "../app/state";
import type { Schema } from "../service/client";
import { letIn } from "../service/door";
import { back } from "../service/reach";
import type { Changed } from "./changes";
import { keepFresh } from "./fresh";
import { keepLabels } from "./labels";
import { keepMark } from "./mark";
import { noticeMerged } from "./merged";
import { assets, noLabels, styleOf, tilesOf, type AsOf } from "./style";

type Layer = Schema<"Layer">;

const clickReach = 6; // pixels within which an asset is meant
const aimZoom = 16.5; // from which on its dot can be aimed at

/** Something a workplace draws: sources and layers of its own, put in again after a change of style. */
export interface Extra {
  draw(map: Map): void;
  erase(map: Map): void;
}

export interface CityMap {
  readonly map: Map;
  /** Draws something; returns how to take it away. */
  extend(extra: Extra): () => void;
  /** Takes the clicks, and Enter on the map, until what is returned is called: the last who took them has them. */
  take(clicked: (spot: Spot) => void): () => void;
  /** Brings a place into view. */
  fly(to: Sight | Box): void;
  /** Fetches tiles that changed. */
  refresh(changed: Changed): void;
  remove(): void;
}

export interface Events {
  failed(message: string): void;
  whole(): void; // everything in view is drawn
  merged(layers: Layer[]): void;
}

/** Draws the layers in a container. It throws where WebGL is missing. */
export function drawMap(container: HTMLElement, events: Events): CityMap {
  setWorkerUrl(workerUrl);
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  const style = (labels = noLabels) =>
    styleOf({ layers: layers.peek(), base: basemap.peek(), hidden: hidden.peek(), asOf: asOf.peek(), labels, isDark: scheme.matches });
  const first = style();
  const map = new Map({
    container,
    style: first,
    ...startOf(sight.peek()),
    maxTileCacheSize: 0, // a tile that comes into view again is asked for again: it may have changed unseen
    transformRequest: (url, type) => (type === "Tile" ? { url, cache: "no-cache" } : undefined), // by its ETag
    attributionControl: { compact: true },
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "bottom-right");
  map.addControl(new ScaleControl(), "bottom-left");
  const letter = () => map.getSource(assets) && map.setGlyphs(null); // names that were drawn before their letters came
  document.fonts.addEventListener("loadingdone", letter);
  const labels = keepLabels(map, () => layers.peek(), () => hidden.peek());
  const refresh = keepFresh(map);
  noticeMerged(map, () => layers.peek(), () => hidden.peek(), events.merged);
  const extras = new Set<Extra>();
  const takers: ((spot: Spot) => void)[] = [];

  const ask = (at: LngLat, asset: AssetRef | null) => {
    const { lng, lat } = at.wrap();
    takers.at(-1)?.({ lon: round(lng), lat: round(lat), asset });
  };
  let look = lookOf(first);
  const restyle = () => {
    const next = style(labels.now());
    if (lookOf(next) !== look) map.setStyle(next);
    look = lookOf(next);
  };

  map.on("click", ({ point, lngLat }) => ask(lngLat, assetAt(map, point.x, point.y)));
  map.getCanvas().addEventListener("keydown", (event) => {
    if (event.key === "Enter") ask(map.getCenter(), null);
  });
  map.on("error", ({ error }: ErrorEvent & { error: { status?: number } }) => {
    if (error.status === 401) void letIn(); // what failed is asked for again in a moment
    else if (error.status === 0 || error instanceof TypeError) void back();
    else events.failed(error.message);
  });
  map.on("idle", events.whole);
  map.once("idle", () => performance.mark("map drawn")); // for who measures
  map.on("style.load", () => {
    aim(map, layers.peek(), asOf.peek());
    extras.forEach((extra) => extra.draw(map));
  });
  map.on("moveend", () => (sight.value = sightOf(map)));
  sight.value ??= sightOf(map);
  scheme.addEventListener("change", restyle);

  const stop = [
    effect(() => show(map, hidden.value, labels.renew)),
    effect(() => void [layers.value, basemap.value, restyle()]),
    effect(() => aim(map, layers.value, asOf.value)),
    effect(() => {
      const to = sight.value; // the address was changed by hand, or one went back
      if (to && !same(to, sightOf(map))) map.jumpTo({ center: [to.lon, to.lat], zoom: to.zoom });
    }),
    keepMark(map, () => scheme.matches),
  ];

  return {
    map,
    extend(extra) {
      extras.add(extra);
      if (map.getSource(assets)) extra.draw(map); // else when the style is there
      return () => {
        if (extras.delete(extra) && map.getSource(assets)) extra.erase(map);
      };
    },
    take(clicked) {
      takers.push(clicked);
      return () => void takers.splice(takers.indexOf(clicked), 1);
    },
    fly(to) {
      if (Array.isArray(to)) map.fitBounds(to, { padding: 60, maxZoom: 18 });
      else map.flyTo({ center: [to.lon, to.lat], zoom: to.zoom });
    },
    refresh,
    remove() {
      stop.forEach((end) => end());
      extras.clear();
      scheme.removeEventListener("change", restyle);
      document.fonts.removeEventListener("loadingdone", letter);
      map.remove();
    },
  };
}

/** What makes a style look as it does. Layers change with each edition, mostly not in this. */
function lookOf({ sources, layers: parts }: StyleSpecification): string {
  return JSON.stringify([Object.keys(sources), parts]);
}

/** Where the map opens: at what the address says, else over the whole city. */
function startOf(seen: Sight | null): Partial<MapOptions> {
  if (seen) return { center: [seen.lon, seen.lat], zoom: seen.zoom };
  const bounds = boundsOf(layers.peek());
  return bounds ? { bounds, fitBoundsOptions: { padding: 32 } } : {};
}

/** Has every source show a state; those that do already are left alone. */
function aim(map: Map, all: Layer[], of: AsOf): void {
  for (const name of [...all.map((layer) => layer.name), assets]) {
    const source = map.getSource<VectorTileSource>(name);
    if (source && source.url !== tilesOf(name, of)) source.setUrl(tilesOf(name, of));
  }
}

function show(map: Map, off: ReadonlySet<string>, renewLabels: () => void): void {
  if (!map.getSource(assets)) return; // the style will be made with what is hidden
  for (const layer of map.getStyle().layers) {
    if (!("source" in layer) || map.getSource(layer.source)?.type !== "vector") continue;
    const visibility = off.has(layer.source) ? "none" : "visible";
    if ((layer.layout?.visibility ?? "visible") !== visibility) map.setLayoutProperty(layer.id, "visibility", visibility);
  }
  renewLabels();
}

function sightOf(map: Map): Sight {
  const { lng, lat } = map.getCenter().wrap();
  return { zoom: Number(map.getZoom().toFixed(2)), lat: Number(lat.toFixed(6)), lon: Number(lng.toFixed(6)) };
}

function same(a: Sight, b: Sight): boolean {
  return a.zoom === b.zoom && a.lat === b.lat && a.lon === b.lon;
}

function boundsOf(all: Layer[]): LngLatBounds | null {
  const bounds = new LngLatBounds();
  for (const box of all.map(boxOf)) if (box) bounds.extend(box);
  return bounds.isEmpty() ? null : bounds;
}

/** The service holds coordinates at seven decimals. */
export function round(degrees: number): number {
  return Math.round(degrees * 1e7) / 1e7;
}

function assetAt(map: Map, x: number, y: number): AssetRef | null {
  if (map.getZoom() < aimZoom || !map.getLayer(`${assets}-dots`)) return null;
  const around: [[number, number], [number, number]] = [
    [x - clickReach, y - clickReach],
    [x + clickReach, y + clickReach],
  ];
  const hit = map.queryRenderedFeatures(around, { layers: [`${assets}-dots`] })[0];
  return hit?.properties.id ? (hit.properties as AssetRef) : null; // a crowd on one spot is only counted
}
