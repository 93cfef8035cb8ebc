package index

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gridwarden/geo"
	"gridwarden/geo/filter"
)

// squares are cells of so many units, eight by eight from a corner on.
type squares struct {
	corner geo.Coord
	side   int32
}

func (s squares) Count() int { return 64 }

func (s squares) Of(c geo.Coord) int {
	if c.X < s.corner.X || c.Y < s.corner.Y {
		return -1
	}
	x, y := (c.X-s.corner.X)/s.side, (c.Y-s.corner.Y)/s.side
	if x > 7 || y > 7 {
		return 64
	}
	return int(8*y + x)
}

func (s squares) Whole(b geo.Box) (int, bool) {
	cell := s.Of(b.Min)
	return cell, 0 <= cell && cell < 64 && cell == s.Of(b.Max)
}

func (s squares) box() geo.Box {
	return geo.Box{Min: s.corner, Max: geo.Coord{X: s.corner.X + 8*s.side, Y: s.corner.Y + 8*s.side}}
}

func parsed(t interface{ Fatal(...any) }, text string) *filter.Filter {
	f, err := filter.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

var someFilters = []string{
	"", "category = '0'", "category = '0' AND standard = 's1'", "state <> '完好'", "id LIKE '1%'", "category IN ('0', '1') AND id LIKE '1%'",
	"category = '0' OR name LIKE '名1%'", "owner IN ('1', '2') AND NOT category = '1'", "standard = 'nowhere'", "code = 'x'", "state IS NULL",
}

// drawn is what DrawAssets gives, one line for each asset.
func drawn(s *Snapshot, box geo.Box, f *filter.Filter) (all []string) {
	type one struct {
		at       geo.Coord
		look     int
		id, name string
	}
	var found []one
	looks := s.DrawAssets(box, f, func(at geo.Coord, look int, id geo.AssetID, name string) {
		found = append(found, one{at, look, string(id), name})
	})
	for _, o := range found {
		all = append(all, fmt.Sprint(o.at, o.id, o.name, looks[o.look]))
	}
	slices.Sort(all)
	return all
}

// spelled is a tally with a line for each number that is not 0.
func spelled(tally *Tally) (all []string) {
	for cell, n := range tally.Counts {
		if n > 0 {
			all = append(all, fmt.Sprint(cell, " all ", n))
		}
		if tally.Of == nil {
			continue
		}
		for i, n := range tally.Of[cell] {
			if n > 0 {
				all = append(all, fmt.Sprintln(cell, tally.Categories[i], n))
			}
		}
	}
	slices.Sort(all)
	return all
}

// tiled compares what tiles are drawn from with looking at all assets.
func (m *crowd) tiled(t *rapid.T, s *Snapshot, f *filter.Filter, cells squares, byCategory bool) {
	var shown []string
	want := &Tally{Counts: make([]uint32, 64)}
	kinds := map[string]int{}
	for _, a := range m.assets {
		if !f.Asset(&a) {
			continue
		}
		if cells.box().Contains(a.Point) {
			shown = append(shown, fmt.Sprint(a.Point, a.ID, a.Name, lookOf(&a)))
		}
		if cell := cells.Of(a.Point); 0 <= cell && cell < 64 {
			want.Counts[cell]++
			kinds[fmt.Sprint(cell, " ", a.Category)]++
		}
	}
	slices.Sort(shown)
	if got := drawn(s, cells.box(), f); !slices.Equal(got, shown) {
		t.Fatalf("%s: drawn %v\nwant %v", f, got, shown)
	}
	counted := spelled(want)
	if byCategory {
		for k, n := range kinds {
			counted = append(counted, fmt.Sprintln(k, n))
		}
	}
	slices.Sort(counted)
	if got := spelled(s.CountAssets(cells.box(), f, cells, byCategory)); !slices.Equal(got, counted) {
		t.Fatalf("%s: counted %v\nwant %v", f, got, counted)
	}
}

// TestTilesMissNoAssetHoweverTheCityCame: those to draw and those to count are the same as
// when all are looked at, for filters that ask for more and for less of an asset.
func TestTilesMissNoAssetHoweverTheCityCame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := random(rapid.Uint64().Draw(t, "seed"))
		m := &crowd{assets: map[geo.AssetKey]geo.Asset{},
			kinds:  rapid.SampledFrom([]int{1, 5, 60, 300}).Draw(t, "kinds"),
			spread: rapid.SampledFrom([]int32{1, 30, 100_000, 10_000_000}).Draw(t, "spread")}
		s := Empty()
		for range rapid.IntRange(1, 4).Draw(t, "changes") {
			next, err := s.Apply(m.change(rapid.SampledFrom([]int{1, 40, 600}).Draw(t, "edits"), r))
			if err != nil {
				t.Fatal(err)
			}
			if s = next; rapid.Bool().Draw(t, "repacked") {
				if s, err = s.Repacked(); err != nil {
					t.Fatal(err)
				}
			}
		}
		for range 4 {
			f := parsed(t, rapid.SampledFrom(someFilters).Draw(t, "filter"))
			cells := squares{here(r.Int32N(m.spread)/2, r.Int32N(m.spread)/2), 1 + r.Int32N(m.spread)/4}
			m.tiled(t, s, f, cells, rapid.Bool().Draw(t, "by category"))
		}
	})
}

