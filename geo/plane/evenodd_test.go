package plane_test

import (
	"context"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"reflect"
	"testing"

	"gridwarden/geo/plane"
	"gridwarden/geo/testsize"
)

// tangle draws rings that cross themselves and one another.
func tangle(r *rand.Rand) []plane.Ring {
	size := int64(4 + r.IntN(200))
	rings := make([]plane.Ring, 1+r.IntN(3))
	for i := range rings {
		for range 3 + r.IntN(25) {
			rings[i] = append(rings[i], plane.Point{X: r.Int64N(size), Y: r.Int64N(size)})
		}
		if r.IntN(6) == 0 {
			rings = append(rings, rings[i]) // drawn twice: nothing
		}
	}
	return rings
}

func ringsOf(polygons []plane.Polygon) (rings []plane.Ring) {
	for _, p := range polygons {
		rings = append(rings, p...)
	}
	return rings
}

// holds is the parity of a point that is on no ring.
func holds(rings []plane.Ring, p plane.Point) bool {
	in := false
	for _, r := range rings {
		for i, b := range r {
			a := r[(i+len(r)-1)%len(r)]
			if (a.Y > p.Y) != (b.Y > p.Y) && (plane.Orient(a, b, p) > 0) == (b.Y > a.Y) {
				in = !in
			}
		}
	}
	return in
}

// beside tells whether p is within two units of a ring.
func beside(rings []plane.Ring, p plane.Point) bool {
	for _, r := range rings {
		for i, b := range r {
			a := r[(i+len(r)-1)%len(r)]
			dx, dy := float64(b.X-a.X), float64(b.Y-a.Y)
			px, py := float64(p.X-a.X), float64(p.Y-a.Y)
			t := 0.0
			if l := dx*dx + dy*dy; l > 0 {
				t = max(0, min(1, (px*dx+py*dy)/l))
			}
			if ex, ey := px-t*dx, py-t*dy; ex*ex+ey*ey < 4 {
				return true
			}
		}
	}
	return false
}

func TestEvenOddHoldsWhatTheRingsEncloseAnOddNumberOfTimes(t *testing.T) {
	t.Parallel()
	for seed := range uint64(testsize.N(600, 20000)) {
		r := rand.New(rand.NewPCG(seed, 1))
		rings := tangle(r)
		out := ringsOf(plane.EvenOdd(rings))
		for range 60 {
			p := plane.Point{X: r.Int64N(210), Y: r.Int64N(210)}
			if !beside(rings, p) && holds(rings, p) != holds(out, p) {
				t.Fatalf("seed %d: %v changed hands; %v became %v", seed, p, rings, out)
			}
		}
	}
}

func TestEvenOddLeavesItsOwnWorkAlone(t *testing.T) {
	t.Parallel()
	for seed := range uint64(testsize.N(600, 20000)) {
		out := plane.EvenOdd(tangle(rand.New(rand.NewPCG(seed, 2))))
		if again := plane.EvenOdd(ringsOf(out)); !reflect.DeepEqual(out, again) {
			t.Fatalf("seed %d: %v became %v", seed, out, again)
		}
	}
}

