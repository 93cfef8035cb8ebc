// A report that is open: who has it, the question that is still open, and what can be done.

import { useState } from "preact/hooks";
import { may, report } from "../../app/state";
import type { Schema } from "../../service/client";
import { glossary } from "../../words/glossary";
import { Contested, Duties, Lead, Why } from "../Decision";
import { subjectName, subjectOf } from "../subjects";
import { words as callWords } from "../words";
import { Assignments } from "./Assignments";
import { Correction } from "./Correction";
import { History } from "./History";
import { correct, opened } from "./opened";
import { GiveBack, Returns } from "./Returns";
import { words } from "./words";

export function CaseView() {
  const { case: open, fault } = opened.value;
  return (
    <div id="case" data-report={report.value} data-state={open?.state} data-round={open?.round}>
      <button type="button" id="back" onClick={() => (report.value = null)}>
        ‹ {words.value.back}
      </button>
      <h2>
        {words.value.title} <span class="code">{report.value}</span>
      </h2>
      {fault && (
        <p class="fault" role="alert">
          {fault}
        </p>
      )}
      {!open && !fault && <p class="quiet">{words.value.asking}</p>}
      {open && <Facts of={open} />}
      {open && <Open key={open.id} of={open} />}
    </div>
  );
}

/** What was reported, and what became of it, in a line each. */
function Facts({ of }: { of: Schema<"Case"> }) {
  const subject = subjectOf(of);
  return (
    <>
      <p>
        <span class="rule state">{callWords.value.states[of.state]}</span> <b>{subject && subjectName(subject)}</b>
      </p>
      <dl class="facts">
        {of.lon !== undefined && <Fact title={words.value.place} text={`${of.lon}, ${of.lat}`} />}
        <Fact title={words.value.address} text={of.address} />
        <Fact title={words.value.description} text={of.description} />
        <Fact title={glossary.value.asset} text={of.asset_id} />
        <Fact title={words.value.conditionCode} text={of.condition} />
      </dl>
      {of.merged_into && (
        <p>
          {words.value.mergedInto}{" "}
          <button type="button" class="code" onClick={() => (report.value = of.merged_into ?? null)}>
            {of.merged_into}
          </button>
        </p>
      )}
    </>
  );
}

function Fact({ title, text }: { title: string; text: string | undefined }) {
  if (!text) return null;
  return (
    <>
      <dt>{title}</dt>
      <dd>{text}</dd>
    </>
  );
}

function Open({ of }: { of: Schema<"Case"> }) {
  const [fault, setFault] = useState("");
  const answer = (id: string, value: string) => void correct(of, { answers: { [id]: value } }).then(setFault);
  const mayAct = may("dispatch") && of.open;
  return (
    <>
      {of.decision && <Lead decision={of.decision} />}
      {of.decision && mayAct && <Contested decision={of.decision} choose={answer} />}
      {fault && (
        <p class="fault" role="alert">
          {fault}
        </p>
      )}
      {of.decision && <Duties decision={of.decision} />}
      <Returns of={of} />
      {mayAct && <Correction of={of} />}
      {mayAct && <GiveBack of={of} />}
      {of.decision && <Why decision={of.decision} />}
      <Assignments all={of.assignments} />
      <History of={of} />
    </>
  );
}
