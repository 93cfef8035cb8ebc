package tiles_test

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/paulmach/orb/maptile"
	"pgregory.net/rapid"

	"gridwarden/geo"
	"gridwarden/geo/crs"
	"gridwarden/geo/filter"
	"gridwarden/geo/index"
	"gridwarden/tiles"
)

// places are where projections, frames and shifts have their corners, and a city.
var places = []geo.Coord{
	{X: 1_201_000_000, Y: 302_000_000}, {X: 1_050_000_000, Y: 298_000_000}, {X: 720_040_000, Y: 400_000_000}, {X: 1_150_000_000, Y: 558_271_000},
	{X: -1_800_000_000, Y: 0}, {X: 1_800_000_000, Y: 100}, {X: 0, Y: 900_000_000}, {X: 0, Y: -900_000_000}, {X: -739_000_000, Y: -850_511_287},
}

// scattered is an asset near one of the places.
func scattered(t *rapid.T, version int) geo.Asset {
	at := rapid.SampledFrom(places).Draw(t, "place")
	near := func(v, limit int32, what string) int32 {
		reach := rapid.SampledFrom([]int32{1, 3000, 200_000, 30_000_000}).Draw(t, "reach")
		return int32(max(-int64(limit), min(int64(limit), int64(v)+int64(rapid.Int32Range(-reach, reach).Draw(t, what)))))
	}
	some := func(what string, values ...string) string { return rapid.SampledFrom(values).Draw(t, what) }
	return geo.Asset{
		Version: geo.AssetVersion(version), ID: geo.AssetID(fmt.Sprintf("%s%05d", some("district", "330106", "330110"), version)), Name: some("name", "", "灯"),
		Category: geo.CategoryKey{Standard: some("standard", "new", "old"), Kind: geo.Component, Code: some("category", "0101", "0102", "0203")},
		State:    some("state", "", "完好", "破损"), Maintainer: geo.DepartmentCode(some("maintainer", "", "D1", "D2")),
		Point: geo.Coord{X: near(at.X, 1_800_000_000, "x"), Y: near(at.Y, 900_000_000, "y")},
	}
}

// sprinkled is a view of scattered assets, some of them come, gone or moved since it was made.
func sprinkled(t *rapid.T, most int) (*index.Snapshot, map[geo.AssetKey]geo.Asset) {
	built, version := index.NewBuilder(), 0
	there := map[geo.AssetKey]geo.Asset{}
	for range rapid.IntRange(0, most).Draw(t, "assets") {
		version++
		a := scattered(t, version)
		there[a.Key()] = a
		if err := built.Asset(&a); err != nil {
			t.Fatal(err)
		}
	}
	s, err := built.View(&geo.Changes{To: geo.Position{Sequence: 1, Change: geo.ChangeID{1}}})
	if err != nil {
		t.Fatal(err)
	}
	c := &geo.Changes{From: s.Position(), To: geo.Position{Sequence: 2, Change: geo.ChangeID{2}}}
	for _, key := range slices.SortedFunc(maps.Keys(there), geo.AssetKey.Compare) {
		if rapid.IntRange(0, 4).Draw(t, "fate") == 0 {
			c.AssetsEnded = append(c.AssetsEnded, there[key].Version)
			delete(there, key)
		}
	}
	for range rapid.IntRange(0, most/4).Draw(t, "new ones") {
		version++
		a := scattered(t, version)
		if there[a.Key()] = a; rapid.IntRange(0, 3).Draw(t, "shape") == 0 {
			a.Shape = &geo.Shape{Lines: geo.MultiLine{{a.Point, {X: a.Point.X / 2, Y: a.Point.Y}}}}
		}
		c.Assets = append(c.Assets, a)
	}
	if s, err = s.Apply(c); err != nil {
		t.Fatal(err)
	}
	return s, there
}

var asked = []string{
	"", "category = '0101'", "standard = 'old' AND category <> '0102'", "state = '破损' OR state IS NULL", "id LIKE '330106%'",
	"department = 'D1'", "NOT (maintainer = 'D1' OR name IS NULL)", "category IN ('0101', '0203') AND id LIKE '330110%'", "code = 'x'", "category = 'none'",
}

