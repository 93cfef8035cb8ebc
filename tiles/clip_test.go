package tiles

import (
	"encoding/binary"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"gridwarden/geo/plane"
)

// FuzzClip: whatever the ring, the clipped ring stays in the frame and holds, by parity,
// the same places in it, but for those within a unit and a half of an edge.
func FuzzClip(f *testing.F) {
	f.Add([]byte{0, 0, 0, 0, 80, 0, 0, 0, 80, 0, 80, 0, 20, 10, 90, 16})
	f.Add([]byte{0xbf, 0xff, 0, 0, 0x50, 0, 0, 0, 0x50, 0, 0x50, 0, 0, 1, 0x40, 16, 0, 0, 0xbf, 0xff})
	random := rand.New(rand.NewPCG(5, 5))
	for range 40 {
		seed := make([]byte, 4*(3+random.IntN(20)))
		for i := range seed {
			seed[i] = byte(random.Uint32())
		}
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var ring plane.Ring
		for ; len(data) >= 4 && len(ring) < 64; data = data[4:] {
			x, y := int16(binary.BigEndian.Uint16(data)), int16(binary.BigEndian.Uint16(data[2:]))
			ring = appendPoint(ring, 0, plane.Point{X: int64(x)/2 + 2048, Y: int64(y)/2 + 2048})
		}
		if ring = openRing(ring); len(ring) < 3 {
			return
		}
		clipped, _ := clipRing(ring, nil)
		for _, p := range clipped {
			if !within(p) {
				t.Fatalf("%v lies outside the frame", p)
			}
		}
		expectSamePlaces(t, ring, clipped)
	})
}

func expectSamePlaces(t *testing.T, ring, clipped plane.Ring) {
	t.Helper()
	random := rand.New(rand.NewPCG(1, uint64(len(ring))))
	for range 50 {
		p := plane.Point{X: random.Int64N(4222) - 63, Y: random.Int64N(4222) - 63}
		if near(ring, p) || near(clipped, p) {
			continue
		}
		if was, is := encloses(ring, p), len(clipped) > 0 && encloses(clipped, p); was != is {
			t.Fatalf("%v was inside %v, is inside %v, of %v clipped to %v", p, was, is, ring, clipped)
		}
	}
}

// near tells whether p is within a unit and a half of an edge, across or along.
func near(r plane.Ring, p plane.Point) bool {
	for i, a := range r {
		b := r[(i+1)%len(r)]
		lo := plane.Point{X: min(a.X, b.X) - 2, Y: min(a.Y, b.Y) - 2}
		hi := plane.Point{X: max(a.X, b.X) + 2, Y: max(a.Y, b.Y) + 2}
		if p.X < lo.X || p.X > hi.X || p.Y < lo.Y || p.Y > hi.Y {
			continue
		}
		cross := (b.X-a.X)*(p.Y-a.Y) - (b.Y-a.Y)*(p.X-a.X)
		dx, dy := b.X-a.X, b.Y-a.Y
		if 4*cross*cross <= 9*(dx*dx+dy*dy) {
			return true
		}
	}
	return false
}

// TestBothNeighboursCutTheirBorderInOnePoint: a segment cut either way round gives one
// point, and it is the exact one rounded, for segments as long as the world too.
func TestBothNeighboursCutTheirBorderInOnePoint(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		far := rapid.Int64Range(-1<<36, 1<<36)
		h := halves()[rapid.IntRange(0, 3).Draw(rt, "half")]
		a, b := plane.Point{X: far.Draw(rt, "ax"), Y: far.Draw(rt, "ay")}, plane.Point{X: far.Draw(rt, "bx"), Y: far.Draw(rt, "by")}
		if (h.depth(a) > 0) == (h.depth(b) > 0) {
			rt.Skip("the segment does not cross")
		}
		p := h.crossing(a, b)
		if q := h.crossing(b, a); p != q || h.depth(p) != 0 {
			rt.Fatalf("%v one way, %v the other", p, q)
		}
		da, db := h.depth(a), h.depth(b)
		along, from, to := p.X, a.X, b.X
		if h.upright {
			along, from, to = p.Y, a.Y, b.Y
		}
		// |along − (from·db − to·da)/(db − da)| ≤ 1/2
		exact := new(big.Rat).SetFrac(
			new(big.Int).Sub(new(big.Int).Mul(big.NewInt(from), big.NewInt(db)), new(big.Int).Mul(big.NewInt(to), big.NewInt(da))),
			big.NewInt(db-da))
		if off := exact.Sub(exact, new(big.Rat).SetInt64(along)); off.Abs(off).Cmp(big.NewRat(1, 2)) > 0 {
			rt.Fatalf("%v is %v units from the exact crossing", p, off.FloatString(3))
		}
	})
}

