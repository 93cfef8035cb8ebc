package tiles

import (
	"math/bits"

	"gridwarden/geo/plane"
)

// half is a half-plane on one side of a line of the frame.
type half struct {
	upright bool // the line runs north-south at x = limit, else east-west at y = limit
	below   bool // coordinates below the limit are kept, else those above
	limit   int64
}

// halves are the four half-planes that make a tile with its buffer.
func halves() [4]half {
	return [4]half{
		{upright: true, limit: -buffer},
		{upright: true, limit: extent + buffer, below: true},
		{limit: -buffer},
		{limit: extent + buffer, below: true},
	}
}

// depth is how far p lies inside: 0 on the line, negative outside.
func (h half) depth(p plane.Point) int64 {
	v := p.Y
	if h.upright {
		v = p.X
	}
	if h.below {
		return h.limit - v
	}
	return v - h.limit
}

// crossing is the point where the segment between a and b, one inside and the other not,
// meets the line, rounded to the grid from its exact place: the segment gives the same
// point whichever way it is run through.
func (h half) crossing(a, b plane.Point) plane.Point {
	da, db := h.depth(a), h.depth(b)
	if da < db {
		a, b, da, db = b, a, db, da
	}
	if h.upright {
		return plane.Point{X: h.limit, Y: a.Y + share(b.Y-a.Y, da, da-db)}
	}
	return plane.Point{X: a.X + share(b.X-a.X, da, da-db), Y: h.limit}
}

// share is v·num/den to the nearest whole number, halves away from zero, for
// 0 ≤ num ≤ den. The product has 128 bits: a segment may span the world.
func share(v, num, den int64) int64 {
	abs := uint64(max(v, -v))
	hi, lo := bits.Mul64(abs, uint64(num))
	lo, carry := bits.Add64(lo, uint64(den)/2, 0)
	q, _ := bits.Div64(hi+carry, lo, uint64(den))
	if v < 0 {
		return -int64(q)
	}
	return int64(q)
}

// clipRing cuts a ring at the frame and appends what is inside to into, in the order of
// the ring. Where it leaves the frame more than once the pieces hang together by doubled
// edges along the frame, which the check finds and the mending removes. A point on the
// frame counts as outside, so that a ring touching it from outside leaves nothing. A ring
// that lies inside is returned as it is.
func clipRing(r plane.Ring, into []plane.Point) (clipped plane.Ring, rest []plane.Point) {
	for _, h := range halves() {
		r, into = h.cutRing(r, into)
	}
	return r, into
}

func (h half) cutRing(r plane.Ring, into []plane.Point) (plane.Ring, []plane.Point) {
	if h.holds(r) {
		return r, into
	}
	start := len(into)
	a := r[len(r)-1]
	for _, b := range r {
		aIn, bIn := h.depth(a) > 0, h.depth(b) > 0
		if aIn != bIn {
			into = appendPoint(into, start, h.crossing(a, b))
		}
		if bIn {
			into = appendPoint(into, start, b)
		}
		a = b
	}
	return openRing(into[start:]), into
}

// holds tells whether every point is strictly inside; it does for no points.
func (h half) holds(points []plane.Point) bool {
	for _, p := range points {
		if h.depth(p) <= 0 {
			return false
		}
	}
	return true
}

// appendPoint adds p unless it repeats the last point added since start.
func appendPoint(points []plane.Point, start int, p plane.Point) []plane.Point {
	if n := len(points); n > start && points[n-1] == p {
		return points
	}
	return append(points, p)
}

// openRing drops last points that repeat the first and limits the ring's capacity, so
// that appending to it cannot write over its neighbour.
func openRing(r plane.Ring) plane.Ring {
	n := len(r)
	for n > 1 && r[n-1] == r[0] {
		n--
	}
	return r[:n:n]
}

// clipLine cuts a line at the frame into the pieces inside, none of them without length.
// A stretch along the frame is inside; a mere touch leaves nothing.
func clipLine(line []plane.Point) [][]plane.Point {
	pieces := [][]plane.Point{line}
	for _, h := range halves() {
		var kept [][]plane.Point
		for _, piece := range pieces {
			if h.holds(piece) {
				kept = append(kept, piece)
			} else {
				kept = h.cutLine(piece, kept)
			}
		}
		pieces = kept
	}
	return pieces
}

// cutLine appends the pieces of line inside the half-plane.
func (h half) cutLine(line []plane.Point, pieces [][]plane.Point) [][]plane.Point {
	var piece []plane.Point
	flush := func() {
		if len(piece) > 1 {
			pieces = append(pieces, piece)
		}
		piece = nil
	}
	for i, b := range line {
		bIn := h.depth(b) >= 0
		if i > 0 && bIn != (h.depth(line[i-1]) >= 0) {
			piece = appendPoint(piece, 0, h.crossing(line[i-1], b))
		}
		if bIn {
			piece = appendPoint(piece, 0, b)
		} else {
			flush()
		}
	}
	flush()
	return pieces
}
