// The page in two languages. Chinese uses the words of the trade.

export type Language = "en" | "zh";

const en = {
  title: "Who is responsible here?",
  other: "中文",
  otherLabel: "切换到中文",
  map: "Map of the city: move with the arrow keys, press Enter to ask about the middle",
  layers: "Layers",
  assets: "Assets",
  hint: "Click a place on the map, or move the map and press Enter, to see who answers there.",
  asking: "Asking …",
  answers: "Answers here",
  nobody: "Nobody is named to answer here",
  above: "Above it",
  why: "Why",
  areas: "Areas",
  lines: "Roads and lines in reach",
  none: "No area holds this place.",
  asset: "Asset",
  onEdge: "exactly on the border",
  neighbours: "also touching",
  fromEdge: "m from its border",
  away: "m away",
  edition: "Edition",
  close: "Close",
  empty: "There is no layer yet. Import one with: gridwarden import areas",
  offline: "The service does not answer. Is it still running?",
  mapFault: "The map cannot be drawn completely: ",
  noWebGL: "This browser cannot draw the map (WebGL is missing).",
  rules: {
    "asset.maintainer": "who maintains the asset",
    "asset.owner": "who owns the asset",
    "asset.authority": "authority over the asset",
    territory: "territory",
    fallback: "fallback to the area above",
    unrouted: "unrouted",
  } as Record<string, string>,
  sides: { left: "left", right: "right", both: "both sides" } as Record<string, string>,
};

type Words = typeof en;

const zh: Words = {
  title: "这里由谁负责？",
  other: "English",
  otherLabel: "Switch to English",
  map: "城市地图：用方向键移动，按回车键查询地图中心",
  layers: "图层",
  assets: "部件",
  hint: "点击地图上的位置，或移动地图后按回车键，查询责任单位。",
  asking: "正在查询……",
  answers: "责任单位",
  nobody: "此处没有明确的责任单位",
  above: "上级单位",
  why: "依据",
  areas: "所在区域",
  lines: "范围内的道路与线",
  none: "此处不在任何区域内。",
  asset: "部件",
  onEdge: "正好在边界上",
  neighbours: "同时相接",
  fromEdge: "米到边界",
  away: "米",
  edition: "版次",
  close: "关闭",
  empty: "还没有图层。请先导入：gridwarden import areas",
  offline: "服务没有应答，请确认它仍在运行。",
  mapFault: "地图无法完整显示：",
  noWebGL: "此浏览器无法绘制地图（缺少 WebGL）。",
  rules: {
    "asset.maintainer": "养护单位",
    "asset.owner": "权属单位",
    "asset.authority": "主管部门",
    territory: "属地",
    fallback: "属地兜底",
    unrouted: "未派遣",
  },
  sides: { left: "左侧", right: "右侧", both: "两侧" },
};

const stored = "gridwarden.language";

/** The language chosen before, else the browser's. */
export function preferred(): Language {
  const chosen = localStorage.getItem(stored) ?? navigator.language;
  return chosen.startsWith("zh") ? "zh" : "en";
}

/** Keeps the choice and tells assistive technology which language the page is in. */
export function speak(language: Language): Words {
  localStorage.setItem(stored, language);
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  return language === "zh" ? zh : en;
}

export type { Words };
