// The planner's workplace: drafts of areas, what is wrong with them and what they do.

import { draft, may, session } from "../app/state";
import { current, missing } from "./desk";
import { Drafts } from "./Drafts";
import "./mark";
import { OpenDraft } from "./OpenDraft";
import "./plan.css";
import { words } from "./words";

export default function Plan() {
  if (session.value === null) return <p role="status">{words.value.wait}</p>;
  if (!may("plan") && !may("publish")) return <p class="quiet">{words.value.noRight}</p>;
  if (draft.value === null) return <Drafts />;
  if (missing.value !== "") return <Missing />;
  return current.value ? <OpenDraft key={current.value.id} /> : <p role="status">{words.value.wait}</p>;
}

/** The address names a draft that cannot be shown. */
function Missing() {
  return (
    <div role="alert">
      <p class="fault">{missing.value}</p>
      <button type="button" id="to-drafts" onClick={() => (draft.value = null)}>
        {words.value.toDrafts}
      </button>
    </div>
  );
}
