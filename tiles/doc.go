// Package tiles draws Mapbox Vector Tiles (version 2.1) from a snapshot in memory: no
// SQL, no HTTP.
//
// It has its own small pipeline because a tile is only as good as its worst polygon, and
// the ready-made clippers give invalid rings for concave shapes. Every stage is a plain
// function on whole numbers:
//
//	keep      of each shape the vertices that the zoom needs; [index.Snapshot.Zooms] says
//	          which, the same ones to both sides of a border
//	project   coordinates go to one integer grid a zoom, each by itself, so that
//	          neighbours keep one and the same point on a shared border
//	clip      half-planes cut at the tile's frame, exactly, a buffer of 64 units outside
//	check     a polygon is looked at as a reader of the tile will see it
//	mend      what fails the check is split where it leaves the frame more than once, else
//	          rebuilt by [plane.EvenOdd]
//	order     rings begin at their least point, areas stand in the order of their codes, assets
//	          row by row
//	encode    protocol buffers, written by hand
//
// Nothing is kept for each zoom: a tile is drawn from the shapes of the view, in whichever
// [Frame] it is asked for.
//
// Tile coordinates run east and south. In them the shoelace sum of an outer ring is
// positive, as MVT 2.1 asks; for [plane] that is counter-clockwise.
//
// Rendering is pure and deterministic, and a tile depends on the ground it shows alone:
// not on versions, on the order things were loaded in, or on where a ring begins. So a hash
// of the bytes serves as a strong ETag behind any load balancer, and a tile that a change
// does not touch keeps it.
package tiles
