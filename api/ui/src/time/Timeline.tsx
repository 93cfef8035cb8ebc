// The slider over editions.

export function Timeline() {
  return null;
}
