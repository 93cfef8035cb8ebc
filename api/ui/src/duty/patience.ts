// Asking for what takes long: the service answers 503 while it is being worked out.

import { Refusal } from "../service/client";

const patience = 300; // times that it is asked again
const pause = 1_000; // milliseconds between, unless the service says how long

export async function patiently<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 503 || tries >= patience) throw error;
      await new Promise((resolve) => setTimeout(resolve, error.retryAfter * 1000 || pause));
      signal.throwIfAborted();
    }
  }
}
