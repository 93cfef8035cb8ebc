// The call-taker's workplace: what is reported where, who answers, and filing it; or the
// report that is open.

import { effect } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { may, report, spot, subject } from "../app/state";
import { city } from "../map/MapView";
import { About } from "./About";
import { Answer, Around } from "./Answer";
import { keepAsking, keepGivenApt } from "./call";
import { CaseView } from "./case/CaseView";
import { correcting } from "./case/Correction";
import { keepOpened } from "./case/opened";
import { WaitingReturns } from "./case/Waiting";
import { Filing } from "./Filing";
import { keepFiledApt, keepTyped } from "./filing";
import { Nearby } from "./Nearby";
import { keepNearby } from "./nearby";
import { keepMarks } from "./pin";
import "./call.css";
import { words } from "./words";

export default function Call() {
  useLayoutEffect(() => {
    const stops = [keepTyped(), keepGivenApt(), keepFiledApt(), keepAsking(), keepNearby(), keepOpened(), newPlaceIsNewCall()];
    return () => stops.forEach((stop) => stop());
  }, []);
  useLayoutEffect(() => {
    const map = city.value;
    if (!map) return;
    const stops = [map.take((taken) => (spot.value = taken)), keepMarks(map)];
    return () => stops.forEach((stop) => stop());
  }, [city.value]);
  useSubjectNext();
  if (report.value) return <CaseView />;
  return (
    <>
      <h2>{words.value.title}</h2>
      <About />
      <Answer />
      <Nearby />
      <Filing />
      <Around />
      {may("dispatch") && <WaitingReturns />}
    </>
  );
}

/** Another place leaves the report that is open, unless it is the new place of that report. */
function newPlaceIsNewCall(): () => void {
  let [at, open] = [spot.peek(), report.peek()];
  return effect(() => {
    const isMoved = spot.value !== at;
    const isSame = report.value === open;
    [at, open] = [spot.value, report.value];
    if (isMoved && isSame && at && !correcting.peek()) report.value = null;
  });
}

/**
 * A place is followed by what is reported there: the field for it takes the focus, at once, for
 * the next key may come right after, but not where a keyboard on the screen would cover the map.
 */
function useSubjectNext(): void {
  const at = useRef(spot.value);
  useLayoutEffect(() => {
    const isNew = spot.value !== null && spot.value !== at.current;
    at.current = spot.value;
    if (isNew && !subject.peek() && !correcting.peek() && !matchMedia("(pointer: coarse)").matches) document.getElementById("subject")?.focus();
  }, [spot.value]);
}
