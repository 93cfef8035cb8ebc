package simplify

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"gridwarden/geo"
)

// path is a path of any size anywhere, also one that meets itself and stands still.
func path(t *rapid.T, least int) []geo.Coord {
	span := rapid.SampledFrom([]int32{3, 300, 30_000, 3_000_000, 300_000_000}).Draw(t, "span")
	x := rapid.Int32Range(-1_500_000_000+span, 1_500_000_000).Draw(t, "x")
	y := rapid.Int32Range(-850_000_000+span, 850_000_000-span).Draw(t, "y")
	n := rapid.IntRange(least, 40).Draw(t, "n")
	all := make([]geo.Coord, n)
	for i := range all {
		all[i] = geo.Coord{X: x + rapid.Int32Range(-span, span).Draw(t, "dx"), Y: y + rapid.Int32Range(-span, span).Draw(t, "dy")}
	}
	return all
}

// distinct is a path without a vertex twice.
func distinct(t *rapid.T, least int) []geo.Coord {
	all := path(t, least)
	slices.SortFunc(all, geo.Coord.Compare)
	all = slices.Compact(all)
	rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 0)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

func turned[T any](s []T) []T {
	s = slices.Clone(s)
	slices.Reverse(s)
	return s
}

func lineZooms(line []geo.Coord) []uint8 {
	zooms := make([]uint8, len(line))
	new(Simplifier).Line(line, zooms)
	return zooms
}

func ringZooms(ring []geo.Coord, nodes []int) []uint8 {
	zooms := make([]uint8, len(ring))
	new(Simplifier).Ring(ring, nodes, zooms)
	return zooms
}

func TestAnArcTurnedRoundIsTheSameArc(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		line := distinct(t, 1)
		if got, want := lineZooms(turned(line)), turned(lineZooms(line)); !slices.Equal(got, want) {
			t.Fatalf("%v turned round: %v, not %v", line, got, want)
		}
		loop := append(slices.Clone(line), line[0])
		if got, want := lineZooms(turned(loop)), turned(lineZooms(loop)); !slices.Equal(got, want) {
			t.Fatalf("the loop %v turned round: %v, not %v", loop, got, want)
		}
	})
}

func TestARingIsDrawnTheSameWhereverItBeginsAndWhicheverWayItGoes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ring := distinct(t, 1)
		isNode := map[geo.Coord]bool{}
		for range rapid.IntRange(0, 4).Draw(t, "nodes") {
			isNode[rapid.SampledFrom(ring).Draw(t, "node")] = true
		}
		zoomsOf := func(ring []geo.Coord) map[geo.Coord]uint8 {
			var nodes []int
			for i, c := range ring {
				if isNode[c] {
					nodes = append(nodes, i)
				}
			}
			at := map[geo.Coord]uint8{}
			for i, from := range ringZooms(ring, nodes) {
				at[ring[i]] = from
			}
			return at
		}
		first := rapid.IntRange(0, len(ring)-1).Draw(t, "first")
		other := slices.Concat(ring[first:], ring[:first])
		if rapid.Bool().Draw(t, "turned") {
			slices.Reverse(other)
		}
		want, got := zoomsOf(ring), zoomsOf(other)
		for c, from := range want {
			if got[c] != from {
				t.Fatalf("%v is drawn from zoom %d, in the ring %v from %d", c, from, other, got[c])
			}
			if isNode[c] && from != 0 {
				t.Fatalf("the node %v is drawn from zoom %d", c, from)
			}
		}
	})
}

// place is c on the map in units of a zoom.
func place(c geo.Coord, zoom int) (x, y float64) {
	scale := math.Exp2(float64(zoom + extentBits))
	return c.Lon() / 360 * scale, math.Asinh(math.Tan(c.Lat()*math.Pi/180)) / (2 * math.Pi) * scale
}

// apart is how far in units p is from the segment a b at a zoom.
func apart(p, a, b geo.Coord, zoom int) float64 {
	px, py := place(p, zoom)
	ax, ay := place(a, zoom)
	bx, by := place(b, zoom)
	along := 0.0
	if length := (bx-ax)*(bx-ax) + (by-ay)*(by-ay); length > 0 {
		along = max(0, min(1, ((px-ax)*(bx-ax)+(py-ay)*(by-ay))/length))
	}
	return math.Hypot(px-ax-along*(bx-ax), py-ay-along*(by-ay))
}

