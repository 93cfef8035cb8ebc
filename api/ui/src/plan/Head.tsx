// What the draft is called, what it stands on, and who is in it.

import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { draft } from "../app/state";
import { service, settle, type Schema } from "../service/client";
import { glossary } from "../words/glossary";
import { change, changedElsewhere, editable } from "./desk";
import { Dialog } from "./Dialog";
import { byAt, moment, who } from "./say";
import { hearing, others } from "./watch";
import { words } from "./words";

type Draft = Schema<"Draft">;
type Asked = "name" | "editors" | "discard" | null;

export function Head({ of: d }: { of: Draft }) {
  const asked = useSignal<Asked>(null);
  const title = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => title.current?.focus(), []);
  const w = words.value;
  const toggle = (what: Asked) => () => (asked.value = asked.peek() === what ? null : what);
  return (
    <header id="draft">
      <p class="between">
        <button type="button" id="to-drafts" onClick={() => (draft.value = null)}>
          ‹ {w.toDrafts}
        </button>
        <span class={`state ${d.state}`}>{w.states[d.state]}</span>
      </p>
      <h2 ref={title} tabIndex={-1}>
        {d.name}
      </h2>
      <p class="quiet">
        {w.base(d.base)} · {w.version(d.version)} · {byAt(d.author, d.created_at)}
      </p>
      <Others />
      {d.state === "scheduled" && d.schedule && <p class="warn">{w.scheduled(moment(d.schedule.at))}</p>}
      {d.state === "held" && <p class="fault">{w.held(d.schedule?.held_because ?? "")}</p>}
      {d.schedule && (
        <button type="button" id="unschedule" onClick={() => change((path, header) => settle(service.DELETE("/v1/drafts/{draft}/schedule", { params: { path, header } })))}>
          {w.unschedule}
        </button>
      )}
      {editable.value && (
        <p class="buttons">
          <button type="button" id="rename" aria-expanded={asked.value === "name"} onClick={toggle("name")}>
            {w.rename}
          </button>
          <button type="button" id="share" aria-expanded={asked.value === "editors"} onClick={toggle("editors")}>
            {w.share}
          </button>
          <button type="button" id="discard" onClick={toggle("discard")}>
            {w.discard}
          </button>
        </p>
      )}
      {asked.value === "name" && <Change label={w.name} value={d.name} read={(name) => ({ name })} onDone={toggle("name")} />}
      {asked.value === "editors" && <Change label={w.shareWith} value={d.editors.join(glossary.value.comma)} read={(text) => ({ editors: text.split(/[,，、]/).map((name) => name.trim()).filter(Boolean) })} onDone={toggle("editors")} />}
      {asked.value === "discard" && <Discard of={d} onClose={toggle("discard")} />}
    </header>
  );
}

/** Who else is here, and the last thing one of them did. */
function Others() {
  const w = words.value;
  const named = others.value.map(({ name }) => name).filter(Boolean);
  const guests = others.value.length - named.length;
  const change = changedElsewhere.value;
  const last = change?.done.at(-1);
  return (
    <div role="status" id="others" class="quiet">
      {!hearing.value && <p class="warn">{w.deaf}</p>}
      {others.value.length > 0 && <p class="here">{w.present([...named, ...(guests > 0 ? [w.guests(guests)] : [])])}</p>}
      {last && <p class="news">{w.news(who(last.author), w.kinds[last.edit as keyof typeof w.kinds], last.reason)}</p>}
      {!last && change && change.undone.length > 0 && <p class="news">{w.newsUndone}</p>}
    </div>
  );
}

interface ChangeProps {
  label: string;
  value: string;
  read(text: string): { name?: string; editors?: string[] };
  onDone(): void;
}

function Change({ label, value, read, onDone }: ChangeProps) {
  const text = useSignal(value);
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => field.current?.focus(), []);
  const save = async (event: Event) => {
    event.preventDefault();
    if (await change((path, header) => settle(service.PATCH("/v1/drafts/{draft}", { params: { path, header }, body: read(text.peek()) })))) onDone();
  };
  return (
    <form class="beside" onSubmit={save}>
      <label class="field">
        {label}
        <input id="draft-change" ref={field} value={text.value} onInput={({ currentTarget }) => (text.value = currentTarget.value)} />
      </label>
      <button type="submit" id="draft-save">
        {words.value.save}
      </button>
    </form>
  );
}

function Discard({ of: d, onClose }: { of: Draft; onClose(): void }) {
  const w = words.value;
  const discard = async () => {
    if (await change((path, header) => settle(service.DELETE("/v1/drafts/{draft}", { params: { path, header } })))) draft.value = null;
    else onClose();
  };
  return (
    <Dialog id="discard-dialog" title={w.discardTitle(d.name)} onClose={onClose}>
      <p>{w.discardWhat}</p>
      <p class="buttons">
        <button type="button" id="discard-do" class="main" onClick={discard}>
          {w.discardDo}
        </button>
        <button type="button" onClick={onClose}>
          {w.cancel}
        </button>
      </p>
    </Dialog>
  );
}
