package ingest

import (
	"math"
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

// middle is the coordinate halfway along lines, taken one after another.
func middle(lines geo.MultiLine) geo.Coord {
	frame := geo.FrameAt(lines[0][0])
	length := func(a, b geo.Coord) float64 {
		ax, ay := frame.XY(a)
		bx, by := frame.XY(b)
		return math.Hypot(bx-ax, by-ay)
	}
	total := 0.0
	for _, line := range lines {
		for i := 1; i < len(line); i++ {
			total += length(line[i-1], line[i])
		}
	}
	left := total / 2
	for _, line := range lines {
		for i := 1; i < len(line); i++ {
			a, b := line[i-1], line[i]
			if l := length(a, b); l < left {
				left -= l
			} else {
				return geo.Coord{X: between(a.X, b.X, left/l), Y: between(a.Y, b.Y, left/l)}
			}
		}
	}
	last := lines[len(lines)-1]
	return last[len(last)-1]
}

// between is the whole number nearest to the given part of the way from a to b.
func between(a, b int32, part float64) int32 {
	return int32(math.Round(float64(a) + part*(float64(b)-float64(a))))
}

// inside is a coordinate inside polygons, well away from their border where they are not
// thin: the middle of the widest span of a row through the largest of them. Polygons so
// thin that no row meets a coordinate inside give a vertex.
func inside(polygons geo.MultiPolygon) geo.Coord {
	largest := slices.MaxFunc(polygons, func(a, b geo.Polygon) int {
		return int(max(-1, min(1, a[0].SignedArea2()-b[0].SignedArea2())))
	})
	box := (&geo.Shape{Polygons: geo.MultiPolygon{largest}}).Box()
	for parts := int64(2); parts <= 64; parts *= 2 {
		for part := int64(1); part < parts; part += 2 {
			y := int32(int64(box.Min.Y) + (int64(box.Max.Y)-int64(box.Min.Y))*part/parts)
			if c, ok := widest(largest, y); ok {
				if in, on := polygons.Locate(c); in && !on {
					return c
				}
			}
		}
	}
	return largest[0][0]
}

// widest is the middle of the widest span that a polygon has in the row half a unit above
// y, where no vertex lies; false when it has none.
func widest(p geo.Polygon, y int32) (geo.Coord, bool) {
	var crossings []float64
	for _, ring := range p {
		a := ring[len(ring)-1]
		for _, b := range ring {
			if (a.Y <= y) != (b.Y <= y) {
				part := (float64(y) + 0.5 - float64(a.Y)) / (float64(b.Y) - float64(a.Y))
				crossings = append(crossings, float64(a.X)+part*(float64(b.X)-float64(a.X)))
			}
			a = b
		}
	}
	slices.Sort(crossings)
	best, at := -1.0, 0.0
	for i := 1; i < len(crossings); i += 2 {
		if w := crossings[i] - crossings[i-1]; w > best {
			best, at = w, crossings[i-1]+w/2
		}
	}
	return geo.Coord{X: int32(math.Round(at)), Y: y}, best >= 0
}