func TestNothingIsLeftOutFurtherThanTheToleranceFromTheLineDrawn(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		line := path(t, 2)
		zooms := lineZooms(line)
		if zooms[0] != 0 || zooms[len(zooms)-1] != 0 {
			t.Fatalf("an end is left out: %v", zooms)
		}
		for zoom := range EveryVertex + 1 {
			from := 0
			for to := 1; to < len(line); to++ {
				if int(zooms[to]) > zoom {
					continue
				}
				for _, c := range line[from+1 : to] {
					if zoom == EveryVertex {
						t.Fatalf("%v is left out at zoom %d", c, zoom)
					}
					if d := apart(c, line[from], line[to], zoom); d > Tolerance+1e-6 {
						t.Fatalf("%v is left out at zoom %d, %f units from the line drawn", c, zoom, d)
					}
				}
				from = to
			}
		}
	})
}

func TestAVertexIsLeftOutAsLongAsTheLineWithoutItIsNear(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		line := path(t, 3)[:3]
		zoom := int(lineZooms(line)[1])
		if d := apart(line[1], line[0], line[2], zoom); zoom < EveryVertex && d < Tolerance-1e-6 {
			t.Fatalf("%v is drawn at zoom %d already, where it is %f units from the line", line[1], zoom, d)
		}
	})
}

func TestARingWiderThanTwoTolerancesDoesNotVanish(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		zoom := rapid.IntRange(0, EveryVertex-1).Draw(t, "zoom")
		n := rapid.IntRange(3, 30).Draw(t, "n")
		unit := 360 * geo.Scale / math.Exp2(float64(zoom+extentBits))
		middle := rapid.Float64Range(-.5e9, .5e9).Draw(t, "middle")
		var ring []geo.Coord
		for i := range n {
			sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
			// A triangle is half as wide inside as its corners are far from the middle.
			far := rapid.Float64Range(4.5, 20).Draw(t, "far") * unit
			ring = append(ring, geo.Coord{X: int32(far * cos), Y: int32(middle + far*sin)})
		}
		var nodes []int
		for i := range ring {
			if rapid.IntRange(0, 9).Draw(t, "node") == 0 {
				nodes = append(nodes, i)
			}
		}
		var drawn geo.Ring
		for i, from := range ringZooms(ring, nodes) {
			if int(from) <= zoom {
				drawn = append(drawn, ring[i])
			}
		}
		if drawn.SignedArea2() <= 0 {
			t.Fatalf("of %v only %v is drawn at zoom %d", ring, drawn, zoom)
		}
	})
}

// Each split cuts off one vertex: seconds if it went on so to the end, and a stack as deep
// as the line is long.
func TestALineMadeToBeHardIsDoneAtOnce(t *testing.T) {
	t.Parallel()
	const n = 250_000
	line := make([]geo.Coord, n)
	for i := range line {
		line[i] = geo.Coord{X: int32(i), Y: int32(i%2*2-1) * int32(3*(n-i))}
	}
	zooms := lineZooms(line)
	if got := lineZooms(turned(line)); !slices.Equal(turned(got), zooms) {
		t.Error("turned round it is drawn otherwise")
	}
	for zoom := range EveryVertex {
		from := 0
		for to := range line {
			if int(zooms[to]) > zoom {
				continue
			}
			for i := from + 1; i < to; i += 97 {
				if d := apart(line[i], line[from], line[to], zoom); d > Tolerance+1e-6 {
					t.Fatalf("vertex %d is left out at zoom %d, %f units from the line", i, zoom, d)
				}
			}
			from = to
		}
	}
}

func TestPathsOfNothingAndOfOneVertexAreTaken(t *testing.T) {
	t.Parallel()
	c := geo.Coord{X: 5, Y: 7}
	for n := range 4 {
		still := slices.Repeat([]geo.Coord{c}, n)
		for _, zooms := range [][]uint8{lineZooms(still), ringZooms(still, nil)} {
			if n > 0 && zooms[0] != 0 {
				t.Errorf("%d times one vertex: %v", n, zooms)
			}
		}
	}
	poles := []geo.Coord{{X: -1800000000, Y: 900000000}, {X: 1800000000, Y: 900000000}, {X: 0, Y: -900000000}}
	if zooms := ringZooms(poles, nil); slices.Max(zooms) != 0 {
		t.Errorf("the whole world is drawn from %v", zooms)
	}
}

func TestTheDisplacementToldIsInMetresOfTheGround(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		zoom        int
		lat, metres float64
	}{
		{0, 0, 40075016.686 / 4096 * (1 + math.Sqrt2/2)},
		{14, 0, 40075016.686 / 4096 / 16384 * (1 + math.Sqrt2/2)},
		{18, 0, 40075016.686 / 4096 / 262144 * math.Sqrt2 / 2},
		{14, 60, 40075016.686 / 4096 / 16384 * (1 + math.Sqrt2/2) / 2},
	} {
		if got := Displacement(c.zoom, c.lat); math.Abs(got/c.metres-1) > .004 {
			t.Errorf("zoom %d, latitude %g: %g m, not %g m", c.zoom, c.lat, got, c.metres)
		}
	}
}
