// The documents by which borders of law may move.

import { useSignal } from "@preact/signals";
import { layers } from "../app/state";
import { service, settle, type Schema } from "../service/client";
import { change, current, editable } from "./desk";
import { layerTitle } from "./say";
import { words } from "./words";

const none = { layer: "", document: "", body: "", date: "", effective_day: "", file_sha256: "" };

export function Approvals() {
  const locked = layers.value.filter((layer) => layer.locked);
  const entered = current.value?.approvals ?? [];
  if (locked.length === 0) return null;
  const w = words.value;
  return (
    <details id="approvals" class="part">
      <summary>
        {w.approvals} <span class="count">{entered.length}</span>
      </summary>
      <ul>
        {entered.map((a) => (
          <li key={a.layer}>
            <span>{layerTitle(a.layer)}</span>
            <p class="quiet">{w.approvedBy(a.document, a.body)}</p>
          </li>
        ))}
      </ul>
      {editable.value && <Enter locked={locked} />}
    </details>
  );
}

function Enter({ locked }: { locked: Schema<"Layer">[] }) {
  const form = useSignal({ ...none, layer: locked[0]?.name ?? "" });
  const w = words.value;
  const set = (name: keyof typeof none) => ({ currentTarget }: { currentTarget: HTMLInputElement | HTMLSelectElement }) => (form.value = { ...form.peek(), [name]: currentTarget.value });
  const enter = async (event: Event) => {
    event.preventDefault();
    const { layer, ...body } = form.peek();
    if (await change((path) => settle(service.PUT("/v1/drafts/{draft}/approvals/{layer}", { params: { path: { ...path, layer } }, body })))) form.value = { ...none, layer };
  };
  const text = (name: "document" | "body", label: string) => (
    <label class="field">
      {label}
      <input name={name} required maxLength={200} value={form.value[name]} onInput={set(name)} />
    </label>
  );
  const day = (name: "date" | "effective_day", label: string) => (
    <label class="field">
      {label}
      <input name={name} type="date" max="9999-12-31" required value={form.value[name]} onInput={set(name)} />
    </label>
  );
  return (
    <form onSubmit={enter}>
      <label class="field">
        {w.approvalFor}
        <select name="layer" value={form.value.layer} onChange={set("layer")}>
          {locked.map((layer) => (
            <option key={layer.name} value={layer.name}>
              {layerTitle(layer.name)}
            </option>
          ))}
        </select>
      </label>
      {text("document", w.document)}
      {text("body", w.body)}
      {day("date", w.date)}
      {day("effective_day", w.effectiveDay)}
      {isSecureContext && (
        <label class="field">
          {w.file}
          <input type="file" onChange={async ({ currentTarget }) => (form.value = { ...form.peek(), file_sha256: await fingerprint(currentTarget.files?.[0]) })} />
        </label>
      )}
      <label class="field">
        {w.hash}
        <input name="file_sha256" required pattern="[0-9A-Fa-f]{64}" value={form.value.file_sha256} onInput={set("file_sha256")} />
      </label>
      <button type="submit">{w.enterApproval}</button>
    </form>
  );
}

/** The SHA-256 of a file, which does not leave this machine; a page of plain http from another one cannot tell it. */
async function fingerprint(file: File | undefined): Promise<string> {
  if (!file) return "";
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
