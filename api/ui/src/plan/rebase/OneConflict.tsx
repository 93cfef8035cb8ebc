// An edit that conflicts with what was published: each border that both changed before and
// after, what both wrote, and the choice. An edit is done whole or not at all, so one that
// moves several borders is chosen for all of them.

import { city } from "../../map/MapView";
import { glossary } from "../../words/glossary";
import { edits } from "../desk";
import { boxAround } from "../mark";
import { department } from "../say";
import { words } from "../words";
import { bordersOf, drawnOf, sayingsOf, sides, type Conflict } from "./borders";
import { choose, chosen, type Choice } from "./rebase";
import { Sketch } from "./Sketch";

export function OneConflict({ of: c, onShow }: { of: Conflict; onShow(): void }) {
  const w = words.value;
  const made = edits.value.find(({ number }) => number === c.number);
  return (
    <li class="conflict" data-conflict={c.number}>
      <h4>{w.conflict(c.number, made ? `${w.kinds[made.edit.edit]}${glossary.value.comma}${made.reason}` : "")}</h4>
      <p>{c.reason}</p>
      <div class="sides">
        {sides.map((side) => (
          <Sketch key={side} side={side} title={w.sides[side]} areas={drawnOf(c, side)} beside={sides.flatMap((s) => drawnOf(c, s))} against={side === "base" ? [] : drawnOf(c, "base")} />
        ))}
      </div>
      <Borders of={c} onShow={onShow} />
      <Sayings of={c} />
      <fieldset>
        <Option of={c} choice="drop" label={w.chooseTheirs} />
        <Option of={c} choice="mine" label={w.chooseOurs} />
      </fieldset>
    </li>
  );
}

/** The disputed borders, each to be looked at on the map; where none is, the areas. */
function Borders({ of: c, onShow }: { of: Conflict; onShow(): void }) {
  const all = bordersOf(c);
  if (all.length === 0) return <Show onShow={onShow} />;
  return (
    <ul>
      {all.map(({ areas, base, theirs, ours }) => (
        <li key={areas} data-border={areas}>
          <span>
            <span class="code">{areas}</span>
          </span>
          <Show onShow={() => city.peek()?.fly(boxAround([base, theirs, ours], 0.0001))} />
        </li>
      ))}
    </ul>
  );
}

function Show({ onShow }: { onShow(): void }) {
  if (!city.value) return null;
  return (
    <button type="button" class="show" onClick={onShow}>
      {words.value.show}
    </button>
  );
}

/** What both wrote about one area, and not the same. */
function Sayings({ of: c }: { of: Conflict }) {
  const w = words.value;
  const all = sayingsOf(c);
  if (all.length === 0) return null;
  return (
    <table class="sayings">
      <thead>
        <tr>
          <td />
          {sides.map((side) => (
            <th key={side} scope="col" class={side}>
              {w.sides[side]}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {all.map((said) => (
          <tr key={`${said.code} ${said.about}`} data-saying={said.about}>
            <th scope="row">
              {w.written[said.about] ?? said.about} <span class="code">{said.code}</span>
            </th>
            {sides.map((side) => (
              <td key={side}>{said.about === "department" ? department(said[side]) : said[side]}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Option({ of: { number }, choice, label }: { of: Conflict; choice: Choice; label: string }) {
  return (
    <label>
      <input type="radio" name={`choice-${number}`} data-choice={choice} checked={chosen.value[number] === choice} onChange={() => choose(number, choice)} /> {label}
    </label>
  );
}
