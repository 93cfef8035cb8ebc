// Groups of areas, such as who walks where: which the chosen areas are in, and moving them
// to another.

import { useSignal } from "@preact/signals";
import { selected } from "../desk";
import { choose, chosenIn, groupsOf, kinds, regroup, trouble, wanted } from "./groups";
import { words } from "./words";

export function Groups() {
  return (
    <details id="groups" class="part" open={wanted.value} onToggle={({ currentTarget }) => (wanted.value = currentTarget.open)}>
      <summary>{words.value.groups}</summary>
      {trouble.value !== "" && (
        <p role="alert" class="fault">
          {trouble.value}
        </p>
      )}
      {wanted.value && <Move />}
    </details>
  );
}

function Move() {
  const [kind, code, name] = [useSignal("duty"), useSignal(""), useSignal("")];
  const w = words.value;
  const to = groupsOf(kind.value).find((group) => group.code === code.value);
  const isNew = code.value !== "" && !to;
  const move = (event: Event) => {
    event.preventDefault();
    void regroup(kind.peek(), code.peek(), isNew ? name.peek().trim() : "");
  };
  return (
    <form onSubmit={move}>
      <label class="field">
        {w.kind}
        <select id="group-kind" value={kind.value} onChange={({ currentTarget }) => (kind.value = currentTarget.value)}>
          {kinds.value.map((k) => (
            <option key={k} value={k}>
              {w.kinds[k] ?? k}
            </option>
          ))}
        </select>
      </label>
      <Chosen kind={kind.value} />
      <label class="field">
        {w.to}
        <input id="group-code" list="group-codes" autocomplete="off" required maxLength={100} value={code.value} onInput={({ currentTarget }) => (code.value = currentTarget.value.trim())} />
      </label>
      <datalist id="group-codes">
        {groupsOf(kind.value).map((group) => (
          <option key={group.code} value={group.code}>
            {group.name}
          </option>
        ))}
      </datalist>
      {to && (
        <p id="group-found" class="between">
          <span>
            {to.name} <span class="quiet">{w.members(to.members.length)}</span>
          </span>
          <button type="button" id="group-choose" onClick={() => void choose(to)}>
            {w.choose}
          </button>
        </p>
      )}
      {isNew && (
        <label class="field">
          {w.newName}
          <input id="group-name" required maxLength={300} value={name.value} onInput={({ currentTarget }) => (name.value = currentTarget.value)} />
        </label>
      )}
      <p class="buttons">
        <button type="submit" id="group-move" class="main" disabled={selected.value.length === 0}>
          {w.move(selected.value.length)}
        </button>
        {[...chosenIn(kind.value).keys()].some((from) => from !== "") && (
          <button type="button" id="group-out" onClick={() => void regroup(kind.peek(), "", "")}>
            {w.out}
          </button>
        )}
      </p>
    </form>
  );
}

/** Which groups the chosen areas are in. */
function Chosen({ kind }: { kind: string }) {
  const w = words.value;
  if (selected.value.length === 0) return <p class="quiet">{w.pickFirst}</p>;
  return (
    <ul id="group-chosen">
      {[...chosenIn(kind)].map(([code, members]) => (
        <li key={code} data-group={code}>
          <span>
            {groupsOf(kind).find((group) => group.code === code)?.name ?? w.inNone} <span class="code">{code}</span>
          </span>
          <span class="quiet">{w.chosen(members.length)}</span>
        </li>
      ))}
    </ul>
  );
}
