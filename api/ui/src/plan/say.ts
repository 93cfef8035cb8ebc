// How the planner's panel says times, numbers and names.

import { departments, layers } from "../app/state";
import { language } from "../words/language";
import { words } from "./words";

const locale = () => (language.value === "zh" ? "zh-CN" : "en-GB");

/** A moment, by the clock of who reads it. */
export function moment(time: string): string {
  return new Date(time).toLocaleString(locale(), { dateStyle: "short", timeStyle: "short" });
}

/** The time of a day. */
export function clock(time: string): string {
  return new Date(time).toLocaleTimeString(locale(), { timeStyle: "short" });
}

export function number(n: number, digits = 0): string {
  return n.toLocaleString(locale(), { maximumFractionDigits: digits });
}

/** Who did something; keys that nobody asks for have no names. */
export function who(name: string): string {
  return name || words.value.somebody;
}

/** Who did something and when; only when, where nobody has a name. */
export function byAt(name: string, time: string): string {
  return name ? words.value.by(name, moment(time)) : moment(time);
}

export function department(code: string | null | undefined): string {
  return code ? (departments.value.get(code)?.name ?? code) : words.value.nobody;
}

export function layerTitle(name: string): string {
  return layers.value.find((layer) => layer.name === name)?.title || name;
}
