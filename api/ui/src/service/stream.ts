// Streams of events: what the service tells by itself for as long as someone looks at the page.

import { effect } from "@preact/signals";
import { session } from "../app/state";
import { back } from "./reach";

const pause = 2_000; // milliseconds before a service that refused is asked again, at first
const longest = 60_000;

/**
 * Listens to a stream until what is returned is called; hear is given each one that is begun.
 * While the page is hidden nobody listens; when it is shown again a stream is begun, as the
 * browser does after a lost connection. A service that refuses, since it is full or starting,
 * is asked again later.
 */
export function listen(address: () => string, hear: (stream: EventSource) => void): () => void {
  let stream: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wait = pause;

  const end = () => {
    clearTimeout(timer);
    stream?.close();
  };
  const begin = () => {
    end();
    if (document.hidden) return;
    const now = new EventSource(address());
    now.addEventListener("open", () => (wait = pause));
    now.addEventListener("error", () => {
      void back(); // perhaps the service is away
      if (now.readyState !== EventSource.CLOSED) return; // the browser comes again by itself
      timer = setTimeout(begin, wait * (0.5 + Math.random()));
      wait = Math.min(wait * 2, longest);
    });
    hear(now);
    stream = now;
  };
  document.addEventListener("visibilitychange", begin);
  const forget = effect(() => {
    session.value?.key; // another reader is told other things
    begin();
  });
  return () => {
    forget();
    document.removeEventListener("visibilitychange", begin);
    end();
  };
}
