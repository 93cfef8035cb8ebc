// The door: whoever is refused for want of a key waits here until somebody signed in, or
// would not. Nothing that was being done is lost: it is asked again once they are in.

import { signal } from "@preact/signals";

/** What is asked of the person, and what is told once they answered. */
export interface Knock {
  wanted: boolean; // for something that was asked; else they came by themselves
  answer(letIn: boolean): void;
}

/** The key that is sent with each request; null: none is. It is in memory alone, and most pages hold none: they have a cookie. */
export const held = signal<string | null>(null);

/** A key as a request shows it. What was typed and can be no key comes through as text that the service refuses in words. */
export function bearer(key: string): string {
  return `Bearer ${encodeURIComponent(key)}`;
}

/** The knock that waits for an answer; SignIn shows it. */
export const knock = signal<Knock | null>(null);

let waiting: Promise<boolean> | null = null;

/** Asks to be let in; tells whether one is. Whoever asks meanwhile waits for the same answer. */
export function letIn(wanted = true): Promise<boolean> {
  waiting ??= new Promise<boolean>((resolve) => {
    knock.value = {
      wanted,
      answer(isIn) {
        waiting = knock.value = null;
        resolve(isIn);
      },
    };
  });
  return waiting;
}
