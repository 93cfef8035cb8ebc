package index

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gridwarden/geo"
	"gridwarden/geo/testsize"
)

// drawCoord draws a place near the middle, where squares part, or anywhere.
func drawCoord(t *rapid.T) geo.Coord {
	if rapid.Bool().Draw(t, "close") {
		return geo.Coord{X: rapid.Int32Range(-8, 7).Draw(t, "x"), Y: rapid.Int32Range(-8, 7).Draw(t, "y")}
	}
	return geo.Coord{X: rapid.Int32().Draw(t, "x"), Y: rapid.Int32().Draw(t, "y")}
}

func TestTheZCurveLeadsBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		if c := drawCoord(t); unzkey(zkey(c)) != c {
			t.Fatalf("%v came back as %v", c, unzkey(zkey(c)))
		}
	})
}

// packedOf packs assets that are points.
func packedOf(t testing.TB, points []geo.Coord) *packed {
	t.Helper()
	b := NewBuilder()
	for i, p := range points {
		if err := b.Asset(&geo.Asset{Version: geo.AssetVersion(i), ID: geo.AssetID(fmt.Sprint(i)), Point: p}); err != nil {
			t.Fatal(err)
		}
	}
	p, err := b.pack()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestEveryBoxOnALatticeHoldsItsShare(t *testing.T) {
	t.Parallel()
	const side = 16
	var points []geo.Coord
	eachPoint(geo.Box{Max: geo.Coord{X: side - 1, Y: side - 1}}, func(c geo.Coord) { points = append(points, c) })
	b := packedOf(t, points)
	everything := b.bounds
	eachPoint(everything, func(lo geo.Coord) {
		eachPoint(geo.Box{Min: lo, Max: everything.Max}, func(hi geo.Coord) {
			n := int32(0)
			b.in(geo.Box{Min: lo, Max: hi}, ^uint64(0), func(uint32) bool { n++; return true })
			if want := (hi.X - lo.X + 1) * (hi.Y - lo.Y + 1); n != want {
				t.Fatalf("%v to %v: %d, want %d", lo, hi, n, want)
			}
		})
	})
}

// town is n assets about one place, every tenth a line of ten metres.
func town(seed uint64, n int) []geo.Asset {
	r := random(seed)
	all := make([]geo.Asset, n)
	for i := range all {
		p := here(r.Int32N(100_000), r.Int32N(100_000))
		all[i] = geo.Asset{Version: geo.AssetVersion(i + 1), ID: geo.AssetID(fmt.Sprintf("330103%010d", i)), Name: "路灯",
			Category: geo.CategoryKey{Standard: "GB", Kind: geo.Component, Code: fmt.Sprint(r.IntN(5))}, Point: p}
		if i%10 == 0 {
			all[i].Shape = &geo.Shape{Lines: geo.MultiLine{{p, {X: p.X + 1000, Y: p.Y}}}}
		}
	}
	return all
}

func TestTheNearestAssetsAreTheNearest(t *testing.T) {
	t.Parallel()
	all := town(1, 3000)
	s := view(t, &geo.Changes{To: position(1), Assets: all})
	moved := slices.Clone(all[:50]) // some come loose
	c := &geo.Changes{From: position(1), To: position(2)}
	for i := range moved {
		c.AssetsEnded = append(c.AssetsEnded, moved[i].Version)
		moved[i].Version += 100_000
		moved[i].Point.X += 5000
	}
	c.Assets = moved
	s, err := s.Apply(c)
	if err != nil {
		t.Fatal(err)
	}
	all = append(moved, all[50:]...)
	r := random(2)
	for range testsize.N(200, 5000) {
		p, k := here(r.Int32N(100_000), r.Int32N(100_000)), all[r.IntN(len(all))].Category
		within, limit := r.Float64()*100, 1+r.IntN(10)
		var want []Near
		for _, a := range all {
			d := geo.FrameAt(p).Distance(a.Point)
			if a.Shape != nil {
				d, _ = geo.FrameAt(p).ToSegment(a.Shape.Lines[0][0], a.Shape.Lines[0][1])
			}
			if a.Category == k && d <= within {
				want = append(want, Near{a, d})
			}
		}
		slices.SortFunc(want, CompareNear)
		want = want[:min(limit, len(want))]
		got := s.NearestAssets(p, k, within, limit)
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("at %v within %v m: %v, want %v", p, within, got, want)
		}
	}
}

func TestInsideAPatchTheAssetIsNoMetresAway(t *testing.T) {
	t.Parallel()
	green := squareArea(1, "", "", here(0, 0).X, here(0, 0).Y, 10_000)
	s := view(t, &geo.Changes{Assets: []geo.Asset{{Version: 1, ID: "green", Point: here(0, 0), Shape: &green.Shape}}})
	for _, c := range []struct {
		x    int32
		want float64
	}{{5000, 0}, {10_000, 0}, {10_500, 4.815}} {
		near := s.NearestAssets(here(c.x, 5000), geo.CategoryKey{}, 5, 1)
		if len(near) != 1 || math.Abs(near[0].Metres-c.want) > .001 {
			t.Errorf("%d units east: %v, want %v m", c.x, near, c.want)
		}
	}
	if near := s.NearestAssets(here(11_000, 0), geo.CategoryKey{}, 5, 1); near != nil {
		t.Errorf("ten metres away: %v", near)
	}
	for _, limit := range []int{0, -1} {
		if near := s.NearestAssets(here(0, 0), geo.CategoryKey{}, 5, limit); near != nil {
			t.Errorf("limit %d: %v", limit, near)
		}
	}
	if near := s.NearestAssets(here(0, 0), geo.CategoryKey{}, math.NaN(), 1); near != nil {
		t.Errorf("within NaN: %v", near)
	}
}

