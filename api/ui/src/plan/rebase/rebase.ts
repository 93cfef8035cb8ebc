// Putting a draft on the newest edition: what conflicts there, and what is chosen.

import { signal } from "@preact/signals";
import { service, settle } from "../../service/client";
import { came, current, inTurn, reload } from "../desk";
import { words } from "../words";
import type { Conflict } from "./borders";

export type Choice = "drop" | "mine";

export const conflicts = signal<Conflict[]>([]);
export const chosen = signal<Record<string, Choice>>({}); // by the number of the edit

/** Tries to put the draft on the newest edition, by the choices. Conflicts are then what is left: none, and it is done. */
export function rebase(): Promise<void> {
  return inTurn(async () => {
    const d = current.peek();
    if (!d) return;
    const sent = service.POST("/v1/drafts/{draft}/rebase", { params: { path: { draft: d.id }, header: { "If-Match": `"${d.version}"` } }, body: { choices: chosen.peek() } });
    const found = await sent.then(({ error }) => (error && "conflicts" in error ? (error.conflicts as Conflict[]) : []), () => []);
    conflicts.value = found;
    chosen.value = Object.fromEntries(Object.entries(chosen.peek()).filter(([number]) => !found.some((c) => c.number === Number(number))));
    if (found.length > 0) return;
    const { dropped } = await settle(sent);
    await reload(d.id);
    came.value = words.value.rebased(dropped.length);
  });
}

export function choose(number: number, choice: Choice): void {
  chosen.value = { ...chosen.peek(), [number]: choice };
}

/** Lets the conflicts rest: the draft is as it was. */
export function rest(): void {
  conflicts.value = [];
  chosen.value = {};
}
