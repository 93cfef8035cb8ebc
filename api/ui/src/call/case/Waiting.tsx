// The returns that wait for a dispatcher, the oldest first.

import { signal } from "@preact/signals";
import { sentence } from "../../app/notices";
import { report } from "../../app/state";
import { service, settle, type Schema } from "../../service/client";
import { CityTime } from "../clock";
import { words } from "./words";

interface Waiting {
  returns: Schema<"Return">[];
  more: boolean;
  fault: string;
}

const waiting = signal<Waiting | null>(null); // null: not asked for

const page = 50;

async function read(): Promise<void> {
  try {
    const { returns, after } = await settle(service.GET("/v1/returns", { params: { query: { state: "asked", limit: page } } }));
    waiting.value = { returns, more: after !== undefined && returns.length === page, fault: "" };
  } catch (error) {
    waiting.value = { returns: [], more: false, fault: sentence(error) };
  }
}

export function WaitingReturns() {
  const found = waiting.value;
  return (
    <details class="waiting" onToggle={(event) => event.currentTarget.open && void read()}>
      <summary id="waiting">{words.value.waiting}</summary>
      {found?.fault && (
        <p class="fault" role="alert">
          {found.fault}
        </p>
      )}
      {found && !found.fault && found.returns.length === 0 && <p class="quiet">{words.value.noneWaiting}</p>}
      <ul>
        {found?.returns.map(({ id, report: of, department, reason, at }) => (
          <li key={id} data-return={id}>
            <span class="name">{words.value.returnOf(department?.name ?? words.value.nobody)}</span>
            <button type="button" class="open" onClick={() => (report.value = of)}>
              {words.value.title}
            </button>
            <span class="reason">
              {reason} · <CityTime at={at} />
            </span>
          </li>
        ))}
      </ul>
      {found?.more && <p class="quiet">{words.value.more}</p>}
    </details>
  );
}
