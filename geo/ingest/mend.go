package ingest

import (
	"gridwarden/geo"
	"gridwarden/geo/plane"
)

// mend makes the polygons of a patch valid: where rings cross, or parts overlap, it is the
// ground they enclose an odd number of times, as for areas. Valid polygons stay as they
// are. other tells whether the ground is not what the rings say one by one.
func mend(polygons geo.MultiPolygon) (valid geo.MultiPolygon, other bool) {
	var rings []plane.Ring
	for _, polygon := range polygons {
		for _, ring := range polygon {
			points := make(plane.Ring, len(ring))
			for i, c := range ring {
				points[i] = plane.Point{X: int64(c.X), Y: int64(c.Y)}
			}
			rings = append(rings, points)
		}
	}
	for _, polygon := range plane.EvenOdd(rings) {
		out := make(geo.Polygon, len(polygon))
		for i, ring := range polygon {
			for _, p := range ring {
				out[i] = append(out[i], geo.Coord{X: int32(p.X), Y: int32(p.Y)})
			}
		}
		valid = append(valid, out)
	}
	was, is := sizeOf(polygons), sizeOf(valid)
	if was == is {
		return polygons, false
	}
	return valid, was.area != is.area
}

// size tells two drawings of one ground from drawings that had to be mended.
type size struct {
	polygons, rings, vertices int
	area                      int64 // twice, in square units
}

func sizeOf(polygons geo.MultiPolygon) size {
	s := size{polygons: len(polygons)}
	for _, polygon := range polygons {
		s.rings += len(polygon)
		for _, ring := range polygon {
			s.vertices += len(ring)
			s.area += ring.SignedArea2()
		}
	}
	return s
}
