// The drawing tools, what the chosen one does, and what it needs beside the map.

import { computed, effect, useComputed } from "@preact/signals";
import { useEffect, useLayoutEffect } from "preact/hooks";
import { layers } from "../../app/state";
import { city } from "../../map/MapView";
import { current, layer, over, redo, selected, tool, undo, type Tool } from "../desk";
import { Canvas } from "./canvas";
import "./draw.css";
import { busy, helped, node, said, target, thinned, tooMany } from "./hand";
import { half, offerHalf, storeHalf } from "./half";
import { followKeys, tools } from "./keys";
import { Task } from "./Task";
import { words } from "./words";

let canvas: Canvas | null = null;

const drawnOn = computed(() => (current.value && !over.value ? current.value.id : null));

/** Draws on the map while a draft is open. */
function keepCanvas(): () => void {
  return effect(() => {
    const [on, id] = [city.value, drawnOn.value];
    if (id === null) return;
    offerHalf(id);
    if (!on) return;
    const mine = (canvas = new Canvas(on));
    return () => {
      canvas = null;
      mine.stop();
    };
  });
}

export function Toolbar() {
  useLayoutEffect(() => {
    const ends = [keepCanvas(), followKeys(() => canvas)];
    return () => ends.forEach((end) => end());
  }, []);
  useEffect(
    () =>
      effect(() => {
        void tool.value;
        node.value = null;
        target.value = said.value = "";
      }),
    [],
  );
  const w = words.value;
  return (
    <section id="plan-tools" class="draw" aria-label={w.toolbar} aria-busy={city.value !== null && busy.value}>
      <Where />
      <div role="toolbar" aria-label={w.toolbar}>
        {tools.map(([name, key]) => (
          <ToolButton key={name} name={name} letter={key} />
        ))}
      </div>
      <p class="quiet">{w.does[tool.value]}</p>
      <Task />
      {!city.value && !canDraw && <p class="fault">{w.noMap}</p>}
      {tooMany.value && <p id="plan-too-many" class="fault">{w.tooMany}</p>}
      {thinned.value && <p id="plan-thinned" class="quiet">{w.thinned}</p>}
      <Half />
      <p id="plan-said" role="status">
        {said.value}
      </p>
      {helped.value && <Keys />}
    </section>
  );
}

const canDraw = document.createElement("canvas").getContext("webgl2") !== null;

function Where() {
  const w = words.value;
  const d = current.value;
  return (
    <div class="where">
      <label>
        {w.layer}
        <select id="plan-layer" value={layer.value} onChange={(event) => ([layer.value, selected.value] = [event.currentTarget.value, []])}>
          {layers.value.map(({ name, title }) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <button type="button" id="plan-undo" disabled={!d || d.head === 0} title="Ctrl Z" onClick={() => void undo()}>
        {w.undo}
      </button>
      <button type="button" id="plan-redo" disabled={!d || d.head >= d.edits} title="Ctrl Y" onClick={() => void redo()}>
        {w.redo}
      </button>
      <button type="button" aria-expanded={helped.value} title="?" onClick={() => (helped.value = !helped.value)}>
        {w.keys}
      </button>
    </div>
  );
}

function ToolButton({ name, letter }: { name: Tool; letter: string }) {
  const pressed = useComputed(() => tool.value === name);
  return (
    <button type="button" data-tool={name} aria-pressed={pressed.value} aria-keyshortcuts={letter} title={words.value.does[name]} onClick={() => (tool.value = name)}>
      {words.value.tools[name]} <kbd>{letter.toUpperCase()}</kbd>
    </button>
  );
}

/** What was half drawn when the page was left. */
function Half() {
  const left = half.value;
  const w = words.value;
  if (!left) return null;
  const drop = () => {
    if (current.peek()) storeHalf(current.peek()!.id, null);
    half.value = null;
  };
  return (
    <div id="plan-half" class="offer" role="status">
      <p>{w.half(w.tools[left.tool], left.points.length)}</p>
      {city.value && (
        <button type="button" data-half="go-on" onClick={() => canvas?.goOn(left)}>
          {w.goOn}
        </button>
      )}
      <button type="button" data-half="drop" onClick={drop}>
        {w.drop}
      </button>
    </div>
  );
}

function Keys() {
  const w = words.value;
  return (
    <dl id="plan-keys" aria-label={w.keys}>
      {w.keysOnMap.map(([key, does]) => [<dt key={key}>{key}</dt>, <dd>{does}</dd>])}
    </dl>
  );
}
