package index

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"gridwarden/geo"
)

// BenchmarkTenEditions changes one in a hundred grids of a city with each of ten editions:
// borders that move, all over the city or in one part of it, and what of the layers above
// moves with them. All eleven states are held. It tells how much more memory they take than
// one, with the assets of a city and without, and how long a look-up takes in the oldest
// beside one in the newest.
func BenchmarkTenEditions(b *testing.B) {
	for _, where := range []string{"scattered", "together"} {
		for _, n := range []int{0, benchAssetCount()} {
			b.Run(fmt.Sprintf("%s/assets=%d", where, n), func(b *testing.B) { benchEditions(b, where == "together", n) })
		}
	}
}

func benchEditions(b *testing.B, together bool, assets int) {
	side := 100
	if full() {
		side = 300
	}
	before := settledHeap()
	c := benchCity(side)
	c.Assets = benchAssets(assets)
	newest, err := Empty().Apply(c)
	if err != nil {
		b.Fatal(err)
	}
	c = nil
	for a := range newest.Areas("grids", "") { // as a server that draws
		newest.Zooms(a)
		break
	}
	one := settledHeap() - before
	states := []*Snapshot{newest}
	id := geo.AreaID(10_000_000)
	for edition := range 10 {
		newest = states[len(states)-1]
		next, err := newest.Apply(movedCorners(newest, side, edition, together, &id))
		if err != nil {
			b.Fatal(err)
		}
		states = append(states, next)
	}
	all := settledHeap() - before
	told := int64(0)
	for i := range states[1:] {
		told += states[i].Beyond(states[i+1])
	}
	asked := questions(side, false)
	per := func(s *Snapshot) time.Duration {
		best := time.Duration(1 << 62)
		for range 3 {
			started := time.Now()
			for _, p := range asked {
				s.Locate(p)
			}
			best = min(best, time.Since(started))
		}
		return best
	}
	for b.Loop() {
		b.ReportMetric(per(states[0]).Seconds()/per(states[10]).Seconds(), "x-as-long-as-today")
	}
	b.ReportMetric(one/(1<<20), "MB-one")
	b.ReportMetric(100*(all-one)/one, "%more-for-ten")
	b.ReportMetric(float64(told)/(all-one), "x-as-much-as-told")
	b.ReportMetric(0, "ns/op")
	runtime.KeepAlive(states)
}

func settledHeap() float64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

// movedCorners moves corners of grids, where four of them meet each, until one grid in a
// hundred has another shape.
func movedCorners(s *Snapshot, side, edition int, together bool, id *geo.AreaID) *geo.Changes {
	r := rand.New(rand.NewPCG(uint64(edition), 11))
	at := s.Position()
	c := &geo.Changes{From: at, To: position(int(at.Sequence) + 1), Edition: geo.EditionInfo{Number: geo.Edition(edition + 2)}}
	moves := map[geo.Coord]geo.Coord{}
	n, part := side*side/400, side-1
	if together {
		part = 2 * (1 + sqrt(n))
	}
	west, south := 1+r.IntN(side-part), 1+r.IntN(side-part)
	for len(moves) < n {
		i, j := west+r.IntN(part-1), south+r.IntN(part-1)
		if together || (i+j)%2 == edition%2 {
			p := here(int32(i*cell), int32(j*cell))
			moves[p] = geo.Coord{X: p.X + 1, Y: p.Y + 1}
		}
	}
	done := map[*geo.Area]bool{}
	for p := range moves {
		for _, l := range s.Layers() {
			for a := range s.AreasIn(l.Name, geo.Box{Min: p, Max: p}) {
				if !done[a] {
					done[a] = true
					moveCorners(c, a, moves, id)
				}
			}
		}
	}
	return c
}

func sqrt(n int) (root int) {
	for root*root < n {
		root++
	}
	return root
}

// moveCorners gives an area another version where it has a corner that moves.
func moveCorners(c *geo.Changes, a *geo.Area, moves map[geo.Coord]geo.Coord, id *geo.AreaID) {
	next, moved := *a, false
	next.Shape.Polygons = nil
	for _, polygon := range a.Shape.Polygons {
		var rings geo.Polygon
		for _, ring := range polygon {
			ring = slices.Clone(ring)
			for k, p := range ring {
				if to, moves := moves[p]; moves {
					ring[k], moved = to, true
				}
			}
			rings = append(rings, ring)
		}
		next.Shape.Polygons = append(next.Shape.Polygons, rings)
	}
	if moved {
		*id++
		next.ID = *id
		c.AreasEnded = append(c.AreasEnded, a.ID)
		c.Areas = append(c.Areas, &next)
	}
}
