// The list of layers and what is switched off.

import { useState } from "preact/hooks";
import { merged } from "../map/MapView";
import { assets } from "../map/style";
import { glossary } from "../words/glossary";
import { hidden, layers } from "./state";
import { words } from "./words";

export function Layers() {
  const [open, setOpen] = useState(innerWidth >= 1000); // closed at first where it would cover the map
  const rows = [...layers.value.map(({ name, title }) => ({ name, title })), { name: assets, title: words.value.assets }];
  const titles = merged.value.map(({ title }) => title).join(glossary.value.comma);
  return (
    <details id="layers" class="card" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{words.value.layers}</summary>
      {rows.map(({ name, title }) => (
        <label key={name}>
          <input type="checkbox" name={name} checked={!hidden.value.has(name)} onChange={(event) => turn(name, event.currentTarget.checked)} />
          <span>{title}</span>
          <span class="code">{title === name ? "" : name}</span>
        </label>
      ))}
      <p class="merged" role="status">
        {titles && words.value.merged(titles)}
      </p>
    </details>
  );
}

function turn(name: string, on: boolean): void {
  const off = new Set(hidden.value);
  if (on) off.delete(name);
  else off.add(name);
  hidden.value = off;
}
