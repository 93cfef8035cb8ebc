// Why one edits, and an edit that was drawn and is not kept yet.

import { useLayoutEffect, useRef } from "preact/hooks";
import { drop, pending, reason, send } from "./desk";
import { clock } from "./say";
import { words } from "./words";

/** Edits that may run along a border of the layers above. */
const alongBorders = ["move-border", "move-node", "insert-node", "delete-node", "split", "merge", "draw", "close"];

export function Waiting() {
  const field = useRef<HTMLInputElement>(null);
  const p = pending.value;
  const asking = p?.stage === "reason";
  useLayoutEffect(() => {
    if (asking) field.current?.focus();
  }, [asking]);
  const w = words.value;
  const say = (event: Event) => {
    event.preventDefault();
    if (asking) void send();
  };
  return (
    <>
      <form id="why" onSubmit={say}>
        <label class="field">
          {w.reason}
          <input id="reason" ref={field} maxLength={1000} placeholder={w.reasonHint} value={reason.value} aria-describedby={asking ? "reason-asked" : undefined} onInput={({ currentTarget }) => (reason.value = currentTarget.value)} />
        </label>
        {asking && (
          <div class="notice">
            <p id="reason-asked" role="alert">
              {p.trouble || w.reasonAsked}
            </p>
            <p class="buttons">
              <button type="submit" id="keep-edit" class="main" disabled={reason.value.trim() === ""}>
                {w.keepEdit}
              </button>
              <Drop />
            </p>
          </div>
        )}
      </form>
      {p?.stage === "sending" && (
        <p role="status" class="quiet">
          <progress aria-label={w.sending} /> {w.sending}
        </p>
      )}
      {p && !asking && p.stage !== "sending" && (
        <div id="waiting" class="notice" data-stage={p.stage}>
          <p role="alert">
            {w.drawnAt(w.kinds[p.edit.edit], clock(p.at))} {p.trouble}
          </p>
          <p class="buttons">
            <button type="button" id="send" class="main" onClick={() => void send()}>
              {w.send}
            </button>
            {p.stage === "refused" && !p.edit.parents && alongBorders.includes(p.edit.edit) && (
              <>
                <button type="button" id="send-follow" onClick={() => void send({ parents: "follow" })}>
                  {w.follow}
                </button>
                <button type="button" id="send-keep" onClick={() => void send({ parents: "keep" })}>
                  {w.keepParents}
                </button>
              </>
            )}
            <Drop />
          </p>
        </div>
      )}
    </>
  );
}

function Drop() {
  return (
    <button type="button" id="drop" onClick={drop}>
      {words.value.drop}
    </button>
  );
}
