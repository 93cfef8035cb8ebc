package index

import (
	"encoding/binary"
	"fmt"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"gridwarden/geo"
	"gridwarden/geo/simplify"
)

// rayMeets is [geo.RayMeets] in fractions of any size: where the line of the edge passes
// the height of p is worked out and compared, nothing is left out early.
func rayMeets(a, b, p geo.Coord) (crosses, on bool) {
	whole := func(v int32) *big.Rat { return new(big.Rat).SetInt64(int64(v)) }
	if a.Y == b.Y {
		return false, p.Y == a.Y && min(a.X, b.X) <= p.X && p.X <= max(a.X, b.X)
	}
	t := new(big.Rat).Quo(new(big.Rat).Sub(whole(p.Y), whole(a.Y)), new(big.Rat).Sub(whole(b.Y), whole(a.Y)))
	if t.Sign() < 0 || t.Cmp(whole(1)) > 0 {
		return false, false
	}
	x := new(big.Rat).Add(whole(a.X), t.Mul(t, new(big.Rat).Sub(whole(b.X), whole(a.X))))
	at := x.Cmp(whole(p.X))
	// A point on the edge was moved east of it; an end as high as p lies below the moved one.
	return at > 0 && (a.Y <= p.Y) != (b.Y <= p.Y), at == 0
}

// place is any coordinate: small, by a power of two, at the ends of the earth.
func place() *rapid.Generator[geo.Coord] {
	near := func(limit int32) *rapid.Generator[int32] {
		return rapid.OneOf(rapid.Int32Range(-9, 9), rapid.Int32Range(-limit, limit), rapid.SampledFrom([]int32{-limit, limit}), rapid.Custom(func(t *rapid.T) int32 {
			v := int32(1)<<rapid.IntRange(0, 29).Draw(t, "bits") + rapid.Int32Range(-1, 1).Draw(t, "more")
			return rapid.SampledFrom([]int32{-1, 1}).Draw(t, "sign") * v
		}))
	}
	lon, lat := near(180*geo.Scale), near(90*geo.Scale)
	return rapid.Custom(func(t *rapid.T) geo.Coord { return geo.Coord{X: lon.Draw(t, "x"), Y: lat.Draw(t, "y")} })
}

// oneEdge draws an edge as wide as shapes may be, and a point, as often as not near it.
func oneEdge(t *rapid.T) (a, b, p geo.Coord) {
	a, b, p = place().Draw(t, "a"), place().Draw(t, "b"), place().Draw(t, "p")
	edge := geo.Shape{Lines: geo.MultiLine{{a, b}}}
	if edge.Check() != nil {
		b.X = -b.X
	}
	if edge = (geo.Shape{Lines: geo.MultiLine{{a, b}}}); edge.Check() != nil {
		b.X = a.X
	}
	if part := rapid.Int64Range(-1, 64).Draw(t, "part"); part >= 0 {
		by := rapid.Int64Range(-1, 1)
		p = world(int64(a.X)+(int64(b.X)-int64(a.X))*part/64+by.Draw(t, "east"), int64(a.Y)+(int64(b.Y)-int64(a.Y))*part/64+by.Draw(t, "north"))
	}
	return a, b, p
}

func TestTheRayAgreesWithFractionsOfAnySize(t *testing.T) {
	t.Parallel()
	rapid.Check(t, sameRay)
}

func FuzzRay(f *testing.F) { f.Fuzz(rapid.MakeFuzz(sameRay)) }

func sameRay(t *rapid.T) {
	a, b, p := oneEdge(t)
	crosses, on := geo.RayMeets(a, b, p)
	if wantCrosses, wantOn := rayMeets(a, b, p); on != wantOn || !on && crosses != wantCrosses {
		t.Fatalf("edge %v %v, point %v: crosses %v, on it %v; fractions say %v, %v", a, b, p, crosses, on, wantCrosses, wantOn)
	}
	turn := new(big.Int).Sub(product(b.X, a.X, p.Y, a.Y), product(b.Y, a.Y, p.X, a.X))
	if got := geo.Orient(a, b, p); got != turn.Sign() {
		t.Fatalf("edge %v %v, point %v: Orient is %d, the whole numbers say %d", a, b, p, got, turn.Sign())
	}
}

// product is (a-b) × (c-d).
func product(a, b, c, d int32) *big.Int {
	return new(big.Int).Mul(big.NewInt(int64(a)-int64(b)), big.NewInt(int64(c)-int64(d)))
}

