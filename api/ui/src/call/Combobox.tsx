// A field in which one of many things is searched and chosen: a combobox with a list, as the
// ARIA practices describe it.

import { useEffect, useRef, useState } from "preact/hooks";
import { words } from "./words";

const mostShown = 40;

/** One thing that can be chosen. */
export interface Entry<T> {
  key: string;
  name: string;
  beside: string; // told quietly under its name
  sought: string; // lines by which it is found, in small letters
  first?: boolean; // shown before the others that are found
  value: T;
}

export interface ComboboxProps<T> {
  id: string;
  label: string;
  hint: string;
  nothing: string; // told when no entry is found
  entries: Entry<T>[];
  chosen: Entry<T> | null;
  /** Called when another is chosen; null when nothing is any more. */
  onChoose(value: T | null): void;
  written?: string; // what the field holds at first
}

export function Combobox<T>({ id, label, hint, nothing, entries, chosen, onChoose, written = "" }: ComboboxProps<T>) {
  const [text, setText] = useState<string | null>(written || null); // null: the name of what is chosen
  const [isOpen, setOpen] = useState(written !== "");
  const [active, setActive] = useState(-1);
  const list = useRef<HTMLUListElement>(null);
  const found = isOpen ? search(entries, text ?? "") : [];
  const shown = found.slice(0, mostShown);

  useEffect(() => list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" }), [active]);

  const close = () => {
    setOpen(false);
    setActive(-1);
    setText(null);
  };
  const open = (sought: string | null) => {
    setText(sought);
    setOpen(true);
    setActive(-1);
  };
  const choose = (entry: Entry<T>) => {
    close();
    if (entry.key !== chosen?.key) onChoose(entry.value);
  };
  const write = (sought: string) => {
    open(sought);
    if (sought === "" && chosen) onChoose(null);
  };
  const press = (event: KeyboardEvent) => {
    if (event.isComposing) return; // Enter may end the writing of a Chinese word
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by !== undefined) {
      event.preventDefault();
      if (!isOpen) open(text);
      else if (shown.length > 0) setActive((Math.max(active, by < 0 ? 0 : -1) + by + shown.length) % shown.length);
    } else if (event.key === "Enter" && isOpen) {
      event.preventDefault();
      const entry = shown[Math.max(active, 0)];
      if (entry) choose(entry);
    } else if (event.key === "Escape") close();
  };

  return (
    <div class="chooser">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="text"
        role="combobox"
        autocomplete="off"
        spellcheck={false}
        placeholder={hint}
        aria-autocomplete="list"
        aria-controls={`${id}-list`}
        aria-expanded={isOpen}
        {...(active >= 0 && { "aria-activedescendant": `${id}-${active}` })}
        value={text ?? chosen?.name ?? ""}
        onInput={(event) => write(event.currentTarget.value)}
        onClick={(event) => {
          event.currentTarget.select();
          if (!isOpen) open(text);
        }}
        onBlur={close} // half a word chooses nothing
        onKeyDown={press}
      />
      <ul id={`${id}-list`} ref={list} role="listbox" aria-label={label} hidden={!isOpen}>
        {shown.map((entry, i) => (
          // Without the default of pointerdown the field keeps the focus.
          <li key={entry.key} id={`${id}-${i}`} role="option" data-key={entry.key} aria-selected={i === active} onPointerDown={(event) => event.preventDefault()} onClick={() => choose(entry)}>
            <span>{entry.name}</span>
            <span class="quiet">{entry.beside}</span>
          </li>
        ))}
      </ul>
      <p class="quiet" role="status">
        {isOpen && (found.length === 0 ? nothing : found.length > shown.length && words.value.moreSubjects)}
      </p>
    </div>
  );
}

/** The entries that hold every word of a text: the first ones, then those of which a line begins with the first word. */
function search<T>(entries: Entry<T>[], text: string): Entry<T>[] {
  const sought = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = entries.filter((entry) => sought.every((word) => entry.sought.includes(word)));
  const word = sought[0];
  if (word === undefined) return found;
  const rank = (entry: Entry<T>) => (entry.first ? 0 : entry.sought.split("\n").some((line) => line.startsWith(word)) ? 1 : 2);
  return found.toSorted((a, b) => rank(a) - rank(b));
}
