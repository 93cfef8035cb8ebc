// The slider over editions: the newest stands at the right end, which is now. Everything
// that is read follows by asOf. A draft is worked on from the newest, so there is no past
// while one is open.

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { sentence } from "../app/notices";
import { draft, edition } from "../app/state";
import type { Schema } from "../service/client";
import { Differences } from "./Differences";
import { editions, loadEditions, loadOlder, older } from "./editions";
import { day, words } from "./words";
import "./time.css";

type Edition = Schema<"EditionRecord">;

const pause = 200; // milliseconds the slider rests before everything is fetched anew

const fault = signal(""); // why editions are missing: a server without a database has none

const aimed = signal<number | null>(null); // where the slider stands while it moves
let resting: ReturnType<typeof setTimeout> | undefined;

/** Shows an edition, and forgets where the slider was on its way to; null is the newest. */
function look(at: number | null): void {
  clearTimeout(resting);
  aimed.value = null;
  edition.value = at;
}

/** Fetches editions, and says here where that fails: the rest of the page needs none. */
function fetched(editions: Promise<void>): void {
  editions.then(
    () => (fault.value = ""),
    (error: unknown) => (fault.value = sentence(error)),
  );
}

export function Timeline() {
  useEffect(() => fetched(loadEditions(edition.value)), [edition.value]);
  if (draft.value !== null) return null;
  return (
    <section id="time" aria-label={words.value.editions}>
      <Past />
      <Slider />
    </section>
  );
}

/** Says that an old edition is looked at. */
function Past() {
  const number = edition.value;
  const newest = editions.value.at(-1);
  if (number === null || !newest) return <p role="status" />;
  const looked = editions.value.find((one) => one.number === number);
  return (
    <p id="past" role="status">
      {looked ? words.value.past(number, day(looked.effective_from)) : words.value.unknown(number, newest.number)}
      <button type="button" id="now" onClick={backToNow}>
        {words.value.back}
      </button>
    </p>
  );
}

/** Shows the newest; the button is gone then, so that the focus goes to what is left. */
function backToNow(): void {
  look(null);
  document.querySelector<HTMLElement>("#time summary")?.focus();
}

function Slider() {
  const all = editions.value;
  const looked = edition.value;
  const newest = all.length - 1;
  const found = all.findIndex(({ number }) => number === looked);
  const at = Math.min(aimed.value ?? (found < 0 ? newest : found), newest);
  const shown = all[at];

  const move = (to: number) => {
    aimed.value = to;
    clearTimeout(resting);
    resting = setTimeout(() => look(to === newest ? null : (all[to]?.number ?? null)), pause);
  };
  return (
    <details class="card" onToggle={(event) => event.currentTarget.open && !shown && fetched(loadEditions(looked))}>
      <summary>
        {looked === null && aimed.value === null && `${words.value.now} · `}
        {shown ? words.value.edition(shown.number) : words.value.editions}
      </summary>
      {fault.value && <p class="fault">{fault.value}</p>}
      {shown ? (
        <>
          <p class="track">
            {older.value && (
              <button type="button" onClick={() => fetched(loadOlder())}>
                {words.value.older}
              </button>
            )}
            <input
              id="edition"
              type="range"
              min={0}
              max={newest}
              value={at}
              aria-label={words.value.editions}
              aria-valuetext={told(shown)}
              onInput={(event) => move(event.currentTarget.valueAsNumber)}
            />
          </p>
          <About edition={shown} />
          {shown.number > 1 && <Differences of={shown.number} key={shown.number} />}
        </>
      ) : (
        !fault.value && <p class="quiet">{words.value.none}</p>
      )}
    </details>
  );
}

function told({ number, effective_from, note = "" }: Edition): string {
  return [words.value.edition(number), day(effective_from), note].filter(Boolean).join(" · ");
}

function About({ edition }: { edition: Edition }) {
  return (
    <p id="about-edition">
      <strong>{told(edition)}</strong>
      <span class="quiet">
        {[words.value.published(day(edition.published_at), edition.author ?? ""), edition.document, words.value.changed(edition.areas_begun, edition.areas_ended)].filter(Boolean).join(" · ")}
      </span>
    </p>
  );
}