// TestALineIsCutToThePiecesInside: in and out, along the frame, touching it, outside.
func TestALineIsCutToThePiecesInside(t *testing.T) {
	t.Parallel()
	type line = []plane.Point
	for _, c := range []struct {
		name string
		line line
		want []line
	}{
		{"inside", line{{X: 1, Y: 1}, {X: 5, Y: 5}}, []line{{{X: 1, Y: 1}, {X: 5, Y: 5}}}},
		{"through", line{{X: -1000, Y: 7}, {X: 9000, Y: 7}}, []line{{{X: -64, Y: 7}, {X: 4160, Y: 7}}}},
		{"out and in", line{{X: 0, Y: 0}, {X: -128, Y: 0}, {X: -128, Y: 10}, {X: 0, Y: 10}}, []line{{{X: 0, Y: 0}, {X: -64, Y: 0}}, {{X: -64, Y: 10}, {X: 0, Y: 10}}}},
		{"along the frame", line{{X: -64, Y: 0}, {X: -64, Y: 9}}, []line{{{X: -64, Y: 0}, {X: -64, Y: 9}}}},
		{"touching", line{{X: -128, Y: 0}, {X: -64, Y: 5}, {X: -128, Y: 10}}, nil},
		{"round a corner outside", line{{X: -200, Y: 0}, {X: 0, Y: -200}}, nil},
		{"outside", line{{X: -200, Y: 0}, {X: -100, Y: 3000}}, nil},
	} {
		got := clipLine(c.line)
		if !slices.EqualFunc(got, c.want, slices.Equal[line]) {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

// TestATouchFromOutsideLeavesNothing, and what lies along the frame inside stays whole.
func TestATouchFromOutsideLeavesNothing(t *testing.T) {
	t.Parallel()
	square := func(x, y, size int64) plane.Ring {
		return plane.Ring{{X: x, Y: y}, {X: x + size, Y: y}, {X: x + size, Y: y + size}, {X: x, Y: y + size}}
	}
	const lo, hi = -buffer, extent + buffer
	for name, c := range map[string]struct {
		ring plane.Ring
		sum  int64
	}{
		"along the west side, outside":  {square(lo-9, 5, 9), 0},
		"along the south side, outside": {square(5, hi, 9), 0},
		"at a corner, outside":          {square(hi, hi, 9), 0},
		"at one point":                  {plane.Ring{{X: lo, Y: 5}, {X: lo - 9, Y: 9}, {X: lo - 9, Y: 1}}, 0},
		"along the west side, inside":   {square(lo, 5, 9), 2 * 81},
		"along the south side, inside":  {square(5, hi-9, 9), 2 * 81},
		"the frame":                     {square(lo, lo, hi-lo), 2 * (hi - lo) * (hi - lo)},
		"round the frame":               {square(lo-5, lo-5, hi-lo+10), 2 * (hi - lo) * (hi - lo)},
	} {
		clipped, _ := clipRing(c.ring, nil)
		if c.sum == 0 && len(clipped) != 0 || c.sum != 0 && (len(clipped) != 4 || sum(clipped) != c.sum) {
			t.Errorf("%s: %v", name, clipped)
		}
	}
}
