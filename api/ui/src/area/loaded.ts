// Something of the service that a component shows.

import { useEffect, useMemo, useState } from "preact/hooks";
import { sentence } from "../app/notices";

export interface Loaded<T> {
  value: T | null; // null: not yet, or not at all
  fault: string; // empty: none so far
}

const nothing = { value: null, fault: "" };

/** Loads something, and again whenever what it is loaded for is another. What was asked for before is given up. */
export function useLoaded<T>(load: (signal: AbortSignal) => Promise<T>, of: unknown[]): Loaded<T> {
  const now = useMemo(() => ({}), of); // stands for what it is loaded for
  const [loaded, setLoaded] = useState<Loaded<T> & { of: object }>({ ...nothing, of: now });
  useEffect(() => {
    const ended = new AbortController();
    load(ended.signal).then(
      (value) => ended.signal.aborted || setLoaded({ value, fault: "", of: now }),
      (error: unknown) => ended.signal.aborted || setLoaded({ value: null, fault: sentence(error), of: now }),
    );
    return () => ended.abort();
  }, [now]);
  return loaded.of === now ? loaded : nothing;
}
