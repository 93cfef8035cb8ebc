// A cell that is being written: a field, and below it what it may hold.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Column } from "./columns";
import type { Row } from "./rows";
import { suggest, type Suggestion } from "./suggest";
import { meaning, words } from "./words";

interface Props {
  row: Row;
  column: Column;
  /** What was written (null: nothing), and whereto one goes on along the row; null when one is elsewhere already. */
  done(cells: Written | null, step: Step): void;
}

type Written = Partial<Record<Column, string>>;
type Step = -1 | 0 | 1 | null;

const pause = 120; // milliseconds after a key before the service is asked: only it knows all areas

export function CellEditor({ row, column, done }: Props) {
  const field = useRef<HTMLInputElement>(null);
  const over = useRef(false); // written already: leaving the field is not writing it again
  const [text, setText] = useState(row[column] ?? "");
  const [found, setFound] = useState<Suggestion[]>([]);
  const [picked, setPicked] = useState(-1);

  useLayoutEffect(() => field.current?.select(), []);
  useEffect(() => {
    let late = false;
    const timer = setTimeout(() => {
      const seek = text === row[column] ? "" : text; // what was there is no search
      suggest(row, column, seek).then(
        (all) => late || (setFound(all), setPicked(-1)),
        () => late || setFound([]), // one writes without suggestions
      );
    }, column === "area" ? pause : 0);
    return () => {
      late = true;
      clearTimeout(timer);
    };
  }, [text]);

  /** What was found for the text before is not offered any more: nobody takes what they did not write. */
  const write = (now: string) => {
    setText(now);
    setFound([]);
    setPicked(-1);
  };
  const finish = (cells: Written | null, step: Step) => {
    if (over.current) return;
    over.current = true;
    done(cells, step);
  };
  const written = () => found[picked]?.cells ?? (text === (row[column] ?? "") ? null : { [column]: text.trim() });
  const keyed = (event: KeyboardEvent) => {
    const act: Record<string, () => void> = {
      Enter: () => finish(written(), 0),
      Tab: () => finish(written(), event.shiftKey ? -1 : 1),
      Escape: () => finish(null, 0),
      ArrowDown: () => setPicked(Math.min(picked + 1, found.length - 1)),
      ArrowUp: () => setPicked(Math.max(picked - 1, -1)),
    };
    if (event.isComposing) return; // Enter ends the pinyin, not the cell
    event.stopPropagation();
    const does = act[event.key];
    if (!does) return;
    event.preventDefault();
    does();
  };

  return (
    <div class="editor">
      <input
        ref={field}
        data-editor={column}
        role="combobox"
        aria-label={words.value.edit(meaning.value[column][0])}
        aria-expanded={found.length > 0}
        aria-controls="duty-suggestions"
        aria-activedescendant={picked >= 0 ? `duty-suggestion-${picked}` : undefined}
        aria-autocomplete="list"
        autocomplete="off"
        value={text}
        onInput={(event) => write(event.currentTarget.value)}
        onKeyDown={keyed}
        onBlur={() => finish(written(), null)}
      />
      <Suggestions found={found} picked={picked} take={(cells) => finish(cells, 0)} />
    </div>
  );
}

function Suggestions({ found, picked, take }: { found: Suggestion[]; picked: number; take(cells: Suggestion["cells"]): void }) {
  const list = useRef<HTMLUListElement>(null);
  useLayoutEffect(() => list.current?.children[picked]?.scrollIntoView({ block: "nearest" }), [picked]);
  return (
    <ul id="duty-suggestions" role="listbox" ref={list} hidden={found.length === 0}>
      {found.map(({ cells, code, name }, i) => (
        <li
          key={`${code}|${name}`}
          id={`duty-suggestion-${i}`}
          role="option"
          aria-selected={i === picked}
          onMouseDown={(event) => {
            event.preventDefault(); // the field keeps the focus until it is taken
            take(cells);
          }}
        >
          <span class="code">{code}</span> {name}
        </li>
      ))}
    </ul>
  );
}
