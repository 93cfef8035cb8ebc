// Lists that come in pages.

import type { Schema } from "./client";

/** A page of a list, as every list of features answers. */
interface Page<T> {
  features: T[];
  links: Schema<"Link">[];
}

/** Everything of a list, page by page: `ask` fetches the page that begins after a mark. */
export async function* everyPage<T>(ask: (after: string | undefined) => Promise<Page<T>>): AsyncGenerator<T[], void, undefined> {
  let after: string | undefined;
  do {
    const page = await ask(after);
    yield page.features;
    after = nextOf(page.links);
  } while (after !== undefined);
}

/** The mark that the page after this one begins at; undefined on the last. */
export function nextOf(links: Schema<"Link">[]): string | undefined {
  const next = links.find(({ rel }) => rel === "next");
  return next && (new URL(next.href, location.href).searchParams.get("after") ?? undefined);
}
