// Correcting a report: another place, subject, address or condition. It is routed anew.

import { signal } from "@preact/signals";
import { useLayoutEffect, useState } from "preact/hooks";
import { spot, type Subject } from "../../app/state";
import type { Schema } from "../../service/client";
import { SubjectField } from "../SubjectField";
import { subjectKey, subjectOf } from "../subjects";
import { correct } from "./opened";
import { words } from "./words";

/** Whether a report is being corrected: then a click on the map is its new place. */
export const correcting = signal(false);

export function Correction({ of }: { of: Schema<"Case"> }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="correction" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary id="correct">{words.value.correct}</summary>
      {isOpen && <Fields of={of} close={() => setOpen(false)} />}
    </details>
  );
}

/**
 * The pin is the place of the report while it is corrected; then it is again that of the call,
 * which may not be over. It is so before the fields are seen: a click may come right after.
 */
function usePinOf({ lon, lat }: Schema<"Case">): void {
  useLayoutEffect(() => {
    const before = spot.peek();
    correcting.value = true;
    spot.value = lon !== undefined && lat !== undefined ? { lon, lat, asset: null } : null;
    return () => {
      spot.value = before;
      correcting.value = false;
    };
  }, []);
}

function Fields({ of, close }: { of: Schema<"Case">; close(): void }) {
  const [seen] = useState(of); // what the corrector changes; of may be read again meanwhile
  const [subject, setSubject] = useState<Subject | null>(subjectOf(of));
  const [address, setAddress] = useState(of.address ?? "");
  const [condition, setCondition] = useState(of.condition ?? "");
  const [fault, setFault] = useState("");
  const [busy, setBusy] = useState(false);
  usePinOf(seen);

  const change = { ...movedTo(seen), ...subjectChange(seen, subject), ...textChange("address", seen.address, address), ...textChange("condition", seen.condition, condition) };
  const isChanged = Object.keys(change).length > 0;
  const send = async () => {
    setBusy(true);
    const why = await correct(of, change);
    setBusy(false);
    setFault(why);
    if (!why) close();
  };
  return (
    <form onSubmit={(event) => event.preventDefault()}>
      <SubjectField id="corrected-subject" value={subject} onChoose={setSubject} />
      <p class="quiet">
        {words.value.place} <span class="code at">{spot.value && `${spot.value.lon.toFixed(7)}, ${spot.value.lat.toFixed(7)}`}</span> {words.value.correctHint}
      </p>
      <label>
        {words.value.address}
        <input name="corrected-address" maxLength={500} autocomplete="off" value={address} onInput={(event) => setAddress(event.currentTarget.value)} />
      </label>
      <label>
        {words.value.conditionCode}
        <input name="corrected-condition" maxLength={200} autocomplete="off" value={condition} onInput={(event) => setCondition(event.currentTarget.value.trim())} />
      </label>
      {fault && (
        <p class="fault" role="alert">
          {fault}
        </p>
      )}
      <p class="buttons">
        <button type="button" id="reroute" class="main" disabled={!isChanged || busy} onClick={() => void send()}>
          {words.value.save}
        </button>
        <button type="button" onClick={close}>
          {words.value.cancel}
        </button>
      </p>
      {!isChanged && <p class="quiet">{words.value.unchanged}</p>}
    </form>
  );
}

/** The place of the pin, with the asset that was meant there, if it is another. */
function movedTo({ lon, lat }: Schema<"Case">): Schema<"Correction"> {
  const at = spot.value;
  if (!at || (at.lon === lon && at.lat === lat && !at.asset)) return {};
  return { lon: at.lon, lat: at.lat, asset_id: at.asset?.id ?? null };
}

function subjectChange(of: Schema<"Case">, now: Subject | null): Schema<"Correction"> {
  const was = subjectOf(of);
  if ((was && subjectKey(was)) === (now && subjectKey(now))) return {};
  return now ?? { category: null, family: null };
}

function textChange(name: "address" | "condition", was: string | undefined, now: string): Schema<"Correction"> {
  return now === (was ?? "") ? {} : { [name]: now || null };
}