var frames = []tiles.Frame{tiles.WebMercator, tiles.GCJ02, tiles.Geographic}

// roots are the tiles of the first zoom of a frame.
func roots(f tiles.Frame) []maptile.Tile {
	if f == tiles.Geographic {
		return []maptile.Tile{maptile.New(0, 0, 1), maptile.New(1, 0, 1)}
	}
	return []maptile.Tile{maptile.New(0, 0, 0)}
}

// onMap is the place of a coordinate in tiles of a zoom by the textbook, in floating point.
func onMap(f tiles.Frame, c geo.Coord, z maptile.Zoom) (x, y float64) {
	lon, lat := c.Lon(), c.Lat()
	if f == tiles.GCJ02 {
		lon, lat, _ = crs.FromWGS84("GCJ-02", lon, lat)
	}
	n := math.Ldexp(1, int(z))
	if f == tiles.Geographic {
		return (lon + 180) / 360 * n, (90 - lat) / 360 * n
	}
	sin := math.Sin(lat * math.Pi / 180)
	return (lon + 180) / 360 * n, (0.5 - math.Log((1+sin)/(1-sin))/(4*math.Pi)) * n
}

// cellOf names the cell of an asset; ok is false where floating point cannot tell it.
func cellOf(f tiles.Frame, c geo.Coord, z maptile.Zoom) (name string, ok bool) {
	x, y := onMap(f, c, z)
	last := math.Ldexp(64, int(z)) - 1
	bottom := last
	if f == tiles.Geographic {
		bottom = math.Ldexp(32, int(z)) - 1
	}
	place := func(v, last float64) int {
		v *= 64
		ok = ok && (math.Abs(v-math.Round(v)) > 1e-3 || v < -1 || v > last+2)
		return int(max(0, min(math.Floor(v), last)))
	}
	ok = true
	column, row := place(x, last), place(y, bottom)
	return fmt.Sprint(column, " ", row), ok
}

// TestEveryAssetIsCountedOnceWhateverIsAsked: for any filter, frame and zoom the counts add
// up to the assets it picks, all of them and by category, and stand in the cells where the
// textbook puts them. Among the assets are some at the antimeridian, the poles, and where
// the shift of GCJ-02 breaks off.
func TestEveryAssetIsCountedOnceWhateverIsAsked(tb *testing.T) {
	tb.Parallel()
	rapid.Check(tb, func(t *rapid.T) {
		s, there := sprinkled(t, 20)
		f, err := filter.Parse(rapid.SampledFrom(asked).Draw(t, "filter"))
		if err != nil {
			t.Fatal(err)
		}
		w := &tiles.Want{Layers: []geo.LayerName{tiles.AssetsLayer}, Filter: f, Frame: rapid.SampledFrom(frames).Draw(t, "frame"), Fields: []string{"categories"}}
		if rapid.Bool().Draw(t, "usual") {
			w.Fields = nil
		}
		level := roots(w.Frame)
		for deepest := maptile.Zoom(rapid.IntRange(1, 13).Draw(t, "zoom")); ; {
			z, got, next := level[0].Z, map[string]int{}, []maptile.Tile(nil)
			for _, tile := range level {
				features := decode(tb, tiles.Render(s, w, tile))
				for _, one := range features {
					addCount(t, got, tile, one)
				}
				if len(features) > 0 {
					for _, c := range tile.Children() {
						next = append(next, c)
					}
				}
			}
			compareCounts(t, w, there, z, got)
			if z == deepest || len(next) == 0 {
				return
			}
			level = next
		}
	})
}

// addCount adds up what a feature tells under the names of [compareCounts].
func addCount(t *rapid.T, got map[string]int, tile maptile.Tile, one feature) {
	p := one.parts[0][0]
	if one.id == 0 || p.x < 0 || p.x >= 4096 || p.y < 0 || p.y >= 4096 {
		t.Fatalf("%v: a count is %v", tile, one)
	}
	cell := fmt.Sprint(int64(tile.X)<<6+p.x>>6, " ", int64(tile.Y)<<6+p.y>>6)
	for key, text := range one.tags {
		n, err := strconv.Atoi(text)
		kind, code, _ := strings.Cut(key, ".")
		if err != nil || kind != "count" {
			t.Fatalf("%v: %s is %s", tile, key, text)
		}
		got["all "+code] += n
		got[cell+" "+code] += n
	}
}

