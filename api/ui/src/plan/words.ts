import { bilingual } from "../words/language";

export const words = bilingual(
  {
    firstThis: "First send this one, or drop it: what you drew after it was not taken.",
    overtaken: (who: string, why: string) => `${who || "Somebody"} changed the same ground meanwhile (“${why}”). Look at the map, then send yours or drop it.`,
  },
  {
    firstThis: "请先提交或放弃这一项，之后画的内容未被采用。",
    overtaken: (who, why) => `${who || "有人"}刚刚修改了同一处（“${why}”）。请先查看地图，再决定提交或放弃。`,
  },
);
