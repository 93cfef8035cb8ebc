package plane

import (
	"cmp"
	"math/bits"
)

// Limit is the greatest coordinate the package takes, in either direction.
const Limit = 1 << 50

// Point is a position on the grid.
type Point struct{ X, Y int64 }

// Compare orders points by X, then Y.
func (p Point) Compare(q Point) int {
	if c := cmp.Compare(p.X, q.X); c != 0 {
		return c
	}
	return cmp.Compare(p.Y, q.Y)
}

// Ring is a closed line; the last point joins the first, which is not repeated.
type Ring []Point

// Polygon is an outer ring, counter-clockwise, and its holes, clockwise.
type Polygon []Ring

// Orient is the side of c as seen from a towards b: 1 left, -1 right, 0 exactly on the
// line. It is exact for all points within [Limit].
func Orient(a, b, c Point) int {
	return side(b.X-a.X, b.Y-a.Y, c.X-a.X, c.Y-a.Y)
}

// side is the sign of ux·vy − uy·vx, exact while the numbers are below 2⁶³.
func side(ux, uy, vx, vy int64) int {
	if small(ux) && small(uy) && small(vx) && small(vy) {
		return cmp.Compare(ux*vy, uy*vx)
	}
	return product(ux, vy).minus(product(uy, vx)).sign()
}

// small tells whether d lies in [-2³¹, 2³¹), so that a difference of two products of such
// numbers fits an int64.
func small(d int64) bool { return uint64(d+1<<31) < 1<<32 }

// wide is a 128-bit integer in two's complement.
type wide struct {
	hi int64
	lo uint64
}

func product(a, b int64) wide {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	h := int64(hi)
	if a < 0 {
		h -= b
	}
	if b < 0 {
		h -= a
	}
	return wide{h, lo}
}

func (a wide) plus(b wide) wide {
	lo, carry := bits.Add64(a.lo, b.lo, 0)
	return wide{a.hi + b.hi + int64(carry), lo}
}

func (a wide) minus(b wide) wide {
	lo, borrow := bits.Sub64(a.lo, b.lo, 0)
	return wide{a.hi - b.hi - int64(borrow), lo}
}

func (a wide) sign() int {
	switch {
	case a.hi < 0:
		return -1
	case a.hi > 0 || a.lo > 0:
		return 1
	}
	return 0
}

// turn is the sign of the ring's area: 1 counter-clockwise, -1 clockwise, 0 none.
func (r Ring) turn() int {
	var sum wide
	for i := 2; i < len(r); i++ {
		ux, uy, vx, vy := r[i-1].X-r[0].X, r[i-1].Y-r[0].Y, r[i].X-r[0].X, r[i].Y-r[0].Y
		if small(ux) && small(uy) && small(vx) && small(vy) {
			d := ux*vy - uy*vx
			sum = sum.plus(wide{d >> 63, uint64(d)})
			continue
		}
		sum = sum.plus(product(ux, vy)).minus(product(uy, vx))
	}
	return sum.sign()
}

// floorDiv is ⌊a/b⌋ for b > 0.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
