// What is told across the whole page: a sentence, and perhaps what to do about it. A room
// tells what concerns only it where it happened.

import { signal } from "@preact/signals";
import { Refusal, Unreached } from "../service/client";
import { away, slow } from "../service/reach";
import { words } from "./words";

export interface Notice {
  id: string; // one notice for one thing: a newer one of the same id takes its place
  text: string;
  kind: "fault" | "info";
  action?: { label: string; does(): void };
}

const notices = signal<Notice[]>([]);

export function tell(notice: Notice): void {
  notices.value = [...notices.value.filter(({ id }) => id !== notice.id), notice];
}

export function untell(id: string): void {
  if (notices.peek().some((n) => n.id === id)) notices.value = notices.peek().filter((n) => n.id !== id);
}

/** What went wrong as a sentence with the next step; a refusal is told as the service says it. */
export function sentence(error: unknown): string {
  if (error instanceof Refusal) return error.message;
  if (error instanceof Unreached) return words.value.offline;
  return words.value.broken(error instanceof Error ? error.message : String(error));
}

export function Notices() {
  return (
    <div id="notices" role="status" aria-live="polite">
      {away.value && <p class="card fault" data-notice="away">{words.value.away}</p>}
      {slow.value && <p class="card info" data-notice="slow">{words.value.slow}</p>}
      {notices.value.map(({ id, text, kind, action }) => (
        <p key={id} class={`card ${kind}`} data-notice={id}>
          {text}
          {action && (
            <button type="button" onClick={action.does}>
              {action.label}
            </button>
          )}
          <button type="button" class="close" aria-label={words.value.close} onClick={() => untell(id)}>
            ×
          </button>
        </p>
      ))}
    </div>
  );
}
