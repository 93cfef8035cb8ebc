package tiles_test

import (
	"testing"
	"time"

	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
	"gridwarden/geo/filter"
	"gridwarden/geo/index"
	"gridwarden/geo/testsize"
	"gridwarden/tiles"
)

// BenchmarkAssets draws the tile in the middle of a city of assets at some zooms, raw, and
// tells how many times as fast that is as only going through all assets and projecting the
// points in the tile; the long size is two million assets.
func BenchmarkAssets(b *testing.B) {
	box := boxOf(wavyCity(300))
	all := strewn(testsize.N(200_000, 2_000_000), box)
	built := index.NewBuilder()
	for i := range all {
		all[i].Category.Code = []string{"0101", "0102", "0103", "0201", "0202", "0301"}[i%6]
		all[i].State = []string{"完好", "完好", "破损"}[i/6%3]
		if err := built.Asset(&all[i]); err != nil {
			b.Fatal(err)
		}
	}
	s, err := built.View(&geo.Changes{To: geo.Position{Sequence: 1, Change: geo.ChangeID{1}}})
	if err != nil {
		b.Fatal(err)
	}
	middle := geo.Coord{X: box.Min.X + (box.Max.X-box.Min.X)/2, Y: box.Min.Y + (box.Max.Y-box.Min.Y)/2}
	for _, c := range []struct {
		name, filter string
		zoom         maptile.Zoom
		want         tiles.Want
	}{
		{"z6", "", 6, tiles.Want{}},
		{"z8", "", 8, tiles.Want{}},
		{"z9", "", 9, tiles.Want{}},
		{"z10", "", 10, tiles.Want{}},
		{"z12", "", 12, tiles.Want{}},
		{"z8/GCJ02", "", 8, tiles.Want{Frame: tiles.GCJ02}},
		{"z10/GCJ02", "", 10, tiles.Want{Frame: tiles.GCJ02}},
		{"z10/Geographic", "", 10, tiles.Want{Frame: tiles.Geographic}},
		{"z8/categories", "", 8, tiles.Want{Fields: []string{"categories"}}},
		{"z10/categories", "", 10, tiles.Want{Fields: []string{"categories"}}},
		{"z10/category", "category = '0101'", 10, tiles.Want{}},
		{"z10/state", "state = '破损'", 10, tiles.Want{}},
		{"z10/id", "id LIKE '330103010010%'", 10, tiles.Want{}},
		{"z14", "", 14, tiles.Want{Limit: 1 << 22}},
		{"z14/GCJ02", "", 14, tiles.Want{Frame: tiles.GCJ02, Limit: 1 << 22}},
		{"z14/state", "state = '破损'", 14, tiles.Want{}},
		{"z16", "", 16, tiles.Want{}},
	} {
		b.Run(c.name, func(b *testing.B) {
			f, err := filter.Parse(c.filter)
			if err != nil {
				b.Fatal(err)
			}
			c.want.Layers, c.want.Filter = []geo.LayerName{tiles.AssetsLayer}, f
			x, y := onMap(c.want.Frame, middle, c.zoom)
			tile := maptile.New(uint32(x), uint32(y), c.zoom)
			start, n := time.Now(), 0
			for a := range s.Assets(geo.AssetKey{}) {
				if x, y := onMap(c.want.Frame, a.Point, c.zoom); uint32(x) == tile.X && uint32(y) == tile.Y && f.Asset(&a) {
					n++
				}
			}
			plain := time.Since(start)
			b.ReportAllocs()
			for b.Loop() {
				tiles.Render(s, &c.want, tile)
			}
			b.ReportMetric(float64(n), "assets")
			b.ReportMetric(float64(plain)*float64(b.N)/float64(b.Elapsed()), "times_as_fast")
		})
	}
}
