// The frame of the page: the bar above, the map, and the workplace beside it.

import type { ComponentType } from "preact";
import { lazy, Suspense } from "preact/compat";
import { AreaCard } from "../area/AreaCard";
import { Find } from "../find/Find";
import { Tour } from "../help/Tour";
import { MapView } from "../map/MapView";
import { Timeline } from "../time/Timeline";
import { language } from "../words/language";
import { Layers } from "./Layers";
import { Notices } from "./notices";
import { SignIn } from "./SignIn";
import { layers, workplace, type Workplace } from "./state";
import { words } from "./words";

const idle = 2_000; // milliseconds after the city is known, when the map is likely drawn

const code = {
  call: () => import("../call/Call"),
  plan: () => import("../plan/Plan"),
  duty: () => import("../duty/Duty"),
};

const rooms = { call: room(code.call), plan: room(code.plan), duty: room(code.duty) };

/** A workplace, or a sentence where its code cannot be had. */
function room(load: () => Promise<{ default: ComponentType }>) {
  return lazy(() => load().catch(() => ({ default: Missing })));
}

function Missing() {
  return (
    <p class="fault" role="alert">
      {words.value.missing}{" "}
      <button type="button" onClick={() => location.reload()}>
        {words.value.reload}
      </button>
    </p>
  );
}

/** Fetches the code of every workplace while nobody waits for it: the service may be away when one goes there. */
export function fetchRooms(): void {
  setTimeout(() => void Promise.allSettled(Object.values(code).map((load) => load())), idle);
}

export function App() {
  const Room = rooms[workplace.value];
  document.title = `gridwarden · ${words.value.workplaces[workplace.value]}`;
  return (
    <>
      <button class="skip" type="button" onClick={() => document.getElementById("panel")?.focus()}>
        {words.value.skip}
      </button>
      <header id="bar">
        <h1>gridwarden</h1>
        <Workplaces />
        <Find />
        <SignIn />
        <Tour />
        <button id="language" type="button" lang={language.value === "zh" ? "en" : "zh-CN"} aria-label={words.value.otherLabel} onClick={() => (language.value = language.value === "zh" ? "en" : "zh")}>
          {words.value.other}
        </button>
      </header>
      <div id="ground">
        {layers.value.length > 0 ? <MapView /> : <main id="map" />}
        <Layers />
        <Timeline />
      </div>
      <aside id="panel" tabIndex={-1} class={workplace.value} aria-label={words.value.workplaces[workplace.value]}>
        {workplace.value !== "plan" && <AreaCard />}
        <Suspense fallback={<p class="quiet">{words.value.wait}</p>}>
          <Room />
        </Suspense>
      </aside>
      <Notices />
    </>
  );
}

function Workplaces() {
  return (
    <nav aria-label={words.value.workplacesLabel}>
      {(Object.keys(rooms) as Workplace[]).map((name) => (
        <button type="button" key={name} data-workplace={name} aria-current={workplace.value === name ? "page" : undefined} onClick={() => (workplace.value = name)}>
          {words.value.workplaces[name]}
        </button>
      ))}
    </nav>
  );
}
