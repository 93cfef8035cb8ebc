// The map itself: tiles of every layer, what is switched off, what is marked, and where
// someone clicked.

import { LngLatBounds, Map, Marker, NavigationControl, ScaleControl, setWorkerUrl } from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import type { AssetRef, Layer, Place } from "./api";
import { keepLabels } from "./labels";
import { assets, styleOf } from "./style";

const clickReach = 6; // pixels within which an asset is meant

export interface CityMap {
  show(layer: string, on: boolean): void;
  mark(place: Place | null): void;
}

export interface Events {
  asked(lon: number, lat: number, asset: AssetRef | null): void;
  failed(message: string): void;
}

/** Draws the layers in a container. It throws where WebGL is missing. */
export function drawMap(container: HTMLElement, layers: Layer[], events: Events): CityMap {
  setWorkerUrl(workerUrl);
  const hidden = new Set<string>();
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  const bounds = boundsOf(layers);
  const map = new Map({
    container,
    style: styleOf(layers, hidden, scheme.matches),
    ...(bounds ? { bounds, fitBoundsOptions: { padding: 32 } } : {}),
    hash: true,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "bottom-right");
  map.addControl(new ScaleControl(), "bottom-left");
  const renewLabels = keepLabels(map, layers, hidden);
  const pin = new Marker({ color: "#e4572e", scale: 0.8 });
  let marked: Place | null = null;

  const applyMark = () => {
    for (const layer of layers) {
      const code = marked?.areas.find((area) => area.layer === layer.name)?.code ?? "";
      if (map.getLayer(`${layer.name}-mark`)) map.setFilter(`${layer.name}-mark`, ["==", ["get", "code"], code]);
    }
  };
  const ask = (lon: number, lat: number, asset: AssetRef | null) => {
    pin.setLngLat([lon, lat]).addTo(map);
    events.asked(lon, lat, asset);
  };

  map.on("click", ({ point, lngLat }) => {
    const { lng, lat } = lngLat.wrap();
    ask(round(lng), round(lat), assetAt(map, point.x, point.y));
  });
  map.getCanvas().addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    const { lng, lat } = map.getCenter().wrap();
    ask(round(lng), round(lat), null);
  });
  map.on("error", ({ error }) => events.failed(error.message));
  map.on("style.load", applyMark);
  scheme.addEventListener("change", () => map.setStyle(styleOf(layers, hidden, scheme.matches)));

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
  if (!map.getLayer(`${assets}-dots`)) return null;
  const around: [[number, number], [number, number]] = [
    [x - clickReach, y - clickReach],
    [x + clickReach, y + clickReach],
  ];
  const hit = map.queryRenderedFeatures(around, { layers: [`${assets}-dots`] })[0];
  return hit ? (hit.properties as AssetRef) : null;
}
