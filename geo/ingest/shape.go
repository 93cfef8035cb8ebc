package ingest

import (
	"slices"

	"github.com/paulmach/orb"

	"gridwarden/geo"
)

// snap puts a geometry on the grid of coordinates: repeated vertices dropped, rings open
// and wound as geo.Polygon says. Lines and rings that collapse are left out, so the shape
// may come out empty; first is where it began.
func snap(g orb.Geometry) (shape *geo.Shape, first geo.Coord, err error) {
	shape = &geo.Shape{}
	switch g := g.(type) {
	case orb.LineString:
		err = shapeLines(shape, orb.MultiLineString{g})
	case orb.MultiLineString:
		err = shapeLines(shape, g)
	case orb.Polygon:
		err = shapePolygons(shape, orb.MultiPolygon{g})
	case orb.MultiPolygon:
		err = shapePolygons(shape, g)
	}
	if err == nil {
		p := runs(g)[0][0]
		first, err = geo.CoordOf(p[0], p[1])
	}
	return shape, first, err
}

func shapeLines(shape *geo.Shape, lines orb.MultiLineString) error {
	for _, l := range lines {
		coords, err := snapRun(l)
		if err != nil {
			return err
		}
		if len(coords) > 1 {
			shape.Lines = append(shape.Lines, coords)
		}
	}
	return nil
}

func shapePolygons(shape *geo.Shape, polygons orb.MultiPolygon) error {
	for _, p := range polygons {
		var polygon geo.Polygon
		for i, r := range p {
			ring, err := snapRing(r, i == 0)
			if err != nil {
				return err
			}
			if ring == nil && i == 0 {
				break
			}
			if ring != nil {
				polygon = append(polygon, ring)
			}
		}
		if polygon != nil {
			shape.Polygons = append(shape.Polygons, polygon)
		}
	}
	return nil
}

// snapRing is a ring, counter-clockwise when outer, clockwise when not; nil when nothing
// is left of it.
func snapRing(r orb.Ring, outer bool) (geo.Ring, error) {
	coords, err := snapRun(r)
	if err != nil {
		return nil, err
	}
	if n := len(coords); n > 1 && coords[0] == coords[n-1] {
		coords = coords[:n-1]
	}
	ring := geo.Ring(coords)
	if len(ring) < 3 {
		return nil, nil
	}
	if area := ring.SignedArea2(); area != 0 && (area > 0) != outer {
		slices.Reverse(ring)
	}
	return ring, nil
}

// snapRun is a row of points on the grid without repeated ones.
func snapRun(points []orb.Point) ([]geo.Coord, error) {
	coords := make([]geo.Coord, 0, len(points))
	for _, p := range points {
		c, err := geo.CoordOf(p[0], p[1])
		if err != nil {
			return nil, err
		}
		if n := len(coords); n == 0 || coords[n-1] != c {
			coords = append(coords, c)
		}
	}
	return coords, nil
}
