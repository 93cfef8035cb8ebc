// The planner's workplace: drafts of areas, what is wrong with them and what they do.

export default function Plan() {
  return null;
}
