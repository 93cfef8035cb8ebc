// The edits of the draft, the newest first: who, why, and whose consent they need.

import { useSignal } from "@preact/signals";
import { may, session } from "../app/state";
import { service, settle, type Schema } from "../service/client";
import { change, edits, over } from "./desk";
import { clock, who } from "./say";
import { words } from "./words";

const most = 50; // edits that are listed at first

export function History() {
  const w = words.value;
  const shown = useSignal(most);
  return (
    <details id="edits" class="part">
      <summary>
        {w.edits} <span class="count">{edits.value.filter((e) => e.in_force).length}</span>
      </summary>
      {edits.value.length === 0 && <p class="quiet">{w.noEdits}</p>}
      <ol>
        {edits.value.slice(-shown.value).toReversed().map((e) => (
          <Row key={e.at} of={e} />
        ))}
      </ol>
      {edits.value.length > shown.value && (
        <button type="button" onClick={() => (shown.value += most)}>
          {w.more}
        </button>
      )}
    </details>
  );
}

function Row({ of: e }: { of: Schema<"DoneEdit"> }) {
  const w = words.value;
  const isMine = e.author !== "" && e.author === session.value?.name; // another has to agree to it
  const agree = () => change((path) => settle(service.POST("/v1/drafts/{draft}/consent", { params: { path }, body: { number: e.number } })));
  return (
    <li data-edit={e.number} class={e.in_force ? undefined : "undone"}>
      <span>
        {e.number} · {w.kinds[e.edit.edit]}
        {!e.in_force && <span class="quiet"> ({w.undone})</span>}
      </span>
      <span class="quiet">{w.by(who(e.author), clock(e.at))}</span>
      <p class="reason">{e.reason}</p>
      <p class="code">{aboutOf(e.edit).join(" ")}</p>
      {e.notes.map((note) => (
        <p key={note} class="quiet">
          {note}
        </p>
      ))}
      {e.consent.map((c) => (
        <p key={c.at} class="quiet">
          {w.consented(who(c.author), c.areas.join(" "))}
        </p>
      ))}
      {e.in_force && e.needs.length > 0 && (
        <p class="warn">
          {w.needs(e.needs.join(" "))}{" "}
          {!over.value && !isMine && may("plan") && (
            <button type="button" class="consent" onClick={agree}>
              {w.consent}
            </button>
          )}
        </p>
      )}
    </li>
  );
}

/** What an edit is about: areas, or members and the groups between which they move. */
function aboutOf({ areas = [], group }: Schema<"PlainEdit">): string[] {
  return group ? [...group.members, group.from || "–", "→", group.to || "–"] : areas;
}
