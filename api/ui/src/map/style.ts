// How the layers look. A layer's place in its chain gives its weight: the higher the
// area, the stronger its border.

import type { FeatureCollection } from "geojson";
import type { FilterSpecification, LayerSpecification, StyleSpecification } from "maplibre-gl";
import { boxOf } from "../app/state";
import type { Look } from "../duty/audit";
import type { Schema } from "../service/client";

type Layer = Schema<"Layer">;

/** The name of the assets among the tiles. */
export const assets = "assets";

/** The source of the labels, filled by labels.ts. */
export const labelSource = "labels";

/** The source of what the audit of duty found. */
export const auditSource = "audit";

/** The images of slanted lines that fill holes: to be told from other areas without colours. */
const hatches = ["hatch-hole", "hatch-fallback"] as const;

const tileSize = 512; // pixels of a vector tile on the map

const light = {
  ground: "#f4f2ec",
  border: ["#8fa3b8", "#4f7ba8", "#2c5f95", "#183f6d"],
  overlay: "#4d9a5a",
  road: "#d9a441",
  asset: "#b4552d",
  marked: "#e4572e",
  finding: { hole: "#d3222f", fallback: "#d3222f", collision: "#f08a00", other: "#8a4fbf" },
  text: "#1d2b3a",
  halo: "#ffffff",
};

const dark: typeof light = {
  ground: "#161b22",
  border: ["#4a5b6e", "#5c86b3", "#7fabd8", "#a9ccf0"],
  overlay: "#4f9b62",
  road: "#a9813a",
  asset: "#e08a5f",
  marked: "#ff7a50",
  finding: { hole: "#ff5a63", fallback: "#ff5a63", collision: "#ffa733", other: "#b98be6" },
  text: "#e6edf3",
  halo: "#161b22",
};

/** Fonts the reader's own machine draws the labels with; else with the one this server has. */
const fonts = ["system-ui", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "sans-serif"];

/** The zoom at which the mean area of a layer is so many pixels wide. */
export function zoomOf(layer: Layer, pixels: number): number {
  const box = boxOf(layer);
  if (!box || layer.areas === 0) return 0;
  const [west, south, east, north] = box;
  const narrow = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const degrees = Math.sqrt(((east - west) * ((north - south) / narrow)) / layer.areas);
  return Math.max(0, Math.min(22, Math.log2((pixels * 360) / (tileSize * Math.max(degrees, 1e-9)))));
}

/** Which state the tiles are of: the newest where neither is given. */
export interface AsOf {
  draft?: string;
  edition?: number;
}

/** Where the tiles of a layer are told of. */
export function tilesOf(layer: string, asOf: AsOf): string {
  const query = new URLSearchParams(Object.entries(asOf).map(([name, value]) => [name, String(value)])).toString();
  return `${location.origin}/tiles/${layer}.json${query && `?${query}`}`;
}

/** The style of a map of these layers, of which those hidden are switched off, and of what the audit found. */
export function styleOf(layers: Layer[], hidden: ReadonlySet<string>, findings: FeatureCollection, asOf: AsOf, isDark: boolean): StyleSpecification {
  const colors = isDark ? dark : light;
  const style: StyleSpecification = {
    version: 8,
    sources: {
      [labelSource]: { type: "geojson", data: { type: "FeatureCollection", features: [] } },
      [auditSource]: { type: "geojson", data: findings },
    },
    layers: [{ id: "ground", type: "background", paint: { "background-color": colors.ground } }],
  };
  const labels: LayerSpecification[] = [];
  const add = (layer: LayerSpecification) => style.layers.push(layer);

  for (const name of [...layers.map((layer) => layer.name), assets]) {
    style.sources[name] = { type: "vector", url: tilesOf(name, asOf) };
  }
  const order = { overlay: 0, line: 1, coverage: 2 };
  const rank = (layer: Layer) => layer.chain.indexOf(layer.name);
  const drawn = layers.toSorted((a, b) => order[a.kind] - order[b.kind] || rank(a) - rank(b));
  for (const layer of drawn) {
    const look = { overlay, line: road, coverage: border }[layer.kind];
    for (const part of look(layer, rank(layer), colors)) add(visible(part, hidden.has(layer.name)));
    if (layer.kind === "line") labels.push(visible(roadName(layer, colors), hidden.has(layer.name)));
  }
  for (const look of ["other", "fallback", "collision", "hole"] as const) for (const part of finding(look, colors)) add(part);
  add(visible(dots(colors), hidden.has(assets)));
  labels.push(areaName(colors));
  style.layers.push(...labels);
  return style;
}

type Colors = typeof light;

function visible<L extends LayerSpecification>(layer: L, off: boolean): L {
  return { ...layer, layout: { ...layer.layout, visibility: off ? "none" : "visible" } };
}

const nothing = ["==", ["get", "code"], ""] as ["==", ["get", string], string];

function border(layer: Layer, rank: number, colors: Colors): LayerSpecification[] {
  const source = { source: layer.name, "source-layer": layer.name, minzoom: Math.min(zoomOf(layer, 10), 14) };
  const color = colors.border[Math.min(rank, colors.border.length - 1)] ?? colors.text;
  const parts: LayerSpecification[] = [
    {
      id: `${layer.name}-border`,
      type: "line",
      ...source,
      layout: { "line-join": "round" },
      paint: {
        "line-color": color,
        "line-width": ["interpolate", ["exponential", 1.4], ["zoom"], 10, 0.4 + 0.5 * rank, 18, 1.2 + 1.3 * rank],
      },
    },
  ];
  if (rank === 0) parts.unshift(mark(layer, colors));
  return parts;
}

