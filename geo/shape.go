package geo

import "math"

// Ring is a closed line of at least three distinct coordinates. The last vertex joins the
// first, which is not repeated.
type Ring []Coord

// Polygon is an outer ring, counter-clockwise, and its holes, clockwise (RFC 7946).
type Polygon []Ring

// MultiPolygon is a set of polygons whose interiors do not meet.
type MultiPolygon []Polygon

// Line is an open line of at least two coordinates.
type Line []Coord

// MultiLine is a set of lines.
type MultiLine []Line

// Shape is the geometry of an area, or of an asset that is more than a point: polygons
// or lines, never both.
type Shape struct {
	Polygons MultiPolygon
	Lines    MultiLine
}

// Box is the smallest box round the shape, empty for an empty shape.
func (s *Shape) Box() Box {
	b := EmptyBox()
	for _, p := range s.Polygons {
		for _, r := range p {
			for _, c := range r {
				b = b.Extend(c)
			}
		}
	}
	for _, l := range s.Lines {
		for _, c := range l {
			b = b.Extend(c)
		}
	}
	return b
}

// Vertices is the number of coordinates the shape holds.
func (s *Shape) Vertices() int {
	n := 0
	for _, p := range s.Polygons {
		for _, r := range p {
			n += len(r)
		}
	}
	for _, l := range s.Lines {
		n += len(l)
	}
	return n
}

// Check refuses a shape that is empty, and one with a ring or line so wide that sums over
// it could overflow. Parts on both sides of the antimeridian are no such thing.
func (s *Shape) Check() error {
	if s.Box().IsEmpty() {
		return Errorf(Invalid, "the shape is empty")
	}
	for _, p := range s.Polygons {
		for _, r := range p {
			if err := checkWidth(r); err != nil {
				return err
			}
		}
	}
	for _, l := range s.Lines {
		if err := checkWidth(l); err != nil {
			return err
		}
	}
	return nil
}

func checkWidth(path []Coord) error {
	b := EmptyBox()
	for _, c := range path {
		b = b.Extend(c)
	}
	if int64(b.Max.X)-int64(b.Min.X) >= math.MaxInt32 {
		return TooWide()
	}
	return nil
}

// MaxWidth is how many degrees of longitude a ring or line may span.
const MaxWidth = math.MaxInt32 / Scale

// TooWide refuses a ring or line that spans [MaxWidth] or more.
func TooWide() error {
	return Errorf(Invalid, "the shape is more than 214 degrees wide; a shape that crosses the antimeridian must be cut there (RFC 7946, 3.1.9)")
}

// Locate tells how p lies to the polygons: inside, decided for the point moved infinitely
// little east and infinitely less north (+ε, +ε²), so that of areas sharing a border
// exactly one says inside; and onEdge, whether p itself is exactly on a ring. It is THE
// point-in-area predicate of the project. An empty set holds nothing.
//
// The moved point's ray runs east at a height just above p. An edge is crossed when it
// passes from "at or below p" to "above p" or back, and the crossing counts when p lies
// strictly to its west; a point on the edge itself has been moved east of it.
func (m MultiPolygon) Locate(p Coord) (inside, onEdge bool) {
	for _, polygon := range m {
		for _, ring := range polygon {
			if len(ring) == 0 {
				continue
			}
			a := ring[len(ring)-1]
			for _, b := range ring {
				crosses, on := RayMeets(a, b, p)
				inside = inside != crosses
				onEdge = onEdge || on
				a = b
			}
		}
	}
	return inside, onEdge
}

// RayMeets is [MultiPolygon.Locate] for one edge, from a to b: whether the eastward ray of
// the moved point p crosses it, and whether p lies exactly on it. An edge wholly above,
// below or west of p does neither, so an index may leave it out.
func RayMeets(a, b, p Coord) (crosses, on bool) {
	if (a.Y > p.Y && b.Y > p.Y) || (a.Y < p.Y && b.Y < p.Y) || (a.X < p.X && b.X < p.X) {
		return false, false
	}
	side := Orient(a, b, p)
	if side == 0 && between(a, b, p) {
		return false, true
	}
	if up := a.Y <= p.Y && b.Y > p.Y; up {
		return side > 0, false
	}
	if down := b.Y <= p.Y && a.Y > p.Y; down {
		return side < 0, false
	}
	return false, false
}

// SignedArea2 is twice the area of the ring in square units, positive when it runs
// counter-clockwise. It is exact for rings up to 214 degrees wide: the sum of exact
// products stays below 2⁶³ because it is bounded by twice the area of the ring's box.
func (r Ring) SignedArea2() int64 {
	if len(r) == 0 {
		return 0
	}
	var sum int64
	o := r[0]
	for i := 1; i+1 < len(r); i++ {
		a, b := r[i], r[i+1]
		sum += (int64(a.X)-int64(o.X))*(int64(b.Y)-int64(o.Y)) - (int64(a.Y)-int64(o.Y))*(int64(b.X)-int64(o.X))
	}
	return sum
}
