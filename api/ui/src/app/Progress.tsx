// Long work: how far it is, and a button that ends it.

import { bilingual } from "../words/language";

const words = bilingual({ stop: "Cancel" }, { stop: "取消" });

interface Work {
  label: string; // what is being done
  done: number;
  total: number | null; // null: nobody knows yet
  stop?: () => void; // absent: it cannot be ended
}

export function Progress({ label, done, total, stop }: Work) {
  return (
    <p class="progress" role="status">
      <label>
        {label} <progress max={total ?? undefined} value={total === null ? undefined : done} />
      </label>
      {stop && (
        <button type="button" data-stop onClick={stop}>
          {words.value.stop}
        </button>
      )}
    </p>
  );
}