// FuzzFinder makes areas of any bytes: rings that cross themselves and one another, fold
// back, collapse, at any scale. Two bytes are a vertex or a point asked for.
func FuzzFinder(f *testing.F) {
	f.Add(byte(0), []byte("\x01\x00\x00\x40\x00\x40\x40\x00\x40"), []byte{0x20, 0x20, 0, 0})
	f.Add(byte(21), []byte("\x04\x80\x80\x7f\x80\x7f\x7f\x80\x7f\xf0\xf0\x10\xf0\x10\x10\xf0\x10"), []byte{0x20, 0x20, 0xf0, 0x10})
	f.Add(byte(7), []byte("\x12\x00\x00\x40\x00\x40\x40\x20\x20\x40\x00\x7f\x00\x7f\x7f\x00\x00"), []byte{0x40, 0x20, 0x30, 0x30})
	f.Fuzz(func(t *testing.T, scale byte, rings, asked []byte) {
		c := fuzzedAreas(uint(scale), rings)
		if len(c.Areas) == 0 || len(asked) > 200 {
			return
		}
		s, err := Empty().Apply(c)
		if err != nil {
			t.Fatal(err)
		}
		x, p := newExam(t, s, c.Areas, false), newProbes(uint64(len(asked)), c.Areas)
		x.ask(fuzzedPath(uint(scale), asked))
		x.sit(p, sizes{anywhere: 20, vertices: 20, borders: 20, lines: 40})
	})
}

// fuzzedAreas takes a byte for how many vertices an area has, at most 64 areas of 64.
func fuzzedAreas(scale uint, data []byte) *geo.Changes {
	c := &geo.Changes{To: position(1), Layers: []geo.Layer{{Name: "zones", Kind: geo.Coverage}}}
	for len(data) > 6 && len(c.Areas) < 64 {
		n := min(3+int(data[0]%62), (len(data)-1)/2)
		shape := geo.Shape{Polygons: geo.MultiPolygon{{fuzzedPath(scale, data[1:1+2*n])}}}
		data = data[1+2*n:]
		if shape.Check() == nil && isRing(shape.Polygons[0][0]) {
			c.Areas = append(c.Areas, &geo.Area{ID: geo.AreaID(len(c.Areas) + 1), Layer: "zones", Code: geo.AreaCode(fmt.Sprintf("%02d", len(c.Areas)*7%64)), Shape: shape})
		}
	}
	return c
}

// isRing tells whether it has the three distinct coordinates of a [geo.Ring].
func isRing(path []geo.Coord) bool {
	distinct := map[geo.Coord]bool{}
	for _, c := range path {
		distinct[c] = true
	}
	return len(distinct) >= 3
}

// fuzzedPath is a coordinate for two bytes, from single units to most of the earth.
func fuzzedPath(scale uint, data []byte) (path []geo.Coord) {
	for ; len(data) >= 2; data = data[2:] {
		both := binary.BigEndian.Uint16(data)
		x, y := int64(int8(both>>8)), int64(int8(both))
		path = append(path, world(x<<(scale%23), y<<(scale%22)))
	}
	return path
}

// FuzzZooms draws such areas: nothing lies further from the line drawn than is said, even
// where neighbours do not match, and the order in which areas come does not matter.
func FuzzZooms(f *testing.F) {
	f.Add(byte(20), []byte("\x01\x00\x00\x40\x00\x40\x40\x00\x40\x01\x40\x40\x40\x00\x60\x20\x40\x20"))
	f.Add(byte(21), []byte("\x04\x80\x80\x7f\x80\x7f\x7f\x80\x7f\xf0\xf0\x10\xf0\x10\x10\xf0\x10"))
	f.Add(byte(18), []byte("\x12\x00\x00\x40\x00\x40\x40\x20\x20\x40\x00\x7f\x00\x7f\x7f\x00\x00"))
	f.Fuzz(func(t *testing.T, scale byte, rings []byte) {
		c := fuzzedAreas(uint(scale), rings)
		s := view(t, c)
		slices.Reverse(c.Areas)
		other := view(t, c)
		for _, a := range c.Areas {
			if got, want := s.Zooms(a), other.Zooms(a); len(got) != a.Shape.Vertices() || !slices.Equal(got, want) {
				t.Fatalf("%s is drawn from %v, when areas come in another order from %v", a.Code, got, want)
			}
		}
		judge := simplify.NewJudge(s.Drawn("zones", s.Bounds("zones")))
		for zoom := range simplify.EveryVertex + 1 {
			if d := judge.At(zoom); d.Units > simplify.Displaced(zoom)+1e-6 {
				t.Fatalf("zoom %d: %+v", zoom, d)
			}
		}
	})
}
