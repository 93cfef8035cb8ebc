// What is known of one area.

export function AreaCard() {
  return null;
}
