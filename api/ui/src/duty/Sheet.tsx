// A table of which only the rows in view are in the page, so that 100,000 are as quick as
// ten. Its head and first column stay. It has the focus itself and says which cell is the
// active one: arrow keys move, Enter acts.

import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

const rowHeight = 28; // pixels, as in duty.css
const beyond = 10; // rows kept above and below what is in view

interface SheetColumn<Name extends string> {
  name: Name;
  title: string;
  help?: string;
  width: number; // pixels
  sorted?: "ascending" | "descending" | undefined;
}

/** A cell, by the key of its row (null: the head) and the name of its column. */
export interface At<Name extends string> {
  row: string | null;
  column: Name;
}

/** What a cell holds. */
export interface Look {
  content: ComponentChildren;
  title?: string;
  class?: string | undefined;
  invalid?: boolean;
  readOnly?: boolean;
}

interface Props<Name extends string> {
  id: string;
  label: string;
  describedBy?: string;
  columns: SheetColumn<Name>[];
  rows: { key: string; standing?: string }[];
  at: At<Name>;
  writing?: boolean; // the active cell holds a field that has the keys
  move(to: At<Name>): void;
  act(at: At<Name>, row: number): void; // by Enter, F2 or a click; row is -1 for the head
  look(row: number, column: Name): Look;
}

export function Sheet<Name extends string>(props: Props<Name>) {
  const { id, label, describedBy, columns, rows, at, writing = false, move, act, look } = props;
  const box = useRef<HTMLDivElement>(null);
  const view = useView(box);
  const active = rows.findIndex(({ key }) => key === at.row);
  const first = Math.max(0, Math.floor(view.top / rowHeight) - beyond);
  const last = Math.min(rows.length, Math.ceil((view.top + view.height) / rowHeight) + beyond);
  const drawn = Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i);
  if (active >= 0 && (active < first || active >= last)) drawn.push(active); // what one writes does not go when one scrolls
  const cellID = (row: string | null, column: Name) => `${id}-${encodeURIComponent(row ?? "-")}-${column}`;
  const isActive = (row: string | null, column: Name) => at.row === row && at.column === column;
  const tracks = {
    gridTemplateColumns: columns.map(({ width }) => `minmax(${width}px, ${width}fr)`).join(" "), // wider where there is room
    minWidth: `${columns.reduce((sum, { width }) => sum + width, 0)}px`,
  };

  useLayoutEffect(() => reveal(box.current, active, columns, at.column, writing), [active, at.column, writing]);

  return (
    <div
      id={id}
      class="sheet"
      role="grid"
      tabIndex={0}
      ref={box}
      aria-label={label}
      aria-describedby={describedBy}
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length}
      aria-activedescendant={active >= 0 || at.row === null ? cellID(at.row, at.column) : undefined}
      onKeyDown={(event) => !writing && keyed(event, props, active, Math.floor(view.height / rowHeight) - 2)}
    >
      <div role="rowgroup" class="head">
        <div role="row" aria-rowindex={1} class="line" style={tracks}>
          {columns.map(({ name, title, help, sorted }, i) => (
            <div
              key={name}
              id={cellID(null, name)}
              role="columnheader"
              aria-colindex={i + 1}
              aria-sort={sorted}
              data-column={name}
              title={help}
              class={isActive(null, name) ? "active" : undefined}
              onClick={() => {
                move({ row: null, column: name });
                act({ row: null, column: name }, -1);
              }}
            >
              {title}
              {sorted && <span aria-hidden="true">{sorted === "descending" ? " ▼" : " ▲"}</span>}
            </div>
          ))}
        </div>
      </div>
      <div role="rowgroup" class="rows" style={{ height: `${rows.length * rowHeight}px` }}>
        {drawn.map((n) => {
          const row = rows[n];
          return (
            row && (
              <div key={row.key} role="row" aria-rowindex={n + 2} class="line" data-row={row.key} data-standing={row.standing} style={{ ...tracks, transform: `translateY(${n * rowHeight}px)` }}>
                {columns.map(({ name }, i) => {
                  const cell = look(n, name);
                  return (
                    <div
                      key={name}
                      id={cellID(row.key, name)}
                      role={i === 0 ? "rowheader" : "gridcell"}
                      aria-colindex={i + 1}
                      aria-invalid={cell.invalid || undefined}
                      aria-readonly={cell.readOnly || undefined}
                      data-column={name}
                      title={cell.title}
                      class={[isActive(row.key, name) && "active", cell.class].filter(Boolean).join(" ") || undefined}
                      onClick={() => {
                        if (writing && isActive(row.key, name)) return;
                        move({ row: row.key, column: name });
                        act({ row: row.key, column: name }, n);
                      }}
                    >
                      {cell.content}
                    </div>
                  );
                })}
              </div>
            )
          );
        })}
      </div>
    </div>
  );
}

/** How far a box is scrolled, and how high it is. */
function useView(box: { current: HTMLDivElement | null }): { top: number; height: number } {
  const [view, setView] = useState({ top: 0, height: 400 });
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () => setView({ top: element.scrollTop, height: element.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener("scroll", measure);
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", measure);
    };
  }, []);
  return view;
}

/** Scrolls a cell into view: below the head, beside the first column, which stay. */
function reveal<Name extends string>(box: HTMLDivElement | null, row: number, columns: SheetColumn<Name>[], column: Name, writing: boolean): void {
  if (!box) return;
  if (row >= 0) {
    const top = row * rowHeight;
    const room = box.clientHeight - (writing ? 7 : 2) * rowHeight; // below a field there may be a list
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top > box.scrollTop + room) box.scrollTop = top - room;
  }
  const n = columns.findIndex(({ name }) => name === column);
  const [stays, cell] = [columns[0]?.width ?? 0, columns[n]?.width ?? 0];
  if (n <= 0) return;
  const left = columns.slice(1, n).reduce((sum, { width }) => sum + width, 0);
  const room = box.clientWidth - stays;
  if (left < box.scrollLeft) box.scrollLeft = left;
  else if (left + cell > box.scrollLeft + room) box.scrollLeft = left + cell - room;
}

function keyed<Name extends string>(event: KeyboardEvent, { columns, rows, at, move, act }: Props<Name>, active: number, page: number): void {
  const here = columns.findIndex(({ name }) => name === at.column);
  const along = (to: number) => move({ ...at, column: columns[Math.max(0, Math.min(columns.length - 1, to))]?.name ?? at.column });
  const down = (to: number) => move({ ...at, row: to < 0 ? null : (rows[Math.min(to, rows.length - 1)]?.key ?? null) });
  const far = event.ctrlKey || event.metaKey;
  const does: Record<string, () => void> = {
    ArrowLeft: () => along(here - 1),
    ArrowRight: () => along(here + 1),
    ArrowUp: () => down(active - 1),
    ArrowDown: () => down(active + 1),
    PageUp: () => down(Math.max(0, active - page)),
    PageDown: () => down(active + page),
    Home: () => (far ? down(0) : along(0)),
    End: () => (far ? down(rows.length - 1) : along(columns.length - 1)),
    Enter: () => act(at, active),
    F2: () => act(at, active),
  };
  if (!does[event.key]) return;
  event.preventDefault();
  does[event.key]?.();
}
