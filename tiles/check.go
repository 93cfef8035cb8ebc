package tiles

import (
	"cmp"
	"slices"

	"gridwarden/geo/plane"
)

// sound tells whether polygons inside a frame are valid together, as one multipolygon by
// OGC and as rings by MVT 2.1: outer rings with a positive sum, holes with a negative one,
// no ring crossing or touching itself or another, every hole in its own outer ring, no
// polygon in another. It is exact. Rings of valid polygons may touch in single points; for
// these it says false as well, since only mending can tell them from broken ones.
func sound(polygons []plane.Polygon) bool {
	for _, p := range polygons {
		for i, r := range p {
			if len(r) < 3 || (i == 0) != (sum(r) > 0) {
				return false
			}
		}
	}
	return apart(edges(polygons)) && nested(polygons)
}

// sum is twice the area of a ring inside a frame; zero is no area for outer ring or hole.
func sum(r plane.Ring) int64 {
	var s int64
	a := r[len(r)-1]
	for _, b := range r {
		s += a.X*b.Y - b.X*a.Y
		a = b
	}
	return s
}

// edge is a segment of a ring with the box round it.
type edge struct {
	a, b       plane.Point
	west, east int64
	top, foot  int64
	ring       int // a number for each ring
	at, of     int // its place among the edges of the ring, and their number
}

// edges are the edges of all rings by their west end.
func edges(polygons []plane.Polygon) []edge {
	n := 0
	for _, p := range polygons {
		for _, r := range p {
			n += len(r)
		}
	}
	all, ring := make([]edge, 0, n), 0
	for _, p := range polygons {
		for _, r := range p {
			for i, a := range r {
				b := r[(i+1)%len(r)]
				all = append(all, edge{
					a: a, b: b, ring: ring, at: i, of: len(r),
					west: min(a.X, b.X), east: max(a.X, b.X), top: min(a.Y, b.Y), foot: max(a.Y, b.Y),
				})
			}
			ring++
		}
	}
	slices.SortFunc(all, func(e, f edge) int { return cmp.Compare(e.west, f.west) })
	return all
}

// apart tells whether edges sorted by their west end meet only where one ends and the
// next of its ring begins.
func apart(all []edge) bool {
	for i := range all {
		e := &all[i]
		for j := i + 1; j < len(all) && all[j].west <= e.east; j++ {
			f := &all[j]
			if e.top <= f.foot && f.top <= e.foot && e.clashes(f) {
				return false
			}
		}
	}
	return true
}

// clashes tells whether two edges whose boxes meet share a point they must not share.
func (e *edge) clashes(f *edge) bool {
	if e.ring == f.ring {
		switch {
		case f.at == (e.at+1)%e.of:
			return doublesBack(e.a, e.b, f.b)
		case e.at == (f.at+1)%f.of:
			return doublesBack(f.a, f.b, e.b)
		}
	}
	return opposed(turn(e.a, e.b, f.a), turn(e.a, e.b, f.b)) &&
		opposed(turn(f.a, f.b, e.a), turn(f.a, f.b, e.b))
}

// doublesBack tells whether the way from a over b to c runs back on itself.
func doublesBack(a, b, c plane.Point) bool {
	return turn(a, b, c) == 0 && (a.X-b.X)*(c.X-b.X)+(a.Y-b.Y)*(c.Y-b.Y) > 0
}

// turn is twice the area of a triangle inside a frame: its sign tells the side of c.
func turn(a, b, c plane.Point) int64 {
	return (b.X-a.X)*(c.Y-a.Y) - (b.Y-a.Y)*(c.X-a.X)
}

// opposed tells whether two turns are not both to the same side.
func opposed(s, t int64) bool { return !(s > 0 && t > 0) && !(s < 0 && t < 0) }

// nested tells whether rings that do not meet lie in one another as they should.
func nested(polygons []plane.Polygon) bool {
	boxes := make([]extentBox, len(polygons))
	for i, p := range polygons {
		boxes[i] = boxOf(p[0])
		for j, hole := range p[1:] {
			if !encloses(p[0], hole[0]) {
				return false
			}
			for _, other := range p[1 : 1+j] {
				if encloses(other, hole[0]) || encloses(hole, other[0]) {
					return false
				}
			}
		}
	}
	for i, p := range polygons {
		for j, q := range polygons {
			if i != j && boxes[j].holds(p[0][0]) && covers(q, p[0][0]) {
				return false
			}
		}
	}
	return true
}

// covers tells whether a point on no ring of the polygon lies in it.
func covers(p plane.Polygon, at plane.Point) bool {
	in := false
	for _, r := range p {
		in = in != encloses(r, at)
	}
	return in
}

// encloses tells whether a point that is not on the ring lies in it.
func encloses(r plane.Ring, p plane.Point) bool {
	in := false
	a := r[len(r)-1]
	for _, b := range r {
		if (a.Y > p.Y) != (b.Y > p.Y) && (turn(a, b, p) > 0) == (b.Y > a.Y) {
			in = !in
		}
		a = b
	}
	return in
}

// extentBox is the closed box round a ring.
type extentBox struct{ min, max plane.Point }

func boxOf(points []plane.Point) extentBox {
	b := extentBox{points[0], points[0]}
	for _, p := range points[1:] {
		b.min = plane.Point{X: min(b.min.X, p.X), Y: min(b.min.Y, p.Y)}
		b.max = plane.Point{X: max(b.max.X, p.X), Y: max(b.max.Y, p.Y)}
	}
	return b
}

func (b extentBox) holds(p plane.Point) bool {
	return b.min.X <= p.X && p.X <= b.max.X && b.min.Y <= p.Y && p.Y <= b.max.Y
}

func (b extentBox) width() int64  { return b.max.X - b.min.X }
func (b extentBox) height() int64 { return b.max.Y - b.min.Y }
