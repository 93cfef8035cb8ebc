// A draft that is open: what it is, the tools, and what its edits do.

import { useSignal } from "@preact/signals";
import { city } from "../map/MapView";
import { Approvals } from "./Approvals";
import { Came } from "./Came";
import { came, current, editable, mine, over, trouble } from "./desk";
import { Properties } from "./draw/Properties";
import { Toolbar } from "./draw/Toolbar";
import { Faults } from "./Faults";
import { Groups } from "./groups/Groups";
import { Head } from "./Head";
import { History } from "./History";
import { Impact } from "./Impact";
import { Over } from "./Over";
import { Publish } from "./Publish";
import { Rebase } from "./rebase/Rebase";
import { Swipe } from "./swipe/Swipe";
import { Waiting } from "./Waiting";
import { words } from "./words";

export function OpenDraft() {
  const publishing = useSignal(false);
  const comparing = useSignal(false);
  const d = current.value;
  if (!d) return null;
  const w = words.value;
  return (
    <>
      <Head of={d} />
      <Came />
      {trouble.value !== "" && (
        <p id="draft-trouble" role="alert" class="fault">
          {trouble.value}
        </p>
      )}
      <p class="buttons">
        <button type="button" id="compare" aria-pressed={comparing.value} disabled={city.value === null} title={city.value === null ? w.noMap : undefined} onClick={() => (comparing.value = !comparing.value)}>
          {w.compare}
        </button>
        {!over.value && d.state !== "scheduled" && (
          <button
            type="button"
            id="publish"
            class="main"
            onClick={() => {
              came.value = "";
              publishing.value = true;
            }}
          >
            {w.publish}
          </button>
        )}
      </p>
      {over.value ? <Over of={d} /> : d.behind && <Rebase behind={d.behind} />}
      {!over.value && !mine.value && <p class="quiet">{w.readOnly}</p>}
      {editable.value && (
        <>
          <Waiting />
          <Toolbar />
          <Properties />
          <Groups />
        </>
      )}
      <Faults />
      <Impact />
      <History />
      <Approvals />
      {publishing.value && <Publish of={d} onClose={() => (publishing.value = false)} />}
      {comparing.value && <Swipe base={d.base} onClose={() => (comparing.value = false)} />}
    </>
  );
}
