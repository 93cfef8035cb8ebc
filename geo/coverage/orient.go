package coverage

import (
	"cmp"
	"math"
	"math/big"

	"github.com/paulmach/orb"
)

// orient is the side of c as seen from a towards b, exactly: 1 left, -1 right, 0 on the
// line. The bound within which doubles are trusted is Shewchuk's (Adaptive Precision
// Floating-Point Arithmetic, 1997); beyond it the numbers are taken as fractions.
func orient(a, b, c orb.Point) int {
	if c == a || c == b {
		return 0
	}
	left := (a[0] - c[0]) * (b[1] - c[1])
	right := (a[1] - c[1]) * (b[0] - c[0])
	det := left - right
	if left == 0 || right == 0 || left > 0 != (right > 0) {
		return cmp.Compare(det, 0)
	}
	if math.Abs(det) >= 3.3306690738754716e-16*math.Abs(left+right) {
		return cmp.Compare(det, 0)
	}
	return orientFractions(a, b, c)
}

func orientFractions(a, b, c orb.Point) int {
	less := func(p orb.Point, i int) *big.Rat {
		x, y := new(big.Rat).SetFloat64(p[i]), new(big.Rat).SetFloat64(c[i])
		return x.Sub(x, y)
	}
	left, right := less(a, 0), less(a, 1)
	left.Mul(left, less(b, 1))
	right.Mul(right, less(b, 0))
	return left.Cmp(right)
}

// between tells whether p, known to be on the line through a and b, is on the segment.
func between(a, b, p orb.Point) bool {
	return min(a[0], b[0]) <= p[0] && p[0] <= max(a[0], b[0]) &&
		min(a[1], b[1]) <= p[1] && p[1] <= max(a[1], b[1])
}
