// Publishing a draft: what stands in the way, what it does, and from when it holds.

import { useSignal } from "@preact/signals";
import { sentence } from "../app/notices";
import { may } from "../app/state";
import type { Schema } from "../service/client";
import { Refusal } from "../service/client";
import { edits, faults, recheck, reload, told } from "./desk";
import { Dialog } from "./Dialog";
import { impact } from "./impact";
import { Moves } from "./Impact";
import { publish } from "./publishing";
import { moment } from "./say";
import { words } from "./words";

type Draft = Schema<"Draft">;

export function Publish({ of: d, onClose }: { of: Draft; onClose(): void }) {
  const note = useSignal("");
  const later = useSignal(false);
  const at = useSignal("");
  const document = useSignal("");
  const busy = useSignal(false);
  const trouble = useSignal("");
  const w = words.value;
  const from = later.value ? at.value : "";
  const past = from !== "" && new Date(from).getTime() < Date.now();
  const ways = inTheWay(d);

  const go = async (event: Event) => {
    event.preventDefault();
    busy.value = true;
    try {
      await publish(d, { note: note.peek().trim(), from: from && new Date(from).toISOString(), document: past ? document.peek().trim() : "" });
      onClose();
    } catch (error) {
      trouble.value = sentence(error);
      if (error instanceof Refusal) void Promise.all([reload(d.id), recheck()]).catch(told); // what stands in the way is told anew
    }
    busy.value = false;
  };
  return (
    <Dialog id="publish-dialog" title={w.publishTitle(d.name)} onClose={onClose}>
      <form onSubmit={go}>
        <div role="status">
          {ways.length === 0 && <p class="quiet">{w.noWay}</p>}
          {ways.length > 0 && (
            <>
              <h3>{w.inTheWay}</h3>
              <ul id="in-the-way">
                {ways.map((way) => (
                  <li key={way} class="fault">
                    {way}
                  </li>
                ))}
              </ul>
            </>
          )}
        </div>
        {impact.value && <Moves of={impact.value} />}
        <label class="field">
          {w.note}
          <textarea id="publish-note" maxLength={2000} value={note.value} onInput={({ currentTarget }) => (note.value = currentTarget.value)} />
        </label>
        <fieldset>
          <legend>{w.when}</legend>
          <label>
            <input type="radio" name="when" id="publish-now" checked={!later.value} onChange={() => (later.value = false)} /> {w.now}
          </label>
          <label>
            <input type="radio" name="when" id="publish-later" checked={later.value} onChange={() => (later.value = true)} /> {w.later}
          </label>
          {later.value && (
            <label class="field">
              {w.effective}
              <input id="publish-at" type="datetime-local" max="9999-12-31T23:59" required value={at.value} onInput={({ currentTarget }) => (at.value = currentTarget.value)} />
            </label>
          )}
          {past && (
            <label class="field">
              {w.pastDocument}
              <input id="publish-document" required maxLength={200} value={document.value} onInput={({ currentTarget }) => (document.value = currentTarget.value)} />
            </label>
          )}
        </fieldset>
        {trouble.value !== "" && (
          <p id="publish-trouble" role="alert" class="fault">
            {trouble.value}
          </p>
        )}
        <p class="buttons">
          <button type="submit" id="publish-do" class="main" disabled={busy.value || ways.length > 0}>
            {later.value && !past ? w.scheduleDo : w.publishDo}
          </button>
          <button type="button" onClick={onClose}>
            {w.cancel}
          </button>
          {busy.value && <progress aria-label={w.working} />}
        </p>
      </form>
    </Dialog>
  );
}

/** What the page knows to stand in the way, each as a sentence; the service looks at more, such as whose eyes it takes. */
function inTheWay(d: Draft): string[] {
  const w = words.value;
  const errors = faults.value.filter((f) => f.properties.severity === "error").length;
  const inForce = edits.value.filter((e) => e.in_force);
  return [
    ...(d.state === "published" ? [w.overPublished(d.published ?? 0)] : []),
    ...(d.state === "discarded" ? [w.overDiscarded] : []),
    ...(d.state === "scheduled" ? [w.scheduled(moment(d.schedule?.at ?? ""))] : []),
    ...(may("publish") ? [] : [w.noPublish]),
    ...(d.head === 0 ? [w.emptyDraft] : []),
    ...(d.behind ? [w.behindFirst(d.behind)] : []),
    ...(errors > 0 ? [w.errorsLeft(errors)] : []),
    ...inForce.filter((e) => e.needs.length > 0).map((e) => w.consentsLeft(e.number)),
  ];
}
