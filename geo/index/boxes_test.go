package index

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"gridwarden/geo"
	"gridwarden/geo/testsize"
)

// TestABoxIsMetToTheUnit: also where boxes are equal, at the ends of what a coordinate can
// be, with numbers that share their last bits, and after some were taken out.
func TestABoxIsMetToTheUnit(t *testing.T) {
	t.Parallel()
	ends := []int32{math.MinInt32, math.MinInt32 + 1, -1_800_000_000, -1, 0, 1, 2, 1_800_000_000, math.MaxInt32 - 1, math.MaxInt32}
	side := func(t *rapid.T, name string) (least, most int32) {
		a, b := rapid.SampledFrom(ends).Draw(t, name), rapid.SampledFrom(ends).Draw(t, name)
		return min(a, b), max(a, b)
	}
	box := func(t *rapid.T) (b geo.Box) {
		b.Min.X, b.Max.X = side(t, "x")
		b.Min.Y, b.Max.Y = side(t, "y")
		return b
	}
	rapid.Check(t, func(t *rapid.T) {
		tree := new(boxes[*looseAsset])
		var there []*looseAsset
		for range rapid.IntRange(1, 100).Draw(t, "values") {
			e := &looseAsset{asset: geo.Asset{Version: geo.AssetVersion(rapid.SampledFrom([]int64{0, 1, parts - 1, parts, math.MaxInt64}).Draw(t, "version"))}}
			e.box = box(t)
			tree.insert(e.box, e)
			there = append(there, e)
		}
		for range rapid.IntRange(0, len(there)).Draw(t, "removed") {
			i := rapid.IntRange(0, len(there)-1).Draw(t, "which")
			tree.remove(there[i].box, there[i])
			there = slices.Delete(there, i, i+1)
		}
		around := geo.EmptyBox()
		for _, e := range there {
			around = around.Union(e.box)
		}
		if got := tree.bounds(); got != around || tree.Len() != len(there) {
			t.Fatalf("the bounds of %d values are %v, want those of %d: %v", tree.Len(), got, len(there), around)
		}
		ask := box(t)
		found := map[*looseAsset]bool{}
		tree.meeting(ask, func(e *looseAsset) bool { found[e] = true; return true })
		for _, e := range there {
			if found[e] != e.box.Intersects(ask) {
				t.Fatalf("%v meets %v: %v", e.box, ask, found[e])
			}
		}
	})
}

// TestAStormOfAssetsOnOneSpotStaysQuickToEdit: everything reported at one place by a broken
// device comes, is changed and goes again, one by one and all at once. Where each cost a
// walk over the others, this would take minutes.
func TestAStormOfAssetsOnOneSpotStaysQuickToEdit(t *testing.T) {
	t.Parallel()
	n := testsize.N(8_000, 100_000)
	spot := geo.Coord{X: 1_200_000_000, Y: 300_000_000}
	lid := geo.CategoryKey{Standard: "S", Kind: geo.Component, Code: "01"}
	storm := func(first, n int) (assets []geo.Asset) {
		for i := range n {
			assets = append(assets, geo.Asset{Version: geo.AssetVersion(first + i), ID: geo.AssetID(fmt.Sprintf("%06d", i)), Category: lid, Point: spot})
		}
		return assets
	}
	elsewhere := storm(1, n)
	for i := range elsewhere {
		elsewhere[i].ID += "x"
		elsewhere[i].Point.X += int32(1000 + i)
	}
	s := view(t, &geo.Changes{To: position(1), Assets: elsewhere})
	next := 1
	change := func(ended []geo.AssetVersion, begun []geo.Asset) {
		t.Helper()
		next++
		c := &geo.Changes{From: s.Position(), To: position(next), AssetsEnded: ended, Assets: begun}
		var err error
		if s, err = s.Apply(c); err != nil {
			t.Fatal(err)
		}
	}
	change(nil, storm(n+1, n-1)) // fewer than there are: none is packed
	versions := make([]geo.AssetVersion, n-1)
	for i := range versions {
		versions[i] = geo.AssetVersion(n + 1 + i)
	}
	rand.Shuffle(len(versions), func(i, j int) { versions[i], versions[j] = versions[j], versions[i] })
	change(versions, storm(2*n+1, n-1))
	for i := range 1000 {
		one := storm(3*n+1+i, i+1)[i:]
		one[0].Version = geo.AssetVersion(3*n + 1 + i)
		change([]geo.AssetVersion{geo.AssetVersion(2*n + 1 + i)}, one)
	}
	near := s.NearestAssets(spot, lid, 1, 10)
	if len(near) != 10 || near[0].Asset.ID != "000000" || near[9].Asset.ID != "000009" || near[9].Metres != 0 {
		t.Errorf("the first ten of %d on the spot: %v", n, near)
	}
	count := 0
	for range s.AssetsIn(geo.Box{Min: spot, Max: spot}) {
		count++
	}
	if count != n-1 {
		t.Errorf("%d assets on the spot, want %d", count, n-1)
	}
}

// TestAStormOfAreasOnOneSpotGoesAsItCame: the areas of an overlay that a faulty file laid
// upon one another end in one change.
func TestAStormOfAreasOnOneSpotGoesAsItCame(t *testing.T) {
	t.Parallel()
	n := testsize.N(10_000, 50_000)
	c := &geo.Changes{To: position(1), Layers: []geo.Layer{{Name: "sites", Kind: geo.Overlay}}}
	end := &geo.Changes{From: position(1), To: position(2)}
	for i := range n {
		c.Areas = append(c.Areas, squareArea(i+1, "sites", fmt.Sprintf("%05d", i), 0, 0, 10))
		end.AreasEnded = append(end.AreasEnded, geo.AreaID(i+1))
	}
	rand.Shuffle(n, func(i, j int) { end.AreasEnded[i], end.AreasEnded[j] = end.AreasEnded[j], end.AreasEnded[i] })
	end.AreasEnded = end.AreasEnded[1:]
	s := view(t, c)
	p := geo.Coord{X: 5, Y: 5}
	if got := len(s.Locate(p).Areas); got != n {
		t.Errorf("%d areas found, want %d", got, n)
	}
	s, err := s.Apply(end)
	if err != nil {
		t.Fatal(err)
	}
	if got := len(s.Locate(p).Areas); got != 1 {
		t.Errorf("%d areas left, want 1", got)
	}
}
