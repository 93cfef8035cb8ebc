// The open reports near by: is it the same one?

import { asOf, may, report } from "../app/state";
import { glossary } from "../words/glossary";
import { CityTime } from "./clock";
import { file, pending } from "./filing";
import { nearby, nearbyFault } from "./nearby";
import { subjectName, subjectOf } from "./subjects";
import { words } from "./words";

export function Nearby() {
  if (nearbyFault.value) return <p class="quiet">{words.value.noNearby(nearbyFault.value)}</p>;
  if (nearby.value.length === 0) return null;
  const mayMerge = may("dispatch") && Object.keys(asOf.value).length === 0;
  return (
    <section id="nearby">
      <h3>{words.value.nearby}</h3>
      <ul>
        {nearby.value.map(({ id, distance_m, state, due_at, department, category, family }) => {
          const of = subjectOf({ category, family });
          return (
            <li key={id} data-report={id}>
              <span class="name">{of && subjectName(of)}</span>
              <span class="layer">{`${(distance_m ?? 0).toFixed(0)} ${words.value.away}`}</span>
              <span class="reason">
                {words.value.states[state]} · {department?.name}
                {due_at && ` · ${glossary.value.due} `}
                {due_at && <CityTime at={due_at} />}
              </span>
              <span class="buttons">
                <button type="button" class="open" onClick={() => (report.value = id)}>
                  {words.value.open}
                </button>
                {mayMerge && (
                  <button type="button" class="same" disabled={pending.value !== null} onClick={() => void file(id)}>
                    {words.value.same}
                  </button>
                )}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
