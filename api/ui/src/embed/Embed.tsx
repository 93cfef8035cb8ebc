// The page inside another screen: the question, the answer, and the decision handed back.

import { computed, effect, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Notices } from "../app/notices";
import { SignIn } from "../app/SignIn";
import { hold } from "../app/session";
import { spot, subject } from "../app/state";
import { Answer } from "../call/Answer";
import { answer, inquiry, keepAsking, keepGivenApt } from "../call/call";
import { SubjectField } from "../call/SubjectField";
import { subjects } from "../call/subjects";
import { Find } from "../find/Find";
import { given, namedSubject } from "./given";
import { words } from "./words";

/** The place the address names, until another is found; it may be told in another system. */
const named = given.place && { lon: given.place.lon, lat: given.place.lat, asset: null };

const asked = computed(() => {
  const body = inquiry.value;
  return body && given.place?.crs && spot.value === named ? { ...body, crs: given.place.crs } : body;
});

const handed = signal(false);

export function Embed() {
  useEffect(() => {
    spot.value = named;
    const stops = [keepGivenApt(), keepAsking(asked), takeSubject(), handBack()];
    return () => stops.forEach((stop) => stop());
  }, []);
  return (
    <>
      <main id="panel" class="call" aria-label={words.value.title}>
        <SignIn show={hold} />
        {!named && <p class="quiet">{words.value.noPlace}</p>}
        {!named && <Find />}
        <SubjectField id="subject" value={subject.value} onChoose={(chosen) => (subject.value = chosen)} written={given.words} />
        <Answer />
        <p class="quiet" id="handed" role="status">
          {given.origin === null ? words.value.noOrigin : handed.value && words.value.handed(given.origin)}
        </p>
      </main>
      <Notices />
    </>
  );
}

/** Takes the subject that the address names, once the categories are known. */
function takeSubject(): () => void {
  return effect(() => {
    const found = namedSubject(given, subjects.value);
    if (found && !subject.peek()) subject.value = found;
  });
}

/**
 * Hands each decision to the screen around this page. The browser delivers it only where the
 * origin named is that screen's; who may be around it at all says the policy of this page.
 */
function handBack(): () => void {
  return effect(() => {
    const { state, decision } = answer.value;
    handed.value = state === "answered" && given.origin !== null;
    if (handed.peek()) parent.postMessage({ type: "gridwarden.decision", report: asked.peek(), decision }, given.origin ?? "");
  });
}
