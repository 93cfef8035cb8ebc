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

// marked is what a thing is marked as, by a number.
func marked(n int) geo.Visibility {
	return []geo.Visibility{geo.Protected, geo.Restricted, geo.Public, ""}[n%4]
}

func sights() []*Sight {
	return []*Sight{
		{Of: geo.Protected}, {Of: geo.Public}, {Of: geo.Public, Assets: true}, {Of: geo.Public, Layers: []geo.LayerName{"layer0", "layer1"}},
		{Of: geo.Restricted},
	}
}

// seen is the city of what somebody may see.
func (m *city) seen(by *Sight) *city {
	left := newCity()
	left.at, left.edition, left.departments, left.categories = m.at, m.edition, m.departments, m.categories
	for name, l := range m.layers {
		if by.layer(&l) {
			left.layers[name] = l
		}
	}
	for key, a := range m.areas {
		if _, there := left.layers[a.Layer]; there {
			left.areas[key] = a
		}
	}
	for key, a := range m.assets {
		c := m.categories[a.Category]
		if by.Category(&c) {
			left.assets[key] = a
		}
	}
	return left
}

// TestWhatIsHiddenIsNotThere: the view of a reader answers as one that was loaded without
// what is hidden, however the city came about.
func TestWhatIsHiddenIsNotThere(t *testing.T) {
	t.Parallel()
	eyes := sights()
	rapid.Check(t, func(t *rapid.T) {
		m, s := newCity(), Empty()
		for step := range rapid.IntRange(1, 4).Draw(t, "steps") {
			c := m.step(t)
			for i := range c.Layers {
				c.Layers[i].Visibility = marked(rapid.IntRange(0, 3).Draw(t, "layer"))
				m.layers[c.Layers[i].Name] = c.Layers[i]
			}
			if step%2 == 0 {
				k := geo.Category{CategoryKey: geo.CategoryKey{Standard: "s1", Code: fmt.Sprint(rapid.IntRange(0, 4).Draw(t, "code"))}}
				k.Visibility = marked(rapid.IntRange(0, 3).Draw(t, "category"))
				c.Categories, m.categories[k.CategoryKey] = append(c.Categories, k), k
			}
			next, err := s.Apply(c)
			if err != nil {
				t.Fatal(err)
			}
			s = next
			for _, by := range eyes {
				left := m.seen(by)
				alone, err := Empty().Apply(left.all())
				if err != nil {
					t.Fatal(err)
				}
				seen := s.Seen(by, s)
				if seen.ContentHash() != alone.ContentHash() {
					t.Fatalf("%+v sees %d assets and %d layers, not %d and %d", by, seen.AssetCount(), len(seen.Layers()), alone.AssetCount(), len(alone.Layers()))
				}
				sameAnswers(t, seen, alone)
				if seen != s.Seen(by, s) || (seen.Hidden() == "") != (seen == s) {
					t.Fatal("a view is made twice, or hides without saying so")
				}
			}
		}
	})
}

// TestTilesCountNoAssetThatIsHidden: what is drawn, counted and found near is that of the
// assets that are seen, packed or loose.
func TestTilesCountNoAssetThatIsHidden(t *testing.T) {
	t.Parallel()
	eyes := sights()
	rapid.Check(t, func(t *rapid.T) {
		r := random(rapid.Uint64().Draw(t, "seed"))
		m := &crowd{assets: map[geo.AssetKey]geo.Asset{}, kinds: rapid.SampledFrom([]int{1, 5, 90}).Draw(t, "kinds"), spread: rapid.SampledFrom([]int32{30, 100_000}).Draw(t, "spread")}
		s := Empty()
		var catalogue []geo.Category
		for n := range 2 * m.kinds {
			k := geo.CategoryKey{Standard: fmt.Sprint("s", n%2), Kind: geo.Component, Code: fmt.Sprint(n / 2)}
			catalogue = append(catalogue, geo.Category{CategoryKey: k, Visibility: marked(r.IntN(4))})
		}
		for range rapid.IntRange(1, 3).Draw(t, "changes") {
			c := m.change(rapid.SampledFrom([]int{1, 40, 600}).Draw(t, "edits"), r)
			if m.at == 1 {
				c.Categories = catalogue
			}
			next, err := s.Apply(c)
			if err != nil {
				t.Fatal(err)
			}
			s = next
			for _, by := range eyes {
				s.Seen(by, s) // so that the next is brought along
			}
			by := eyes[r.IntN(len(eyes))]
			left := *m
			left.assets = maps.Clone(m.assets)
			maps.DeleteFunc(left.assets, func(_ geo.AssetKey, a geo.Asset) bool {
				at := slices.IndexFunc(catalogue, func(c geo.Category) bool { return c.CategoryKey == a.Category })
				return !by.Category(&catalogue[at])
			})
			cells := squares{here(-500, -500), rapid.SampledFrom([]int32{1, 5, 20_000}).Draw(t, "side")}
			left.tiled(t, s.Seen(by, s), parsed(t, rapid.SampledFrom(someFilters).Draw(t, "filter")), cells, rapid.Bool().Draw(t, "apart"))
			left.ask(t, s.Seen(by, s), r)
		}
	})
}

