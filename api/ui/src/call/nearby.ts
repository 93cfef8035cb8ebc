// Open reports near the place, of the kind that is reported: perhaps somebody called before.

import { effect, signal } from "@preact/signals";
import { sentence } from "../app/notices";
import { may, spot, type Subject } from "../app/state";
import { service, settle, type Schema } from "../service/client";
import { about } from "./call";
import { filed } from "./filing";
import { familyOf, subjectKey } from "./subjects";

const reach = 100; // metres

export const nearby = signal<Schema<"ReportEntry">[]>([]);
export const nearbyFault = signal("");

/** Keeps the reports near by those of the place and the subject until what is returned is called. */
export function keepNearby(): () => void {
  return effect(() => {
    const [at, of] = [spot.value, about.value];
    nearby.value = [];
    nearbyFault.value = "";
    if (!at || !of || filed.value || !may("report")) return;
    const abort = new AbortController();
    const query = { lon: at.lon, lat: at.lat, radius_m: reach, open: "1", ...kindOf(of) } as const;
    settle(service.GET("/v1/reports", { params: { query }, signal: abort.signal }))
      .then(({ reports }) => (nearby.value = reports))
      .catch((error: unknown) => {
        if (!abort.signal.aborted) nearbyFault.value = sentence(error);
      });
    return () => abort.abort();
  });
}

function kindOf(subject: Subject): { family: string } | { category: string } {
  const family = familyOf(subject);
  return family ? { family } : { category: subjectKey(subject) };
}