func compareCounts(t *rapid.T, w *tiles.Want, there map[geo.AssetKey]geo.Asset, z maptile.Zoom, got map[string]int) {
	want := map[string]int{}
	sure := true
	for _, a := range there {
		if !w.Filter.Asset(&a) {
			continue
		}
		cell, ok := cellOf(w.Frame, a.Point, z)
		sure = sure && ok
		want["all "]++
		want[cell+" "]++
		if w.Fields != nil {
			want["all "+a.Category.Code]++
			want[cell+" "+a.Category.Code]++
		}
	}
	for key, n := range want {
		if got[key] != n && (sure || strings.HasPrefix(key, "all")) {
			t.Fatalf("frame %d, z%d: %s: %d counted, not %d", w.Frame, z, key, got[key], n)
		}
	}
	if len(got) != len(want) && sure {
		t.Fatalf("frame %d, z%d: counted %v, want %v", w.Frame, z, got, want)
	}
}

// TestAnAssetIsInAllTilesThatHoldItAndNoOther: from zoom 14 on a tile shows what its buffer
// holds, too, in every frame.
func TestAnAssetIsInAllTilesThatHoldItAndNoOther(tb *testing.T) {
	tb.Parallel()
	rapid.Check(tb, func(t *rapid.T) {
		s, there := sprinkled(t, 20)
		f, err := filter.Parse(rapid.SampledFrom(asked).Draw(t, "filter"))
		if err != nil {
			t.Fatal(err)
		}
		w := &tiles.Want{Layers: []geo.LayerName{tiles.AssetsLayer}, Filter: f, Frame: rapid.SampledFrom(frames).Draw(t, "frame"), Fields: []string{}}
		z := maptile.Zoom(rapid.IntRange(14, 22).Draw(t, "zoom"))
		for _, a := range there {
			x, y := onMap(w.Frame, a.Point, z)
			tile := maptile.New(uint32(max(0, x)), uint32(max(0, y)), z)
			if rapid.Bool().Draw(t, "beside") && tile.X > 0 {
				tile.X--
			}
			if !w.Frame.Valid(tile) {
				continue
			}
			got, want := map[uint64]bool{}, map[uint64]bool{}
			for _, one := range decode(tb, tiles.Render(s, w, tile)) {
				got[one.id] = true
			}
			for _, b := range there {
				x, y := onMap(w.Frame, b.Point, z)
				x, y = (x-float64(tile.X))*4096, (y-float64(tile.Y))*4096
				out := max(-64.5-x, x-4160.5, -64.5-y, y-4160.5)
				id := tiles.FeatureID(b.Category.Standard, string(b.ID))
				// The grid rounds coordinates of GCJ-02 to units, a part of those of deep zooms.
				if slack := 0.01 + math.Ldexp(2, int(z)-20); math.Abs(out) < slack {
					delete(got, id)
				} else if out < 0 && w.Filter.Asset(&b) {
					want[id] = true
				}
			}
			if !maps.Equal(got, want) {
				t.Fatalf("frame %d, %v shows %v, not %v", w.Frame, tile, got, want)
			}
		}
	})
}

