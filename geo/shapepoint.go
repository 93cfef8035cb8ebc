package geo

import (
	"math"
	"slices"
)

// PointOn is a coordinate that stands for the shape: inside its polygons, else halfway along
// its lines. The shape must not be empty.
func (s *Shape) PointOn() Coord {
	if len(s.Polygons) > 0 {
		return inside(s.Polygons)
	}
	return middle(s.Lines)
}

// middle is the coordinate halfway along lines, taken one after another.
func middle(lines MultiLine) Coord {
	frame := FrameAt(lines[0][0])
	length := func(a, b Coord) float64 {
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
				return Coord{X: partway(a.X, b.X, left/l), Y: partway(a.Y, b.Y, left/l)}
			}
		}
	}
	last := lines[len(lines)-1]
	return last[len(last)-1]
}

// partway is the whole number nearest to the given part of the way from a to b.
func partway(a, b int32, part float64) int32 {
	return int32(math.Round(float64(a) + part*(float64(b)-float64(a))))
}

// inside is a coordinate inside polygons, well away from their border where they are not
// thin: the middle of the widest span of a row through the largest of them. Polygons so
// thin that no row meets a coordinate inside give a vertex.
func inside(polygons MultiPolygon) Coord {
	largest := slices.MaxFunc(polygons, func(a, b Polygon) int {
		return int(max(-1, min(1, a[0].SignedArea2()-b[0].SignedArea2())))
	})
	box := (&Shape{Polygons: MultiPolygon{largest}}).Box()
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
func widest(p Polygon, y int32) (Coord, bool) {
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
	return Coord{X: int32(math.Round(at)), Y: y}, best >= 0
}
