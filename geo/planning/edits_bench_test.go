package planning_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/planning"
)

// lattice is a city of n by n grids of 36 vertices, 36 to a community, 36 of these to a
// street, 9 of these to a district, made without an import.
func lattice(tb testing.TB, n int) *index.Snapshot {
	c := &geo.Changes{To: geo.Position{Sequence: 1}, Edition: geo.EditionInfo{Number: 1}}
	parent := geo.LayerName("")
	for i, l := range []struct {
		name geo.LayerName
		size int
	}{{"districts", 108}, {"streets", 36}, {"communities", 6}, {"grids", 1}} {
		c.Layers = append(c.Layers, geo.Layer{Name: l.name, Kind: geo.Coverage, Parent: parent, Rank: 10 - i})
		parent = l.name
		for x := 0; x < n; x += l.size {
			for y := 0; y < n; y += l.size {
				a := &geo.Area{ID: geo.AreaID(len(c.Areas) + 1), Layer: l.name, Code: latticeCode(i, x, y), From: 1}
				if i > 0 {
					a.Parent = latticeCode(i-1, x, y)
				}
				a.Shape.Polygons = geo.MultiPolygon{{latticeRing(x, y, min(x+l.size, n), min(y+l.size, n))}}
				c.Areas = append(c.Areas, a)
			}
		}
	}
	view, err := index.Empty().Apply(c)
	if err != nil {
		tb.Fatal(err)
	}
	return view
}

func latticeCode(level, x, y int) geo.AreaCode {
	code := fmt.Sprintf("33%02d%02d", x/108, y/108)
	for i, size := range []int{36, 6, 1}[:level] {
		within := []int{108, 36, 6}[i]
		code += fmt.Sprintf("%03d", x%within/size*(within/size)+y%within/size+1)
	}
	return geo.AreaCode(code)
}

// latticeRing is the border of a block, with nine vertices on each side of a cell.
func latticeRing(x0, y0, x1, y1 int) geo.Ring {
	const cell, parts = 9000, 9
	var ring geo.Ring
	at := func(x, y int) {
		r := rand.New(rand.NewPCG(uint64(x), uint64(y)))
		ring = append(ring, geo.Coord{X: int32(1_200_000_000 + x*cell/parts + r.IntN(300)), Y: int32(300_000_000 + y*cell/parts + r.IntN(300))})
	}
	for x := x0 * parts; x < x1*parts; x++ {
		at(x, y0*parts)
	}
	for y := y0 * parts; y < y1*parts; y++ {
		at(x1*parts, y)
	}
	for x := x1 * parts; x > x0*parts; x-- {
		at(x, y1*parts)
	}
	for y := y1 * parts; y > y0*parts; y-- {
		at(x0*parts, y)
	}
	return ring
}

// latticeEdit is an edit inside a community, or on borders of parents.
func latticeEdit(r *rand.Rand, view *index.Snapshot, n int) planning.Edit {
	x, y := 1+r.IntN(n-2), 1+r.IntN(n-2)
	code := latticeCode(3, x, y)
	a := view.Area("grids", code)
	ring := a.Shape.Polygons[0][0]
	box := a.Shape.Box()
	from, to := degree(ring[0]), degree(ring[9])
	half := orb.Point{(from[0] + to[0]) / 2, (from[1]+to[1])/2 + 0.0001}
	node := degree(ring[4])
	moved := orb.Point{node[0], node[1] + 0.00002}
	switch r.IntN(5) {
	case 0:
		return planning.Edit{Kind: planning.MoveBorder, Layer: "grids", Areas: codes(code, latticeCode(3, x, y-1)), Line: orb.LineString{from, half, to}, Tolerance: 1, Parents: planning.FollowParents}
	case 1:
		return planning.Edit{Kind: planning.MoveNode, Layer: "grids", At: &node, To: &moved, Parents: planning.FollowParents}
	case 2:
		return planning.Edit{Kind: planning.Split, Layer: "grids", Areas: codes(code), Line: orb.LineString{
			{degree(box.Min)[0] - 0.0001, half[1] + 0.0003}, {degree(box.Max)[0] + 0.0001, half[1] + 0.00035}}}
	case 3:
		return planning.Edit{Kind: planning.Merge, Layer: "grids", Areas: codes(code, latticeCode(3, x, y-1)), Into: code, Parents: planning.FollowParents}
	}
	return planning.Edit{Kind: planning.Reparent, Layer: "grids", Areas: codes(code), Parent: latticeCode(2, max(0, x-6), y), Parents: planning.FollowParents}
}

// An edit with its view and its faults, in a city of 2,500 grids and in one of 90,000 by
// turns; the ratio is what the cost grows by.
func BenchmarkAnEditInCitiesOfAnySize(b *testing.B) {
	small, large := lattice(b, 50), lattice(b, 300)
	var inSmall, inLarge []time.Duration
	turns := rand.New(rand.NewPCG(1, 1))
	b.ResetTimer()
	for b.Loop() {
		for range 100 {
			inSmall = append(inSmall, timed(b, turns, small, 50)...)
			inLarge = append(inLarge, timed(b, turns, large, 300)...)
		}
	}
	slices.Sort(inSmall)
	slices.Sort(inLarge)
	of, in := inSmall[len(inSmall)/2], inLarge[len(inLarge)/2]
	b.ReportMetric(float64(in.Microseconds()), "µs/median")
	b.ReportMetric(float64(of.Microseconds()), "µs/median-small")
	b.ReportMetric(float64(in)/float64(of), "large/small")
}

// timed is how long one edit takes, with its view and its faults; none for one that is
// refused, as it would tear a parent.
func timed(b *testing.B, r *rand.Rand, view *index.Snapshot, n int) []time.Duration {
	e := latticeEdit(r, view, n)
	rules := planning.Rules{Approved: func(geo.LayerName) bool { return true }}
	began := time.Now()
	effect, err := planning.Do(b.Context(), view, &e, rules)
	if geo.KindOf(err) == geo.Conflict {
		return nil
	}
	if err != nil {
		b.Fatal(err)
	}
	after, err := planning.After(view, effect)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := planning.Faults(b.Context(), view, after, effect); err != nil {
		b.Fatal(err)
	}
	return []time.Duration{time.Since(began)}
}
