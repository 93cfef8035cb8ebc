package tiles_test

import (
	"strconv"
	"testing"

	"github.com/paulmach/orb/maptile"
	"pgregory.net/rapid"

	"gridwarden/geo"
	"gridwarden/geo/testsize"
	"gridwarden/tiles"
)

// TestNoAssetIsCountedTwiceOrNever: at every zoom below 14 the counts of all tiles add up
// to the number of assets, those on tile borders, at the poles and at the antimeridian
// included.
func TestNoAssetIsCountedTwiceOrNever(t *testing.T) {
	t.Parallel()
	city := geo.Box{Min: geo.Coord{X: 1_201_000_000, Y: 302_000_000}, Max: geo.Coord{X: 1_203_000_000, Y: 303_500_000}}
	assets := strewn(testsize.N(20_000, 500_000), city)
	for _, c := range []geo.Coord{
		{X: 0, Y: 0}, {X: -1_800_000_000, Y: 0}, {X: 1_800_000_000, Y: 0}, {X: 900_000_000, Y: 0},
		{X: 5, Y: 900_000_000}, {X: 5, Y: -900_000_000}, {X: 1_800_000_000, Y: 900_000_000}, {X: 1_800_000_000, Y: -900_000_000},
	} {
		assets = append(assets, geo.Asset{Version: geo.AssetVersion(len(assets) + 1), ID: geo.AssetID(strconv.Itoa(len(assets))), Category: manhole, Point: c})
	}
	s := view(t, nil, assets)
	tilesWith := []maptile.Tile{maptile.New(0, 0, 0)}
	for zoom := 0; zoom < 14; zoom++ {
		sum, next := 0, []maptile.Tile(nil)
		for _, tile := range tilesWith {
			features := decode(t, tiles.Render(s, &tiles.Want{Layers: []geo.LayerName{tiles.AssetsLayer}}, tile))
			for _, f := range features {
				if f.id == 0 || f.id >= 1<<53 {
					t.Fatalf("%v: a count has the id %d", tile, f.id)
				}
				if p := f.parts[0][0]; p.x < 0 || p.x >= 4096 || p.y < 0 || p.y >= 4096 {
					t.Fatalf("%v: a count stands outside its tile at %v", tile, p)
				}
				n, err := strconv.Atoi(f.tags["count"])
				if err != nil {
					t.Fatal(err)
				}
				sum += n
			}
			if len(features) > 0 {
				for _, child := range tile.Children() {
					next = append(next, child)
				}
			}
		}
		if sum != len(assets) {
			t.Errorf("z%d: the counts add up to %d, there are %d assets", zoom, sum, len(assets))
		}
		tilesWith = next
	}
}

// TestAnAssetShowsWhereItStands: from zoom 14 every asset is in the tile that holds it,
// within half a unit of its place, with its id and attributes, and once.
func TestAnAssetShowsWhereItStands(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		a := geo.Asset{
			Version: geo.AssetVersion(rapid.Int64Range(1, 1<<60).Draw(rt, "version")), ID: "3301030100100001", Category: manhole, State: "完好",
			Point: geo.Coord{X: rapid.Int32Range(-1_799_999_999, 1_799_999_999).Draw(rt, "x"), Y: rapid.Int32Range(-850_000_000, 850_000_000).Draw(rt, "y")},
		}
		zoom := maptile.Zoom(rapid.IntRange(14, 22).Draw(rt, "zoom"))
		tile := maptile.At([2]float64{a.Point.Lon(), a.Point.Lat()}, zoom)
		all := decode(t, tiles.Render(view(t, nil, []geo.Asset{a}), &tiles.Want{Layers: []geo.LayerName{tiles.AssetsLayer}}, tile))
		if len(all) != 1 || all[0].id != tiles.FeatureID(manhole.Standard, string(a.ID)) {
			rt.Fatalf("drawn: %v", all)
		}
		at := maptile.Fraction([2]float64{a.Point.Lon(), a.Point.Lat()}, zoom)
		p := all[0].parts[0][0]
		dx, dy := (at[0]-float64(tile.X))*4096-float64(p.x), (at[1]-float64(tile.Y))*4096-float64(p.y)
		if max(dx, -dx, dy, -dy) > 0.51 {
			rt.Fatalf("drawn at %v, %v units away", p, [2]float64{dx, dy})
		}
		want := map[string]string{"id": "3301030100100001", "standard": "GB/T 47678.5-2026", "category": "01001", "category_name": "上水井盖", "state": "完好"}
		for k, v := range want {
			if all[0].tags[k] != v {
				rt.Fatalf("%s is %q, not %q", k, all[0].tags[k], v)
			}
		}
	})
}

// TestAssetsBesideATileShowInItsBuffer, or their symbols would be cut at every tile border.
func TestAssetsBesideATileShowInItsBuffer(t *testing.T) {
	t.Parallel()
	tile := maptile.New(13685, 6772, 14)
	b := tile.Bound()
	unit := (b.Max.Lon() - b.Min.Lon()) / 4096
	for _, c := range []struct {
		units float64
		shown bool
	}{{-1, true}, {-63, true}, {-66, false}, {4096 + 63, true}, {4096 + 66, false}} {
		at, err := geo.CoordOf(b.Min.Lon()+c.units*unit, b.Center().Lat())
		if err != nil {
			t.Fatal(err)
		}
		s := view(t, nil, []geo.Asset{{Version: 1, ID: "1", Category: manhole, Point: at}})
		if shown := tiles.Render(s, &tiles.Want{Layers: []geo.LayerName{tiles.AssetsLayer}}, tile) != nil; shown != c.shown {
			t.Errorf("an asset %v units from the west border: shown %v", c.units, shown)
		}
	}
}
