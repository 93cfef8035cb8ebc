package tiles_test

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
	"gridwarden/geo/testsize"
	"gridwarden/tiles"
)

// TestAStormOfAssetsOnOneSpotIsOneCount: everything a broken device reported at one place
// must not make the tiles there so large that no browser takes them. A hundred are drawn.
func TestAStormOfAssetsOnOneSpotIsOneCount(t *testing.T) {
	t.Parallel()
	n := testsize.N(5000, 100_000)
	spot, beside := geo.Coord{X: 1_200_000_000, Y: 300_000_000}, geo.Coord{X: 1_200_002_000, Y: 300_000_000}
	var assets []geo.Asset
	put := func(n int, p geo.Coord) {
		for range n {
			i := len(assets) + 1
			assets = append(assets, geo.Asset{Version: geo.AssetVersion(i), ID: geo.AssetID(fmt.Sprintf("%016d", i)), Category: manhole, State: "完好", Point: p})
		}
	}
	put(n, spot)
	put(100, beside)
	s := view(t, nil, assets)
	for zoom := maptile.Zoom(14); zoom <= tiles.MaxZoom; zoom++ {
		tile := maptile.At([2]float64{spot.Lon(), spot.Lat()}, zoom)
		raw := tiles.Render(s, &tiles.Want{Layers: []geo.LayerName{tiles.AssetsLayer}}, tile)
		counted, single := 0, 0
		for _, f := range decode(t, raw) {
			if text, isCount := f.tags["count"]; isCount {
				count, err := strconv.Atoi(text)
				if err != nil || f.id == 0 {
					t.Fatalf("z%d: a count is %v", zoom, f)
				}
				counted += count
			} else {
				single++
			}
		}
		if counted != n || single != 100 && single != 0 || single == 0 && zoom < 18 || len(raw) > 20_000 {
			t.Errorf("z%d: %d counted and %d drawn of %d and 100, in %d bytes", zoom, counted, single, n, len(raw))
		}
	}
}
