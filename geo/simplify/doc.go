// Package simplify tells from which zoom on each vertex of a border is drawn on a Web
// Mercator map: a byte for each vertex, so that one geometry serves every zoom.
//
// It is Douglas and Peucker's algorithm, run once for all zooms: a vertex is drawn from the
// first zoom at which it lies further than the [Tolerance] from the line drawn without it.
// What is left out at a zoom is never further from the line drawn than that.
//
// Borders are cut into arcs at nodes, which are drawn at every zoom, and each arc is
// taken in one direction, the same for whoever asks. So two neighbours that cut their
// border at the same nodes draw the same line, at every zoom.
package simplify
