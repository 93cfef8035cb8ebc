// The columns of the duty table, in the order they are read; a file may have them in any.

export const columns = [
  "id", "category", "kind", "standard", "condition", "layer", "area", "assign", "helpers", "priority",
  "where", "asset", "asset_where", "hours", "deadline", "deadline_unit", "valid_from", "valid_until", "basis", "note",
] as const;

export type Column = (typeof columns)[number];

/** How wide each is, in pixels. */
export const widths: Record<Column, number> = {
  id: 150, category: 180, kind: 76, standard: 150, condition: 84, layer: 120, area: 190, assign: 230, helpers: 170, priority: 72,
  where: 160, asset: 84, asset_where: 130, hours: 140, deadline: 72, deadline_unit: 100, valid_from: 100, valid_until: 100, basis: 180, note: 240,
};

/** Columns that hold numbers: sorted as such. */
export const numeric: ReadonlySet<Column> = new Set(["priority", "deadline"]);
