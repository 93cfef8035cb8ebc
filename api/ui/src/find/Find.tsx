// One box that finds areas, assets, categories, departments and coordinates.

export function Find() {
  return null;
}
