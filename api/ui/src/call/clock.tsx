// Times as the clocks of the city show them, wherever the reader is: the service tells them
// with the city's offset.

import { language } from "../words/language";

/** A day and a time for the reader, of a time of the service. */
function cityClock(at: string, dateStyle: "full" | "medium" = "medium"): string {
  const format = new Intl.DateTimeFormat(language.value === "zh" ? "zh-CN" : "en-GB", { dateStyle, timeStyle: "short", timeZone: "UTC" });
  return format.format(new Date(`${at.slice(0, 19)}Z`));
}

/** The same as an element that programs can read, too. */
export function CityTime({ at, long }: { at: string; long?: boolean }) {
  return <time datetime={at}>{cityClock(at, long ? "full" : "medium")}</time>;
}