func TestNobodyLearnsOfARestrictedLayerFromItsChildren(t *testing.T) {
	t.Parallel()
	layers := []geo.Layer{
		{Name: "grids", Kind: geo.Coverage, Parent: "beats", Visibility: geo.Public}, {Name: "beats", Kind: geo.Coverage, Parent: "districts", Visibility: geo.Restricted},
		{Name: "districts", Kind: geo.Coverage, Parent: "city"}, {Name: "city", Kind: geo.Coverage},
	}
	s := view(t, &geo.Changes{To: position(1), Layers: layers, Duty: geo.DutyTables{
		Rules: []geo.DutyRow{
			{ID: "1", Layer: "districts", Assign: "fallback"}, {ID: "2", Layer: "beats"}, {ID: "3", Assign: "layer:grids"}, {ID: "4", Layer: "watch"}, {ID: "5"},
		},
		Groups: []geo.Group{{Kind: "watch", Code: "1", Layer: "grids"}, {Kind: "round", Code: "1", Layer: "districts"}},
	}})
	then := view(t, &geo.Changes{To: position(1), Layers: []geo.Layer{{Name: "beats", Visibility: geo.Public}, {Name: "cats", Visibility: geo.Restricted}, {Name: "city"}}})
	if seen := then.Seen(&Sight{Of: geo.Protected}, s); len(seen.Layers()) != 1 {
		t.Errorf("of the past %v is seen", seen.Layers())
	}
	for by, want := range map[*Sight]string{
		{Of: geo.Protected}: "[city districts] [1 5] 1",
		{Of: geo.Public, Layers: []geo.LayerName{"beats", "city", "districts", "grids"}}: "[city districts] [1 5] 1",
		{Of: geo.Public, Layers: []geo.LayerName{"districts"}}:                           "[districts] [1 5] 1",
		{Of: geo.Restricted}: "[beats city districts grids] [1 2 3 4 5] 2",
	} {
		seen := s.Seen(by, s)
		var names, rules []string
		for _, l := range seen.Layers() {
			names = append(names, string(l.Name))
			if _, there := seen.Layer(l.Parent); l.Parent != "" && !there {
				t.Errorf("%s still names its parent %s", l.Name, l.Parent)
			}
		}
		for _, r := range seen.Duty().Rules {
			rules = append(rules, string(r.ID))
		}
		if got := fmt.Sprint(names, " ", rules, " ", len(seen.Duty().Groups)); got != want {
			t.Errorf("%+v: %s, not %s", by, got, want)
		}
	}
}

// BenchmarkSeen makes the view of who may not see a fifth of the assets: for a packing, and
// again after one asset changed.
func BenchmarkSeen(b *testing.B) {
	n := testsize.N(200_000, 2_000_000)
	s := view(b, &geo.Changes{To: position(1), Assets: town(1, n), Categories: []geo.Category{{CategoryKey: geo.CategoryKey{Standard: "GB", Kind: geo.Component, Code: "3"}, Visibility: geo.Restricted}}})
	b.Run("packing", func(b *testing.B) {
		for b.Loop() {
			if s.assets.packed.veil([]geo.CategoryKey{{Standard: "GB", Kind: geo.Component, Code: "3"}}).gone.count == 0 {
				b.Fatal("nothing is hidden")
			}
		}
	})
	b.Run("change", func(b *testing.B) {
		by := &Sight{Of: geo.Protected}
		for i := 2; b.Loop(); i++ {
			next, err := s.Apply(&geo.Changes{From: s.Position(), To: position(i), Assets: []geo.Asset{{Version: geo.AssetVersion(n + i), ID: geo.AssetID(fmt.Sprint("x", i))}}})
			if err != nil {
				b.Fatal(err)
			}
			s = next
			s.Seen(by, s)
		}
	})
}
