// A ruling: who shall answer, by which law, and how far and how long that holds.

import { useComputed } from "@preact/signals";
import { useState } from "preact/hooks";
import { sentence } from "../../app/notices";
import { departments, layers } from "../../app/state";
import { service, settle as answered, type Schema } from "../../service/client";
import { Combobox, type Entry } from "../Combobox";
import type { Settlement } from "./opened";
import { words } from "./words";

/** How far it holds: "report", "asset", or the ground of one of the areas, as layer/code. */
type Scope = string;

export function Ruling({ of, settle }: { of: Schema<"Case">; settle(how: Settlement): void }) {
  // Whose return holds is not given the report again: to leave it with them the return is refused.
  const gone = new Set(of.returns.flatMap(({ state, department: who }) => (state !== "refused" && who ? [who.code] : [])));
  const entries = useComputed(() => [...departments.value.values()].filter(({ successor }) => !successor).map(entryOf));
  const offered = entries.value.filter(({ key }) => !gone.has(key));
  const [department, setDepartment] = useState<string | null>(null);
  const [basis, setBasis] = useState("");
  const [scope, setScope] = useState<Scope>("report");
  const [until, setUntil] = useState("");
  const [fault, setFault] = useState("");

  const send = async () => {
    try {
      const how = { decision: "rule", department: department ?? "", basis, ...(await reachOf(scope)), ...(until && { until }) } as const;
      setFault("");
      settle(how);
    } catch (error) {
      setFault(sentence(error));
    }
  };
  return (
    <div class="ruling">
      <Combobox
        id="ruled"
        label={words.value.ruleFor}
        hint={words.value.departmentHint}
        nothing={words.value.noDepartment}
        entries={offered}
        chosen={offered.find(({ key }) => key === department) ?? null}
        onChoose={setDepartment}
      />
      <label>
        {words.value.basis}
        <input name="basis" maxLength={2000} autocomplete="off" value={basis} onInput={(event) => setBasis(event.currentTarget.value)} />
      </label>
      <label>
        {words.value.scope}
        <select name="scope" value={scope} onChange={(event) => setScope(event.currentTarget.value)}>
          {scopesOf(of).map(({ value, name }) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        {words.value.until}
        <input name="until" type="date" value={until} onChange={(event) => setUntil(event.currentTarget.value)} />
      </label>
      {fault && (
        <p class="fault" role="alert">
          {fault}
        </p>
      )}
      <button type="button" id="rule" class="main" disabled={!department || basis.trim() === ""} onClick={() => void send()}>
        {words.value.giveRuling}
      </button>
    </div>
  );
}

function entryOf({ code, name, aliases = [] }: Schema<"DepartmentEntry">): Entry<string> {
  return { key: code, name, beside: code, sought: [name, code, ...aliases].join("\n").toLowerCase(), value: code };
}

function scopesOf({ decision }: Schema<"Case">): { value: Scope; name: string }[] {
  const { scopes, ground } = words.value;
  const title = (layer: string) => layers.value.find(({ name }) => name === layer)?.title ?? layer;
  return [
    { value: "report", name: scopes.report },
    ...(decision?.asset ? [{ value: "asset", name: scopes.asset }] : []),
    ...(decision?.areas ?? []).map(({ layer, code, name }) => ({ value: `${layer}/${code}`, name: ground(title(layer), name || code) })),
  ];
}

/** The scope as the service takes it; the ground of an area is fetched. */
async function reachOf(scope: Scope): Promise<Pick<Settlement, "scope" | "ground">> {
  if (scope === "report" || scope === "asset") return { scope };
  const at = scope.indexOf("/");
  const path = { layer: scope.slice(0, at), code: scope.slice(at + 1) };
  const { geometry } = await answered(service.GET("/v1/layers/{layer}/areas/{code}", { params: { path } }));
  return { scope: "ground", ground: geometry };
}
