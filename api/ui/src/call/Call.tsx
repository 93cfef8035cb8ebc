// The call-taker's workplace: what is reported where, who answers, and filing it.

export default function Call() {
  return null;
}
