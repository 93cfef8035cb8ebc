package index

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"gridwarden/geo"
	"gridwarden/geo/testsize"
)

// crowd is assets as they should be, to ask one by one.
type crowd struct {
	assets  map[geo.AssetKey]geo.Asset
	version geo.AssetVersion
	kinds   int // categories there may be
	spread  int32
	at      int
}

// draw makes an asset somewhere: crowded or strewn, some of them lines.
func (m *crowd) draw(r interface {
	IntN(int) int
	Int32N(int32) int32
}) geo.Asset {
	m.version++
	n := r.IntN(2000)
	a := geo.Asset{
		Version: m.version, ID: geo.AssetID(fmt.Sprint(n / 2)), State: []string{"完好", "破损", ""}[r.IntN(3)],
		Name: fmt.Sprint("名", n), Owner: geo.DepartmentCode(fmt.Sprint(r.IntN(4))),
		Category: geo.CategoryKey{Standard: fmt.Sprint("s", n%2), Kind: geo.Component, Code: fmt.Sprint(r.IntN(1 + r.IntN(m.kinds)))},
		Point:    here(r.Int32N(m.spread), r.Int32N(m.spread)),
	}
	if r.IntN(30) == 0 {
		a.Shape = &geo.Shape{Lines: geo.MultiLine{{a.Point, {X: a.Point.X + r.Int32N(2000), Y: a.Point.Y + 10}}}}
	}
	return a
}

// change draws edits of so many assets: some end, some move, some are new.
func (m *crowd) change(n int, r interface {
	IntN(int) int
	Int32N(int32) int32
}) *geo.Changes {
	c := &geo.Changes{From: position(m.at), To: position(m.at + 1)}
	if m.at++; m.at == 1 {
		c.From = geo.Position{}
	}
	fresh := map[geo.AssetKey]bool{}
	for range n {
		a := m.draw(r)
		if fresh[a.Key()] {
			continue
		}
		old, there := m.assets[a.Key()]
		if there {
			c.AssetsEnded = append(c.AssetsEnded, old.Version)
			delete(m.assets, a.Key())
		}
		if !there || r.IntN(3) > 0 {
			c.Assets, m.assets[a.Key()] = append(c.Assets, a), a
		}
		fresh[a.Key()] = true
	}
	return c
}

// metresTo is how far an asset is, told without the index.
func metresTo(p geo.Coord, a *geo.Asset) float64 {
	if a.Shape == nil {
		return geo.FrameAt(p).Distance(a.Point)
	}
	d, _ := geo.FrameAt(p).ToSegment(a.Shape.Lines[0][0], a.Shape.Lines[0][1])
	return d
}

func (m *crowd) within(p geo.Coord, metres float64, has func(*geo.Asset) bool) (all []Near) {
	for _, a := range m.assets {
		if d := metresTo(p, &a); d <= metres && has(&a) {
			all = append(all, Near{a, d})
		}
	}
	slices.SortFunc(all, CompareNear)
	return all
}

func sameNear(t *rapid.T, what string, got, want []Near) {
	same := slices.EqualFunc(got, want, func(a, b Near) bool {
		return a.Metres == b.Metres && fmt.Sprint(a.Asset) == fmt.Sprint(b.Asset)
	})
	if !same {
		t.Fatalf("%s: got %v\nwant %v", what, got, want)
	}
}

// ask compares every question about assets with the answers of looking at them all.
func (m *crowd) ask(t *rapid.T, s *Snapshot, r interface {
	IntN(int) int
	Int32N(int32) int32
}) {
	p := here(r.Int32N(m.spread), r.Int32N(m.spread))
	metres := float64(r.IntN(1 + r.IntN(20_000)))
	w := Wanted{Category: geo.CategoryKey{Standard: "s1", Kind: geo.Component, Code: fmt.Sprint(r.IntN(m.kinds))}}
	limit := 1 + r.IntN(1+r.IntN(100))
	var states []string
	if r.IntN(2) == 0 {
		w.State, states = "破损", []string{"破损"}
	}
	picked := func(a *geo.Asset) bool { return a.Category == w.Category && (w.State == "" || a.State == w.State) }
	want := m.within(p, metres, picked)
	sameNear(t, "nearest", s.NearestAssets(p, w.Category, metres, limit, states...), want[:min(limit, len(want))])

	sorted := func(all []Near) []Near { slices.SortFunc(all, CompareNear); return all }
	sameNear(t, "within", sorted(slices.Collect(s.AssetsWithin(p, metres, w))), want)
	either := []Wanted{{State: "破损"}, {Category: geo.CategoryKey{Code: w.Category.Code}}}
	want = m.within(p, metres, func(a *geo.Asset) bool { return a.State == "破损" || a.Category.Code == w.Category.Code })
	sameNear(t, "within, of two kinds", sorted(slices.Collect(s.AssetsWithin(p, metres, either...))), want)

	box := geo.EmptyBox().Extend(p).Extend(here(r.Int32N(m.spread), r.Int32N(m.spread)))
	for _, wanted := range [][]Wanted{nil, {w}, either} {
		var got, want []geo.AssetVersion
		for a := range s.AssetsIn(box, wanted...) {
			got = append(got, a.Version)
		}
		for _, a := range m.assets {
			around := geo.Box{Min: a.Point, Max: a.Point}
			if a.Shape != nil {
				around = around.Union(a.Shape.Box())
			}
			if around.Intersects(box) && wants(wanted, a.Category, a.State) {
				want = append(want, a.Version)
			}
		}
		slices.Sort(got)
		if slices.Sort(want); !slices.Equal(got, want) {
			t.Fatalf("in a box, of %v: %v, want %v", wanted, got, want)
		}
	}
}

func TestNoAssetIsMissedHoweverTheCityCame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := random(rapid.Uint64().Draw(t, "seed"))
		m := &crowd{assets: map[geo.AssetKey]geo.Asset{},
			kinds:  rapid.SampledFrom([]int{1, 5, 60, 300}).Draw(t, "kinds"),
			spread: rapid.SampledFrom([]int32{1, 30, 100_000, 10_000_000}).Draw(t, "spread")}
		s := Empty()
		for range rapid.IntRange(1, 5).Draw(t, "changes") {
			next, err := s.Apply(m.change(rapid.SampledFrom([]int{1, 40, testsize.N(400, 2000)}).Draw(t, "edits"), r))
			if err != nil {
				t.Fatal(err)
			}
			s = next
			for _, view := range m.ways(t, s) {
				for range 3 {
					m.ask(t, view, r)
				}
			}
			if rapid.Bool().Draw(t, "repacked") {
				s = m.ways(t, s)[1]
			}
		}
	})
}

// ways are the same view as it is, packed again, and built in one go.
func (m *crowd) ways(t *rapid.T, s *Snapshot) []*Snapshot {
	repacked, err := s.Repacked()
	if err != nil {
		t.Fatal(err)
	}
	b := NewBuilder()
	for a := range maps.Values(m.assets) {
		if err := b.Asset(&a); err != nil {
			t.Fatal(err)
		}
	}
	built, err := b.View(&geo.Changes{To: s.Position()})
	if err != nil {
		t.Fatal(err)
	}
	if repacked.Unpacked() || repacked.assets.points != 0 || built.assets.points != 0 {
		t.Fatal("packed assets are loose")
	}
	for _, other := range []*Snapshot{repacked, built} {
		if other.ContentHash() != s.ContentHash() || other.Position() != s.Position() {
			t.Fatal("another way to the same view shows something else")
		}
	}
	return []*Snapshot{s, repacked, built}
}
