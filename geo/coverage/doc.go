// Package coverage makes the fabric of areas: all layers of a chain over one set of nodes
// and edges, every point of the ground in exactly one area of a layer, every child inside
// its parent.
//
// [Build] works in two grids. On a fine one (1e-12 degree, a tenth of a micrometre)
// everything is arranged as it was drawn, so that each gap, overlap and mismatch of
// nesting, however thin, is a face that can be measured, named, and given to an area.
// Then the borders that remain are snap-rounded to geo's grid of 1e-7 degree. That
// rounding deforms without turning anything over, so it needs no second judgement: faces
// may vanish, but none changes hands. The areas are read off the shared edges, which is
// why neighbours agree vertex by vertex in every layer, and why building the result again
// changes nothing.
//
// An edit ([MoveBorder], [MoveNode], [Split], [Merge], [Fill] and their like) changes a chain
// that was built. It works on the areas near it alone, which are on geo's grid already: they
// and what the planner drew are rounded together in one arrangement, faces are given to
// another area, and all layers are read off the shared edges again. So neighbours and
// parents change together or not at all, and what lies away keeps every vertex.
//
// Widths are diameters of the largest inscribed circle; they and areas are in metres, in
// a flat frame at the place. They are the only floats that decide anything, and only
// whether something is within the tolerance.
package coverage
