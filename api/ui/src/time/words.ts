import { bilingual, language } from "../words/language";

export const words = bilingual(
  {
    editions: "Editions",
    now: "Now",
    edition: (n: number) => `edition ${n}`,
    past: (n: number, day: string) => `You look at edition ${n}, of ${day}. The map, answers and tables are of that day.`,
    back: "Back to now",
    unknown: (n: number, newest: number) => `There is no edition ${n}; the newest is ${newest}.`,
    none: "Nothing was published yet. Each publication becomes an edition, and can be looked at here.",
    older: "Earlier editions",
    published: (day: string, author: string) => `published ${day}${author && ` by ${author}`}`,
    changed: (begun: number, ended: number) => `${begun} areas anew, ${ended} ended`,
    differences: "What it changed",
    onMap: "Show on the map",
    same: "No border or area is otherwise than in the edition before.",
    more: "More",
    became: { began: "new", ended: "ended", recoded: "new code", split: "split", merged: "merged", moved: "border moved", noded: "node added", renamed: "renamed", department: "department", parent: "moved to another parent", attributes: "attributes" },
  },
  {
    editions: "版次",
    now: "现行",
    edition: (n) => `第 ${n} 版`,
    past: (n, day) => `正在查看第 ${n} 版（${day}）。地图、答复和表格均为当日状态。`,
    back: "回到现行版次",
    unknown: (n, newest) => `没有第 ${n} 版，最新为第 ${newest} 版。`,
    none: "尚未发布任何版次。每次发布都会成为一个版次，可在此回看。",
    older: "更早的版次",
    published: (day, author) => `${day} 发布${author && `（${author}）`}`,
    changed: (begun, ended) => `新增或变更 ${begun} 个区域，终止 ${ended} 个`,
    differences: "本版变更",
    onMap: "在地图上显示",
    same: "与上一版相比，区域和边界没有变化。",
    more: "更多",
    became: { began: "新设", ended: "撤销", recoded: "改码", split: "拆分", merged: "合并", moved: "边界调整", noded: "增加节点", renamed: "更名", department: "责任单位变更", parent: "调整隶属", attributes: "属性变更" },
  },
);

/** The day of a moment, as the reader writes days. */
export function day(moment: string): string {
  return new Date(moment).toLocaleDateString(language.value === "zh" ? "zh-CN" : "en-GB", { year: "numeric", month: "short", day: "numeric" });
}
