package tiles

import (
	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
)

// Place is the tile of a zoom that a coordinate lies in, and where in it.
func (f Frame) Place(c geo.Coord, z maptile.Zoom) (t maptile.Tile, x, y int64) {
	whole := frameOf(f, maptile.Tile{Z: z})
	p := whole.point(c)
	return maptile.New(uint32(p.X>>extentBits), uint32(p.Y>>extentBits), z), p.X & (extent - 1), p.Y & (extent - 1)
}
