// Who had the report, round by round, the present first.

import type { Schema } from "../../service/client";
import { glossary } from "../../words/glossary";
import { CityTime } from "../clock";
import { words as callWords } from "../words";
import { words } from "./words";

type Assignment = Schema<"Assignment">;

export function Assignments({ all }: { all: Assignment[] }) {
  const rounds = [...new Set(all.map(({ round }) => round))].map((round) => ({ round, parts: all.filter((part) => part.round === round) }));
  return (
    <section class="assignments">
      <h3>{words.value.assignments}</h3>
      {rounds.map(({ round, parts }) => (
        <div key={round} data-round={round}>
          <p class="quiet">
            {words.value.round(round)} · {words.value.routed[parts[0]?.reason ?? "reported"]}
          </p>
          <ul>
            {parts.map((part) => (
              <Part key={part.feed} part={part} />
            ))}
          </ul>
        </div>
      ))}
    </section>
  );
}

function Part({ part: { role, department, group, due_at, extended_to, state } }: { part: Assignment }) {
  return (
    <li data-role={role}>
      <span class="name">{department?.name ?? group ?? words.value.nobody}</span>
      <span class="layer">{words.value.roles[role]}</span>
      <span class="reason">
        {state && <span>{callWords.value.states[state]}</span>}
        {due_at && <Until title={glossary.value.due} at={due_at} />}
        {extended_to && <Until title={words.value.extended} at={extended_to} />}
      </span>
    </li>
  );
}

function Until({ title, at }: { title: string; at: string }) {
  return (
    <span>
      {title} <CityTime at={at} />
    </span>
  );
}
