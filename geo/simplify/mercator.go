package simplify

import (
	"math"

	"gridwarden/geo"
)

const (
	// EveryVertex is the zoom from which on every vertex is drawn. One unit of a tile is
	// four centimetres there at most, a coordinate one.
	EveryVertex = 18

	// Tolerance is how far in units of a tile, 4096 to its side, a vertex that is not drawn
	// may lie from the line that is.
	Tolerance = 1

	extentBits = 12 // units of a tile
	worldBits  = 40
	side       = 1 << worldBits
)

// Displacement is how far in metres, at a latitude in degrees, the line drawn in a tile of a
// zoom can lie from the border: the tolerance, and half the diagonal of a unit for what is
// rounded to the tile's grid.
func Displacement(zoom int, lat float64) float64 { return Displaced(zoom) * Unit(zoom, lat) }

// Displaced is [Displacement] in units of a tile.
func Displaced(zoom int) float64 {
	if zoom < EveryVertex {
		return Tolerance + math.Sqrt2/2
	}
	return math.Sqrt2 / 2
}

// Unit is how long in metres a unit of a tile is at a latitude in degrees: from west to
// east, which is never less than from south to north.
func Unit(zoom int, lat float64) float64 {
	east, _ := geo.FrameAt(geo.Coord{Y: int32(math.Round(lat * geo.Scale))}).Scales()
	return east * 360 * geo.Scale / math.Exp2(float64(zoom+extentBits))
}

// point is a place on the Web Mercator square, in units of 2⁻⁴⁰ of its side: whole numbers,
// held as what they are reckoned with. That they are whole makes machines agree that
// do not agree on the last bit of a logarithm.
type point struct{ x, y float64 }

// project is the place of c; off the square no further than its side.
func project(c geo.Coord) point {
	sin := math.Sin(float64(c.Y) * (math.Pi / 180 / geo.Scale))
	y := side / (4 * math.Pi) * math.Log((1+sin)/(1-sin))
	return point{
		x: math.Round(float64(c.X) * (side / (360 * geo.Scale))),
		y: math.Round(max(-side, min(y, side))),
	}
}

// less orders points by x, then y.
func (p point) less(q point) bool { return p.x < q.x || p.x == q.x && p.y < q.y }

// zoomOf is the first zoom at which a distance, given as its square, is more than the
// tolerance, at most EveryVertex.
func zoomOf(square float64) uint8 {
	// The tolerance at zoom z is 2^(28-z), its square 2^(56-2z); the square given is at
	// least 2^(e-1), and that exactly when half is so.
	half, e := math.Frexp(square)
	if half == 0.5 {
		e--
	}
	return uint8(max(0, min((58-e)/2, EveryVertex)))
}
