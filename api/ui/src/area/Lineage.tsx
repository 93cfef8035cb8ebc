// Where the ground of an area came from, and where it went: a tree over the editions.

import { useEffect } from "preact/hooks";
import { area, type AreaRef } from "../app/state";
import { service, settle } from "../service/client";
import { editions, loadEditions } from "../time/editions";
import { day } from "../time/words";
import { type Branch, branches } from "./descent";
import { useLoaded } from "./loaded";
import { words } from "./words";

const depth = 8; // how often ground may have changed hands

export function Lineage({ of: { layer, code } }: { of: AreaRef }) {
  const { value: history, fault } = useLoaded(
    (signal) => settle(service.GET("/v1/layers/{layer}/areas/{code}/history", { params: { path: { layer, code }, query: { depth } }, signal })),
    [layer, code],
  );
  const first = history && Math.min(...[...history.from, ...history.into].map(({ edition }) => edition));
  useEffect(() => {
    if (first && Number.isFinite(first)) void loadEditions(first).catch(() => {}); // without them it goes unsaid who published
  }, [first]);
  if (fault) return <p class="fault">{fault}</p>;
  if (!history) return null;
  const from = branches(history.from, code, Infinity, true);
  const into = branches(history.into, code, 0, false);
  return (
    <div class="lineage">
      <ol class="versions">
        {history.versions.map(({ from_edition, until_edition, name }) => (
          <li key={from_edition}>
            <span>{words.value.held(from_edition, until_edition)}</span> <span class="quiet">{name}</span>
          </li>
        ))}
      </ol>
      {from.length + into.length === 0 && <p class="quiet">{words.value.original}</p>}
      <Tree id="origins" title={words.value.origins} layer={layer} of={from} nobody={words.value.fromNothing} />
      <Tree id="fates" title={words.value.fates} layer={layer} of={into} nobody={words.value.toNothing} />
      {history.more && <p class="quiet">{words.value.more}</p>}
    </div>
  );
}

interface Grown {
  id: string;
  title: string;
  layer: string;
  of: Branch[];
  nobody: string;
}

function Tree({ id, title, layer, of, nobody }: Grown) {
  if (of.length === 0) return null;
  return (
    <section data-lineage={id}>
      <h4>{title}</h4>
      <Branches layer={layer} of={of} nobody={nobody} />
    </section>
  );
}

function Branches({ layer, of, nobody }: Omit<Grown, "id" | "title">) {
  return (
    <ul>
      {of.map(({ descent, code, share, further }) => (
        <li key={`${descent.edition} ${code}`}>
          <span class="branch">
            {code === null ? (
              <span class="quiet">{nobody}</span>
            ) : (
              <button type="button" class="link" data-code={code} onClick={() => (area.value = { layer, code })}>
                {code}
              </button>
            )}{" "}
            <b>{percent(share)}</b>
          </span>
          <span class="quiet">{published(descent.edition)}</span>
          {further.length > 0 && <Branches layer={layer} of={further} nobody={nobody} />}
        </li>
      ))}
    </ul>
  );
}

function percent(share: number): string {
  if (share > 0 && share < 0.001) return "< 0.1 %";
  return `${Number((share * 100).toFixed(1))} %`;
}

function published(number: number): string {
  const edition = editions.value.find((one) => one.number === number);
  return words.value.in(String(number), edition ? day(edition.effective_from) : "", edition?.author ?? "");
}
