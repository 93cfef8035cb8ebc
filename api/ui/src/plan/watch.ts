// What others do in the draft that is open, as they do it, and who they are.

import { computed, effect, signal } from "@preact/signals";
import { draft } from "../app/state";
import type { Schema } from "../service/client";
import { listen } from "../service/stream";
import { editions } from "../time/editions";
import { changedElsewhere, current, inTurn, over, reload } from "./desk";

/** Who else looks at the draft. */
export const others = signal<Schema<"DraftPresence">["present"]>([]);

/** Whether what others do is heard. */
export const hearing = signal(true);

const followed = computed(() => (current.value && !over.value ? current.value.id : null));

effect(() => {
  const id = followed.value;
  return id === null ? undefined : follow(id);
});

// A draft is behind as soon as another edition is published.
effect(() => {
  const newest = editions.value.at(-1)?.number ?? 0;
  const d = current.peek();
  if (d && !over.peek() && newest > d.base + (d.behind ?? 0)) void inTurn(() => reload(d.id)).catch(() => undefined); // the next edition asks again
});

function follow(id: string): () => void {
  const deaf = () => {
    hearing.value = false;
    others.value = [];
  };
  const end = listen(
    () => `/v1/drafts/${encodeURIComponent(id)}/changes`,
    (stream) => {
      stream.addEventListener("open", () => (hearing.value = true));
      stream.addEventListener("error", deaf);
      stream.addEventListener("draft", ({ data }: MessageEvent<string>) => void heard(id, JSON.parse(data) as Schema<"DraftChange">));
      stream.addEventListener("present", ({ data }: MessageEvent<string>) => (others.value = (JSON.parse(data) as Schema<"DraftPresence">).present.filter(({ you }) => !you)));
    },
  );
  return () => {
    end();
    others.value = [];
    hearing.value = true; // there is nothing to hear
  };
}

/** Takes what was told once everything that was begun here is done: it may be just that. */
function heard(id: string, change: Schema<"DraftChange">): Promise<void> {
  return inTurn(async () => {
    if (draft.peek() !== id || change.version <= (current.peek()?.version ?? 0)) return;
    await reload(id);
    changedElsewhere.value = change;
  }).catch(() => undefined); // the stream tells again when it comes back
}
