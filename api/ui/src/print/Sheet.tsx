// A sheet of A4: the map of an area first, then who answers for it, what stands in it and
// what lies beside it.

import { useEffect, useState } from "preact/hooks";
import { download, hand } from "../app/csv";
import { sentence, tell } from "../app/notices";
import { Progress } from "../app/Progress";
import type { AreaRef } from "../app/state";
import { type Asset, assetHeader, assetRow, assetsIn, byCategory, called } from "../area/facts";
import { useLoaded } from "../area/loaded";
import { day } from "../time/words";
import { gather } from "./gather";
import { Head, Neighbours, Inside, People, Table } from "./tables";
import { marksOf } from "./marks";
import { Plan } from "./Plan";
import { pictureOf } from "./picture";
import { words } from "./words";

export function Sheet({ of }: { of: AreaRef }) {
  const { value: facts, fault } = useLoaded((signal) => gather(of, signal), [of.layer, of.code]);
  const assets = useAssets(of);
  if (fault) return <p class="fault">{fault}</p>;
  if (!facts) return <p role="status">{words.value.wait}</p>;
  const name = called(facts.area);
  document.title = words.value.sheet(name);
  const kinds = byCategory(assets.found);
  const marks = marksOf(kinds, words.value.others);
  const picture = async () => {
    const drawn = document.querySelector<SVGSVGElement>("#plan");
    const title = [name, facts.parents.map(called).join(" · "), facts.edition ? words.value.edition(facts.edition.number, day(facts.edition.effective_from)) : ""];
    if (drawn) hand(`${of.code}.png`, await pictureOf(drawn, title.filter(Boolean)));
  };
  return (
    <>
      <p class="tools">
        <button type="button" id="print" onClick={() => print()}>
          {words.value.print}
        </button>
        <button type="button" id="png" onClick={() => void picture().catch(() => tell({ id: "png", kind: "fault", text: words.value.failed }))}>
          {words.value.png}
        </button>
        <button type="button" id="csv" onClick={() => void download(`${of.code} ${words.value.assets}`, assetHeader.value, assets.found.map(assetRow))}>
          {words.value.csv}
        </button>
      </p>
      {assets.stop && <Progress label={words.value.gathering} done={assets.found.length} total={null} stop={assets.stop} />}
      <main id="sheet" aria-busy={assets.stop !== null}>
        <Head facts={facts} />
        <figure>
          <Plan facts={facts} marks={marks} />
        </figure>
        {assets.note && <p class="fault">{assets.note}</p>}
        <People facts={facts} />
        <Table kinds={kinds} marks={marks} whole={!assets.stop} />
        <Neighbours facts={facts} />
        <Inside facts={facts} />
      </main>
    </>
  );
}

interface Gathered {
  found: Asset[];
  note: string; // why they are not all
  stop: (() => void) | null; // null: nothing is under way
}

/** Gathers the assets of an area. What came before it is stopped or fails is kept. */
function useAssets({ layer, code }: AreaRef): Gathered {
  const [gathered, setGathered] = useState<Gathered>({ found: [], note: "", stop: null });
  useEffect(() => {
    const ended = new AbortController();
    const found: Asset[] = [];
    const run = async () => {
      for await (const page of assetsIn({ layer, code }, ended.signal)) {
        found.push(...page);
        setGathered({ found: [...found], note: "", stop: () => ended.abort() });
      }
    };
    setGathered({ found, note: "", stop: () => ended.abort() });
    run().then(
      () => setGathered({ found, note: "", stop: null }),
      (error: unknown) => setGathered({ found, note: ended.signal.aborted ? words.value.partial(found.length) : sentence(error), stop: null }),
    );
    return () => ended.abort();
  }, [layer, code]);
  return gathered;
}
