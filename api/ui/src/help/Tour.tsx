// The tour of a minute that a first visit is offered.

export function Tour() {
  return null;
}
