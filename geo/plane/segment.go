package plane

import (
	"cmp"
	"math/big"
	"math/bits"
)

// segment is an undirected edge with a before b, and the pieces it bounds.
type segment struct {
	a, b  Point
	set   Set
	dirty bool // not yet compared with all others
}

func newSegment(a, b Point, set Set) segment {
	if a.Compare(b) > 0 {
		a, b = b, a
	}
	return segment{a: a, b: b, set: set, dirty: true}
}

func (s *segment) compare(t *segment) int {
	if c := s.a.Compare(t.a); c != 0 {
		return c
	}
	return s.b.Compare(t.b)
}

func (s *segment) box() Box {
	return Box{s.a.X, min(s.a.Y, s.b.Y), s.b.X, max(s.a.Y, s.b.Y)}
}

// along orders points of the grid in the way a walker on the segment meets their pixels:
// the walk is monotone in both directions.
func (s *segment) along(p, q Point) int {
	if c := cmp.Compare(p.X, q.X); c != 0 {
		return c
	}
	if s.b.Y < s.a.Y {
		return cmp.Compare(q.Y, p.Y)
	}
	return cmp.Compare(p.Y, q.Y)
}

// crosses tells whether the segments cross in a point inside both.
func (s *segment) crosses(t *segment) bool {
	return Orient(s.a, s.b, t.a)*Orient(s.a, s.b, t.b) < 0 &&
		Orient(t.a, t.b, s.a)*Orient(t.a, t.b, s.b) < 0
}

// pixel is the point of the grid of the given step whose pixel holds p. A pixel holds its
// lower left edges, not its upper right ones. Points are told in steps.
func pixel(p Point, step int64) Point {
	if step == 1 {
		return p
	}
	return Point{floorDiv(2*p.X+step, 2*step), floorDiv(2*p.Y+step, 2*step)}
}

// enters tells whether the segment meets the pixel round c, a point in steps.
//
// All is doubled so that the pixel's corners are whole. That the pixel lacks its upper
// and right edge is had by moving these infinitesimally inwards: where a corner is on the
// line, the sign is that of its move. A segment misses a rectangle exactly when their
// boxes miss or all corners are on one side of it.
func (s *segment) enters(c Point, step int64) bool {
	left, low := step*(2*c.X-1), step*(2*c.Y-1)
	right, high := left+2*step, low+2*step
	b := s.box()
	if 2*b.MaxX < left || 2*b.MinX >= right || 2*b.MaxY < low || 2*b.MinY >= high {
		return false
	}
	dx, dy := 2*(s.b.X-s.a.X), 2*(s.b.Y-s.a.Y)
	corner := func(x, y int64, onLine int64) int {
		if o := side(dx, dy, x-2*s.a.X, y-2*s.a.Y); o != 0 {
			return o
		}
		return cmp.Compare(onLine, 0)
	}
	sum := corner(left, low, 0) + corner(right, low, dy) + corner(left, high, -dx) + corner(right, high, dy-dx)
	return sum != 4 && sum != -4
}

// crossing is the pixel of the point where two segments that cross do so, exactly.
func (s *segment) crossing(t *segment, step int64) Point {
	dx, dy := s.b.X-s.a.X, s.b.Y-s.a.Y
	ex, ey := t.b.X-t.a.X, t.b.Y-t.a.Y
	fx, fy := t.a.X-s.a.X, t.a.Y-s.a.Y
	for _, d := range [...]int64{dx, dy, ex, ey, fx, fy} {
		if !small(d) {
			return s.farCrossing(t, step)
		}
	}
	num, den := fx*ey-fy*ex, dx*ey-dy*ex
	if den < 0 {
		num, den = -num, -den
	}
	at := func(origin, d int64) int64 {
		q, r := mulDiv(uint64(num), d, uint64(den))
		whole := 2*(origin+q) + step
		if 2*r >= uint64(den) {
			whole++
		}
		return floorDiv(whole, 2*step)
	}
	return Point{at(s.a.X, dx), at(s.a.Y, dy)}
}

// mulDiv is ⌊num·d/den⌋ and the rest, for num < den and |d| ≤ 2³¹.
func mulDiv(num uint64, d int64, den uint64) (int64, uint64) {
	hi, lo := bits.Mul64(num, uint64(max(d, -d)))
	q, r := bits.Div64(hi, lo, den)
	switch {
	case d >= 0:
		return int64(q), r
	case r == 0:
		return -int64(q), 0
	}
	return -int64(q) - 1, den - r
}

// farCrossing is crossing for segments too long for 128 bits.
func (s *segment) farCrossing(t *segment, step int64) Point {
	cross := func(ux, uy, vx, vy int64) *big.Int {
		x := new(big.Int).Mul(big.NewInt(ux), big.NewInt(vy))
		return x.Sub(x, new(big.Int).Mul(big.NewInt(uy), big.NewInt(vx)))
	}
	dx, dy := s.b.X-s.a.X, s.b.Y-s.a.Y
	ex, ey := t.b.X-t.a.X, t.b.Y-t.a.Y
	num := cross(t.a.X-s.a.X, t.a.Y-s.a.Y, ex, ey)
	den := cross(dx, dy, ex, ey)
	if den.Sign() < 0 {
		num.Neg(num)
		den.Neg(den)
	}
	at := func(origin, d int64) int64 { // ⌊((2·origin + step)·den + 2·num·d) / (2·step·den)⌋
		n := new(big.Int).Mul(big.NewInt(2*origin+step), den)
		n.Add(n, new(big.Int).Mul(num, big.NewInt(2*d)))
		return n.Div(n, new(big.Int).Mul(big.NewInt(2*step), den)).Int64()
	}
	return Point{at(s.a.X, dx), at(s.a.Y, dy)}
}
