// The map beneath ours, as the service is set: pictures, or vector tiles of whatever making,
// which are drawn calmly in greys, as all that is known of them are their shapes. None set:
// the loaded road lines say where one is.

import type { LayerSpecification, SourceSpecification } from "maplibre-gl";
import type { Schema } from "../service/client";

export type Base = Schema<"Basemap">;
type Sheet = Base["layers"][number];

interface Ground {
  sources: Record<string, SourceSpecification>;
  layers: LayerSpecification[];
}

/** The sources and layers of a base map, the lowest first. */
export function beneath(base: Base | null, isDark: boolean): Ground {
  const ground: Ground = { sources: {}, layers: [] };
  base?.layers.forEach((sheet, i) => {
    const source = `base-${i}`;
    const { minzoom, maxzoom } = sheet;
    const common = { tiles: [location.origin + sheet.tiles], minzoom, maxzoom, attribution: asText(base.attribution) };
    ground.sources[source] = sheet.kind === "raster" ? { type: "raster", tileSize: sheet.tile_size, ...common } : { type: "vector", ...common };
    ground.layers.push(...(sheet.kind === "raster" ? [picture(source, isDark)] : shapes(source, sheet, isDark)));
  });
  return ground;
}

/** The attribution is plain text, where MapLibre takes HTML. */
function asText(plain: string): string {
  const letters: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return plain.replaceAll(/[&<>"]/g, (letter) => letters[letter] ?? letter);
}

function picture(source: string, isDark: boolean): LayerSpecification {
  return { id: source, type: "raster", source, paint: isDark ? { "raster-brightness-max": 0.45, "raster-saturation": -0.6 } : { "raster-saturation": -0.35 } };
}

function shapes(source: string, { vector_layers = [] }: Sheet, isDark: boolean): LayerSpecification[] {
  const [fill, line] = isDark ? ["#242c35", "#3a4550"] : ["#e9e6dd", "#d3cec2"];
  return vector_layers.flatMap((name): LayerSpecification[] => {
    const of = { source, "source-layer": name };
    return [
      { id: `${source}-${name}-fill`, type: "fill", ...of, filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": fill, "fill-opacity": 0.6 } },
      { id: `${source}-${name}-line`, type: "line", ...of, filter: ["==", ["geometry-type"], "LineString"], paint: { "line-color": line } },
    ];
  });
}
