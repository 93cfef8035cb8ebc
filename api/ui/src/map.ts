// The map itself: tiles of every layer, what is switched off, what is marked, and where
// someone clicked.

import { type GeoJSONSource, type LngLat, LngLatBounds, Map, Marker, NavigationControl, ScaleControl, setWorkerUrl } from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import type { FeatureCollection } from "geojson";
import type { AssetRef, Layer, Place } from "./api";
import type { Changed } from "./changes";
import { keepFresh } from "./fresh";
import { keepLabels } from "./labels";
import { noticeMerged } from "./merged";
import { assets, auditSource, hatched, styleOf } from "./style";

const clickReach = 6; // pixels within which an asset is meant
const aimZoom = 16.5; // from which on its dot can be aimed at

export interface CityMap {
  show(layer: string, on: boolean): void;
  mark(place: Place | null): void;
  audit(findings: FeatureCollection): void;
  refresh(changed: Changed): void;
}

/** What was clicked: a place and perhaps an asset. */
export interface Clicked {
  lon: number;
  lat: number;
  asset: AssetRef | null;
}

export interface Events {
  asked(clicked: Clicked): void;
  failed(message: string): void;
  merged(layers: Layer[]): void;
}

/** Draws the layers in a container. It throws where WebGL is missing. */
export function drawMap(container: HTMLElement, layers: Layer[], events: Events): CityMap {
  setWorkerUrl(workerUrl);
  const hidden = new Set<string>();
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  const bounds = boundsOf(layers);
  let findings: FeatureCollection = { type: "FeatureCollection", features: [] };
  const map = new Map({
    container,
    style: styleOf(layers, hidden, findings, scheme.matches),
    ...(bounds ? { bounds, fitBoundsOptions: { padding: 32 } } : {}),
    hash: true,
    maxTileCacheSize: 0, // a tile that comes into view again is asked for again: it may have changed unseen
    transformRequest: (url, type) => (type === "Tile" ? { url, cache: "no-cache" } : undefined), // by its ETag
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "bottom-right");
  map.addControl(new ScaleControl(), "bottom-left");
  const renewLabels = keepLabels(map, layers, hidden);
  const refresh = keepFresh(map);
  noticeMerged(map, layers, hidden, events.merged);
  const pin = new Marker({ color: "#e4572e", scale: 0.8 });
  let marked: Place | null = null;

  const applyMark = () => {
    for (const layer of layers) {
      const code = marked?.areas.find((area) => area.layer === layer.name)?.code ?? "";
      if (map.getLayer(`${layer.name}-mark`)) map.setFilter(`${layer.name}-mark`, ["==", ["get", "code"], code]);
    }
  };
  const ask = (at: LngLat, asset: AssetRef | null) => {
    const { lng, lat } = at.wrap();
    pin.setLngLat([lng, lat]).addTo(map);
    events.asked({ lon: round(lng), lat: round(lat), asset });
  };

  map.on("click", ({ point, lngLat }) => ask(lngLat, assetAt(map, point.x, point.y)));
  map.getCanvas().addEventListener("keydown", (event) => {
    if (event.key === "Enter") ask(map.getCenter(), null);
  });
  map.setMissingStyleImageResolver(async (id) => {
    const image = hatched(id);
    if (image) map.addImage(id, image, { pixelRatio: 2 });
  });
  map.on("error", ({ error }) => events.failed(error.message));
  map.on("style.load", applyMark);
  scheme.addEventListener("change", () => map.setStyle(styleOf(layers, hidden, findings, scheme.matches)));

  return {
    show(name, on) {
      if (on) hidden.delete(name);
      else hidden.add(name);
      for (const layer of map.getStyle().layers) {
        if ("source" in layer && layer.source === name) {
          map.setLayoutProperty(layer.id, "visibility", on ? "visible" : "none");
        }
      }
      renewLabels();
    },
    mark(place) {
      marked = place;
      applyMark();
      if (!place) pin.remove();
    },
    audit(found) {
      findings = found;
      map.getSource<GeoJSONSource>(auditSource)?.setData(findings);
    },
    refresh,
  };
}

function boundsOf(layers: Layer[]): LngLatBounds | null {
  const bounds = new LngLatBounds();
  for (const { bbox } of layers) if (bbox) bounds.extend(bbox);
  return bounds.isEmpty() ? null : bounds;
}

/** The service holds coordinates at seven decimals. */
function round(degrees: number): number {
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
