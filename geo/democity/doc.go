// Package democity makes the city that `make run` shows: an invented one, written as the
// files a real city would send, so that it enters by the ordinary import and a newcomer
// can open every file and see what one looks like.
//
// The same size always gives the same bytes. Nothing in it is real: the district codes
// begin with 99, which no province has (GB/T 2260 ends at 82), so neither a code nor
// anything derived from one can be mistaken for a place that exists.
//
// The ground is a lattice of streets. Its crossings are jittered and its edges are wavy
// polylines computed from the edge alone, so two neighbours always share every vertex;
// communities, streets and districts are joined from whole cells and keep the same
// vertices. A city of any size is written in one pass: memory grows with the number of
// grids, not with vertices or assets.
package democity
