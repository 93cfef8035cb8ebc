// A draft of which nothing becomes any more: what was drawn in it can be begun anew.

import { useSignal } from "@preact/signals";
import { sentence } from "../app/notices";
import { draft } from "../app/state";
import { service, settle, type Schema } from "../service/client";
import { edits, pending } from "./desk";
import { came } from "./publishing";
import { words } from "./words";

export function Over({ of: d }: { of: Schema<"Draft"> }) {
  const busy = useSignal(false);
  const trouble = useSignal("");
  const w = words.value;
  const again = async () => {
    busy.value = true;
    try {
      draft.value = await beginAgain(d);
    } catch (error) {
      trouble.value = sentence(error);
    }
    busy.value = false;
  };
  return (
    <div id="over" role="alert" class="notice">
      <p>{d.state === "published" ? w.overPublished(d.published ?? 0) : w.overDiscarded}</p>
      {(edits.value.some((e) => e.in_force) || pending.value) && (
        <button type="button" id="again" disabled={busy.value} onClick={again}>
          {w.again}
        </button>
      )}
      {busy.value && <progress aria-label={w.working} />}
      {trouble.value !== "" && <p class="fault">{trouble.value}</p>}
    </div>
  );
}

/** Begins a draft on the newest edition and does in it what was done in this one, as far as it goes. Returns its id. */
async function beginAgain(d: Schema<"Draft">): Promise<string> {
  const { id } = await settle(service.POST("/v1/drafts", { body: { name: d.name } }));
  const last = pending.peek();
  const all = [...edits.peek().filter((e) => e.in_force), ...(last && last.reason ? [{ number: edits.peek().length + 1, edit: last.edit, reason: last.reason }] : [])];
  for (const { number, edit, reason } of all) {
    try {
      await settle(service.POST("/v1/drafts/{draft}/edits", { params: { path: { draft: id } }, body: { ...edit, reason } }));
    } catch (error) {
      came.value = words.value.againStopped(number, sentence(error));
      break;
    }
  }
  return id;
}