/** The area that was asked about, filled. */
function mark(layer: Layer, colors: Colors): LayerSpecification {
  return {
    id: `${layer.name}-mark`,
    type: "fill",
    source: layer.name,
    "source-layer": layer.name,
    filter: nothing,
    paint: { "fill-color": colors.marked, "fill-opacity": 0.22 },
  };
}

function overlay(layer: Layer, _rank: number, colors: Colors): LayerSpecification[] {
  const source = { source: layer.name, "source-layer": layer.name };
  return [
    { id: `${layer.name}-fill`, type: "fill", ...source, paint: { "fill-color": colors.overlay, "fill-opacity": 0.22 } },
    {
      id: `${layer.name}-border`,
      type: "line",
      ...source,
      paint: { "line-color": colors.overlay, "line-width": 1, "line-dasharray": [3, 2] },
    },
  ];
}

function road(layer: Layer, _rank: number, colors: Colors): LayerSpecification[] {
  return [
    {
      id: `${layer.name}-line`,
      type: "line",
      source: layer.name,
      "source-layer": layer.name,
      minzoom: 11,
      layout: { "line-cap": "round", "line-join": "round" },
      paint: {
        "line-color": colors.road,
        "line-opacity": 0.55,
        "line-width": ["interpolate", ["exponential", 1.6], ["zoom"], 11, 0.6, 18, 16],
      },
    },
  ];
}

/** What the audit found of one look. Holes are hatched: the image brings its own colour. */
function finding(look: Look, colors: Colors): LayerSpecification[] {
  const filter: FilterSpecification = ["==", ["get", "look"], look];
  const image = hatches.find((name) => name === `hatch-${look}`);
  const weak = look === "fallback";
  return [
    {
      id: `${auditSource}-${look}`,
      type: "fill",
      source: auditSource,
      filter,
      paint: image ? { "fill-pattern": image } : { "fill-color": colors.finding[look], "fill-opacity": 0.35 },
    },
    {
      id: `${auditSource}-${look}-border`,
      type: "line",
      source: auditSource,
      filter,
      minzoom: weak ? 14 : 0, // farther out its many small pieces would be all border
      paint: { "line-color": colors.finding[look], "line-width": weak ? 0.5 : 1, "line-opacity": weak ? 0.4 : 0.8 },
    },
  ];
}

/**
 * The slanted lines of an image, as pixels that tile without a seam; null for an image of
 * another name. Where many findings lie over one another, thin lines stay lines.
 */
export function hatched(name: string): { width: number; height: number; data: Uint8ClampedArray } | null {
  if (name !== hatches[0] && name !== hatches[1]) return null;
  const [size, wide, between] = name === "hatch-hole" ? [16, 3, 70] : [16, 1, 0];
  const data = new Uint8ClampedArray(size * size * 4);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      data.set([222, 48, 58, (x + y) % 8 < wide ? 190 : between], (y * size + x) * 4);
    }
  }
  return { width: size, height: size, data };
}

function dots(colors: Colors): LayerSpecification {
  return {
    id: `${assets}-dots`,
    type: "circle",
    source: assets,
    "source-layer": assets,
    minzoom: 15,
    paint: {
      "circle-color": colors.asset,
      "circle-opacity": 0.85,
      "circle-radius": ["interpolate", ["exponential", 1.7], ["zoom"], 15, 0.9, 19, 6],
      "circle-stroke-color": colors.halo,
      "circle-stroke-width": ["interpolate", ["linear"], ["zoom"], 16, 0, 18, 1.2],
    },
  };
}

function roadName(layer: Layer, colors: Colors): LayerSpecification {
  return {
    id: `${layer.name}-name`,
    type: "symbol",
    source: layer.name,
    "source-layer": layer.name,
    minzoom: 14.5,
    layout: {
      "symbol-placement": "line",
      "text-field": ["get", "name"],
      "text-font": fonts,
      "text-size": 11,
      "symbol-spacing": 350,
    },
    paint: { "text-color": colors.text, "text-opacity": 0.75, "text-halo-color": colors.halo, "text-halo-width": 1.4 },
  };
}

function areaName(colors: Colors): LayerSpecification {
  return {
    id: "area-name",
    type: "symbol",
    source: labelSource,
    layout: {
      "text-field": [
        "case",
        ["==", ["get", "kind"], "overlay"],
        ["get", "name"],
        ["format", ["get", "name"], {}, "\n", {}, ["get", "code"], { "font-scale": 0.78 }],
      ],
      "text-font": fonts,
      "text-size": ["+", 11.5, ["*", 1.5, ["get", "rank"]]],
      "text-max-width": 9,
      "symbol-sort-key": ["-", 0, ["get", "rank"]],
      "text-padding": 4,
    },
    paint: {
      "text-color": ["case", ["==", ["get", "kind"], "overlay"], colors.overlay, colors.text],
      "text-halo-color": colors.halo,
      "text-halo-width": 1.6,
    },
  };
}
