// What is collected to be changed: how much, what is wrong with it, what it would do, and
// publishing it.

import { useState } from "preact/hooks";
import { Progress } from "../app/Progress";
import { changes, conflicts, counts, dropped, end, keepMine, takeAllBack, takeBack } from "./changes";
import type { Column } from "./columns";
import { Effects } from "./Effects";
import { imported } from "./import";
import { ask, asking, effects, faults, publish, ready, said, stopAsking } from "./propose";
import type { Fault } from "./table";
import { goTo } from "./view";
import { words } from "./words";

const most = 50; // problems listed at once: mending the first ones often mends the rest

export function Proposal() {
  const w = words.value;
  const some = changes.value.size > 0;
  return (
    <div id="proposal">
      <Imported />
      {some && (
        <div class="tools">
          <b id="change-counts" role="status">
            {w.counts(counts.value)}
          </b>
          <button type="button" id="what-if" class="main" disabled={asking.value} onClick={() => void ask()}>
            {w.whatIf}
          </button>
          <button type="button" id="take-all-back" onClick={clear}>
            {w.takeAllBack}
          </button>
        </div>
      )}
      {dropped.value && (
        <button type="button" id="bring-back" onClick={() => dropped.value && (changes.value = dropped.value)}>
          {w.bringBack(dropped.value.size)}
        </button>
      )}
      {asking.value && <Progress label={w.working} done={0} total={null} stop={stopAsking} />}
      {said.value && (
        <p id="proposal-said" class={said.value.fault ? "fault" : "quiet"} role={said.value.fault ? "alert" : "status"}>
          {said.value.text}
        </p>
      )}
      <Conflicts />
      <Faults title={w.problems(faults.value.length)} all={faults.value} id="rule-problems" />
      {effects.value && some && <Effects of={effects.value} />}
      {effects.value && some && <Publish />}
    </div>
  );
}

function clear(): void {
  takeAllBack();
  faults.value = [];
  imported.value = null;
}

function Imported() {
  const done = imported.value;
  if (!done) return null;
  const w = words.value;
  return (
    <div id="imported">
      <p class={done.fault ? "fault" : "quiet"} role={done.fault ? "alert" : "status"}>
        {done.text}
      </p>
      <Faults all={done.faults} id="file-problems" />
      {done.missing.length > 0 && (
        <p>
          {w.missing(done.missing.length)}{" "}
          <button
            type="button"
            id="end-missing"
            onClick={() => {
              end(done.missing);
              imported.value = { ...done, missing: [] };
            }}
          >
            {w.endMissing}
          </button>
        </p>
      )}
    </div>
  );
}

function Faults({ title, all, id }: { title?: string; all: Fault[]; id: string }) {
  const w = words.value;
  if (all.length === 0) return null;
  return (
    <div id={id} role="alert">
      {title && <h3>{title}</h3>}
      <ul>
        {all.slice(0, most).map(({ line, row, column, message }, i) => (
          <li key={i} class="fault">
            {row !== undefined && (
              <button type="button" data-problem={row} onClick={() => show(row, (column ?? "id") as Column)}>
                {[line !== undefined && w.line(line), row, column].filter(Boolean).join(" · ")}
              </button>
            )}
            {row === undefined && line !== undefined && <span class="code">{w.line(line)}</span>} {message}
          </li>
        ))}
      </ul>
      {all.length > most && <p class="quiet">{w.more(all.length - most)}</p>}
    </div>
  );
}

function show(row: string, column: Column): void {
  goTo(row, column);
  document.getElementById("duty-grid")?.focus();
}

function Conflicts() {
  const w = words.value;
  if (conflicts.value.length === 0) return null;
  return (
    <div id="rule-conflicts" role="alert">
      <p class="fault">{w.conflicts(conflicts.value.length)}</p>
      <ul>
        {conflicts.value.map((id) => (
          <li key={id}>
            <button type="button" onClick={() => show(id, "id")}>
              {id}
            </button>
            <span>
              <button type="button" data-mine={id} onClick={() => keepMine(id)}>
                {w.keepMine}
              </button>{" "}
              <button type="button" data-theirs={id} onClick={() => takeBack([id])}>
                {w.takeTheirs}
              </button>
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Publish() {
  const [note, setNote] = useState("");
  const w = words.value;
  return (
    <form
      class="tools"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready.value) void publish(note);
      }}
    >
      <input id="rules-note" aria-label={w.publishNote} placeholder={w.publishNote} maxLength={2000} value={note} onInput={(event) => setNote(event.currentTarget.value)} />
      <button id="rules-publish" class="main" disabled={!ready.value}>
        {w.publish}
      </button>
    </form>
  );
}
