// What was published, and how the newest is taken back.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { sentence } from "../app/notices";
import { may } from "../app/state";
import type { Schema } from "../service/client";
import { editions, loadEditions } from "../time/editions";
import { Dialog } from "./Dialog";
import { takeBack } from "./publishing";
import { byAt } from "./say";
import { words } from "./words";

const most = 10; // that are listed: the timeline has them all

export function Editions() {
  const asked = useSignal<Schema<"EditionRecord"> | null>(null);
  const trouble = useSignal("");
  useEffect(() => {
    if (editions.peek().length === 0) loadEditions(null).catch((error: unknown) => (trouble.value = sentence(error)));
  }, []);
  const w = words.value;
  const newest = editions.value.at(-1);
  return (
    <section id="editions">
      <h3>{w.editions}</h3>
      {trouble.value !== "" && (
        <p role="alert" class="fault">
          {trouble.value}
        </p>
      )}
      <ul>
        {editions.value.slice(-most).toReversed().map((e) => (
          <li key={e.number} data-edition={e.number}>
            <span>
              {w.edition(e.number)}
              {e.note && <span class="quiet"> · {e.note}</span>}
            </span>
            {e === newest && e.number > 1 && may("publish") && (
              <button type="button" id="take-back" onClick={() => (asked.value = e)}>
                {w.takeBack}
              </button>
            )}
            <p class="quiet">
              {byAt(e.author ?? "", e.published_at)} · {w.changedAreas(e.areas_begun, e.areas_ended)}
            </p>
          </li>
        ))}
      </ul>
      {asked.value && <TakeBack of={asked.value} onClose={() => (asked.value = null)} />}
    </section>
  );
}

function TakeBack({ of: e, onClose }: { of: Schema<"EditionRecord">; onClose(): void }) {
  const note = useSignal("");
  const busy = useSignal(false);
  const trouble = useSignal("");
  const w = words.value;
  const equal = e.number - 1;
  const go = async (event: Event) => {
    event.preventDefault();
    busy.value = true;
    try {
      await takeBack(e.number, note.peek());
      onClose();
    } catch (error) {
      trouble.value = sentence(error);
    }
    busy.value = false;
  };
  return (
    <Dialog id="take-back-dialog" title={w.takeBackTitle(e.number)} onClose={onClose}>
      <form onSubmit={go}>
        <p>{w.takeBackWhat(e.number, equal)}</p>
        <label class="field">
          {w.note}
          <textarea id="take-back-note" maxLength={2000} value={note.value} onInput={({ currentTarget }) => (note.value = currentTarget.value)} />
        </label>
        {trouble.value !== "" && (
          <p role="alert" class="fault">
            {trouble.value}
          </p>
        )}
        <p class="buttons">
          <button type="submit" id="take-back-do" class="main" disabled={busy.value}>
            {w.takeBackDo}
          </button>
          <button type="button" onClick={onClose}>
            {w.cancel}
          </button>
        </p>
      </form>
    </Dialog>
  );
}
