// One box that finds areas, assets, categories, departments, reports and coordinates.

import { effect, untracked, useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { layers } from "../app/state";
import { language } from "../words/language";
import { choose } from "./choose";
import { fault, found, keepSearching, text, type Result } from "./search";
import { words } from "./words";
import "./find.css";

export function Find() {
  const input = useRef<HTMLInputElement>(null);
  const open = useSignal(false);
  const active = useSignal(0); // the result that Enter takes
  const hasty = useSignal(false); // Enter was pressed before the answer came: its first is taken
  useLayoutEffect(keepSearching, []);
  useLayoutEffect(() => focusOnSlash(input), []);
  const results = found.value?.results ?? [];
  const current = found.value?.text === text.value.trim();

  const take = (result: Result) => {
    open.value = hasty.value = false;
    choose(result);
  };
  const answered = () => {
    active.value = 0;
    const first = found.value?.results[0];
    if (hasty.peek() && first && found.value?.text === text.peek().trim()) untracked(() => take(first));
  };
  useLayoutEffect(() => effect(answered), []); // before what was found is shown: a key may come right after

  const keys: Record<string, () => void> = {
    ArrowDown: () => (active.value = Math.min(active.value + 1, results.length - 1)),
    ArrowUp: () => (active.value = Math.max(active.value - 1, 0)),
    Escape: () => (open.value = hasty.value = false),
    Enter() {
      const result = results[active.value];
      if (open.value && current && result) take(result);
      else hasty.value = open.value;
    },
  };
  const press = (event: KeyboardEvent) => {
    const act = event.isComposing ? undefined : keys[event.key]; // Enter may end the writing of a Chinese word
    if (!act) return;
    event.preventDefault();
    if (event.key.startsWith("Arrow")) open.value = true;
    act();
  };

  const isOpen = open.value && text.value.trim() !== "" && (results.length > 0 || current || fault.value !== "");
  return (
    <search id="finding" onFocusOut={(event) => !event.currentTarget.contains(event.relatedTarget as Node | null) && (open.value = false)}>
      <input
        id="find"
        ref={input}
        type="search"
        role="combobox"
        list={undefined} // the browser's own would lie over ours
        aria-label={words.value.label}
        aria-expanded={isOpen}
        aria-controls="found"
        aria-autocomplete="list"
        aria-activedescendant={isOpen && results[active.value] ? `found-${active.value}` : undefined}
        placeholder={words.value.hint}
        autocomplete="off"
        spellcheck={false}
        maxLength={200}
        value={text.value}
        onFocus={(event) => {
          event.currentTarget.select();
          open.value = true;
        }}
        onInput={(event) => {
          text.value = event.currentTarget.value;
          open.value = true;
          hasty.value = false;
        }}
        onKeyDown={press}
      />
      <div class="card" hidden={!isOpen}>
        <ul id="found" role="listbox" aria-label={words.value.label} aria-busy={!current}>
          {results.map((result, i) => (
            <li
              key={i}
              id={`found-${i}`}
              role="option"
              aria-selected={i === active.value}
              data-kind={result.kind}
              onPointerDown={(event) => event.preventDefault()} // the focus stays in the box
              onClick={() => take(result)}
            >
              <Row {...result} />
            </li>
          ))}
        </ul>
        <p role="status">{status(current, results.length)}</p>
        {fault.value && (
          <p class="fault" role="alert">
            {fault.value}
          </p>
        )}
      </div>
    </search>
  );
}

function status(current: boolean, count: number): string {
  if (!current) return "";
  if (count === 0) return words.value.none(text.value.trim());
  return found.value?.more ? words.value.more : words.value.count(count);
}

function Row(result: Result) {
  const { kind, code, name, name_en, layer, within, crs, lon, lat } = result;
  const isPoint = kind === "point";
  const title = layers.value.find((l) => l.name === layer)?.title;
  return (
    <>
      <span class="kind">{title ?? words.value.kinds[kind]}</span>
      <span>{(language.value === "en" && name_en) || name || (isPoint ? words.value.outside : code)}</span>
      <span class="code">{isPoint ? `${lon}, ${lat}` : code}</span>
      <span class="quiet">{crs ? words.value.systems[crs] : within}</span>
    </>
  );
}

/** The key / goes to the box from wherever nothing is being written. */
function focusOnSlash(input: { current: HTMLInputElement | null }): () => void {
  const press = (event: KeyboardEvent) => {
    const at = event.target as HTMLElement;
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || at.closest("input, textarea, select, [contenteditable], dialog")) return;
    event.preventDefault();
    input.current?.focus();
  };
  addEventListener("keydown", press);
  return () => removeEventListener("keydown", press);
}
