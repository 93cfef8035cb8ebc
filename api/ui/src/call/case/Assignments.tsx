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
        {state && callWords.value.states[state]}
        {due_at && ` · ${glossary.value.due} `}
        {due_at && <CityTime at={due_at} />}
        {extended_to && ` · ${words.value.extended} `}
        {extended_to && <CityTime at={extended_to} />}
      </span>
    </li>
  );
}
