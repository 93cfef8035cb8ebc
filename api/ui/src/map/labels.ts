// Labels of areas. A tile holds only its own piece of an area, and the map would label
// each piece; so the pieces in view are gathered by code and the largest one is labelled.

import type { Feature, FeatureCollection, Geometry } from "geojson";
import type { GeoJSONSource, Map } from "maplibre-gl";
import type { Schema } from "../service/client";
import { labelSource, noLabels, zoomOf } from "./style";

type Layer = Schema<"Layer">;

const narrowest = 58; // pixels of a mean area that has room for its name
const widest = 760; // beyond this the areas below say more

type Position = [number, number];

interface Label {
  size: number;
  feature: Feature;
}

export interface Labels {
  renew(): void;
  now(): FeatureCollection; // for a style that is made anew
}

/** Keeps the labels of the areas in view up to date. */
export function keepLabels(map: Map, layers: () => Layer[], hidden: () => ReadonlySet<string>): Labels {
  let shown = noLabels;
  const renew = () => {
    const source = map.getSource<GeoJSONSource>(labelSource);
    if (!source) return;
    const features = layers()
      .filter((layer) => layer.kind !== "line" && !hidden().has(layer.name) && inRange(layer, map.getZoom()))
      .flatMap((layer) => [...largestPieces(map, layer).values()].map((label) => label.feature));
    if (JSON.stringify(features) === JSON.stringify(shown.features)) return;
    shown = { type: "FeatureCollection", features };
    source.setData(shown);
  };
  map.on("idle", renew);
  return { renew, now: () => shown };
}

function inRange(layer: Layer, zoom: number): boolean {
  if (layer.kind === "overlay") return zoom >= 13.5;
  const isTop = layer.parent === null;
  const isLowest = layer.chain[0] === layer.name;
  return (isTop || zoom >= zoomOf(layer, narrowest)) && (isLowest || zoom < zoomOf(layer, widest));
}

function largestPieces(map: Map, layer: Layer): globalThis.Map<string, Label> {
  const largest = new globalThis.Map<string, Label>();
  for (const piece of map.querySourceFeatures(layer.name, { sourceLayer: layer.name })) {
    const { code, name } = piece.properties as { code: string; name?: string };
    for (const ring of outerRings(piece.geometry)) {
      const { size, at } = middle(ring);
      if (size <= (largest.get(code)?.size ?? 0)) continue;
      const properties = { code, name: name ?? "", kind: layer.kind, rank: layer.chain.indexOf(layer.name) };
      largest.set(code, {
        size,
        feature: { type: "Feature", properties, geometry: { type: "Point", coordinates: at } },
      });
    }
  }
  return largest;
}

function outerRings(geometry: Geometry): Position[][] {
  if (geometry.type === "Polygon") return geometry.coordinates.slice(0, 1) as Position[][];
  if (geometry.type === "MultiPolygon") return geometry.coordinates.flatMap((p) => p.slice(0, 1)) as Position[][];
  return [];
}

/** The centre of mass of a ring, and its area in square degrees. */
function middle(ring: Position[]): { size: number; at: Position } {
  const [ox, oy] = ring[0] ?? [0, 0];
  let twice = 0;
  let x = 0;
  let y = 0;
  ring.forEach(([ax, ay], i) => {
    const [bx, by] = ring[(i + 1) % ring.length] ?? [ax, ay];
    const cross = (ax - ox) * (by - oy) - (bx - ox) * (ay - oy);
    twice += cross;
    x += cross * (ax + bx - 2 * ox);
    y += cross * (ay + by - 2 * oy);
  });
  if (twice === 0) return { size: 0, at: [ox, oy] };
  return { size: Math.abs(twice / 2), at: [ox + x / (3 * twice), oy + y / (3 * twice)] };
}
