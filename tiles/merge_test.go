package tiles_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
	"gridwarden/geo/filter"
	"gridwarden/geo/index"
	"gridwarden/tiles"
)

// nested is a chain of two layers: n by n square grids, and blocks of four by four of them.
// The first grid has no block.
func nested(t testing.TB, n int) (s *index.Snapshot, box geo.Box) {
	t.Helper()
	const side = 9500
	square := func(i, j, width int) geo.MultiPolygon {
		x, y, w := int32(1_200_870_000+i*side), int32(302_040_000+j*side), int32(width*side)
		return geo.MultiPolygon{{{{X: x, Y: y}, {X: x + w, Y: y}, {X: x + w, Y: y + w}, {X: x, Y: y + w}}}}
	}
	var grids, blocks []geo.MultiPolygon
	var parents []geo.AreaCode
	for j := range n {
		for i := range n {
			grids, parents = append(grids, square(i, j, 1)), append(parents, geo.AreaCode(fmt.Sprintf("A%05d", j/4*((n+3)/4)+i/4)))
		}
	}
	for j := 0; j < n; j += 4 {
		for i := 0; i < n; i += 4 {
			blocks = append(blocks, square(i, j, 4))
		}
	}
	c := &geo.Changes{To: geo.Position{Sequence: 1, Change: geo.ChangeID{1}}}
	c.Layers = []geo.Layer{{Name: "grids", Kind: geo.Coverage, Parent: "blocks", Rank: 1}, {Name: "blocks", Kind: geo.Coverage, Rank: 2}}
	c.Areas = append(layerOf("grids", grids...), layerOf("blocks", blocks...)...)
	for i, a := range c.Areas {
		a.ID = geo.AreaID(i + 1)
		if i > 0 && i < len(grids) {
			a.Parent = parents[i]
		}
	}
	s, err := index.Empty().Apply(c)
	if err != nil {
		t.Fatal(err)
	}
	return s, boxOf(grids)
}

// standsFor adds up what the features of a tile stand for.
func standsFor(t testing.TB, features []feature) (areas, merged, reduced int) {
	t.Helper()
	for _, f := range features {
		n := 1
		if text, told := f.tags["merged"]; told {
			merged++
			var err error
			if n, err = strconv.Atoi(text); err != nil {
				t.Fatal(err)
			}
		}
		if f.tags["reduced"] != "" {
			reduced++
		}
		areas += n
	}
	return areas, merged, reduced
}

// TestSmallAreasMergeIntoThoseAboveAndNoneIsLost: where grids are less than a pixel the
// blocks are drawn, and the one grid without a block stays itself.
func TestSmallAreasMergeIntoThoseAboveAndNoneIsLost(t *testing.T) {
	t.Parallel()
	s, box := nested(t, 24)
	want := &tiles.Want{Layers: []geo.LayerName{"grids"}}
	set := tiles.TileJSON(s, want, "u")
	merges := set.VectorLayers[0].Merges
	if len(merges) != 1 || merges[0].Into != "blocks" || merges[0].MaxZoom < 7 || merges[0].MaxZoom > 10 {
		t.Fatalf("TileJSON tells %v", merges)
	}
	for zoom := maptile.Zoom(5); zoom <= 11; zoom++ {
		tile, _, _ := tiles.WebMercator.Place(box.Min, zoom)
		features := decode(t, tiles.Render(s, want, tile))
		blocks, grids := 0, 0
		for _, f := range features {
			switch {
			case f.tags["merged"] == "":
				grids++
			case f.tags["layer"] == "blocks" && f.id == tiles.FeatureID("blocks", f.tags["code"]):
				blocks++
			default:
				t.Errorf("z%d: %v", zoom, f)
			}
		}
		if small := int(zoom) <= merges[0].MaxZoom; small && (blocks == 0 || grids > 1) || !small && blocks > 0 {
			t.Errorf("z%d: %d blocks and %d grids", zoom, blocks, grids)
		}
		if areas, _, _ := standsFor(t, features); zoom < 10 && zoom > 6 && areas != 24*24 {
			t.Errorf("z%d: %d areas are told, not %d", zoom, areas, 24*24)
		}
	}
	only, err := filter.Parse("code = 'A00030'")
	if err != nil {
		t.Fatal(err)
	}
	tile, _, _ := tiles.WebMercator.Place(box.Min, 7)
	if features := decode(t, tiles.Render(s, &tiles.Want{Layers: want.Layers, Filter: only}, tile)); len(features) != 1 || features[0].tags["merged"] != "1" {
		t.Errorf("with a filter: %v", features)
	}
}

