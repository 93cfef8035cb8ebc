// Package drafts is the planner's desk: everything one can do with drafts, from the first
// edit to the edition that comes of them, and back.
//
// A draft is read as a view: the view of its base edition with what its edits in force did,
// so that whatever reads a view reads a draft. While the base is the newest edition that is
// the view served now, and a draft shows today's assets; else it is the view of that past
// edition. What edits did is kept with them ([planning.Effect]) and never worked out again,
// so that undoing gives the base to the byte.
//
// Whatever happens to a draft gives it another version, one after another on all servers:
// the [Store] refuses what was made of an older one. Within a server one thing happens to a
// draft at a time. Reading waits for nobody.
//
// Who acts is in the context ([geo.ActorOf]). An actor without a name is one of a service
// without keys and may do everything.
package drafts
