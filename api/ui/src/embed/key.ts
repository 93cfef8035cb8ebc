// Keys from the screen around this page, so that its people sign in there and nowhere else.

import { effect } from "@preact/signals";
import { sentence, tell } from "../app/notices";
import { enter, hold } from "../app/session";
import { knock } from "../service/door";

/**
 * Asks the screen around this page for a key whenever one is wanted, and takes those it hands
 * over, asked or not; from no other origin and no other window. A key that is no good is told,
 * and the door stays open for who has a better one.
 */
export function takeKeys(origin: string): void {
  addEventListener("message", ({ source, origin: from, data }: MessageEvent<{ type?: unknown; key?: unknown } | null>) => {
    if (source !== parent || from !== origin || data?.type !== "gridwarden.key" || typeof data.key !== "string") return;
    enter(data.key, hold).then(
      () => knock.peek()?.answer(true),
      (error: unknown) => tell({ id: "key", kind: "fault", text: sentence(error) }),
    );
  });
  effect(() => {
    if (knock.value?.wanted) parent.postMessage({ type: "gridwarden.key-wanted" }, origin);
  });
}
