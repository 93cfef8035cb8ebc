package tiles

import (
	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/plane"
)

// paths are the rings and lines of an area as they are drawn at a zoom: simplified, on the
// grid of the whole world at that zoom (absolute units, 2^(12+z) a side), points that
// repeat the one before left out, in a ring also at its end. Both are in the order and the
// direction of the shape; a ring may be left with a single point.
func (f Frame) paths(s *index.Snapshot, a *geo.Area, z maptile.Zoom) (rings, lines [][]plane.Point) {
	from := s.Zooms(a)
	for _, p := range a.Shape.Polygons {
		for _, r := range p {
			var ring []plane.Point
			ring, from = f.gridPath(r, from, z)
			rings = append(rings, openRing(ring))
		}
	}
	for _, l := range a.Shape.Lines {
		var line []plane.Point
		line, from = f.gridPath(l, from, z)
		lines = append(lines, line)
	}
	return rings, lines
}

// gridPath puts one ring or line on the grid of a zoom. from are the zooms from which its
// vertices are drawn, and those of the paths after it; nil draws all. rest are the others'.
func (f Frame) gridPath(path []geo.Coord, from []uint8, z maptile.Zoom) (points []plane.Point, rest []uint8) {
	whole := frameOf(f, maptile.Tile{Z: z})
	for i, c := range path {
		if from == nil || from[i] <= uint8(z) {
			points = appendPoint(points, 0, whole.point(c))
		}
	}
	return points, from[min(len(path), len(from)):]
}
