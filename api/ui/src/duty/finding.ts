// A finding of the audit as a Chinese sentence; in English the service writes it.

import type { Finding } from "../service/old";

const named = 4; // categories before the others are only counted

/** Says what is wrong, for what, where and when. */
export function inChinese(finding: Finding): string {
  return [what(finding), ...circumstances(finding), ground(finding)].join("；") + "。";
}

function what(finding: Finding): string {
  const { kind, rule, rows = [], names = [] } = finding;
  switch (kind) {
    case "hole":
      return categories(finding) + (rule === "fallback" ? "仅有属地兜底" : "无人负责");
    case "collision":
      return `${categories(finding)}：责任清单“${rows[0]}”行（${names[0]}）与“${rows[1]}”行（${names[1]}）顺序相同，责任单位不同`;
    case "gap":
      return "此处上级区域未划入任何下级区域，由上级区域的责任单位负责";
    default:
      return finding.message;
  }
}

function categories({ categories: all = [] }: Finding): string {
  const first = all.slice(0, named).map(({ code, name }) => code + name);
  return first.join("、") + (all.length > named ? `等${all.length}个类别` : "");
}

function circumstances({ condition, answers, when }: Finding): string[] {
  const told: string[] = [];
  if (condition) told.push(`立案条件：${condition}`);
  if (answers) told.push(`条件：${answers}`);
  if (when) told.push(`时段：${when.zh}`);
  return told;
}

function ground({ places, drawn, area_m2, assets }: Finding): string {
  const size = area_m2 >= 100_000 ? `${(area_m2 / 1e6).toFixed(2)}平方千米` : `${Math.round(area_m2)}平方米`;
  const parts = [`共${places}处（${size}）`, assets > 0 ? `部件${assets}个` : "", drawn < places ? `地图绘出${drawn}处` : ""];
  return parts.filter(Boolean).join("，");
}
