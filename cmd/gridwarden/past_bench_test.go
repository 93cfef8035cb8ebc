package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"gridwarden/api"
	"gridwarden/geo"
	"gridwarden/geo/democity"
	"gridwarden/geo/index"
	"gridwarden/geo/postgis"
	"gridwarden/geo/postgis/pgtest"
	"gridwarden/geo/testsize"
)

// BenchmarkPastEditions publishes ten editions of a large city, each of which changes one
// area in a hundred, and asks for them all. It tells how much more memory the server takes
// for them than for the newest alone, how long the first question for an edition waits, and
// how a look-up in one that is kept compares with one in the newest, here and over HTTP.
func BenchmarkPastEditions(b *testing.B) {
	url, dir := pgtest.New(b), b.TempDir()
	m, err := democity.Write(b.Context(), dir, democity.Size{Grids: testsize.N(9_000, benchGrids), Assets: testsize.N(200_000, benchAssets)})
	if err != nil {
		b.Fatal(err)
	}
	for _, args := range demoImports(m) {
		typed(b, url, args...)
	}
	store := opened(b, url)
	base := tenEditions(b, url, store)
	before := heap()
	live := &index.Live{}
	live.Store(loaded(b, url))
	city := heap() - before
	past := newPastViews(store, live)
	for b.Loop() { // once: the second time all are kept
		var waited []time.Duration
		for n := range 10 {
			started := time.Now()
			if _, _, err := past.View(b.Context(), api.When{Edition: base + geo.Edition(9-n)}); err != nil {
				b.Fatal(err)
			}
			waited = append(waited, time.Since(started))
		}
		b.ReportMetric(slices.Max(waited).Seconds()*1000, "ms-first-look")
		b.ReportMetric(100*(heap()-before-city)/city, "%more-for-ten")
		b.ReportMetric(float64(len(past.kept)), "kept")
		b.ReportMetric(pastRatio(b, past, live, base), "x-as-long-as-today")
	}
	b.ReportMetric(city/(1<<20), "MB-one")
	address, stop := serving(b, url)
	defer stop()
	now := loadOf(b, address, luaLocate(live.Load()))
	then := loadOf(b, address, strings.Replace(luaLocate(live.Load()), "lat=%.7f", fmt.Sprintf("lat=%%.7f&edition=%d", base+9), 1))
	b.ReportMetric(now/then, "x-as-long-over-http")
	b.ReportMetric(0, "ns/op")
	runtime.KeepAlive(past)
}

// tenEditions publishes them, and is the number of the edition before.
func tenEditions(b *testing.B, url string, store *postgis.Store) geo.Edition {
	view, done := loaded(b, url), map[geo.AreaID]bool{}
	for n := range 10 {
		republish(b, store, view, n, done)
	}
	return view.Edition().Number
}

// republish publishes an edition in which one grid in a hundred, in one part of the city,
// has a border that runs elsewhere, and with it whatever of the layers above runs there.
// Areas that were changed before are left alone: the view has them as they were.
func republish(b *testing.B, store *postgis.Store, view *index.Snapshot, n int, done map[geo.AreaID]bool) {
	b.Helper()
	corners := map[geo.Coord]bool{}
	changed := map[geo.AreaID]*geo.Area{}
	grids, most := 0, view.AreaCount("grids")/100
	middle := randomPoint(view, rand.New(rand.NewPCG(uint64(n), 3)))
	for reach := 1000.0; grids < most; reach *= 1.5 {
		for a := range view.AreasIn("grids", geo.FrameAt(middle).Around(reach)) {
			corner := a.Shape.Polygons[0][0][0]
			around := cornering(view, corner)
			if grids >= most || corners[corner] || slices.ContainsFunc(around, func(o *geo.Area) bool { return done[o.ID] }) {
				continue
			}
			corners[corner] = true
			for _, o := range around {
				if changed[o.ID] == nil && o.Layer == "grids" {
					grids++
				}
				changed[o.ID] = o
			}
		}
	}
	p := &geo.Publication{Base: view.Edition().Number + geo.Edition(n)}
	for id, a := range changed {
		done[id] = true
		p.Areas, p.Ended = append(p.Areas, shifted(a, corners)), append(p.Ended, id)
	}
	if _, _, err := store.Publish(b.Context(), p); err != nil {
		b.Fatal(err)
	}
}

// cornering are the areas of coverages that have a corner.
func cornering(view *index.Snapshot, corner geo.Coord) (all []*geo.Area) {
	for _, l := range view.Layers() {
		for a := range view.AreasIn(l.Name, geo.Box{Min: corner, Max: corner}) {
			has := func(r geo.Ring) bool { return slices.Contains(r, corner) }
			if l.Kind == geo.Coverage && slices.ContainsFunc(a.Shape.Polygons, func(p geo.Polygon) bool { return slices.ContainsFunc(p, has) }) {
				all = append(all, a)
			}
		}
	}
	return all
}

// shifted is an area with some of its corners a unit further north-east.
func shifted(a *geo.Area, corners map[geo.Coord]bool) *geo.Area {
	next := *a
	next.Shape.Polygons = nil
	for _, polygon := range a.Shape.Polygons {
		var rings geo.Polygon
		for _, ring := range polygon {
			ring = slices.Clone(ring)
			for i, c := range ring {
				if corners[c] {
					ring[i] = geo.Coord{X: c.X + 1, Y: c.Y + 1}
				}
			}
			rings = append(rings, ring)
		}
		next.Shape.Polygons = append(next.Shape.Polygons, rings)
	}
	return &next
}

// pastRatio is how many times as long a look-up in a past edition takes as one in the
// newest, the state found anew for each.
func pastRatio(b *testing.B, past *pastViews, live *index.Live, edition geo.Edition) float64 {
	const n = 100_000
	took := func(view func() *index.Snapshot) time.Duration {
		best := time.Duration(math.MaxInt64)
		for range 3 {
			r := rand.New(rand.NewPCG(1, 2))
			started := time.Now()
			for range n {
				v := view()
				v.Locate(randomPoint(v, r))
			}
			best = min(best, time.Since(started))
		}
		return best
	}
	now := took(live.Load)
	then := took(func() *index.Snapshot {
		v, _, err := past.View(b.Context(), api.When{Edition: edition + 9})
		if err != nil {
			b.Fatal(err)
		}
		return v
	})
	return float64(then) / float64(now)
}
