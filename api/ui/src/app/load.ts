// Loads what every workplace needs, and keeps asking while the service starts or is away.

import type { Signal } from "@preact/signals";
import { Refusal, service, settle, settled } from "../service/client";
import { held, letIn } from "../service/door";
import { sentence, tell, untell } from "./notices";
import { basemap, categories, departments, layers, session } from "./state";
import { words } from "./words";

const pause = 3_000; // milliseconds before a service that did not answer is asked again

/** Loads layers, categories, departments and who is signed in. Returns the sequence the layers are of. */
export async function load(): Promise<number> {
  for (;;) {
    try {
      const [sequence] = await Promise.all([loadLayers(), loadSession()]);
      untell("loading");
      void Promise.all([loadBasemap(), loadCategories(), loadDepartments()]).catch((error: unknown) => tell({ id: "loading", kind: "fault", text: sentence(error) }));
      return sequence;
    } catch (error) {
      await another(error);
    }
  }
}

/** Tells what went wrong and waits for another try: a while, or until who would not sign in wants to. */
function another(error: unknown): Promise<void> {
  const text = sentence(error);
  return new Promise((resolve) => {
    if (error instanceof Refusal && error.status === 401) {
      tell({ id: "loading", kind: "fault", text, action: { label: words.value.signIn, does: resolve } });
    } else {
      tell({ id: "loading", kind: "fault", text });
      setTimeout(resolve, pause);
    }
  });
}

/** Loads the layers; the same ones stay as they are. */
export async function loadLayers(): Promise<number> {
  const { data, response } = await settled(service.GET("/v1/layers"));
  const now = data?.layers ?? [];
  renew(layers, now);
  if (now.length > 0) untell("empty");
  else tell({ id: "empty", kind: "info", text: words.value.empty });
  return Number(response.headers.get("Gridwarden-Sequence"));
}

async function loadBasemap(): Promise<void> {
  const base = await settle(service.GET("/v1/basemap"));
  renew(basemap, base.layers.length > 0 ? base : null);
}

/** Sets what was loaded; what is as it was stays the same object, and nothing is drawn anew. */
function renew<T>(of: Signal<T>, now: T): void {
  if (JSON.stringify(now) !== JSON.stringify(of.peek())) of.value = now;
}

/** Who is signed in, and what they may do. */
async function loadSession(): Promise<void> {
  try {
    session.value = await settle(service.GET("/v1/session"));
  } catch (error) {
    if (!(error instanceof Refusal && error.status === 401)) throw error;
    if (!(await letIn())) await leave();
  }
}

/** Ends a session that is no longer good, or is not wanted, and forgets a key that was held: who goes on is a visitor. */
export async function leave(): Promise<void> {
  if (held.peek() === null) await settled(service.DELETE("/v1/session"));
  held.value = null;
  session.value = await settle(service.GET("/v1/session"));
}

async function loadCategories(): Promise<void> {
  categories.value = (await settle(service.GET("/v1/categories"))).categories;
}

async function loadDepartments(): Promise<void> {
  const { departments: all } = await settle(service.GET("/v1/departments"));
  departments.value = new Map(all.map((one) => [one.code, one]));
}
