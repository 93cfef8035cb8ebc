// Whether the service is there, and quick. Whoever loses it waits here for its return.

import { computed, signal } from "@preact/signals";

const patience = 3_000; // milliseconds after which an answer is called slow
const pause = 500; // milliseconds before a service that is away is asked again, at first
const longest = 10_000;

/** The service does not answer. */
export const away = signal(false);

const late = signal(0);

/** Something that was asked is being waited for, for longer than one likes. */
export const slow = computed(() => late.value > 0 && !away.value);

let returning: Promise<void> | null = null;

/** Waits until a service that was lost answers again: until it is ready, not only up. */
export function back(): Promise<void> {
  returning ??= probe().finally(() => (returning = null));
  return returning;
}

async function probe(): Promise<void> {
  for (let wait = pause; !(await isReady()); wait = Math.min(wait * 2, longest)) {
    away.value = true;
    await new Promise((resolve) => setTimeout(resolve, wait * (0.5 + Math.random())));
  }
  away.value = false;
}

/** Tells whether the service is there and has its data. */
async function isReady(): Promise<boolean> {
  try {
    return (await fetch("/readyz", { cache: "no-store", signal: AbortSignal.timeout(longest) })).ok;
  } catch {
    return false;
  }
}

/** Waits for an answer, and has it known when that takes long. */
export async function timed(answer: Promise<Response>): Promise<Response> {
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    late.value++;
  }, patience);
  try {
    return await answer;
  } finally {
    clearTimeout(timer);
    if (isLate) late.value--;
  }
}
