package index

import "gridwarden/geo"

// zkey is the place of c on the Z-curve over all coordinates: the bits of its two numbers
// taken in turn, Y first. Coordinates in one square of 2ⁿ units, placed at a multiple of
// 2ⁿ, have keys in one range.
func zkey(c geo.Coord) uint64 {
	return spread(uint32(c.X)^1<<31) | spread(uint32(c.Y)^1<<31)<<1
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

// square is a square of the Z-curve: 2^bits units wide, its first key.
type square struct {
	key  uint64
	bits uint
}

// squareOf is the smallest square that holds both corners of a box.
func squareOf(b geo.Box) square {
	lo, hi := zkey(b.Min), zkey(b.Max)
	s := square{lo, 0}
	for differ := lo ^ hi; differ>>(2*s.bits) != 0; {
		s.bits++
	}
	s.key = lo >> (2 * s.bits) << (2 * s.bits)
	return s
}

// quarter is one of the four squares within, in the order of the curve.
func (s square) quarter(i int) square {
	bits := s.bits - 1
	return square{s.key | uint64(i)<<(2*bits), bits}
}

// box is the ground the square covers.
func (s square) box() geo.Box {
	x, y := squeeze(s.key), squeeze(s.key>>1)
	side := uint32(1)<<s.bits - 1
	return geo.Box{
		Min: geo.Coord{X: int32(x ^ 1<<31), Y: int32(y ^ 1<<31)},
		Max: geo.Coord{X: int32((x | side) ^ 1<<31), Y: int32((y | side) ^ 1<<31)},
	}
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
