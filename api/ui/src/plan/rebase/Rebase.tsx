// Putting a draft on the newest edition, and choosing where both changed the same: beside the
// map, on which the disputed borders are drawn.

import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { sentence } from "../../app/notices";
import { city } from "../../map/MapView";
import { current, reload, trouble } from "../desk";
import { boxAround } from "../mark";
import { words } from "../words";
import { bordersOf, drawnOf, type Conflict } from "./borders";
import "./drawn";
import { OneConflict } from "./OneConflict";
import { chosen, conflicts, rebase, rest } from "./rebase";
import "./rebase.css";

export function Rebase({ behind }: { behind: number }) {
  const busy = useSignal(false);
  const stuck = useSignal(false);
  const w = words.value;
  useLayoutEffect(() => rest, []);
  const go = async () => {
    busy.value = true;
    trouble.value = "";
    try {
      const before = conflicts.peek().length;
      await rebase();
      stuck.value = before > 0 && conflicts.peek().length > 0;
    } catch (error) {
      trouble.value = sentence(error);
      const d = current.peek();
      if (d) await reload(d.id).catch(() => undefined);
    }
    busy.value = false;
  };
  return (
    <div id="rebase" class="notice">
      <p>{w.rebaseWhy(behind)}</p>
      <button type="button" id="rebase-do" class="main" disabled={busy.value || conflicts.value.length > 0} onClick={go}>
        {w.rebase}
      </button>
      {busy.value && <progress aria-label={w.working} />}
      {conflicts.value.length > 0 && <Conflicts of={conflicts.value} busy={busy.value} stuck={stuck.value} onFinish={go} />}
    </div>
  );
}

interface Props {
  of: Conflict[];
  busy: boolean;
  stuck: boolean; // what was chosen cannot be done
  onFinish(): void;
}

function Conflicts({ of, busy, stuck, onFinish }: Props) {
  const title = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => {
    title.current?.focus();
    show(of[0]!);
  }, [of]);
  const w = words.value;
  const left = of.filter(({ number }) => !chosen.value[number]).length;
  return (
    <section id="conflicts" aria-labelledby="conflicts-title">
      <h3 id="conflicts-title" ref={title} tabIndex={-1}>
        {w.conflicts}
      </h3>
      {stuck && (
        <p role="alert" class="fault">
          {w.notPossible}
        </p>
      )}
      <ol>
        {of.map((c) => (
          <OneConflict key={c.number} of={c} onShow={() => show(c)} />
        ))}
      </ol>
      <p class="buttons">
        <button type="button" id="rebase-finish" class="main" disabled={busy || left > 0} onClick={onFinish}>
          {w.finish}
        </button>
        <button type="button" id="rebase-rest" onClick={rest}>
          {w.cancel}
        </button>
        <span role="status" class="quiet">
          {w.chosenOf(of.length - left, of.length)}
        </span>
      </p>
    </section>
  );
}

/** Brings the disputed borders of a conflict into view; where none is, the areas. */
function show(c: Conflict): void {
  const lines = bordersOf(c).flatMap(({ base, theirs, ours }) => [base, theirs, ours]);
  const areas = drawnOf(c, "base").map(({ geometry }) => geometry.coordinates);
  city.peek()?.fly(boxAround(lines.length > 0 ? lines : areas));
}
