package tiles

import (
	"math"

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
	worldBits  = 40 // of the fixed-point world all zooms are derived from
	side       = 1 << worldBits
)

// world is a position on the Web Mercator square (EPSG:3857) in units of 2⁻⁴⁰ of its
// side, from its north-west corner.
type world struct{ x, y int64 }

// project is the place of c by EPSG method 1024, on the sphere. Longitude is exact.
// Latitudes beyond 85.0511° lie off the square, the poles no further than its side.
func project(c geo.Coord) world {
	// 360e7 units of longitude are 2⁴⁰: both divided by 2⁹ to stay below 2⁶³.
	x := (int64(c.X) + 180*geo.Scale) << (worldBits - 9) / (360 * geo.Scale >> 9)
	sin := math.Sin(c.Lat() * (math.Pi / 180))
	y := math.Floor(side * (0.5 - math.Log((1+sin)/(1-sin))*(0.25/math.Pi)))
	return world{x, int64(max(-side, min(y, 2*side)))}
}

// frame is the grid of one tile.
type frame struct {
	tile  maptile.Tile
	shift uint // from the fixed-point world to the grid of the zoom
	x, y  int64
}

func frameOf(t maptile.Tile) frame {
	return frame{
		tile:  t,
		shift: worldBits - extentBits - uint(t.Z),
		x:     int64(t.X) << extentBits,
		y:     int64(t.Y) << extentBits,
	}
}

// point is the place of c on the grid of the zoom, to the nearest unit, told from the
// tile's north-west corner.
func (f frame) point(c geo.Coord) plane.Point {
	w, half := project(c), int64(1)<<f.shift>>1
	return plane.Point{X: (w.x+half)>>f.shift - f.x, Y: (w.y+half)>>f.shift - f.y}
}

// box holds every coordinate that can fall into the tile or its buffer; at the top and
// the bottom of the square it goes on to the poles.
func (f frame) box() geo.Box {
	b := f.tile.Bound(float64(buffer+1) / extent)
	south, north := b.Min.Lat(), b.Max.Lat()
	if f.tile.Y == 0 {
		north = 90
	}
	if f.tile.Y == 1<<f.tile.Z-1 {
		south = -90
	}
	return geo.Box{
		Min: geo.Coord{X: units(b.Min.Lon(), 180) - 1, Y: units(south, 90) - 1},
		Max: geo.Coord{X: units(b.Max.Lon(), 180) + 1, Y: units(north, 90) + 1},
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
