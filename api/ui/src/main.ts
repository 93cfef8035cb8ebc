// The page: a map of the city and a panel that says who is responsible where one clicks,
// for what is reported there.

import { aboutForm } from "./about";
import * as api from "./api";
import { drawn, findingsAt, legend, refused, type Audit } from "./audit";
import { follow } from "./changes";
import { byId, el } from "./dom";
import { preferred, speak, type Language } from "./i18n";
import { drawMap, type CityMap, type Clicked } from "./map";
import { fill, spoken, type Answer } from "./panel";
import { assets } from "./style";
import { inquired } from "./subjects";
import "./style.css";

const pause = 3000; // milliseconds before a service that did not answer is asked again

const panel = byId("panel");
const told = byId("told");
const switches = byId("layers");
const toggle = byId("language");
const about = aboutForm(byId("about"), () => askAnew());

let language: Language = preferred();
let words = speak(language);
let layers: api.Layer[] = [];
let categories: api.Category[] = [];
let answer: Answer = { state: "hint" };
let map: CityMap | null = null;
let clicked: Clicked | null = null;
let answers: Record<string, string> = {}; // to the questions asked about the place
let asking = new AbortController();
let audit: Audit = { state: "off" };
let auditing = new AbortController();
let merged: api.Layer[] = []; // layers in view whose areas are drawn as larger ones
const off = new Set<string>();

function show(next: Answer): void {
  answer = next;
  fill(panel, byId("answer"), answer, {
    layers,
    findings: clicked ? findingsAt(audit, clicked.lon, clicked.lat) : [],
    words,
    language,
    close,
    choose(id, value) {
      answers = { ...answers, [id]: value };
      void ask();
    },
    startOver: askAnew,
  });
  told.textContent = spoken(answer, words);
}

function close(): void {
  asking.abort();
  clicked = null;
  map?.mark(null);
  show({ state: "hint" });
  document.querySelector<HTMLElement>("#map canvas")?.focus();
}

/** A refusal is the service's own sentence; anything else means that it was not reached. */
function sentence(error: unknown): string {
  return error instanceof api.Refusal ? error.message : words.offline;
}

/** Asks about the place from the start: questions may be others now. */
function askAnew(): void {
  answers = {};
  void ask();
}

/** Asks about the place that was clicked, with the answers given so far. */
async function ask(): Promise<void> {
  if (!clicked) return;
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  const { lon, lat, asset } = clicked;
  const form = about.read();
  const inquiry = { ...form, ...inquired(asset, form.subject, categories), lon, lat, answers };
  show({ state: "asking", lon, lat });
  try {
    const [place, decision] = await Promise.all([
      api.locate(lon, lat, signal),
      api.route(inquiry, language, signal),
    ]);
    if (signal.aborted) return;
    map?.mark(place);
    show({ state: "answered", lon, lat, place, decision, answers: Object.keys(answers).length });
  } catch (error) {
    if (!signal.aborted) show({ state: "failed", lon, lat, message: sentence(error) });
  }
}

/** The list of layers, closed at first where it would cover the map. */
function drawSwitches(): void {
  const rows = [...layers.map(({ name, title }) => ({ name, title })), { name: assets, title: words.assets }];
  const list = el("details", {}, el("summary", {}, words.layers), ...rows.map(({ name, title }) => layerSwitch(name, title)));
  list.append(mergedNote(), auditSwitch(), legend(audit, words));
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

/** Says which layers in view are drawn as larger areas; empty when none is. */
function mergedNote(): HTMLElement {
  const titles = merged.map(({ title }) => title).join(words.comma);
  return el("p", { class: "merged", role: "status" }, titles && words.merged(titles));
}

function auditSwitch(): HTMLElement {
  const box = el("input", { type: "checkbox", name: "audit" });
  box.checked = audit.state !== "off";
  box.addEventListener("change", () => {
    if (box.checked) void loadAudit();
    else showAudit({ state: "off" });
  });
  return el("label", { class: "audit" }, box, el("span", {}, words.audit));
}

/** Shows a state of the audit; what was still loading is not wanted any more. */
function showAudit(next: Audit): void {
  auditing.abort();
  audit = next;
  map?.audit(drawn(audit));
  switches.querySelector(".legend")?.replaceWith(legend(audit, words));
  show(answer);
}

/** Loads the audit, which is large, only when it is switched on. */
async function loadAudit(): Promise<void> {
  showAudit({ state: "loading" });
  auditing = new AbortController();
  const { signal } = auditing;
  try {
    const findings = await api.responsibility(signal);
    if (!signal.aborted) showAudit({ state: "found", findings });
  } catch (error) {
    if (!signal.aborted) showAudit({ state: "failed", message: refused(error, words) });
  }
}

function drawWords(): void {
  words = speak(language);
  toggle.textContent = words.other;
  toggle.setAttribute("aria-label", words.otherLabel);
  document.title = `gridwarden · ${words.title}`;
  about.speak(words, language);
  if (layers.length > 0) drawSwitches();
  document.querySelector("#map canvas")?.setAttribute("aria-label", words.map);
  show(answer);
}

/** The service writes the sentences: in another language it is asked for them again. */
function switchLanguage(): void {
  language = language === "zh" ? "en" : "zh";
  drawWords();
  void ask();
  if (audit.state === "failed") void loadAudit();
}

function tell(message: string): void {
  const notice = document.getElementById("notice") ?? el("p", { id: "notice", class: "card fault", role: "alert" });
  notice.textContent = message;
  document.body.append(notice);
}

/** The layers, asked for again until a service that is still starting has them. */
async function loaded(): ReturnType<typeof api.city> {
  for (;;) {
    try {
      const found = await api.city();
      document.getElementById("notice")?.remove();
      return found;
    } catch (error) {
      tell(sentence(error));
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

/** What can be chosen as reported. Without it a place can still be asked about. */
async function offerCategories(): Promise<void> {
  try {
    categories = await api.categories();
    about.offer(categories);
  } catch (error) {
    tell(sentence(error));
  }
}

async function start(): Promise<void> {
  toggle.addEventListener("click", switchLanguage);
  drawWords();
  const city = await loaded();
  layers = city.layers;
  if (layers.length === 0) {
    tell(words.empty);
    return;
  }
  void offerCategories();
  try {
    map = drawMap(byId("map"), layers, {
      asked(place) {
        clicked = place;
        askAnew();
      },
      failed: (message) => tell(words.mapFault + message),
      merged(found) {
        merged = found;
        switches.querySelector(".merged")?.replaceWith(mergedNote());
      },
    });
    follow(city.sequence, map.refresh);
  } catch {
    tell(words.noWebGL);
  }
  drawWords();
}

void start();
