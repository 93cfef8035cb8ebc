package index

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"gridwarden/geo"
	"gridwarden/geo/testsize"
)

// drawShape is a few rings of many short steps, crossing and touching as they like.
func drawShape(t *rapid.T) *geo.Shape {
	s := &geo.Shape{}
	for range rapid.IntRange(1, 3).Draw(t, "rings") {
		at := geo.Coord{X: rapid.Int32Range(0, 30).Draw(t, "x"), Y: rapid.Int32Range(0, 30).Draw(t, "y")}
		ring := geo.Ring{at, {X: at.X + 1, Y: at.Y}} // never all in one place
		for _, step := range rapid.SliceOfN(rapid.IntRange(0, 24), 1, 150).Draw(t, "steps") {
			at.X += int32(step%5 - 2)
			at.Y += int32(step/5 - 2)
			ring = append(ring, at)
		}
		s.Polygons = append(s.Polygons, geo.Polygon{ring})
	}
	return s
}

func plainNearest(s *geo.Shape, p geo.Coord) float64 {
	best, f := math.Inf(1), geo.FrameAt(p)
	for _, polygon := range s.Polygons {
		for _, ring := range polygon {
			for i, a := range ring {
				if b := ring[(i+1)%len(ring)]; a != b {
					d, _ := f.ToSegment(a, b)
					best = min(best, d)
				}
			}
		}
	}
	return best
}

func TestAnOutlineSaysWhatWalkingEveryEdgeSays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawShape(t)
		f := newFigure(s)
		f.outline = newOutline(s)
		var points []geo.Coord
		for _, polygon := range s.Polygons {
			for _, v := range polygon[0] { // on and close to every vertex
				points = append(points, v, geo.Coord{X: v.X + 1, Y: v.Y}, geo.Coord{X: v.X, Y: v.Y - 1})
			}
		}
		for _, p := range points {
			inside, onEdge := f.outline.locate(p)
			if in, on := s.Polygons.Locate(p); in != inside || on != onEdge {
				t.Fatalf("at %v: %v %v, plainly %v %v", p, inside, onEdge, in, on)
			}
			want := plainNearest(s, p)
			if got, ok := f.nearest(p, 1); ok != (want <= 1) || ok && got.metres != want {
				t.Fatalf("at %v: nearest edge %v m, plainly %v", p, got.metres, want)
			}
			if onEdge != (want == 0) {
				t.Fatalf("at %v: on the edge %v and %v m from it", p, onEdge, want)
			}
		}
	})
}

// roundRing is a ring of n vertices, about 20 km wide, wavy enough to be no circle.
func roundRing(n int) geo.Ring {
	ring := make(geo.Ring, n)
	for i := range ring {
		turn := 2 * math.Pi * float64(i) / float64(n)
		sin, cos := math.Sincos(turn)
		r := 1e6 * (1 + .1*math.Sin(40*turn))
		ring[i] = geo.Coord{X: 1201000000 + int32(r*cos), Y: 302000000 + int32(r*sin)}
	}
	return ring
}

func TestAHugeRingIsNotWalkedWhole(t *testing.T) {
	t.Parallel()
	ring := roundRing(245_000)
	s := &geo.Shape{Polygons: geo.MultiPolygon{{ring}}}
	f := newFigure(s)
	r := random(1)
	for range testsize.N(200, 5000) {
		p := ring[r.IntN(len(ring))]
		if r.IntN(2) == 0 {
			p = geo.Coord{X: 1200000000 + r.Int32N(2e6), Y: 301000000 + r.Int32N(2e6)}
		}
		inside, onEdge := f.locate(p)
		if in, on := s.Polygons.Locate(p); in != inside || on != onEdge {
			t.Fatalf("at %v: %v %v, plainly %v %v", p, inside, onEdge, in, on)
		}
		looked := 0
		f.outline.visit(
			func(b *geo.Box) bool { return b.Min.Y <= p.Y && p.Y <= b.Max.Y && p.X <= b.Max.X },
			func(*run) { looked++ })
		if looked > 50 {
			t.Fatalf("at %v: %d runs of %d looked at", p, looked, len(f.outline.runs))
		}
	}
	if per := float64(f.outline.bytes()) / float64(len(ring)); per > 6 {
		t.Errorf("the outline takes %.1f bytes a vertex", per)
	}
}

func TestEdgeDistanceIsZeroOnTheEdgeAndSilentBeyondTheLimit(t *testing.T) {
	t.Parallel()
	a := squareArea(1, "grids", "a", 1200000000, 300000000, 100_000)
	s := view(t, &geo.Changes{Layers: []geo.Layer{{Name: "grids", Kind: geo.Coverage}}, Areas: []*geo.Area{a}})
	for _, c := range []struct {
		dx, dy int32
		want   float64 // -1: beyond 100 m
	}{{0, 0, 0}, {50_000, 0, 0}, {100_000, 33_333, 0}, {50_000, 100, 1.108}, {50_000, -100, 1.108}, {50_000, 50_000, -1}} {
		p := geo.Coord{X: 1200000000 + c.dx, Y: 300000000 + c.dy}
		got, ok := s.EdgeDistance(a, p, 100)
		if ok != (c.want >= 0) || ok && math.Abs(got-c.want) > .001 {
			t.Errorf("%d, %d: %v %v, want %v", c.dx, c.dy, got, ok, c.want)
		}
	}
	other := *a // a version this snapshot does not hold
	if d, ok := s.EdgeDistance(&other, geo.Coord{X: 1200000000, Y: 300000001}, 1); !ok || d != 0 {
		t.Errorf("another version of the area: %v %v", d, ok)
	}
}
