// A draft of which nothing becomes any more: what was drawn in it can be begun anew.

import { useSignal } from "@preact/signals";
import { sentence } from "../app/notices";
import { draft, may } from "../app/state";
import { service, settle, type Schema } from "../service/client";
import { came, edits, pending } from "./desk";
import { doneAlready } from "./pending";
import { words } from "./words";

export function Over({ of: d }: { of: Schema<"Draft"> }) {
  const busy = useSignal(false);
  const trouble = useSignal("");
  const w = words.value;
  const again = async () => {
    busy.value = true;
    try {
      const { id, stopped } = await beginAgain(d);
      draft.value = id;
      came.value = stopped;
    } catch (error) {
      trouble.value = sentence(error);
    }
    busy.value = false;
  };
  return (
    <div id="over" role="alert" class="notice">
      <p>{d.state === "published" ? w.overPublished(d.published ?? 0) : w.overDiscarded}</p>
      {may("plan") && (edits.value.some((e) => e.in_force) || pending.value) && (
        <button type="button" id="again" disabled={busy.value} onClick={again}>
          {w.again}
        </button>
      )}
      {busy.value && <progress aria-label={w.working} />}
      {trouble.value !== "" && <p class="fault">{trouble.value}</p>}
    </div>
  );
}

/** Begins a draft on the newest edition and does in it what was done in this one, as far as it goes; stopped says how far. */
async function beginAgain(d: Schema<"Draft">): Promise<{ id: string; stopped: string }> {
  const { id } = await settle(service.POST("/v1/drafts", { body: { name: d.name } }));
  const left = pending.peek();
  const drawn = left?.reason && !doneAlready(left, edits.peek()) ? [left] : [];
  const all = [...edits.peek().filter((e) => e.in_force), ...drawn];
  for (const [i, { edit, reason }] of all.entries()) {
    try {
      await settle(service.POST("/v1/drafts/{draft}/edits", { params: { path: { draft: id } }, body: { ...edit, reason } }));
    } catch (error) {
      return { id, stopped: words.value.againStopped(i + 1, sentence(error)) };
    }
  }
  return { id, stopped: "" };
}
