// What is wrong near all that the draft changes, the worst first.

import { useSignal } from "@preact/signals";
import { city } from "../map/MapView";
import { edit, editable, faults, recheck, shown, told, type DrawnFault } from "./desk";
import { boxAround, keyOf } from "./mark";
import { layerTitle } from "./say";
import { words } from "./words";

const severities = ["error", "warning", "note"] as const;

export function Faults() {
  const busy = useSignal(false);
  const w = words.value;
  const again = async () => {
    busy.value = true;
    await recheck().catch(told);
    busy.value = false;
  };
  return (
    <details id="faults" class="part" open>
      <summary>
        {w.faults} <span class={faults.value.some((f) => f.properties.severity === "error") ? "count bad" : "count"}>{faults.value.length}</span>
      </summary>
      <div role="status">{faults.value.length === 0 && <p class="quiet">{w.noFaults}</p>}</div>
      {severities.map((severity) => (
        <Group key={severity} title={w.severities[severity]} of={faults.value.filter((f) => f.properties.severity === severity)} />
      ))}
      <button type="button" id="recheck" disabled={busy.value} onClick={again}>
        {w.recheck}
      </button>
    </details>
  );
}

function Group({ title, of }: { title: string; of: DrawnFault[] }) {
  if (of.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul>
        {of.map((fault) => (
          <Row key={keyOf(fault)} of={fault} />
        ))}
      </ul>
    </>
  );
}

function Row({ of: fault }: { of: DrawnFault }) {
  const w = words.value;
  const { kind, severity, message, mend, layer, areas } = fault.properties;
  const show = () => {
    shown.value = fault;
    city.value?.fly(boxAround(fault.geometry.coordinates));
  };
  return (
    <li class={`found ${severity}`} data-fault={kind} aria-current={shown.value === fault ? "true" : undefined}>
      <p>
        <strong>{w.faultKinds[kind]}</strong> {message}
      </p>
      <p class="buttons">
        <button type="button" class="show" onClick={show}>
          {w.show}
        </button>
        {mend && editable.value && (
          <button type="button" class="mend main" onClick={() => void edit(mend)}>
            {w.mend}
          </button>
        )}
      </p>
      <p class="code">
        {layerTitle(layer)} {areas.join(" ")}
      </p>
    </li>
  );
}
