// Before and after on one map: the edition that the draft stands on lies over the draft, up
// to a divider that is dragged or moved by the arrow keys.

import { useSignal } from "@preact/signals";
import { Map } from "maplibre-gl";
import { createPortal } from "preact/compat";
import { useEffect, useRef } from "preact/hooks";
import { basemap, hidden, layers } from "../../app/state";
import { city } from "../../map/MapView";
import { noLabels, styleOf } from "../../map/style";
import { words } from "../words";
import "./swipe.css";

const step = 5; // percent that an arrow key moves the divider

export function Swipe({ base, onClose }: { base: number; onClose(): void }) {
  const container = useRef<HTMLDivElement>(null);
  const at = useSignal(50); // percent of the map's width
  useEffect(() => {
    const map = city.value?.map;
    return map && container.current ? before(map, container.current, base) : undefined;
  }, [city.value, base]);

  const move = (to: number) => (at.value = Math.min(100, Math.max(0, to)));
  const keys: Record<string, number> = { ArrowLeft: -step, ArrowDown: -step, ArrowRight: step, ArrowUp: step, Home: -100, End: 100 };
  const press = (event: KeyboardEvent) => {
    const by = keys[event.key];
    if (by === undefined) return;
    event.preventDefault();
    move(at.peek() + by);
  };
  const drag = (event: PointerEvent & { currentTarget: HTMLElement }) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const box = event.currentTarget.parentElement!.getBoundingClientRect();
    move(Math.round((100 * (event.clientX - box.left)) / box.width));
  };
  const ground = document.querySelector("#ground");
  if (!ground) return null;
  const w = words.value;
  return createPortal(
    <div id="swipe">
      <div class="over" ref={container} style={{ clipPath: `inset(0 ${100 - at.value}% 0 0)` }} />
      <div
        role="slider"
        tabIndex={0}
        class="divider"
        aria-label={w.swipe}
        aria-orientation="horizontal"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={at.value}
        style={{ left: `${at.value}%` }}
        onKeyDown={press}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={drag}
      />
      <p class="side left">{w.beforeEdition(base)}</p>
      <p class="side right">{w.afterDraft}</p>
      <button type="button" id="swipe-off" class="main" onClick={onClose}>
        {w.swipeOff}
      </button>
    </div>,
    ground,
  );
}

/** Draws an edition over a map, moving as that does. Returns how to take it away. */
function before(beside: Map, container: HTMLElement, edition: number): () => void {
  const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
  const sight = () => ({ center: beside.getCenter(), zoom: beside.getZoom() });
  const style = styleOf({ layers: layers.peek(), base: basemap.peek(), hidden: hidden.peek(), asOf: { edition }, labels: noLabels, isDark });
  const map = new Map({ container, style, interactive: false, attributionControl: false, ...sight() });
  const follow = () => map.jumpTo(sight());
  beside.on("move", follow);
  return () => {
    beside.off("move", follow);
    map.remove();
  };
}
