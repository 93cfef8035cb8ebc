// All that happened to a report, in its order, by the clocks of the city.

import type { Schema } from "../../service/client";
import { glossary } from "../../words/glossary";
import { CityTime } from "../clock";
import { words } from "./words";

/** One thing that happened. */
interface Happening {
  at: string;
  what: string;
  told: string; // by whom, and why
}

export function History({ of }: { of: Schema<"Case"> }) {
  return (
    <section class="history">
      <h3>{words.value.history}</h3>
      <ol>
        {happenings(of).map(({ at, what, told }, i) => (
          <li key={i}>
            <CityTime at={at} />
            <b>{what}</b>
            <span class="reason">{told}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** In the order of their times; of the same time in the order in which one leads to the other. */
function happenings(of: Schema<"Case">): Happening[] {
  const received = { at: of.received_at, what: of.backfilled ? words.value.backfilled : words.value.received, told: of.source ?? "" };
  const all = [received, ...of.returns.flatMap(turns), ...of.assignments.filter(({ role }) => role === "lead").map(routed).reverse(), ...of.events.map(told)];
  return all.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

function routed({ at, reason, department, edition }: Schema<"Assignment">): Happening {
  return { at, what: words.value.routed[reason], told: `→ ${department?.name ?? words.value.nobody} · ${glossary.value.edition} ${edition}` };
}

function told({ at, kind, author, note, into }: Schema<"Event">): Happening {
  return { at, what: words.value.events[kind], told: [into, author, note].filter(Boolean).join(" · ") };
}

/** A return is asked for, and decided later. */
function turns({ at, department, reason, state, decided_at, decided_by, note }: Schema<"Return">): Happening[] {
  const asked = { at, what: words.value.asked, told: [department?.name, reason].filter(Boolean).join(" · ") };
  if (!decided_at) return [asked];
  return [asked, { at: decided_at, what: words.value.decided[state], told: [decided_by, note].filter(Boolean).join(" · ") }];
}