// TestTilesOfOneGroundAreTheSameHoweverItCame: whether assets came at once or one by one, and
// with whatever was there meanwhile, the bytes are the same.
func TestTilesOfOneGroundAreTheSameHoweverItCame(tb *testing.T) {
	tb.Parallel()
	rapid.Check(tb, func(t *rapid.T) {
		s, there := sprinkled(t, 12)
		if len(there) == 0 {
			return
		}
		packed, err := s.Repacked()
		if err != nil {
			t.Fatal(err)
		}
		built := index.NewBuilder()
		for _, key := range slices.SortedFunc(maps.Keys(there), func(a, b geo.AssetKey) int { return b.Compare(a) }) {
			a := there[key]
			a.Version += 1000
			if err := built.Asset(&a); err != nil {
				t.Fatal(err)
			}
		}
		anew, err := built.View(&geo.Changes{To: geo.Position{Sequence: 1, Change: geo.ChangeID{1}}})
		if err != nil {
			t.Fatal(err)
		}
		w := &tiles.Want{Layers: []geo.LayerName{tiles.AssetsLayer}, Frame: rapid.SampledFrom(frames).Draw(t, "frame"), Fields: []string{"categories", "category", "name"}}
		z := maptile.Zoom(rapid.IntRange(1, 18).Draw(t, "zoom"))
		for _, a := range there {
			x, y := onMap(w.Frame, a.Point, z)
			tile := maptile.New(uint32(max(0, x)), uint32(max(0, y)), z)
			if want := tiles.Render(s, w, tile); !bytes.Equal(want, tiles.Render(packed, w, tile)) || !bytes.Equal(want, tiles.Render(anew, w, tile)) {
				t.Fatalf("%v differs", tile)
			}
		}
	})
}

// TestTooManyAssetsAreThinnedOutAloud: a tile never grows over its limit; what it no longer
// shows one by one it counts, and says so.
func TestTooManyAssetsAreThinnedOutAloud(t *testing.T) {
	t.Parallel()
	tile := maptile.New(13685, 6772, 14)
	b := tile.Bound()
	box := geo.EmptyBox()
	for _, p := range [][2]float64{b.Min, b.Max} {
		c, err := geo.CoordOf(p[0], p[1])
		if err != nil {
			t.Fatal(err)
		}
		box = box.Extend(c)
	}
	const n = 3000
	s := view(t, nil, strewn(n, box))
	for _, c := range []struct {
		up    maptile.Zoom
		limit int
		told  string
	}{
		{0, 1 << 20, ""}, {0, 140_000, "reduced"}, {0, 60_000, "merged"}, {0, 5000, "merged"}, {0, 500, "merged"}, {0, 110, "merged"},
		{1, 1 << 20, ""}, {1, 5000, "merged"}, {1, 110, "merged"}, {4, 110, "merged"}, {4, 1 << 20, ""},
	} {
		at := maptile.New(tile.X>>c.up, tile.Y>>c.up, tile.Z-c.up)
		raw := tiles.Render(s, &tiles.Want{Layers: []geo.LayerName{tiles.AssetsLayer}, Limit: c.limit}, at)
		if len(raw) > c.limit {
			t.Errorf("%v: %d bytes, over the limit of %d", at, len(raw), c.limit)
		}
		sum := 0
		for _, f := range decode(t, raw) {
			if _, told := f.tags[c.told]; c.told != "" && !told || f.tags["merged"] != "" && f.tags["merged"] != f.tags["count"] || f.id == 0 {
				t.Fatalf("%v in %d bytes does not say %s: %v", at, c.limit, c.told, f)
			}
			if f.tags["count"] == "" {
				sum++
			} else if k, err := strconv.Atoi(f.tags["count"]); err == nil {
				sum += k
			}
		}
		if sum != n {
			t.Errorf("%v in %d bytes: %d shown or counted, not %d", at, c.limit, sum, n)
		}
	}
}

// TestACrowdIsCountedByCategoryToo, so that nothing is lost by who counts.
func TestACrowdIsCountedByCategoryToo(t *testing.T) {
	t.Parallel()
	var assets []geo.Asset
	for i := range 150 {
		assets = append(assets, geo.Asset{Version: geo.AssetVersion(i + 1), ID: geo.AssetID(fmt.Sprint(i)), Point: places[0],
			Category: geo.CategoryKey{Standard: "s", Kind: geo.Component, Code: []string{"a", "b", "b"}[i%3]}})
	}
	x, y := onMap(tiles.WebMercator, places[0], 16)
	w := &tiles.Want{Layers: []geo.LayerName{tiles.AssetsLayer}, Fields: []string{"categories"}}
	all := decode(t, tiles.Render(view(t, nil, assets), w, maptile.New(uint32(x), uint32(y), 16)))
	if len(all) != 1 || fmt.Sprint(all[0].tags) != "map[count:150 count.a:50 count.b:100]" {
		t.Fatalf("drawn: %v", all)
	}
}
