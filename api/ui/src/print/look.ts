// Colours and widths of the map of a sheet, in tenths of a millimetre.

export const ink = "#1d2b3a";

export const color = {
  ground: "#f6f4ee",
  own: "#fffbe8",
  border: "#8797a8",
  inside: "#7d8b99",
  above: "#3f74ad",
  outline: "#b3261e",
  casing: "#cfc5ad",
  road: "#ffffff",
};

export const outlineWidth = 11;
export const insideWidth = 3;

/** The higher the layer, the stronger its borders. */
export function aboveWidth(rank: number): number {
  return 7 + 4 * rank;
}
