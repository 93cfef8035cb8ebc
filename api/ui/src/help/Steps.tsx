// The tour: one part of the page after the other, each framed, with a card beside it.

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { words } from "./words";

// What each step points at; one that is not there just now is passed over.
const targets = ["#finding, #find", "#map", "#panel", "#bar nav", "#time", "#help"];

interface Rect {
  left: number;
  top: number;
  width: number;
  height: number;
}

export function Steps({ close }: { close: () => void }) {
  const [at, setAt] = useState(0);
  const card = useRef<HTMLElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const next = useRef<HTMLButtonElement>(null);
  const there = targets.map((_, i) => i).filter((i) => document.querySelector(targets[i] ?? ""));
  const step = there[at] ?? 0;
  const [title, text] = words.value.steps[step] ?? ["", ""];

  useLayoutEffect(() => {
    const lay = () => {
      const target = document.querySelector(targets[step] ?? "")?.getBoundingClientRect();
      if (!target || !card.current || !frame.current) return;
      put(frame.current, target);
      put(card.current, beside(target, card.current.getBoundingClientRect()));
    };
    lay();
    addEventListener("resize", lay);
    return () => removeEventListener("resize", lay);
  });
  useLayoutEffect(() => next.current?.focus(), []);

  const isLast = at === there.length - 1;
  return (
    <>
      <div id="tour-frame" ref={frame} />
      <section id="tour" class="card" role="dialog" data-steps={there.length} aria-label={words.value.help} ref={card} onKeyDown={(event) => event.key === "Escape" && close()}>
        <div role="status">
          <h2>{title}</h2>
          <p>{text}</p>
        </div>
        <p class="steps">
          <span class="quiet">{words.value.step(at + 1, there.length)}</span>
          {at > 0 && (
            <button type="button" onClick={() => setAt(at - 1)}>
              {words.value.back}
            </button>
          )}
          <button type="button" data-tour="next" ref={next} onClick={() => (isLast ? close() : setAt(at + 1))}>
            {isLast ? words.value.done : words.value.next}
          </button>
          {!isLast && (
            <button type="button" data-tour="end" onClick={close}>
              {words.value.end}
            </button>
          )}
        </p>
      </section>
    </>
  );
}

function put({ style }: HTMLElement, { left, top, width, height }: Partial<Rect>): void {
  style.left = `${left}px`;
  style.top = `${top}px`;
  if (width !== undefined) style.width = `${width}px`;
  if (height !== undefined) style.height = `${height}px`;
}

const gap = 12;

/** A place for the card below, above, right or left of its target, so that it covers nothing of it; in the window's corner where there is no such room. */
function beside(target: Rect, { width, height }: Rect): Partial<Rect> {
  const right = innerWidth - width - gap;
  const bottom = innerHeight - height - gap;
  const left = Math.max(gap, Math.min(target.left, right));
  const top = Math.max(gap, Math.min(target.top, bottom));
  if (target.top + target.height + gap <= bottom) return { left, top: target.top + target.height + gap };
  if (target.top - gap - height >= gap) return { left, top: target.top - gap - height };
  if (target.left + target.width + gap <= right) return { left: target.left + target.width + gap, top };
  if (target.left - gap - width >= gap) return { left: target.left - gap - width, top };
  return { left: right, top: bottom };
}
