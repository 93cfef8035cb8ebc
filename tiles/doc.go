// Package tiles draws Mapbox Vector Tiles (version 2.1) from a snapshot in memory: no
// SQL, no HTTP.
//
// It has its own small pipeline because a tile is only as good as its worst polygon, and
// the ready-made clippers give invalid rings for concave shapes. Every stage is a plain
// function on whole numbers:
//
//	project   coordinates go to one integer grid a zoom, each by itself, so that
//	          neighbours keep one and the same point on a shared border
//	clip      half-planes cut at the tile's frame, exactly, a buffer of 64 units outside
//	check     a polygon is looked at as a reader of the tile will see it
//	mend      what fails the check is rebuilt by [plane.EvenOdd]
//	encode    protocol buffers, written by hand
//
// Tile coordinates run east and south. In them the shoelace sum of an outer ring is
// positive, as MVT 2.1 asks; for [plane] that is counter-clockwise.
//
// Rendering is pure and deterministic: the same snapshot content gives the same bytes in
// every process, so a hash of the bytes serves as a strong ETag behind any load balancer.
package tiles
