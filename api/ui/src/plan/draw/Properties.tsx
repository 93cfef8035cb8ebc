// What is written about the chosen areas: code, name, department and attributes.

import { useSignal, type Signal } from "@preact/signals";
import { departments } from "../../app/state";
import type { Schema } from "../../service/client";
import { edit, layer, outcome } from "../desk";
import type { Area } from "./fabric";
import { chosen } from "./hand";
import { words } from "./words";

/** An attribute as it is written. Numbers stay numbers. */
interface Line {
  key: string;
  value: string;
  was: unknown; // undefined: new
}

type Wrong = keyof ReturnType<typeof words.peek>["wrong"];

export function Properties() {
  const areas = chosen.value;
  if (areas.length === 0) return null;
  return (
    <section id="plan-properties" class="draw">
      <h3>{words.value.properties}</h3>
      {areas.length === 1 ? <OfOne key={`${areas[0]!.properties.code} ${outcome.value?.edit.number}`} area={areas[0]!} /> : <OfMany areas={areas} />}
    </section>
  );
}

function OfOne({ area: { properties: was } }: { area: Area }) {
  const [code, name, department] = [useSignal(was.code), useSignal(was.name), useSignal(was.department ?? "")];
  const lines = useSignal<Line[]>(Object.entries(was.attributes ?? {}).map(([key, value]) => ({ key, value: textOf(value), was: value })));
  const wrong = useSignal<Record<string, Wrong>>({});
  const save = (event: SubmitEvent) => {
    event.preventDefault();
    wrong.value = judged(code.peek(), name.peek(), department.peek(), lines.peek());
    if (Object.keys(wrong.peek()).length > 0) return;
    const attributes = changed(was.attributes ?? {}, lines.peek());
    const edit_: Schema<"PlainEdit"> = {
      edit: "set",
      layer: layer.peek(),
      areas: [was.code],
      ...(code.peek() !== was.code && { codes: [code.peek()] }),
      ...(name.peek() !== was.name && { name: name.peek() }),
      ...(department.peek() !== (was.department ?? "") && { department: department.peek() }),
      ...(Object.keys(attributes).length > 0 && { attributes }),
    };
    if (Object.keys(edit_).length > 3) void edit(edit_);
  };
  const w = words.value;
  return (
    <form onSubmit={save} noValidate>
      <Field id="plan-set-code" label={w.code} of={code} wrong={wrong.value.code} />
      <Field id="plan-set-name" label={w.name} of={name} wrong={wrong.value.name} />
      <Department of={department} wrong={wrong.value.department} />
      <Attributes lines={lines} wrong={wrong.value} />
      <button id="plan-save">{w.save}</button>
    </form>
  );
}

/** Of many areas, what can be the same in all. */
function OfMany({ areas }: { areas: Area[] }) {
  const department = useSignal("");
  const wrong = useSignal<Wrong | undefined>(undefined);
  const save = (event: SubmitEvent) => {
    event.preventDefault();
    wrong.value = judged("-", "-", department.peek(), []).department;
    if (wrong.peek() || department.peek() === "") return;
    void edit({ edit: "set", layer: layer.peek(), areas: areas.map(({ properties }) => properties.code), department: department.peek() });
  };
  return (
    <form onSubmit={save} noValidate>
      <Department of={department} wrong={wrong.value} placeholder={words.value.mixed} />
      <button id="plan-save">{words.value.save}</button>
    </form>
  );
}

interface FieldOf {
  id: string;
  label: string;
  of: Signal<string>;
  wrong: Wrong | undefined;
  list?: string;
  placeholder?: string;
}

function Field({ id, label, of, wrong, list = "", placeholder = "" }: FieldOf) {
  return (
    <>
      <label>
        {label}
        <input id={id} autocomplete="off" value={of.value} aria-invalid={wrong !== undefined} aria-describedby={`${id}-wrong`} list={list} placeholder={placeholder} onInput={(event) => (of.value = event.currentTarget.value)} />
      </label>
      <p id={`${id}-wrong`} class="fault" role="status">
        {wrong && words.value.wrong[wrong]}
      </p>
    </>
  );
}

function Department({ of, wrong, placeholder = "" }: { of: Signal<string>; wrong: Wrong | undefined; placeholder?: string }) {
  return (
    <>
      <Field id="plan-set-department" label={words.value.department} of={of} wrong={wrong} list="plan-departments" placeholder={placeholder} />
      <datalist id="plan-departments">
        {[...departments.value.values()].map(({ code, name }) => (
          <option key={code} value={code}>
            {name}
          </option>
        ))}
      </datalist>
    </>
  );
}

function Attributes({ lines, wrong }: { lines: Signal<Line[]>; wrong: Record<string, Wrong> }) {
  const w = words.value;
  const put = (i: number, now: Partial<Line>) => (lines.value = lines.peek().map((line, j) => (i === j ? { ...line, ...now } : line)));
  return (
    <div class="attributes">
      {lines.value.map(({ key, value, was }, i) => (
        <div key={i}>
          <input aria-label={w.attribute} value={key} readOnly={was !== undefined} onInput={(event) => put(i, { key: event.currentTarget.value })} />
          <input aria-label={`${w.value} ${key}`} value={value} aria-invalid={wrong[i] !== undefined} onInput={(event) => put(i, { value: event.currentTarget.value })} />
          <button type="button" aria-label={`${w.remove} ${key}`} onClick={() => (lines.value = lines.peek().filter((_, j) => i !== j))}>
            ×
          </button>
          {wrong[i] && <p class="fault">{w.wrong[wrong[i]]}</p>}
        </div>
      ))}
      <button type="button" id="plan-new-attribute" onClick={() => (lines.value = [...lines.peek(), { key: "", value: "", was: undefined }])}>
        {w.newAttribute}
      </button>
    </div>
  );
}

/** What is wrong, by the field: the number of an attribute's line is its name. */
function judged(code: string, name: string, department: string, lines: Line[]): Record<string, Wrong> {
  const wrong: Record<string, Wrong> = {};
  if (code.trim() === "") wrong.code = "codeMissing";
  if (name.trim() === "") wrong.name = "nameMissing";
  if (name.length > 300) wrong.name = "nameLong";
  const known = departments.peek();
  if (department !== "" && known.size > 0 && !known.has(department)) wrong.department = "department";
  lines.forEach(({ key, value, was }, i) => {
    if (key.trim() === "") wrong[i] = "key";
    else if (lines.findIndex((line) => line.key === key) < i) wrong[i] = "twice";
    else if (typeof was === "number" && (value.trim() === "" || !Number.isFinite(Number(value)))) wrong[i] = "number";
  });
  return wrong;
}

/** The attributes that are otherwise now; null: one that is taken away. */
function changed(was: Record<string, unknown>, lines: Line[]): Record<string, unknown> {
  const now: Record<string, unknown> = {};
  for (const key of Object.keys(was)) if (!lines.some((line) => line.key === key)) now[key] = null;
  for (const { key, value, was: before } of lines) {
    if (before === undefined || textOf(before) !== value) now[key] = typeof before === "number" ? Number(value) : value;
  }
  return now;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
