// Returns: a department says "not ours", and a dispatcher decides.

import { useRef, useState } from "preact/hooks";
import { may } from "../../app/state";
import type { Schema } from "../../service/client";
import { glossary } from "../../words/glossary";
import { CityTime } from "../clock";
import { giveBack, settleReturn, type Settlement } from "./opened";
import { Ruling } from "./Ruling";
import { words } from "./words";

/** Returns the report in the name of a department that has it. */
export function GiveBack({ of }: { of: Schema<"Case"> }) {
  const holders = of.assignments.flatMap(({ round, department, role }) => (round === of.round && role !== "verifier" && department ? [department] : []));
  const [chosen, setChosen] = useState("");
  const [reason, setReason] = useState("");
  const [fault, setFault] = useState("");
  const whose = holders.find(({ code }) => code === chosen) ?? holders[0];
  if (!whose) return null;
  const send = async () => {
    const why = await giveBack(of.id, whose.code, reason);
    setFault(why);
    if (!why) setReason("");
  };
  return (
    <details class="give-back">
      <summary id="give-back">{words.value.giveBack}</summary>
      <form onSubmit={(event) => event.preventDefault()}>
        <label>
          {words.value.whose}
          <select name="returned-by" value={whose.code} onChange={(event) => setChosen(event.currentTarget.value)}>
            {holders.map(({ code, name }) => (
              <option key={code} value={code}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label>
          {words.value.reason}
          <textarea name="reason" rows={2} maxLength={2000} value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
        </label>
        <Fault text={fault} />
        <button type="button" id="return" class="main" disabled={reason.trim() === ""} onClick={() => void send()}>
          {words.value.send}
        </button>
      </form>
    </details>
  );
}

/**
 * The returns of a report that wait, with what a dispatcher can decide. One that another decided
 * meanwhile stays, with what was written here.
 */
export function Returns({ of }: { of: Schema<"Case"> }) {
  const met = useRef(new Set<number>()).current; // those that waited here and were not decided here
  for (const { id, state } of of.returns) if (state === "asked") met.add(id);
  return (
    <>
      {of.returns
        .filter(({ id }) => met.has(id))
        .map((one) => (
          <section class="return" key={one.id} data-return={one.id} data-state={one.state}>
            <h3>{words.value.returnOf(one.department?.name ?? words.value.nobody)}</h3>
            <p>
              {one.reason} <span class="quiet">· <CityTime at={one.at} /></span>
            </p>
            {one.state !== "asked" && <p role="status">{words.value.meanwhile(words.value.decided[one.state], one.decided_by ?? "")}</p>}
            {may("dispatch") && <Decide of={of} one={one} onDone={() => met.delete(one.id)} />}
          </section>
        ))}
    </>
  );
}

function Decide({ of, one: { id, state }, onDone }: { of: Schema<"Case">; one: Schema<"Return">; onDone(): void }) {
  const [note, setNote] = useState("");
  const [fault, setFault] = useState("");
  const settle = async (how: Settlement) => {
    const why = await settleReturn(id, { ...how, ...(note && { note }) });
    setFault(why);
    if (!why) onDone();
  };
  return (
    <form onSubmit={(event) => event.preventDefault()}>
      <fieldset disabled={state !== "asked"}>
        <label>
          {words.value.note}
          <input name="note" maxLength={2000} autocomplete="off" value={note} onInput={(event) => setNote(event.currentTarget.value)} />
        </label>
        <Fault text={fault} />
        <p class="buttons">
          <button type="button" class="accept" onClick={() => void settle({ decision: "accept" })}>
            {words.value.accept}
          </button>
          <button type="button" class="refuse" onClick={() => void settle({ decision: "refuse" })}>
            {words.value.refuse}
          </button>
        </p>
        <details>
          <summary class="rule-upon">{glossary.value.ruling}</summary>
          <Ruling of={of} settle={(how) => void settle(how)} />
        </details>
      </fieldset>
    </form>
  );
}

function Fault({ text }: { text: string }) {
  if (!text) return null;
  return (
    <p class="fault" role="alert">
      {text}
    </p>
  );
}
