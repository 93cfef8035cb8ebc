package plane

import (
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// anyPoint draws points near one another, far apart, and on a few lines.
func anyPoint() *rapid.Generator[Point] {
	near := rapid.Int64Range(-20, 20)
	number := rapid.OneOf(near, rapid.Int64Range(-1<<32, 1<<32), rapid.Int64Range(-Limit, Limit))
	return rapid.Custom(func(t *rapid.T) Point { return Point{number.Draw(t, "x"), number.Draw(t, "y")} })
}

func TestOrientIsExactAtEveryDistance(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := anyPoint().Draw(t, "a"), anyPoint().Draw(t, "b"), anyPoint().Draw(t, "c")
		if rapid.Bool().Draw(t, "on the line") {
			c = Point{a.X + (b.X-a.X)/2, a.Y + (b.Y-a.Y)/2}
		}
		left := new(big.Int).Mul(big.NewInt(b.X-a.X), big.NewInt(c.Y-a.Y))
		right := new(big.Int).Mul(big.NewInt(b.Y-a.Y), big.NewInt(c.X-a.X))
		if got := Orient(a, b, c); got != left.Cmp(right) {
			t.Fatalf("Orient is %d, the fractions say %d", got, left.Cmp(right))
		}
	})
}

func TestTheTurnOfARingIsExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := Ring(rapid.SliceOfN(anyPoint(), 0, 12).Draw(t, "ring"))
		sum := new(big.Int)
		for i, b := range r {
			a := r[(i+len(r)-1)%len(r)]
			sum.Add(sum, new(big.Int).Mul(big.NewInt(a.X), big.NewInt(b.Y)))
			sum.Sub(sum, new(big.Int).Mul(big.NewInt(a.Y), big.NewInt(b.X)))
		}
		if got := r.turn(); got != sum.Sign() {
			t.Fatalf("turn is %d, the sum says %d", got, sum.Sign())
		}
	})
}

// roundedCrossing is the crossing by fractions: x of the line s at the place of t.
func roundedCrossing(s, t segment, step int64) Point {
	rat := func(v int64) *big.Rat { return new(big.Rat).SetInt64(v) }
	mul := func(a, b *big.Rat) *big.Rat { return new(big.Rat).Mul(a, b) }
	sub := func(a, b *big.Rat) *big.Rat { return new(big.Rat).Sub(a, b) }
	dx, dy, ex, ey := rat(s.b.X-s.a.X), rat(s.b.Y-s.a.Y), rat(t.b.X-t.a.X), rat(t.b.Y-t.a.Y)
	fx, fy := rat(t.a.X-s.a.X), rat(t.a.Y-s.a.Y)
	along := new(big.Rat).Quo(sub(mul(fx, ey), mul(fy, ex)), sub(mul(dx, ey), mul(dy, ex)))
	round := func(origin int64, d *big.Rat) int64 {
		v := new(big.Rat).Add(rat(origin), mul(along, d))
		v.Add(v.Quo(v, rat(step)), big.NewRat(1, 2))
		return new(big.Int).Div(v.Num(), v.Denom()).Int64()
	}
	return Point{round(s.a.X, dx), round(s.a.Y, dy)}
}

func TestCrossingsAreRoundedExactly(t *testing.T) {
	t.Parallel()
	crossed := 0
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SliceOfN(anyPoint(), 4, 4).Draw(t, "ends")
		s, u := newSegment(p[0], p[1], 1), newSegment(p[2], p[3], 1)
		step := rapid.SampledFrom([]int64{1, 2, 3, 1000, 100000}).Draw(t, "step")
		if !s.crosses(&u) {
			return
		}
		crossed++
		want := roundedCrossing(s, u, step)
		if got := s.crossing(&u, step); got != want {
			t.Fatalf("crossing in %v, the fractions say %v", got, want)
		}
		if got := s.farCrossing(&u, step); got != want {
			t.Fatalf("far crossing in %v, the fractions say %v", got, want)
		}
		if !s.enters(want, step) || !u.enters(want, step) {
			t.Fatal("a segment does not enter the pixel of its own crossing")
		}
	})
	if crossed == 0 {
		t.Error("nothing crossed")
	}
}

// A pixel's half-open square, tried by brute force on a grid forty times as fine: pixels
// are 40 wide, so that the points of a coarse segment are whole.
func TestEverySegmentEntersThePixelsOfItsPoints(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.Int64Range(-300, 300)
		point := rapid.Custom(func(t *rapid.T) Point { return Point{number.Draw(t, "x"), number.Draw(t, "y")} })
		s := newSegment(point.Draw(t, "a"), point.Draw(t, "b"), 1)
		const step, parts = 40, 4000
		seen := map[Point]bool{}
		fine := segment{a: Point{s.a.X * parts, s.a.Y * parts}, b: Point{s.b.X * parts, s.b.Y * parts}}
		for i := range int64(parts + 1) {
			at := Point{s.a.X*parts + (s.b.X-s.a.X)*i, s.a.Y*parts + (s.b.Y-s.a.Y)*i}
			seen[pixel(at, step*parts)] = true
		}
		for c := range seen {
			if !s.enters(c, step) || !fine.enters(c, step*parts) {
				t.Fatalf("%v to %v does not enter %v", s.a, s.b, c)
			}
		}
		for x := int64(-10); x <= 10; x++ {
			for y := int64(-10); y <= 10; y++ {
				c := Point{x, y}
				if far := !seen[c] && !nearAny(seen, c); far && s.enters(c, step) {
					t.Fatalf("%v to %v enters %v", s.a, s.b, c)
				}
			}
		}
	})
}

func nearAny(seen map[Point]bool, c Point) bool {
	for x := c.X - 1; x <= c.X+1; x++ {
		for y := c.Y - 1; y <= c.Y+1; y++ {
			if seen[Point{x, y}] {
				return true
			}
		}
	}
	return false
}

func TestTheTreeFindsWhatASearchOfAllFinds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		box := rapid.Custom(func(t *rapid.T) Box {
			p := anyPoint().Draw(t, "corner")
			side := rapid.OneOf(rapid.Int64Range(0, 40), rapid.Int64Range(0, 1<<40))
			return Box{p.X, p.Y, p.X + side.Draw(t, "width"), p.Y + side.Draw(t, "height")}
		})
		boxes := rapid.SliceOfN(box, 0, 600).Draw(t, "boxes")
		asked := box.Draw(t, "asked")
		var want []int32
		for i, b := range boxes {
			if b.meets(asked) {
				want = append(want, int32(i))
			}
		}
		got := Pack(boxes).Search(asked, nil)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Fatalf("found %v, want %v", got, want)
		}
	})
}

func TestSetsKeepOddPieces(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		pieces := rapid.SliceOfN(rapid.Int32Range(0, 9), 0, 12)
		a, b := pieces.Draw(t, "a"), pieces.Draw(t, "b")
		odd := map[int32]bool{}
		for _, p := range slices.Concat(a, b) {
			odd[p] = !odd[p]
		}
		var want []int32
		for p := range int32(10) {
			if odd[p] {
				want = append(want, p)
			}
		}
		s := newSets()
		both := s.Xor(s.Of(a...), s.Of(b...))
		if got := s.Pieces(both); !slices.Equal(got, want) {
			t.Fatalf("%v, want %v", got, want)
		}
		if s.Of(want...) != both || s.Xor(both, both) != 0 {
			t.Fatal("equal sets have different numbers")
		}
	})
}