// TestHiddenAssetsAreNotCounted, whatever part of the pages they are asked for in.
func TestHiddenAssetsAreNotCounted(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		places := rapid.SliceOf(rapid.Uint32Range(0, 3<<pageBits)).Draw(t, "places")
		h := hidden{}.with(places)
		first := rapid.Uint32Range(0, 3<<pageBits).Draw(t, "first")
		end := rapid.Uint32Range(first, 4<<pageBits).Draw(t, "end")
		n := uint32(0)
		for i := first; i < end; i++ {
			if h.has(i) {
				n++
			}
		}
		if got := h.among(first, end); got != n {
			t.Fatalf("%d of %v are in %d…%d, not %d", n, places, first, end, got)
		}
	})
}

// TestTooManyCategoriesAreNotCountedApart, and the whole count is right all the same.
func TestTooManyCategoriesAreNotCountedApart(t *testing.T) {
	t.Parallel()
	for _, kinds := range []int{MostCategories, MostCategories + 1} {
		b := NewBuilder()
		for i := range kinds {
			a := geo.Asset{Version: geo.AssetVersion(i + 1), ID: geo.AssetID(fmt.Sprint(i)), Category: geo.CategoryKey{Code: fmt.Sprint(i)}, Point: here(int32(i), 0)}
			if err := b.Asset(&a); err != nil {
				t.Fatal(err)
			}
		}
		s, err := b.View(&geo.Changes{To: position(1)})
		if err != nil {
			t.Fatal(err)
		}
		cells := squares{here(0, 0), 300}
		tally := s.CountAssets(cells.box(), parsed(t, ""), cells, true)
		sum := uint32(0)
		for _, n := range tally.Counts {
			sum += n
		}
		if apart := tally.Of != nil; sum != uint32(kinds) || apart != (kinds <= MostCategories) {
			t.Errorf("of %d categories %d assets are counted, apart %v", kinds, sum, apart)
		}
	}
}

// BenchmarkCountAssets counts in cells of 600 m and of 5 km, and tells how many times as
// fast that is as looking at all assets.
func BenchmarkCountAssets(b *testing.B) {
	s, _, _ := strewn(b, benchAssetCount())
	for _, c := range []struct {
		name, filter string
		side         int32
		byCategory   bool
	}{
		{"600m", "", 6 * cell, false},
		{"5km", "", 50 * cell, false},
		{"600m/category", "category = '00007'", 6 * cell, false},
		{"600m/owner", "owner = 'O7'", 6 * cell, false},
		{"600m/id", "id LIKE '3301030007%'", 6 * cell, false},
		{"600m/apart", "", 6 * cell, true},
		{"5km/apart", "", 50 * cell, true},
	} {
		b.Run(c.name, func(b *testing.B) {
			f, cells := parsed(b, c.filter), squares{here(0, 0), c.side}
			start := time.Now()
			plain := make([]int, 64)
			for a := range s.Assets(geo.AssetKey{}) {
				if cell := cells.Of(a.Point); 0 <= cell && cell < 64 && f.Asset(&a) {
					plain[cell]++
				}
			}
			took := time.Since(start)
			for b.Loop() {
				s.CountAssets(cells.box(), f, cells, c.byCategory)
			}
			b.ReportMetric(float64(took)*float64(b.N)/float64(b.Elapsed()), "times_as_fast")
		})
	}
}
