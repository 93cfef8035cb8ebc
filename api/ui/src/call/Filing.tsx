// Filing the report: what else the caller says, the button, and what became of it.

import { asOf, may, report } from "../app/state";
import { answer } from "./call";
import { address, description, fault, file, filed, nextCall, pending, sending } from "./filing";
import { words } from "./words";

export function Filing() {
  if (answer.value.state === "none") return null;
  if (filed.value) return <Done />;
  const off = whyNot();
  return (
    <form id="filing" onSubmit={(event) => event.preventDefault()}>
      <fieldset disabled={pending.value !== null}>
        <label>
          {words.value.address}
          <input name="address" maxLength={500} autocomplete="off" value={address.value} onInput={(event) => (address.value = event.currentTarget.value)} />
        </label>
        <label>
          {words.value.description}
          <textarea name="description" rows={2} maxLength={10_000} value={description.value} onInput={(event) => (description.value = event.currentTarget.value)} />
        </label>
      </fieldset>
      {fault.value && (
        <p class="fault" role="alert">
          {fault.value}
        </p>
      )}
      {pending.value && !sending.value && <p class="quiet">{words.value.unanswered}</p>}
      {off && <p class="quiet off">{off}</p>}
      <p class="at-hand">
        <button type="button" id="file" class="main" disabled={off !== "" || sending.value} onClick={() => void file()}>
          {sending.value ? words.value.filing : pending.value ? words.value.tryAgain : words.value.file}
        </button>
      </p>
    </form>
  );
}

/** Why one cannot file now, as a sentence; empty when one can. */
function whyNot(): string {
  if (Object.keys(asOf.value).length > 0) return words.value.pastOff;
  return may("report") ? "" : words.value.mayNotFile;
}

function Done() {
  const { id, into } = filed.value ?? { id: "", into: null };
  const takeFocus = (button: HTMLElement | null) => button?.focus(); // the button that was pressed is gone
  return (
    <div id="filed" data-report={id} role="status">
      <p>
        {into ? words.value.merged : words.value.filed}{" "}
        <button type="button" class="code" onClick={() => (report.value = into ?? id)}>
          {into ?? id}
        </button>
      </p>
      <button type="button" id="next" class="main" ref={takeFocus} onClick={nextCall}>
        {words.value.next}
      </button>
    </div>
  );
}
