package tiles

import (
	"cmp"
	"slices"

	"gridwarden/geo/plane"
)

// checker looks at polygons inside a frame; it keeps its room for the next.
type checker struct{ edges []edge }

// sound tells whether polygons are valid together, as one multipolygon by OGC and as
// rings by MVT 2.1: outer rings with a positive sum, holes with a negative one, no ring
// crossing or touching itself or another, every hole in its own outer ring, no polygon in
// another. It is exact. Rings of valid polygons may touch in single points; for these it
// says false as well, since only mending can tell them from broken ones.
func (c *checker) sound(polygons []plane.Polygon) bool {
	c.edges = c.edges[:0]
	for _, p := range polygons {
		for i, r := range p {
			if len(r) < 3 || (i == 0) != (sum(r) > 0) {
				return false
			}
			c.add(r)
		}
	}
	slices.SortFunc(c.edges, func(e, f edge) int { return cmp.Compare(e.west, f.west) })
	return apart(c.edges) && nested(polygons)
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
	west, east, top, foot int32
	a, b                  spot
	at, next              int32 // its number, and that of the next edge of its ring
}

// spot is a point inside a frame.
type spot struct{ x, y int32 }

func spotOf(p plane.Point) spot { return spot{int32(p.X), int32(p.Y)} }

// add appends the edges of a ring.
func (c *checker) add(r plane.Ring) {
	first, a := int32(len(c.edges)), spotOf(r[len(r)-1])
	last := first + int32(len(r)) - 1
	for i, p := range r {
		b, at := spotOf(p), first+int32(i)
		e := edge{a: a, b: b, at: at, next: at + 1}
		if at == last {
			e.next = first
		}
		e.west, e.east = min(a.x, b.x), max(a.x, b.x)
		e.top, e.foot = min(a.y, b.y), max(a.y, b.y)
		c.edges = append(c.edges, e)
		a = b
	}
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
	switch {
	case f.at == e.next:
		return doublesBack(e.a, e.b, f.b)
	case e.at == f.next:
		return doublesBack(f.a, f.b, e.b)
	}
	return opposed(turn(e.a, e.b, f.a), turn(e.a, e.b, f.b)) &&
		opposed(turn(f.a, f.b, e.a), turn(f.a, f.b, e.b))
}

// doublesBack tells whether the way from a over b to c runs back on itself.
func doublesBack(a, b, c spot) bool {
	return turn(a, b, c) == 0 && (a.x-b.x)*(c.x-b.x)+(a.y-b.y)*(c.y-b.y) > 0
}

// turn is twice the area of a triangle inside a frame: its sign tells the side of c.
func turn(a, b, c spot) int32 {
	return (b.x-a.x)*(c.y-a.y) - (b.y-a.y)*(c.x-a.x)
}

// opposed tells whether two turns are not both to the same side.
func opposed(s, t int32) bool { return !(s > 0 && t > 0) && !(s < 0 && t < 0) }

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
		if (a.Y > p.Y) != (b.Y > p.Y) && (plane.Orient(a, b, p) > 0) == (b.Y > a.Y) {
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

// union is the smallest box that holds both.
func (b extentBox) union(o extentBox) extentBox {
	return extentBox{
		plane.Point{X: min(b.min.X, o.min.X), Y: min(b.min.Y, o.min.Y)},
		plane.Point{X: max(b.max.X, o.max.X), Y: max(b.max.Y, o.max.Y)},
	}
}

func (b extentBox) width() int64  { return b.max.X - b.min.X }
func (b extentBox) height() int64 { return b.max.Y - b.min.Y }
