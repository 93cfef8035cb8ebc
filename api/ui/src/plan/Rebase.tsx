// Putting a draft on the newest edition, and choosing where both changed the same border.

import { useSignal } from "@preact/signals";
import { sentence } from "../app/notices";
import { city } from "../map/MapView";
import { service, settle, type Schema } from "../service/client";
import { glossary } from "../words/glossary";
import { came, current, edits, inTurn, reload, trouble } from "./desk";
import { Dialog } from "./Dialog";
import { boxAround } from "./mark";
import { Sketch } from "./sketch";
import { words } from "./words";

type Conflict = Schema<"EditConflict">;
type Choice = "drop" | "mine";
type Choices = Record<string, Choice>;

/** Tries to put the draft on the newest edition. Returns what conflicts: none, and it is done. */
function rebase(choices: Choices): Promise<Conflict[]> {
  return inTurn(async () => {
    const d = current.peek();
    if (!d) return [];
    const sent = service.POST("/v1/drafts/{draft}/rebase", { params: { path: { draft: d.id }, header: { "If-Match": `"${d.version}"` } }, body: { choices } });
    const found = await sent.then(({ error }) => (error && "conflicts" in error ? (error.conflicts as Conflict[]) : []), () => []);
    if (found.length > 0) return found;
    const { dropped } = await settle(sent);
    await reload(d.id);
    came.value = words.value.rebased(dropped.length);
    return [];
  });
}

export function Rebase({ behind }: { behind: number }) {
  const conflicts = useSignal<Conflict[]>([]);
  const chosen = useSignal<Choices>({});
  const busy = useSignal(false);
  const stuck = useSignal(false);
  const w = words.value;
  const go = async () => {
    busy.value = true;
    trouble.value = "";
    try {
      const before = conflicts.peek().length;
      conflicts.value = await rebase(chosen.peek());
      stuck.value = before > 0 && conflicts.value.length > 0;
      chosen.value = Object.fromEntries(Object.entries(chosen.peek()).filter(([number]) => !conflicts.peek().some((c) => c.number === Number(number))));
    } catch (error) {
      trouble.value = sentence(error);
      const d = current.peek();
      if (d) await reload(d.id).catch(() => undefined);
    }
    busy.value = false;
  };
  const close = () => (conflicts.value = []);
  const left = conflicts.value.filter(({ number }) => !chosen.value[number]).length;
  return (
    <div id="rebase" class="notice">
      <p>{w.rebaseWhy(behind)}</p>
      <button type="button" id="rebase-do" class="main" disabled={busy.value} onClick={go}>
        {w.rebase}
      </button>
      {busy.value && <progress aria-label={w.working} />}
      {conflicts.value.length > 0 && (
        <Dialog id="conflicts" wide title={w.conflicts} onClose={close}>
          {stuck.value && (
            <p role="alert" class="fault">
              {w.notPossible}
            </p>
          )}
          <ol>
            {conflicts.value.map((c) => (
              <OneConflict key={c.number} of={c} choice={chosen.value[c.number]} onChoose={(choice) => (chosen.value = { ...chosen.peek(), [c.number]: choice })} />
            ))}
          </ol>
          <p class="buttons">
            <button type="button" id="rebase-finish" class="main" disabled={busy.value || left > 0} onClick={go}>
              {w.finish}
            </button>
            <button type="button" onClick={close}>
              {w.cancel}
            </button>
            <span role="status" class="quiet">
              {w.chosenOf(conflicts.value.length - left, conflicts.value.length)}
            </span>
          </p>
        </Dialog>
      )}
    </div>
  );
}

function OneConflict({ of: c, choice, onChoose }: { of: Conflict; choice: Choice | undefined; onChoose(choice: Choice): void }) {
  const w = words.value;
  const made = edits.value.find(({ number }) => number === c.number);
  const all = [c.base, c.theirs, c.ours].flatMap((side) => side.features);
  return (
    <li class="conflict" data-conflict={c.number}>
      <h3>
        {w.conflict(c.number, made ? `${w.kinds[made.edit.edit]}${glossary.value.comma}${made.reason}` : "")}{" "}
        <button type="button" onClick={() => city.value?.fly(boxAround(all.map((f) => f.geometry.coordinates)))}>
          {w.onMap}
        </button>
      </h3>
      <p>
        {w.bothChanged} <span class="quiet">{c.reason}</span>
      </p>
      <div class="sides">
        <Sketch title={w.asBase} areas={c.base.features} beside={all} against={[]} />
        <Sketch title={w.asTheirs} areas={c.theirs.features} beside={all} against={c.base.features} />
        <Sketch title={w.asOurs} areas={c.ours.features} beside={all} against={c.base.features} />
      </div>
      <fieldset>
        <label>
          <input type="radio" name={`choice-${c.number}`} data-choice="drop" checked={choice === "drop"} onChange={() => onChoose("drop")} /> {w.chooseTheirs}
        </label>
        <label>
          <input type="radio" name={`choice-${c.number}`} data-choice="mine" checked={choice === "mine"} onChange={() => onChoose("mine")} /> {w.chooseOurs}
        </label>
      </fieldset>
    </li>
  );
}
