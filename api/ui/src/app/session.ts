// Signing in with a key, and out again.

import { city } from "../map/MapView";
import { service, settle, type Schema } from "../service/client";
import { bearer, held } from "../service/door";
import { load } from "./load";
import { layers, session } from "./state";

/** Shows a key to the service, which tells whose it is. */
export type Showing = (key: string) => Promise<Schema<"Session">>;

/** Exchanges a key for a cookie, which no script can read; the key itself is kept nowhere. */
export const exchange: Showing = (key) => settle(service.POST("/v1/session", { headers: { Authorization: bearer(key) } }));

/**
 * Holds a key in memory, until the page is closed, and sends it with each request: a page within
 * another site is sent no cookie of ours.
 */
export const hold: Showing = async (key) => {
  const before = held.peek();
  held.value = key;
  try {
    return await settle(service.GET("/v1/session"));
  } catch (error) {
    held.value = before;
    throw error;
  }
};

/** Lets somebody in by a key. What was read without it is read again. */
export async function enter(key: string, show: Showing): Promise<void> {
  session.value = await show(key);
  if (layers.peek().length === 0) return; // they are on their way
  void load();
  city.peek()?.refresh(() => null);
}