// TestNoTileIsLargerThanItsLimitAndNothingIsLeftOutInSilence: attributes go first, then
// grids merge into blocks, then what is small is counted in squares.
func TestNoTileIsLargerThanItsLimitAndNothingIsLeftOutInSilence(t *testing.T) {
	t.Parallel()
	s, box := nested(t, 40)
	middle := geo.Coord{X: box.Min.X + (box.Max.X-box.Min.X)/2, Y: box.Min.Y + (box.Max.Y-box.Min.Y)/2}
	random := rand.New(rand.NewPCG(2, 2))
	for _, layers := range [][]geo.LayerName{{"grids"}, {"blocks", "grids"}} {
		for zoom := maptile.Zoom(11); zoom <= 14; zoom++ {
			tile, _, _ := tiles.WebMercator.Place(middle, zoom)
			all := decode(t, tiles.Render(s, &tiles.Want{Layers: layers, Limit: 1 << 30}, tile))
			full := len(tiles.Render(s, &tiles.Want{Layers: layers, Limit: 1 << 30}, tile))
			stages := map[string]bool{}
			for limit := full; limit > 6000; limit -= 1 + random.IntN(full/12) {
				raw := tiles.Render(s, &tiles.Want{Layers: layers, Limit: limit}, tile)
				if len(raw) > limit {
					t.Fatalf("z%d: %d bytes, the limit is %d", zoom, len(raw), limit)
				}
				features := decode(t, raw)
				_, merged, reduced := standsFor(t, features)
				switch {
				case len(features) == len(all) && merged == 0 && reduced == 0:
					stages["whole"] = true
				case len(features) == len(all) && reduced > 0:
					stages["reduced"] = true
				case merged > 0:
					stages["merged"] = true
				default:
					t.Fatalf("z%d at %d: %d features of %d, %d merged, %d reduced", zoom, limit, len(features), len(all), merged, reduced)
				}
			}
			if !stages["reduced"] || !stages["merged"] && zoom < 13 {
				t.Errorf("z%d of %d bytes: %v", zoom, full, stages)
			}
		}
	}
}

// TestALimitDependsOnTheGroundInTheTileAlone: what an edit far away changes must not change
// a tile that is merged to keep its limit.
func TestALimitDependsOnTheGroundInTheTileAlone(t *testing.T) {
	t.Parallel()
	s, box := nested(t, 40)
	changed, err := s.Apply(&geo.Changes{
		From: s.Position(), To: geo.Position{Sequence: 2, Change: geo.ChangeID{2}}, AreasEnded: []geo.AreaID{40 * 40},
	})
	if err != nil {
		t.Fatal(err)
	}
	tile, _, _ := tiles.WebMercator.Place(box.Min, 14)
	for limit := 3000; limit < 60_000; limit += 2000 {
		want := &tiles.Want{Layers: []geo.LayerName{"grids"}, Limit: limit}
		if string(tiles.Render(s, want, tile)) != string(tiles.Render(changed, want, tile)) {
			t.Errorf("with a limit of %d the tile changed", limit)
		}
	}
}

// TestNumbersToColourByAreShownOnlyWhenAskedFor: of an area itself, and of the area above
// that stands for it.
func TestNumbersToColourByAreShownOnlyWhenAskedFor(t *testing.T) {
	t.Parallel()
	s, box := nested(t, 8)
	category := geo.CategoryKey{Standard: "S", Kind: geo.Component, Code: "0201"}
	at := geo.Coord{X: box.Min.X + 15_000, Y: box.Min.Y + 15_000} // in the second grid of the second row
	figures := tiles.NewFigures(s, []tiles.Spot{{At: at, Category: category}, {At: at, Category: category}})
	for zoom, layer := range map[maptile.Zoom]string{14: "", 7: "blocks"} {
		tile, _, _ := tiles.WebMercator.Place(at, zoom)
		want := &tiles.Want{Layers: []geo.LayerName{"grids"}, Figures: figures}
		for _, f := range decode(t, tiles.Render(s, want, tile)) {
			if f.tags["reports"] != "" || f.tags["assets"] != "" {
				t.Errorf("z%d shows numbers nobody asked for: %v", zoom, f.tags)
			}
		}
		want.Fields = []string{"reports"}
		reports := 0
		for _, f := range decode(t, tiles.Render(s, want, tile)) {
			if f.tags["layer"] != layer || f.tags["reports"] == "" || f.tags["name"] != "" || f.tags["assets"] != "" {
				if f.tags["code"] != "A00000" { // the grid without a block
					t.Errorf("z%d: %v", zoom, f.tags)
				}
			}
			n, _ := strconv.Atoi(f.tags["reports"])
			if reports += n; n > 0 && f.tags["reports.0201"] != f.tags["reports"] {
				t.Errorf("z%d: %v", zoom, f.tags)
			}
		}
		if reports != 2 {
			t.Errorf("z%d: %d reports", zoom, reports)
		}
	}
}
