package archive

import "github.com/paulmach/orb/maptile"

// A tile's number by PMTiles 3: all tiles of the zooms above come first, then those of its
// own zoom along the Hilbert curve.

// before is how many tiles the zooms above z have.
func before(z maptile.Zoom) uint64 { return (1<<(2*uint64(z)) - 1) / 3 }

// numberOf is the number of a tile.
func numberOf(t maptile.Tile) uint64 { return before(t.Z) + along(t) }

// tileOf is the tile of a number.
func tileOf(number uint64) maptile.Tile {
	z := maptile.Zoom(0)
	for before(z+1) <= number {
		z++
	}
	return onCurve(z, number-before(z))
}

// along is the place of a tile on the curve of its zoom. The four tiles below the one at
// place n are at 4n to 4n+3.
func along(t maptile.Tile) (place uint64) {
	x, y := t.X, t.Y
	for s := uint32(1) << t.Z >> 1; s > 0; s >>= 1 {
		east, south := x&s/s, y&s/s
		place = place<<2 | uint64(3*east^south)
		x, y = turn(s, x&(s-1), y&(s-1), east, south)
	}
	return place
}

// onCurve is the tile at a place on the curve of a zoom.
func onCurve(z maptile.Zoom, place uint64) maptile.Tile {
	var x, y uint32
	for s := uint32(1); s < 1<<z; s <<= 1 {
		east := uint32(place>>1) & 1
		south := (uint32(place) ^ east) & 1
		x, y = turn(s, x, y, east, south)
		x, y = x+s*east, y+s*south
		place >>= 2
	}
	return maptile.Tile{X: x, Y: y, Z: z}
}

// turn lays the curve of a quarter, s by s tiles, as it runs there, and back.
func turn(s, x, y, east, south uint32) (turnedX, turnedY uint32) {
	if south == 1 {
		return x, y
	}
	if east == 1 {
		x, y = s-1-x, s-1-y
	}
	return y, x
}
