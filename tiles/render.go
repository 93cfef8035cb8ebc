package tiles

import (
	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// AssetsLayer is the name under which the assets are drawn; no layer of areas can have it.
const AssetsLayer geo.LayerName = "assets"

// Render draws the layers in a tile, [AssetsLayer] among them if named, as an uncompressed
// vector tile.
func Render(s *index.Snapshot, layers []geo.LayerName, t maptile.Tile) []byte { return nil }

// MaxZoom is the deepest zoom there is a tile for.
const MaxZoom maptile.Zoom = 22
