package tiles

import (
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
	"gridwarden/geo/plane"
)

const (
	// MaxZoom is the deepest zoom there is a tile for. One unit of its grid is 2 mm on the
	// equator, finer than any coordinate.
	MaxZoom maptile.Zoom = 22

	extent = 1 << extentBits // units along a tile's side
	buffer = 64              // units drawn beyond each side
	pixel  = extent / 512    // units of one pixel of a tile drawn 512 pixels wide

	extentBits = 12
)

// frame is the grid of one tile.
type frame struct {
	chart Frame
	tile  maptile.Tile
	shift uint // from the fixed-point world to the grid of the zoom
	x, y  int64
	bands []band
}

func frameOf(chart Frame, t maptile.Tile) frame {
	return frame{
		chart: chart,
		tile:  t,
		shift: worldBits - extentBits - uint(t.Z),
		x:     int64(t.X) << extentBits,
		y:     int64(t.Y) << extentBits,
		bands: table(),
	}
}

// point is the place of c on the grid of the zoom, to the nearest unit, told from the
// tile's north-west corner.
func (f *frame) point(c geo.Coord) plane.Point {
	var w world
	if f.chart == WebMercator {
		w = world{eastward(c.X), southward(f.bands, c.Y)}
	} else {
		w = f.chart.project(c)
	}
	half := int64(1) << f.shift >> 1
	return plane.Point{X: (w.x+half)>>f.shift - f.x, Y: (w.y+half)>>f.shift - f.y}
}

// box holds every coordinate that can fall into the tile or its buffer; at the top and
// the bottom of the square it goes on to the poles.
func (f frame) box() geo.Box {
	const margin = float64(buffer+1) / extent
	b := f.tile.Bound(margin)
	if f.chart == Geographic {
		b = geographic(f.tile, margin)
	}
	south, north := b.Min.Lat(), b.Max.Lat()
	if f.tile.Y == 0 {
		north = 90
	}
	if f.tile.Y == 1<<f.tile.Z-1 {
		south = -90
	}
	box := geo.Box{
		Min: geo.Coord{X: units(b.Min.Lon(), 180) - 1, Y: units(south, 90) - 1},
		Max: geo.Coord{X: units(b.Max.Lon(), 180) + 1, Y: units(north, 90) + 1},
	}
	if f.chart == GCJ02 {
		return unshifted(box)
	}
	return box
}

// geographic is what a tile of that frame and a margin round it, told in tiles, cover in
// degrees.
func geographic(t maptile.Tile, margin float64) orb.Bound {
	side := math.Ldexp(360, -int(t.Z))
	return orb.Bound{
		Min: orb.Point{side*(float64(t.X)-margin) - 180, 90 - side*(float64(t.Y)+1+margin)},
		Max: orb.Point{side*(float64(t.X)+1+margin) - 180, 90 - side*(float64(t.Y)-margin)},
	}
}

// units turns degrees into coordinate units, cut off at ±limit.
func units(degrees, limit float64) int32 {
	return int32(math.Round(max(-limit, min(degrees, limit)) * geo.Scale))
}

// within tells whether p lies in the tile or its buffer, borders included.
func within(p plane.Point) bool {
	const lo, hi = -buffer, extent + buffer
	return lo <= p.X && p.X <= hi && lo <= p.Y && p.Y <= hi
}
