// The page: a map of the city and a panel that says who is responsible where one clicks.

import * as api from "./api";
import { byId, el } from "./dom";
import { preferred, speak, type Language } from "./i18n";
import { drawMap, type CityMap } from "./map";
import { fill, type Answer } from "./panel";
import { assets } from "./style";
import "./style.css";

const pause = 3000; // milliseconds before a service that did not answer is asked again

const panel = byId("panel");
const switches = byId("layers");
const toggle = byId("language");

let language: Language = preferred();
let words = speak(language);
let layers: api.Layer[] = [];
let answer: Answer = { state: "hint" };
let map: CityMap | null = null;
let asking = new AbortController();
const off = new Set<string>();

function show(next: Answer): void {
  answer = next;
  fill(panel, answer, layers, words, () => {
    asking.abort();
    map?.mark(null);
    show({ state: "hint" });
  });
}

/** A refusal is the service's own sentence; anything else means that it was not reached. */
function sentence(error: unknown): string {
  return error instanceof api.Refusal ? error.message : words.offline;
}

async function ask(lon: number, lat: number, asset: api.AssetRef | null): Promise<void> {
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  show({ state: "asking", lon, lat });
  try {
    const [place, decision] = await Promise.all([
      api.locate(lon, lat, signal),
      api.route(lon, lat, asset, signal),
    ]);
    if (signal.aborted) return;
    map?.mark(place);
    show({ state: "answered", lon, lat, asset, place, decision });
  } catch (error) {
    if (!signal.aborted) show({ state: "failed", lon, lat, message: sentence(error) });
  }
}

/** The list of layers, closed at first where it would cover the map. */
function drawSwitches(): void {
  const rows = [...layers.map(({ name, title }) => ({ name, title })), { name: assets, title: words.assets }];
  const list = el("details", {}, el("summary", {}, words.layers), ...rows.map(({ name, title }) => layerSwitch(name, title)));
  list.open = switches.querySelector("details")?.open ?? innerWidth >= 640;
  switches.replaceChildren(list);
}

function layerSwitch(name: string, title: string): HTMLElement {
  const box = el("input", { type: "checkbox", name });
  box.checked = !off.has(name);
  box.addEventListener("change", () => {
    if (box.checked) off.delete(name);
    else off.add(name);
    map?.show(name, box.checked);
  });
  return el("label", {}, box, el("span", {}, title), el("span", { class: "code" }, title === name ? "" : name));
}

function drawWords(): void {
  words = speak(language);
  toggle.textContent = words.other;
  toggle.setAttribute("aria-label", words.otherLabel);
  document.title = `gridwarden · ${words.title}`;
  if (layers.length > 0) drawSwitches();
  document.querySelector("#map canvas")?.setAttribute("aria-label", words.map);
  show(answer);
}

function tell(message: string): void {
  const told = document.getElementById("notice") ?? el("p", { id: "notice", class: "card fault", role: "alert" });
  told.textContent = message;
  document.body.append(told);
}

/** The layers, asked for again until a service that is still starting has them. */
async function loaded(): Promise<api.Layer[]> {
  for (;;) {
    try {
      const found = await api.layers();
      document.getElementById("notice")?.remove();
      return found;
    } catch (error) {
      tell(sentence(error));
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

async function start(): Promise<void> {
  toggle.addEventListener("click", () => {
    language = language === "zh" ? "en" : "zh";
    drawWords();
  });
  drawWords();
  layers = await loaded();
  if (layers.length === 0) {
    tell(words.empty);
    return;
  }
  try {
    map = drawMap(byId("map"), layers, {
      asked: (lon, lat, asset) => void ask(lon, lat, asset),
      failed: (message) => tell(words.mapFault + message),
    });
  } catch {
    tell(words.noWebGL);
  }
  drawWords();
}

void start();