func TestAnAssetWithAnEmptyShapeIsStillWhereItsPointIs(t *testing.T) {
	t.Parallel()
	p := here(0, 0)
	s := view(t, &geo.Changes{To: position(1), Assets: []geo.Asset{{Version: 1, ID: "x", Point: p, Shape: &geo.Shape{}}}})
	if found := slices.Collect(s.AssetsIn(geo.Box{Min: p, Max: p})); len(found) != 1 {
		t.Errorf("found %v", found)
	}
	if b := s.AssetBounds(); b != (geo.Box{Min: p, Max: p}) {
		t.Errorf("bounds %v", b)
	}
	if s, err := s.Apply(&geo.Changes{From: position(1), AssetsEnded: []geo.AssetVersion{1}}); err != nil || s.AssetCount() != 0 {
		t.Error("it cannot be taken out: ", err)
	}
}

func TestPagingThroughAssetsSurvivesInserts(t *testing.T) {
	t.Parallel()
	s := view(t, &geo.Changes{To: position(1), Assets: town(3, 1000)})
	var seen []geo.AssetID
	var last geo.AssetKey
	for at := 1; at < 100; at++ {
		page := 0
		for a := range s.Assets(last) {
			seen, last = append(seen, a.ID), a.Key()
			if page++; page == 70 {
				break
			}
		}
		if page == 0 {
			break
		}
		next, err := s.Apply(&geo.Changes{From: position(at), To: position(at + 1), // one before, one after
			Assets: []geo.Asset{{Version: geo.AssetVersion(500_000 + at), ID: geo.AssetID("0" + fmt.Sprint(at))},
				{Version: geo.AssetVersion(600_000 + at), ID: last.ID + "+"}}})
		if err != nil {
			t.Fatal(err)
		}
		s = next
	}
	if !slices.IsSorted(seen) {
		t.Error("not in order")
	}
	if n := len(slices.Compact(slices.DeleteFunc(seen, func(id geo.AssetID) bool { return strings.HasSuffix(string(id), "+") }))); n != 1000 {
		t.Errorf("%d of 1000 assets seen", n)
	}
}

func TestOneIDInTwoStandardsIsTwoAssets(t *testing.T) {
	t.Parallel()
	long := geo.AssetID(strings.Repeat("长", 200)) // its length takes two bytes
	c := &geo.Changes{To: position(1)}
	for i := range 500 {
		c.Assets = append(c.Assets, geo.Asset{Version: geo.AssetVersion(i + 1), ID: geo.AssetID(fmt.Sprint(i / 2)),
			Category: geo.CategoryKey{Standard: string(rune('a' + i%2))}})
	}
	c.Assets = append(c.Assets, geo.Asset{Version: 900, ID: long, Name: "名", Category: geo.CategoryKey{Standard: "z"}})
	s := view(t, c)
	if a, ok := s.Asset("b", "17"); !ok || a.Version != 36 {
		t.Errorf("b 17: %+v", a)
	}
	if a, ok := s.Asset("", "17"); !ok || a.Version != 35 {
		t.Errorf("17 of any standard: %+v", a)
	}
	if a, ok := s.Asset("", long); !ok || a.Name != "名" || a.ID != long {
		t.Errorf("a long id: %+v", a)
	}
	n := 0
	for last, more := (geo.AssetKey{}), true; more; {
		more = false
		for a := range s.Assets(last) { // pages of one
			last, more, n = a.Key(), true, n+1
			break
		}
	}
	if n != 501 {
		t.Errorf("paging met %d of 501 assets", n)
	}
	for _, none := range [][2]string{{"c", "17"}, {"", "170000"}, {"", ""}} {
		if a, ok := s.Asset(none[0], geo.AssetID(none[1])); ok {
			t.Errorf("%v: %+v", none, a)
		}
	}
}

func TestTwoMillionAssetsTakeLessThanEightyBytesEach(t *testing.T) {
	t.Parallel()
	n := testsize.N(50_000, 2_000_000)
	s := view(t, &geo.Changes{Assets: benchAssets(n)})
	if per := float64(s.assets.packed.bytes()) / float64(n); per > 80 {
		t.Errorf("an asset takes %.1f bytes", per)
	}
}

func TestAMarkCostsOnePage(t *testing.T) {
	t.Parallel()
	r := random(1)
	var h hidden
	want := map[uint32]bool{}
	for range 50 {
		before := h
		var more []uint32
		for range 20 {
			i := r.Uint32N(200_000)
			more, want[i] = append(more, i), true
		}
		h = h.with(more)
		if before.count == 0 && before.has(more[0]) {
			t.Fatal("the marks before changed")
		}
	}
	if h.count != len(want) {
		t.Errorf("%d marks, want %d", h.count, len(want))
	}
	for i := range uint32(200_100) {
		if h.has(i) != want[i] {
			t.Fatalf("%d: %v", i, h.has(i))
		}
	}
}
