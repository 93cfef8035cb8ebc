// Whose ground became whose, as a tree that begins at one area.

import type { Schema } from "../service/client";

type Descent = Schema<"Descent">;

/** Ground that changed hands, and whose it was before, or became after. */
export interface Branch {
  descent: Descent;
  code: string | null; // null: nobody's
  share: number; // of the ground of the area that the branch begins at
  further: Branch[];
}

/**
 * The branches of ground that came to an area before an edition, or went from it after one.
 * Editions only fall, or rise, along a branch, so that it ends.
 */
export function branches(descents: Descent[], code: string, edition: number, back: boolean): Branch[] {
  return descents
    .filter((one) => (back ? one.to === code && one.edition < edition : one.from === code && one.edition > edition))
    .filter(({ from, to }) => from !== to)
    .sort((a, b) => (back ? b.edition - a.edition : a.edition - b.edition) || b.area_m2 - a.area_m2)
    .map((descent) => {
      const next = back ? descent.from : descent.to;
      return {
        descent,
        code: next,
        share: back ? descent.share_to : descent.share_from,
        further: next === null ? [] : branches(descents, next, descent.edition, back),
      };
    });
}
