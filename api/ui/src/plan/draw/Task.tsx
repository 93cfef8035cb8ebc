// What the chosen tool needs beside the map: which areas, whose code stays, where to.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { sentence } from "../../app/notices";
import { Refusal, service, settle, type Schema } from "../../service/client";
import { current, edit, layer, selected, tool } from "../desk";
import { areaOf } from "./areas";
import { above, draws, edited, fabric, freehand, known, newCode, newName, target, toggle } from "./hand";
import { words } from "./words";

export function Task() {
  switch (tool.value) {
    case "merge":
      return <Merge />;
    case "give":
      return <Give />;
    case "close":
      return <Close />;
    case "draw":
      return <Draw />;
    default:
      return draws.value ? <Freehand /> : <ByCode />;
  }
}

/** Chooses areas by their code, where they are not clicked. */
function ByCode() {
  const [code, trouble] = [useSignal(""), useSignal("")];
  const w = words.value;
  const add = async (event: SubmitEvent) => {
    event.preventDefault();
    const sought = code.peek().trim();
    if (sought === "" || !current.peek()) return;
    try {
      fabric.put(await areaOf(layer.peek(), sought));
      known.value++;
      if (!selected.peek().includes(sought)) toggle(sought);
      [code.value, trouble.value] = ["", ""];
    } catch (error) {
      trouble.value = error instanceof Refusal && error.status === 404 ? w.unknown(sought) : sentence(error);
    }
  };
  return (
    <form onSubmit={(event) => void add(event)}>
      <label>
        {w.byCode}
        <input id="plan-code" value={code.value} autocomplete="off" aria-invalid={trouble.value !== ""} aria-describedby="plan-code-trouble" onInput={(event) => (code.value = event.currentTarget.value)} />
        <button>{w.add}</button>
      </label>
      <p id="plan-code-trouble" class="fault" role="status">
        {trouble.value}
      </p>
      <Chosen />
    </form>
  );
}

/** The areas that are chosen, to be let go again. */
function Chosen() {
  const w = words.value;
  if (selected.value.length === 0) return <p class="quiet">{w.none}</p>;
  return (
    <ul class="chosen">
      {selected.value.map((code) => (
        <li key={code} data-chosen={code}>
          <span>
            {fabric.area(code)?.properties.name} <span class="code">{code}</span>
          </span>
          <button type="button" aria-label={`${w.remove} ${code}`} onClick={() => toggle(code)}>
            ×
          </button>
        </li>
      ))}
    </ul>
  );
}

function Merge() {
  const w = words.value;
  const stays = selected.value.includes(target.value) ? target.value : selected.value[0];
  const merge = async () => {
    const done = await edit({ edit: "merge", layer: layer.peek(), areas: selected.peek(), into: stays! });
    if (done) selected.value = [stays!];
  };
  return (
    <>
      <ByCode />
      {selected.value.length > 1 && (
        <div class="task">
          <label>
            {w.into}
            <select id="plan-into" value={stays ?? ""} onChange={(event) => (target.value = event.currentTarget.value)}>
              {selected.value.map((code) => (
                <option key={code} value={code}>
                  {code} {fabric.area(code)?.properties.name}
                </option>
              ))}
            </select>
          </label>
          <button type="button" id="plan-merge" onClick={() => void merge()}>
            {w.merge(selected.value.length)}
          </button>
        </div>
      )}
    </>
  );
}

function Give() {
  const w = words.value;
  const up = above.value;
  if (!up) return <p class="fault">{w.top}</p>;
  return (
    <>
      <ByCode />
      {selected.value.length > 0 && (
        <div class="task">
          <Parent of={up} />
          <button type="button" id="plan-give" disabled={target.value === ""} onClick={() => void edit({ edit: "reparent", layer: layer.peek(), areas: selected.peek(), parent: target.peek() })}>
            {w.give(selected.value.length)}
          </button>
        </div>
      )}
    </>
  );
}

/** An area of the layer above, by its code. */
function Parent({ of: up, placeholder = "" }: { of: Schema<"Layer">; placeholder?: string }) {
  const parents = useSignal<{ code: string; name: string }[]>([]);
  useEffect(() => {
    if (!current.peek()) return;
    void settle(service.GET("/v1/layers/{layer}/areas", { params: { path: { layer: up.name }, query: { draft: current.peek()!.id, limit: 1000 } } }))
      .then(({ features }) => (parents.value = features.map(({ properties: { code, name } }) => ({ code, name }))))
      .catch(() => undefined); // the code can be written all the same
  }, [up]);
  return (
    <label>
      {words.value.giveTo(up.title)}
      <input id="plan-parent" list="plan-parents" autocomplete="off" placeholder={placeholder} value={target.value} onInput={(event) => (target.value = event.currentTarget.value.trim())} />
      <datalist id="plan-parents">
        {parents.value.map(({ code, name }) => (
          <option key={code} value={code}>
            {name}
          </option>
        ))}
      </datalist>
    </label>
  );
}

function Close() {
  const w = words.value;
  const [code] = selected.value;
  const into = target.value;
  return (
    <>
      <ByCode />
      {code && (
        <div class="task">
          {edited.value?.kind === "coverage" && (
            <label>
              {w.closeInto}
              <input id="plan-close-into" autocomplete="off" placeholder={w.longest} value={into} onInput={(event) => (target.value = event.currentTarget.value.trim())} />
            </label>
          )}
          <button type="button" id="plan-close" onClick={() => void edit({ edit: "close", layer: layer.peek(), areas: [code], ...(into && { into }) })}>
            {w.close} <span class="code">{code}</span>
          </button>
        </div>
      )}
    </>
  );
}

function Draw() {
  const w = words.value;
  return (
    <div class="task">
      <label>
        {w.newCode}
        <input id="plan-new-code" autocomplete="off" placeholder={edited.value?.kind === "coverage" ? w.byStandard : ""} value={newCode.value} onInput={(event) => (newCode.value = event.currentTarget.value.trim())} />
      </label>
      <label>
        {w.newName}
        <input id="plan-new-name" autocomplete="off" value={newName.value} onInput={(event) => (newName.value = event.currentTarget.value)} />
      </label>
      {edited.value?.kind === "coverage" && above.value && <Parent of={above.value} placeholder={w.byGround} />}
    </div>
  );
}

/** Whether lines are drawn freehand. */
function Freehand() {
  return (
    <label>
      <input type="checkbox" id="plan-freehand" checked={freehand.value} onChange={() => (freehand.value = !freehand.peek())} />
      {words.value.freehand} <kbd>F</kbd>
    </label>
  );
}
