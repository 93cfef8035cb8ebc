// In what an edition differs from the one before: a list, and drawn on the map when asked for.

import type { FeatureCollection } from "geojson";
import type { Map } from "maplibre-gl";
import { useEffect, useState } from "preact/hooks";
import { sentence } from "../app/notices";
import { area } from "../app/state";
import { city } from "../map/MapView";
import { service, settle, type Schema } from "../service/client";
import { nextOf } from "../service/pages";
import { words } from "./words";

type Difference = Schema<"DifferenceFeature">;

interface Found {
  features: Difference[];
  next: string | undefined;
}

export function Differences({ of }: { of: number }) {
  const [found, setFound] = useState<Found | null>(null);
  const [fault, setFault] = useState("");
  const load = async () => {
    try {
      const query = { ...(found?.next !== undefined && { after: found.next }) };
      const page = await settle(service.GET("/v1/editions/{edition}/differences", { params: { path: { edition: of }, query } }));
      setFound({ features: [...(found?.features ?? []), ...page.features], next: nextOf(page.links) });
      setFault("");
    } catch (error) {
      setFault(sentence(error));
    }
  };
  return (
    <details id="differences" onToggle={(event) => void (event.currentTarget.open && !found && load())}>
      <summary>{words.value.differences}</summary>
      {fault && <p class="fault">{fault}</p>}
      {found && <Listed features={found.features} />}
      {found?.next !== undefined && (
        <button type="button" onClick={() => void load()}>
          {words.value.more}
        </button>
      )}
    </details>
  );
}

function Listed({ features }: { features: Difference[] }) {
  const [drawn, setDrawn] = useState(false);
  useEffect(() => {
    if (drawn) return city.value?.extend(drawing(features));
    return undefined;
  }, [drawn, features, city.value]);
  const areas = features.filter(isOtherwise).map(({ properties }) => properties);
  if (areas.length === 0) return <p class="quiet">{words.value.same}</p>;
  return (
    <>
      {city.value && (
        <label>
          <input type="checkbox" name="differences" checked={drawn} onChange={(event) => setDrawn(event.currentTarget.checked)} />
          {words.value.onMap}
        </label>
      )}
      <ul>
        {areas.map(({ layer, code = "", before, after, changes }) => (
          <li key={`${layer}/${code}`}>
            <button type="button" class="link" onClick={() => (area.value = { layer, code })}>
              {(after ?? before)?.name || code} <span class="code">{code}</span>
            </button>
            <span class="quiet">{changes.map((change) => words.value.became[change]).join(" · ")}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Whether an area is otherwise for people: a node put into its border by a neighbour changes nothing for them. */
function isOtherwise({ properties: { what, changes } }: Difference): boolean {
  return what === "area" && changes.some((change) => change !== "noded");
}

const source = "differences";
const color = "#8a4fbf";

/** Draws what is otherwise: areas lightly filled, borders that began as lines, those that ended dashed. */
function drawing(features: Difference[]) {
  const layers = ["fill", "began", "ended"].map((part) => `${source}-${part}`) as [string, string, string];
  return {
    draw(map: Map) {
      if (map.getSource(source)) return;
      const drawn = features.filter((feature) => feature.properties.what === "border" || isOtherwise(feature));
      map.addSource(source, { type: "geojson", data: { type: "FeatureCollection", features: drawn } as unknown as FeatureCollection });
      map.addLayer({ id: layers[0], type: "fill", source, filter: ["==", ["get", "what"], "area"], paint: { "fill-color": color, "fill-opacity": 0.18 } });
      map.addLayer({ id: layers[1], type: "line", source, filter: ["in", "began", ["get", "changes"]], paint: { "line-color": color, "line-width": 3 } });
      map.addLayer({ id: layers[2], type: "line", source, filter: ["in", "ended", ["get", "changes"]], paint: { "line-color": color, "line-width": 2, "line-dasharray": [2, 2] } });
    },
    erase(map: Map) {
      for (const layer of layers) if (map.getLayer(layer)) map.removeLayer(layer);
      if (map.getSource(source)) map.removeSource(source);
    },
  };
}
