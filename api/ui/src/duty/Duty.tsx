// The duty officer's workplace: the duty table, its audit, and where reports bounce.

export default function Duty() {
  return null;
}