func TestEvenOddOfKnownShapes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rings []plane.Ring
		want  []plane.Polygon
	}{
		"nothing":   {nil, nil},
		"a point":   {[]plane.Ring{{{X: 1, Y: 1}}}, nil},
		"a line":    {[]plane.Ring{{{X: 0, Y: 0}, {X: 9, Y: 3}}}, nil},
		"twice":     {[]plane.Ring{{{X: 0, Y: 0}, {X: 9, Y: 0}, {X: 0, Y: 9}}, {{X: 0, Y: 9}, {X: 0, Y: 0}, {X: 9, Y: 0}}}, nil},
		"too far":   {[]plane.Ring{{{X: 0, Y: 0}, {X: plane.Limit + 1, Y: 0}, {X: 0, Y: 9}}}, nil},
		"bow tie":   {[]plane.Ring{{{X: 0, Y: 0}, {X: 10, Y: 10}, {X: 10, Y: 0}, {X: 0, Y: 10}}}, []plane.Polygon{{{{X: 0, Y: 0}, {X: 5, Y: 5}, {X: 0, Y: 10}}}, {{{X: 5, Y: 5}, {X: 10, Y: 0}, {X: 10, Y: 10}}}}},
		"clockwise": {[]plane.Ring{{{X: 9, Y: 0}, {X: 0, Y: 0}, {X: 0, Y: 9}}}, []plane.Polygon{{{{X: 0, Y: 0}, {X: 9, Y: 0}, {X: 0, Y: 9}}}}},
		"a hole that touches": {
			[]plane.Ring{{{X: 0, Y: 0}, {X: 10, Y: 0}, {X: 10, Y: 10}, {X: 0, Y: 10}}, {{X: 0, Y: 0}, {X: 5, Y: 2}, {X: 2, Y: 5}}},
			[]plane.Polygon{{{{X: 0, Y: 0}, {X: 10, Y: 0}, {X: 10, Y: 10}, {X: 0, Y: 10}}, {{X: 0, Y: 0}, {X: 2, Y: 5}, {X: 5, Y: 2}}}},
		},
	} {
		if got := plane.EvenOdd(c.rings); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// FuzzEvenOdd reads coordinates from bytes, a zero pair ending a ring.
func FuzzEvenOdd(f *testing.F) {
	f.Add([]byte{0, 0, 9, 9, 9, 0, 0, 9})
	f.Add([]byte{1, 1, 250, 3, 7, 200, 90, 90, 3, 4, 0, 0, 5, 5, 6, 5, 5, 6})
	f.Fuzz(func(t *testing.T, data []byte) {
		rings := []plane.Ring{nil}
		for ; len(data) >= 2 && len(data) < 400; data = data[2:] {
			if data[0] == 0 && data[1] == 0 {
				rings = append(rings, nil)
				continue
			}
			last := len(rings) - 1
			rings[last] = append(rings[last], plane.Point{X: int64(data[0]), Y: int64(data[1])})
		}
		out := plane.EvenOdd(rings)
		if again := plane.EvenOdd(ringsOf(out)); !reflect.DeepEqual(out, again) {
			t.Fatalf("%v became %v", out, again)
		}
	})
}

// TestNoVertexIsInTheWayOfAnEdge looks at every pair of nodes and edges, and edges and
// edges, of arrangements in coarse steps.
func TestNoVertexIsInTheWayOfAnEdge(t *testing.T) {
	t.Parallel()
	for seed := range uint64(testsize.N(150, 3000)) {
		r := rand.New(rand.NewPCG(seed, 3))
		d := plane.NewDrawing(0)
		for i, ring := range tangle(r) {
			d.Ring(ring, int32(i))
		}
		a, err := d.Arrange(context.Background(), 1+r.Int64N(9))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range a.Edges {
			p, q := a.Nodes[e.From], a.Nodes[e.To]
			for _, n := range a.Nodes {
				if n != p && n != q && inTheWay(p, q, n) {
					t.Fatalf("seed %d: %v is in the way of %v to %v", seed, n, p, q)
				}
			}
			for _, o := range a.Edges {
				u, v := a.Nodes[o.From], a.Nodes[o.To]
				if plane.Orient(p, q, u)*plane.Orient(p, q, v) < 0 && plane.Orient(u, v, p)*plane.Orient(u, v, q) < 0 {
					t.Fatalf("seed %d: %v to %v crosses %v to %v", seed, p, q, u, v)
				}
			}
		}
	}
}

// inTheWay tells whether the inner half of n's pixel meets the edge.
func inTheWay(p, q, n plane.Point) bool {
	dx, dy := float64(q.X-p.X), float64(q.Y-p.Y)
	px, py := float64(n.X-p.X), float64(n.Y-p.Y)
	t := max(0, min(1, (px*dx+py*dy)/(dx*dx+dy*dy)))
	return max(px-t*dx, t*dx-px) < 0.3 && max(py-t*dy, t*dy-py) < 0.3
}

// TestFacesOfOwnersFillThePlaneOnce gives random faces of an arrangement to owners: the
// polygons of each hold exactly its ground.
func TestFacesOfOwnersFillThePlaneOnce(t *testing.T) {
	t.Parallel()
	for seed := range uint64(testsize.N(200, 5000)) {
		r := rand.New(rand.NewPCG(seed, 4))
		d := plane.NewDrawing(0)
		rings := tangle(r)
		for i, ring := range rings {
			d.Ring(ring, int32(i))
		}
		a, err := d.Arrange(context.Background(), 1)
		if err != nil {
			t.Fatal(err)
		}
		ofSet := map[plane.Set]int32{0: -1}
		owners := make([]int32, len(a.Faces))
		for f, set := range a.Faces {
			if _, known := ofSet[set]; !known {
				ofSet[set] = r.Int32N(4) - 1
			}
			owners[f] = ofSet[set]
		}
		shapes := a.Dissolve(owners, 3)
		for range 40 {
			p := plane.Point{X: r.Int64N(210), Y: r.Int64N(210)}
			if beside(rings, p) {
				continue
			}
			var pieces []int32
			for i, ring := range rings {
				if holds([]plane.Ring{ring}, p) {
					pieces = append(pieces, int32(i))
				}
			}
			want := ofSet[a.Sets.Of(pieces...)]
			for o := range int32(3) {
				if got := holds(ringsOf(shapes[o]), p); got != (o == want) {
					t.Fatalf("seed %d: owner %d has %v: %v, its faces %v", seed, o, p, got, o == want)
				}
			}
		}
	}
}

func TestArrangeStopsWhenNobodyWaits(t *testing.T) {
	t.Parallel()
	d := plane.NewDrawing(0)
	d.Ring(plane.Ring{{X: 0, Y: 0}, {X: 9, Y: 0}, {X: 0, Y: 9}}, 0)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := d.Arrange(ctx, 1); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

func FuzzOrient(f *testing.F) {
	f.Add(make([]byte, 48))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) < 48 {
			return
		}
		var p [3]plane.Point
		for i := range p {
			p[i].X = int64(binary.BigEndian.Uint64(data[16*i:])) >> 13
			p[i].Y = int64(binary.BigEndian.Uint64(data[16*i+8:])) >> 13
		}
		if plane.Orient(p[0], p[1], p[2]) != -plane.Orient(p[1], p[0], p[2]) || plane.Orient(p[0], p[1], p[2]) != plane.Orient(p[1], p[2], p[0]) {
			t.Fatalf("Orient contradicts itself on %v", p)
		}
	})
}
