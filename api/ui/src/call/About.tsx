// What is reported, how the place is known, under which condition and when.

import { spot, subject } from "../app/state";
import { condition, reportedAt, source, sources } from "./call";
import { pending } from "./filing";
import { SubjectField } from "./SubjectField";
import { words } from "./words";

export function About() {
  return (
    <form id="about" onSubmit={(event) => event.preventDefault()}>
      <fieldset disabled={pending.value !== null}>
        <SubjectField id="subject" value={subject.value} onChoose={(chosen) => (subject.value = chosen)} />
        <label class="source">
          {words.value.source}
          <select name="source" value={source.value} onChange={(event) => (source.value = sources[event.currentTarget.selectedIndex] ?? "pin")}>
            {sources.map((one) => (
              <option key={one} value={one}>
                {words.value.sources[one]}
              </option>
            ))}
          </select>
        </label>
        <details>
          <summary>{words.value.more}</summary>
          <label>
            {words.value.condition}
            <input name="condition" autocomplete="off" maxLength={200} value={condition.value} onChange={(event) => (condition.value = event.currentTarget.value.trim())} />
          </label>
          <label>
            {words.value.reportedAt}
            <input name="reported_at" type="datetime-local" value={reportedAt.value} onChange={(event) => (reportedAt.value = event.currentTarget.value)} />
          </label>
        </details>
      </fieldset>
      {spot.value && (
        <p class="quiet place">
          {words.value.place} <span class="code at">{`${spot.value.lon.toFixed(7)}, ${spot.value.lat.toFixed(7)}`}</span>
        </p>
      )}
    </form>
  );
}
