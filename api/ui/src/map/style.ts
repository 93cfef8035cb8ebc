// How the layers look. A layer's place in its chain gives its weight: the higher the
// area, the stronger its border.

import type { FeatureCollection } from "geojson";
import type { ExpressionSpecification, LayerSpecification, LineLayerSpecification, StyleSpecification } from "maplibre-gl";
import { boxOf, type AreaRef } from "../app/state";
import type { Schema } from "../service/client";
import { beneath, type Base } from "./basemap";

type Layer = Schema<"Layer">;

/** The name of the assets among the tiles. */
export const assets = "assets";

/** The source of the labels, filled by labels.ts. */
export const labelSource = "labels";
export const noLabels: FeatureCollection = { type: "FeatureCollection", features: [] };

const tileSize = 512; // pixels of a vector tile on the map

const light = {
  ground: "#f4f2ec",
  border: ["#8fa3b8", "#4f7ba8", "#2c5f95", "#183f6d"],
  overlay: "#4d9a5a",
  road: "#d9a441",
  asset: "#b4552d",
  marked: "#e4572e",
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

/** What the map is to show. */
export interface Shown {
  layers: Layer[];
  hidden: ReadonlySet<string>;
  asOf: AsOf;
  base: Base | null;
  labels?: FeatureCollection; // absent: they are found when the areas are drawn
  isDark: boolean;
}

/** The style of the map: the base map, areas and lines, assets, and the labels over all of them. */
export function styleOf({ layers, hidden, asOf, base, labels = noLabels, isDark }: Shown): StyleSpecification {
  const colors = isDark ? dark : light;
  const ground = beneath(base, isDark);
  const style: StyleSpecification = {
    version: 8,
    sources: { ...ground.sources, [labelSource]: { type: "geojson", data: labels } },
    layers: [{ id: "ground", type: "background", paint: { "background-color": colors.ground } }, ...ground.layers],
  };
  const names: LayerSpecification[] = [];
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
    if (layer.kind === "line") names.push(visible(roadName(layer, colors), hidden.has(layer.name)));
  }
  add(visible(dots(colors), hidden.has(assets)));
  style.layers.push(...names, areaName(colors));
  return style;
}

type Colors = typeof light;

function visible<L extends LayerSpecification>(layer: L, off: boolean): L {
  return { ...layer, layout: { ...layer.layout, visibility: off ? "none" : "visible" } };
}

function border(layer: Layer, rank: number, colors: Colors): LayerSpecification[] {
  const source = { source: layer.name, "source-layer": layer.name, minzoom: Math.min(zoomOf(layer, 10), 14) };
  const color = colors.border[Math.min(rank, colors.border.length - 1)] ?? colors.text;
  return [
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
}

/** How borders look that are not of tiles: as those do, by the "rank" of each. */
export function rankedBorders(isDark: boolean): Pick<LineLayerSpecification, "layout" | "paint"> {
  const colors = (isDark ? dark : light).border;
  const rank: ExpressionSpecification = ["get", "rank"];
  return {
    layout: { "line-join": "round", "line-sort-key": rank },
    paint: {
      "line-color": ["to-color", ["at", ["min", rank, colors.length - 1], ["literal", colors]]],
      "line-width": ["interpolate", ["exponential", 1.4], ["zoom"], 10, ["+", 0.4, ["*", 0.5, rank]], 18, ["+", 1.2, ["*", 1.3, rank]]],
    },
  };
}

/** The area looked at. */
export function marked({ layer, code }: AreaRef, isDark: boolean): LayerSpecification[] {
  const color = (isDark ? dark : light).marked;
  const source = { source: layer, "source-layer": layer, filter: ["==", ["get", "code"], code] as ["==", ["get", string], string] };
  return [
    { id: "mark", type: "fill", ...source, paint: { "fill-color": color, "fill-opacity": 0.12 } },
    { id: "mark-border", type: "line", ...source, paint: { "line-color": color, "line-width": 2.5 } },
  ];
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
