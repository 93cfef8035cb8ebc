// The duty officer's workplace: the duty table, its audit, and where reports bounce.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { asOf, session } from "../app/state";
import { Audit } from "./Audit";
import "./duty.css";
import { part, type Part } from "./fill";
import { keepAreaNames } from "./names";
import { keepFresh } from "./propose";
import { Returns } from "./Returns";
import { loadRows } from "./rows";
import { Table } from "./Table";
import { words } from "./words";

const parts: Record<Part, () => preact.JSX.Element> = { table: Table, audit: Audit, returns: Returns };

export default function Duty() {
  const wide = useSignal(false);
  useEffect(() => void loadRows(), [asOf.value, session.value]);
  useEffect(keepAreaNames, []);
  useEffect(keepFresh, []);
  const Shown = parts[part.value];
  const w = words.value;
  return (
    <div class={wide.value ? "duty-room wide" : "duty-room"}>
      <div class="tools">
        <div role="tablist" aria-label={w.roomsLabel} onKeyDown={keyed}>
          {(Object.keys(parts) as Part[]).map((name) => (
            <button
              type="button"
              key={name}
              role="tab"
              id={`duty-tab-${name}`}
              data-part={name}
              aria-selected={part.value === name}
              aria-controls="duty-part"
              tabIndex={part.value === name ? 0 : -1}
              onClick={() => (part.value = name)}
            >
              {w.rooms[name]}
            </button>
          ))}
        </div>
        <button type="button" id="duty-wide" class="last" aria-pressed={wide.value} onClick={() => (wide.value = !wide.value)}>
          {wide.value ? w.smaller : w.larger}
        </button>
      </div>
      <div id="duty-part" role="tabpanel" aria-labelledby={`duty-tab-${part.value}`}>
        <Shown />
      </div>
    </div>
  );
}

/** The arrow keys go from tab to tab, as everywhere. */
function keyed(event: KeyboardEvent): void {
  const names = Object.keys(parts) as Part[];
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!step) return;
  const next = names[(names.indexOf(part.value) + step + names.length) % names.length] ?? part.value;
  part.value = next;
  document.getElementById(`duty-tab-${next}`)?.focus();
}
