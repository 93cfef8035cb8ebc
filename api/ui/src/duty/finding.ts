// A finding of the audit: what it is called, and as a sentence. In English the service
// writes it; in Chinese it is put together here of the same parts.

import type { Schema } from "../service/client";
import { language } from "../words/language";

export type Finding = Schema<"Finding">;

/** How a finding looks on the map: nobody answers; only the fallback does; two rows contradict each other; anything else. */
export type Look = "hole" | "fallback" | "collision" | "other";

/** What a finding is called: a hole that the fallback fills is none that loses reports. */
export function nameOf({ kind, rule }: Finding): string {
  return kind === "hole" && rule === "fallback" ? "fallback" : kind;
}

export function lookOf(name: string): Look {
  if (name === "gap") return "fallback";
  return name === "hole" || name === "fallback" || name === "collision" ? name : "other";
}

/** The sign of what it is called: to be told without colours. */
export function signOf(name: string): string {
  return { hole: "✕", fallback: "◐", collision: "≠", gap: "▨", "empty-duty": "∅", "dead-row": "†" }[name] ?? "!";
}

/** Says what is wrong, for what, where and when. */
export function sentenceOf(finding: Finding): string {
  return language.value === "zh" ? inChinese(finding) : finding.message;
}

const named = 4; // categories before the others are only counted

function inChinese(finding: Finding): string {
  if (finding.kind === "dead-row") return `${dead(finding)}。`;
  if (finding.kind === "empty-duty") return `${empty(finding)}。`;
  return `${[what(finding), ...circumstances(finding), ground(finding)].join("；")}。`;
}

function what(finding: Finding): string {
  const { kind, rule, rows = [], names = [] } = finding;
  switch (kind) {
    case "hole":
      return categories(finding) + (rule === "fallback" ? "仅有属地兜底" : "无人负责");
    case "collision":
      return `${categories(finding)}：责任行“${rows[0]}”（${names[0]}）与“${rows[1]}”（${names[1]}）顺序相同，责任单位不同`;
    default:
      return "此处上级区域未划入任何下级区域，由上级区域的责任单位负责";
  }
}

function dead({ rows: [id, ...before] = [], message }: Finding): string {
  const ended = /ended on (\d{4}-\d\d-\d\d)/.exec(message)?.[1];
  if (ended) return `责任行“${id}”已于${ended}失效；请终止该行`;
  if (before.length > 0) return `责任行“${id}”从不生效：凡其适用之处，“${before.join("”“")}”均在其前；请调小其优先级，或终止该行`;
  return `责任行“${id}”从不生效：没有适用的地点、类别或时间，或所指单位无处可寻；请修改，或终止该行`;
}

function empty({ rows: [id] = [], places, message }: Finding): string {
  const column = /column (\w+):/.exec(message)?.[1];
  if (id === undefined) return `${places}个区域的责任单位不存在或已终止；请改为现有单位`;
  return `责任行“${id}”${column ? `的${column}一栏` : ""}所指不存在或已终止；请改正`;
}

function categories({ categories: all = [] }: Finding): string {
  const first = all.slice(0, named).map(({ code, name }) => code + name);
  return first.join("、") + (all.length > named ? `等${all.length}个类别` : "");
}

function circumstances({ condition, answers, asset, when }: Finding): string[] {
  const told: string[] = [];
  if (condition) told.push(`立案条件：${condition}`);
  if (answers) told.push(`条件：${answers}`);
  if (asset === "none") told.push("无部件时");
  if (when) told.push(`时段：${when.zh}`);
  return told;
}

function ground({ places, area_m2, assets }: Finding): string {
  const size = area_m2 >= 100_000 ? `${(area_m2 / 1e6).toFixed(2)}平方千米` : `${Math.round(area_m2)}平方米`;
  return [`共${places}处（${size}）`, assets > 0 ? `部件${assets}个` : ""].filter(Boolean).join("，");
}
