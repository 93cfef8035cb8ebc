// The drafts there are, and how one begins.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { sentence } from "../app/notices";
import { draft, may } from "../app/state";
import { service, settle, type Schema } from "../service/client";
import { editions } from "../time/editions";
import { language } from "../words/language";
import { Came } from "./Came";
import { Editions } from "./Editions";
import { byAt } from "./say";
import { words } from "./words";

type Draft = Schema<"Draft">;

const states = ["open,scheduled,held", "published", "discarded"] as const;

export function Drafts() {
  const found = useSignal<Draft[] | null>(null);
  const next = useSignal<string | undefined>(undefined);
  const state = useSignal<string>(states[0]);
  const trouble = useSignal("");

  const load = async (after?: string) => {
    try {
      const page = await settle(service.GET("/v1/drafts", { params: { query: { state: state.peek(), ...(after && { after }) } } }));
      found.value = after ? [...(found.peek() ?? []), ...page.drafts] : page.drafts;
      next.value = page.next;
      trouble.value = "";
    } catch (error) {
      trouble.value = sentence(error);
    }
  };
  const newest = editions.value.at(-1)?.number;
  useEffect(() => void load(), [newest, state.value, language.value]); // an edition leaves drafts behind, and why one was held is told in the language

  return (
    <>
      <h2>{words.value.drafts}</h2>
      <Came />
      {may("plan") && <Begin />}
      <label class="beside">
        {words.value.filter}
        <select id="draft-states" value={state.value} onChange={({ currentTarget }) => (state.value = currentTarget.value)}>
          <option value={states[0]}>{words.value.alive}</option>
          <option value={states[1]}>{words.value.states.published}</option>
          <option value={states[2]}>{words.value.states.discarded}</option>
        </select>
      </label>
      {trouble.value !== "" && (
        <p role="alert" class="fault">
          {trouble.value}{" "}
          <button type="button" onClick={() => void load()}>
            {words.value.retry}
          </button>
        </p>
      )}
      {found.value?.length === 0 && <p class="quiet">{state.value === states[0] ? words.value.noDrafts : words.value.noneSo}</p>}
      <ul id="drafts">
        {found.value?.map((d) => (
          <Row key={d.id} of={d} />
        ))}
      </ul>
      {next.value && (
        <button type="button" onClick={() => void load(next.value)}>
          {words.value.more}
        </button>
      )}
      <Editions />
    </>
  );
}

function Row({ of: d }: { of: Draft }) {
  const w = words.value;
  return (
    <li class="draft">
      <button type="button" class="name" data-draft={d.id} onClick={() => (draft.value = d.id)}>
        {d.name}
      </button>
      <span class={`state ${d.state}`}>{w.states[d.state]}</span>
      <p class="quiet">
        {byAt(d.author, d.changed_at)} · {w.editsCount(d.head)} · {w.base(d.base)}
        {d.behind && <strong class="warn"> · {w.behind(d.behind)}</strong>}
        {d.forgotten && <strong class="warn"> · {w.forgotten}</strong>}
        {d.schedule?.held_because && <span class="fault"> {d.schedule.held_because}</span>}
      </p>
    </li>
  );
}

function Begin() {
  const name = useSignal("");
  const trouble = useSignal("");
  const begin = async (event: Event) => {
    event.preventDefault();
    try {
      draft.value = (await settle(service.POST("/v1/drafts", { body: { name: name.peek() } }))).id;
    } catch (error) {
      trouble.value = sentence(error);
    }
  };
  return (
    <form id="begin-draft" class="beside" onSubmit={begin}>
      <input id="draft-name" aria-label={words.value.name} placeholder={words.value.name} maxLength={200} required value={name.value} onInput={({ currentTarget }) => (name.value = currentTarget.value)} />
      <button type="submit" class="main" id="begin">
        {words.value.begin}
      </button>
      {trouble.value !== "" && (
        <p role="alert" class="fault">
          {trouble.value}
        </p>
      )}
    </form>
  );
}
