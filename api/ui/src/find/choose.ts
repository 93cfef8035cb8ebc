// What a result of the search does: the map goes there, and the workplaces know of it.

import { batch } from "@preact/signals";
import { area, boxOf, categories, department, report, sight, spot, subject, workplace } from "../app/state";
import { city } from "../map/MapView";
import type { Result } from "./search";

const near = 17.5; // the zoom at which a place is looked at

/** Takes a result. */
export function choose(result: Result): void {
  batch(() => does[result.kind](result));
  const box = boxOf(result);
  const { lon, lat } = result;
  if (box) city.peek()?.fly(box);
  else if (lon !== undefined && lat !== undefined) city.peek()?.fly({ lon, lat, zoom: Math.max(near, sight.peek()?.zoom ?? 0) });
}

const does: Record<Result["kind"], (result: Result) => void> = {
  area({ layer = "", code = "" }) {
    area.value = { layer, code };
  },
  asset({ code = "", name, standard = "", category = "", lon = 0, lat = 0 }) {
    const kind = categories.peek().find((c) => c.standard === standard && c.kind === "component" && c.code === category);
    spot.value = { lon, lat, asset: { id: code, standard, category, category_name: kind?.name ?? name } };
  },
  point({ lon = 0, lat = 0 }) {
    spot.value = { lon, lat, asset: null };
  },
  category({ standard = "", category_kind = "matter", code = "" }) {
    subject.value = { category: { standard, kind: category_kind, code } };
  },
  department({ code = "" }) {
    department.value = code;
    workplace.value = "duty";
  },
  report({ code = "" }) {
    report.value = code;
    workplace.value = "call";
  },
};
