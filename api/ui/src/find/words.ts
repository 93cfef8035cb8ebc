import { bilingual } from "../words/language";
import type { Result } from "./search";

export const words = bilingual(
  {
    label: "Find a place, an area, an asset, a category, a department or a report",
    hint: "Code, name, asset, coordinates …  /",
    kinds: { area: "area", asset: "asset", category: "category", department: "department", report: "case", point: "place" } satisfies Record<Result["kind"], string>,
    systems: { "OGC:CRS84": "WGS 84", "GCJ-02": "GCJ-02 (Amap, Tencent)", "BD-09": "BD-09 (Baidu)" },
    outside: "outside every area",
    none: (text: string) => `Nothing is called “${text}”. Try part of a name, a code, or coordinates such as 120.17, 30.28.`,
    more: "There are more: write more of it.",
    count: (n: number) => (n === 1 ? "1 result" : `${n} results`),
  },
  {
    label: "查找位置、区域、部件、类别、责任单位或案件",
    hint: "编码、名称、部件、坐标……  /",
    kinds: { area: "区域", asset: "部件", category: "类别", department: "责任单位", report: "案件", point: "位置" },
    systems: { "OGC:CRS84": "WGS 84", "GCJ-02": "GCJ-02（高德、腾讯）", "BD-09": "BD-09（百度）" },
    outside: "不在任何区域内",
    none: (text) => `没有找到“${text}”。可输入名称的一部分、编码，或坐标，例如 120.17, 30.28。`,
    more: "还有更多结果，请输入得更具体一些。",
    count: (n) => `${n} 条结果`,
  },
);
