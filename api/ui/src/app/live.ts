// Keeps the page as the city is: what others change appears by itself.

import { follow } from "../map/changes";
import { city } from "../map/MapView";
import { assets } from "../map/style";
import { renewEditions } from "../time/editions";
import { loadLayers } from "./load";

const pause = 1_000; // milliseconds in which several changes are one

/** Follows the city from a sequence on, for as long as the page is open. */
export function keepLive(sequence: number): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  follow(sequence, ({ changed, layers, published }) => {
    city.peek()?.refresh(changed);
    if (published) renewEditions();
    if (layers?.every((name) => name === assets)) return;
    clearTimeout(timer);
    timer = setTimeout(() => void loadLayers().catch(() => {}), pause); // what is wrong with the service is told elsewhere
  });
}
