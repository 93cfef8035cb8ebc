// Loads what every workplace needs, and keeps asking while the service starts or is away.

import { Refusal, service, settle, settled } from "../service/client";
import { sentence, tell, untell } from "./notices";
import { categories, departments, layers, session } from "./state";
import { words } from "./words";

const pause = 3_000; // milliseconds before a service that did not answer is asked again

/** Loads layers, categories, departments and who is signed in. Returns the sequence the layers are of. */
export async function load(): Promise<number> {
  for (;;) {
    try {
      const [sequence] = await Promise.all([loadLayers(), loadSession()]);
      untell("loading");
      void Promise.all([loadCategories(), loadDepartments()]).catch((error: unknown) => tell({ id: "loading", kind: "fault", text: sentence(error) }));
      return sequence;
    } catch (error) {
      tell({ id: "loading", kind: "fault", text: sentence(error) });
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

export async function loadLayers(): Promise<number> {
  const { data, response } = await settled(service.GET("/v1/layers"));
  layers.value = data?.layers ?? [];
  if (layers.value.length === 0) tell({ id: "empty", kind: "info", text: words.value.empty });
  return Number(response.headers.get("Gridwarden-Sequence"));
}

/** Who is signed in; nobody is no fault. */
export async function loadSession(): Promise<void> {
  try {
    session.value = await settle(service.GET("/v1/session"));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    session.value = null;
  }
}

async function loadCategories(): Promise<void> {
  categories.value = (await settle(service.GET("/v1/categories"))).categories;
}

async function loadDepartments(): Promise<void> {
  const { departments: all } = await settle(service.GET("/v1/departments"));
  departments.value = new Map(all.map((one) => [one.code, one]));
}
