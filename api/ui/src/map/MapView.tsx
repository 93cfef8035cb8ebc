// The map as a part of the page, and the map that is drawn, for whoever draws on it.

import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { tell, untell } from "../app/notices";
import { words } from "../app/words";
import type { Schema } from "../service/client";
import type { CityMap } from "./citymap";

/** The map, once it is drawn; null before, and where the browser cannot draw it. */
export const city = signal<CityMap | null>(null);

/** Layers in view whose areas are drawn as larger ones. */
export const merged = signal<Schema<"Layer">[]>([]);

const drawing = import("./citymap"); // at once, beside the layers: it is the largest part of the page

export function MapView() {
  const container = useRef<HTMLElement>(null);
  useEffect(() => {
    let gone = false;
    const draw = ({ drawMap }: Awaited<typeof drawing>) => {
      if (gone || !container.current) return;
      try {
        city.value = drawMap(container.current, {
          failed: (what) => tell({ id: "map", kind: "fault", text: words.value.mapFault(what) }),
          whole: () => untell("map"),
          merged: (found) => (merged.value = found),
        });
      } catch {
        tell({ id: "map", kind: "fault", text: words.value.noWebGL });
      }
    };
    drawing.then(draw, (error: unknown) => tell({ id: "map", kind: "fault", text: words.value.mapFault(String(error)) }));
    return () => {
      gone = true;
      city.value?.remove();
      city.value = null;
    };
  }, []);
  useEffect(() => {
    container.current?.querySelector("canvas")?.setAttribute("aria-label", words.value.map);
  }, [city.value, words.value]);
  return <main id="map" ref={container} />;
}
