package index

import "gridwarden/geo"

// zkey is the place of c on the Z-curve over all coordinates: the bits of its two numbers
// taken in turn, Y first. Coordinates in one square of 2ⁿ units, placed at a multiple of
// 2ⁿ, have keys in one range.
func zkey(c geo.Coord) uint64 {
	return spread(uint32(c.X)^1<<31) | spread(uint32(c.Y)^1<<31)<<1
}

// unzkey is the coordinate of a place on the curve.
func unzkey(z uint64) geo.Coord {
	return geo.Coord{X: int32(squeeze(z) ^ 1<<31), Y: int32(squeeze(z>>1) ^ 1<<31)}
}

// spread puts a zero before every bit.
func spread(v uint32) uint64 {
	x := uint64(v)
	x = (x | x<<16) & 0x0000ffff0000ffff
	x = (x | x<<8) & 0x00ff00ff00ff00ff
	x = (x | x<<4) & 0x0f0f0f0f0f0f0f0f
	x = (x | x<<2) & 0x3333333333333333
	x = (x | x<<1) & 0x5555555555555555
	return x
}

// squeeze takes every second bit; the inverse of spread.
func squeeze(x uint64) uint32 {
	x &= 0x5555555555555555
	x = (x | x>>1) & 0x3333333333333333
	x = (x | x>>2) & 0x0f0f0f0f0f0f0f0f
	x = (x | x>>4) & 0x00ff00ff00ff00ff
	x = (x | x>>8) & 0x0000ffff0000ffff
	x = (x | x>>16) & 0x00000000ffffffff
	return uint32(x)
}
