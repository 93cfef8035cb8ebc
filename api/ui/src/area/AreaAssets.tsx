// The assets of an area by category: the first page at once, all of them when asked for.

import { useEffect, useRef, useState } from "preact/hooks";
import { download } from "../app/csv";
import { sentence } from "../app/notices";
import { Progress } from "../app/Progress";
import { asOf, type AreaRef } from "../app/state";
import { type Asset, assetHeader, assetPage, assetRow, assetsIn, byCategory } from "./facts";
import { words } from "./words";

interface Counted {
  assets: Asset[];
  more: boolean;
}

export function AreaAssets({ of }: { of: AreaRef }) {
  const [counted, setCounted] = useState<Counted | null>(null);
  const [fault, setFault] = useState("");
  const [busy, setBusy] = useState(false);
  const work = useRef<AbortController | null>(null);

  const gather = async (pages: number) => {
    work.current?.abort();
    const mine = (work.current = new AbortController());
    setBusy(true);
    try {
      const assets: Asset[] = [];
      let more = false;
      for await (const page of assetsIn(of, mine.signal)) {
        assets.push(...page);
        setCounted({ assets: [...assets], more: true });
        if (--pages > 0) continue;
        more = page.length === assetPage;
        break;
      }
      setCounted({ assets, more });
    } catch (error) {
      if (!mine.signal.aborted) setFault(sentence(error));
    }
    if (work.current === mine) setBusy(false);
  };
  useEffect(() => {
    setCounted(null);
    setFault("");
    void gather(1);
    return () => work.current?.abort();
  }, [of.layer, of.code, asOf.value]);

  const kinds = byCategory(counted?.assets ?? []);
  return (
    <details open data-assets>
      <summary>
        {words.value.assets} {counted && <span class="count">{counted.assets.length}{counted.more && "+"}</span>}
      </summary>
      {fault && <p class="fault">{fault}</p>}
      {counted?.assets.length === 0 && <p class="quiet">{words.value.noAssets}</p>}
      <ul>
        {kinds.map(({ key, name, assets }) => (
          <li key={key}>
            <span>{name}</span>
            <span class="quiet">{assets.length}</span>
          </li>
        ))}
      </ul>
      {busy && counted && <Progress label={words.value.counting} done={counted.assets.length} total={null} stop={() => work.current?.abort()} />}
      {counted?.more && !busy && (
        <p>
          {words.value.counted(counted.assets.length)}{" "}
          <button type="button" onClick={() => void gather(Infinity)}>
            {words.value.countAll}
          </button>
        </p>
      )}
      {kinds.length > 0 && (
        <button type="button" data-csv="assets" onClick={() => void download(`${of.code} ${words.value.assets}`, assetHeader.value, (counted?.assets ?? []).map(assetRow))}>
          {words.value.asCsv}
        </button>
      )}
    </details>
  );
}
