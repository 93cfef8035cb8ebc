package tiles_test

import (
	"testing"

	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/tiles"
)

// renderOne draws one shape and gives its feature, false when it left nothing.
func renderOne(t testing.TB, m geo.MultiPolygon, tile maptile.Tile) (feature, bool) {
	t.Helper()
	all := decode(t, tiles.Render(viewOf(t, m), &tiles.Want{Layers: []geo.LayerName{"one"}}, tile))
	if len(all) == 0 {
		return feature{}, false
	}
	return all[0], true
}

func viewOf(t testing.TB, m geo.MultiPolygon) *index.Snapshot {
	return view(t, layerOf("one", m), nil)
}
