// The columns of the duty table, in the order they are read; a file may have them in any.

export const columns = [
  "id", "category", "layer", "area", "assign", "helpers", "priority", "where", "hours", "asset", "asset_where",
  "deadline", "deadline_unit", "condition", "kind", "standard", "valid_from", "valid_until", "basis", "note",
] as const;

export type Column = (typeof columns)[number];

/** How wide each is, in pixels. */
export const widths: Record<Column, number> = {
  id: 150, category: 160, layer: 90, area: 150, assign: 230, helpers: 200, priority: 72, where: 160, hours: 140, asset: 100, asset_where: 130,
  deadline: 72, deadline_unit: 100, condition: 84, kind: 90, standard: 150, valid_from: 100, valid_until: 100, basis: 180, note: 240,
};

/** Columns that hold numbers: sorted as such. */
export const numeric: ReadonlySet<Column> = new Set(["priority", "deadline"]);
