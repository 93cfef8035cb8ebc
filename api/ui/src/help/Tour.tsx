// Help: a button that lists the keys and begins the tour, and the offer of the tour to those
// who come for the first time. It is offered in a corner and never forced on anybody, nor
// on those who follow an address somebody sent them.

import { signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Steps } from "./Steps";
import { words } from "./words";
import "./help.css";

const stored = "gridwarden.tour";

const offered = signal(location.hash === "" && localStorage.getItem(stored) === null);
const shown = signal<"nothing" | "keys" | "tour">("nothing");

/** Shows the tour, the keys or neither; whoever chose is not offered the tour again. */
function show(what: typeof shown.value): void {
  offered.value = false;
  localStorage.setItem(stored, "seen");
  shown.value = what;
}

export function Tour() {
  const button = useRef<HTMLButtonElement>(null);
  const close = () => {
    show("nothing");
    button.current?.focus();
  };
  return (
    <>
      <button id="help" type="button" ref={button} aria-label={words.value.help} aria-expanded={shown.value === "keys"} onClick={() => show(shown.value === "keys" ? "nothing" : "keys")}>
        ?
      </button>
      {offered.value && <Offer />}
      {shown.value === "keys" && <Keys close={close} />}
      {shown.value === "tour" && <Steps close={close} />}
    </>
  );
}

function Offer() {
  return (
    <section id="tour-offer" class="card" aria-label={words.value.help}>
      {words.value.offer}
      <button type="button" data-tour="start" onClick={() => show("tour")}>
        {words.value.start}
      </button>
      <button type="button" data-tour="dismiss" onClick={() => show("nothing")}>
        {words.value.dismiss}
      </button>
    </section>
  );
}

function Keys({ close }: { close: () => void }) {
  const start = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => start.current?.focus(), []);
  return (
    <section id="keys" class="card" role="dialog" aria-label={words.value.help} onKeyDown={(event) => event.key === "Escape" && close()}>
      <button type="button" class="close" aria-label={words.value.close} onClick={close}>
        ×
      </button>
      <h2>{words.value.keys}</h2>
      <dl>
        {words.value.listed.map(([key, does], i) => [
          <dt key={`${i} key`}>
            <kbd>{key}</kbd>
          </dt>,
          <dd key={`${i} does`}>{does}</dd>,
        ])}
      </dl>
      <button type="button" data-tour="start" ref={start} onClick={() => show("tour")}>
        {words.value.start}
      </button>
    </section>
  );
}
