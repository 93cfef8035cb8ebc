// The service's answer about a place: the decision, the question that is open, and what was
// answered so far.

import { useLayoutEffect, useRef } from "preact/hooks";
import type { Schema } from "../service/client";
import { glossary } from "../words/glossary";
import { answer, given, takeBack } from "./call";
import { Assets, Contested, Duties, Grounds, Lead, Why } from "./Decision";
import { words } from "./words";

export function Answer() {
  const box = useRef<HTMLDivElement>(null);
  const { state, decision, fault } = answer.value;
  const hadFocus = useRef(false);
  useLayoutEffect(() => {
    // A button that had the focus may be gone with its question; the answer takes it.
    if (hadFocus.current && !box.current?.contains(document.activeElement)) box.current?.focus();
    hadFocus.current = false;
  }, [decision]);
  const choose = (id: string, value: string, text: string) => {
    hadFocus.current = true;
    given.value = [...given.value.filter((one) => one.id !== id), { id, value, text }];
  };
  return (
    <div id="answer" tabIndex={-1} ref={box} data-state={state} aria-busy={state === "asking"}>
      {state === "none" && <p class="quiet hint">{words.value.hint}</p>}
      {state === "asking" && !decision && <p class="quiet">{words.value.asking}</p>}
      {state === "failed" && (
        <p class="fault" role="alert">
          {fault}
        </p>
      )}
      {decision && <Told decision={decision} choose={choose} />}
      <p class="told" role="status">
        {state === "answered" && decision && spoken(decision)}
      </p>
    </div>
  );
}

function Told({ decision, choose }: { decision: Schema<"Decision">; choose(id: string, value: string, text: string): void }) {
  return (
    <>
      <Lead decision={decision} />
      <GivenAnswers />
      <Contested decision={decision} choose={choose} />
      <Duties decision={decision} />
      <Why decision={decision} />
    </>
  );
}

/** What lies around the place: assets, areas and lines, in the edition that answered. */
export function Around() {
  const { decision } = answer.value;
  if (!decision) return null;
  return (
    <div id="around">
      <Assets decision={decision} />
      <Grounds decision={decision} />
      <p class="quiet">{`${glossary.value.edition} ${decision.edition}`}</p>
    </div>
  );
}

/** What was answered, each with a button that takes it back. */
function GivenAnswers() {
  if (given.value.length === 0) return null;
  return (
    <p class="given quiet">
      {words.value.given + glossary.value.colon}
      {given.value.map(({ id, text }) => (
        <button type="button" class="again" key={id} data-answer={id} aria-label={words.value.undo(text)} onClick={() => takeBack(id)}>
          {text} ×
        </button>
      ))}
    </p>
  );
}

/** The answer in a sentence, for those who listen. */
function spoken({ department, contested }: Schema<"Decision">): string {
  const { department: title, colon, stop } = glossary.value;
  return `${title}${colon}${department?.name ?? words.value.nobody}${stop}${contested?.question?.text ?? ""}`;
}
