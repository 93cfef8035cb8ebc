package tiles

import (
	"math"
	"sync"

	"gridwarden/geo"
	"gridwarden/geo/crs"
)

const (
	worldBits = 40 // of the fixed-point world all zooms are derived from
	side      = 1 << worldBits
)

// world is a position on the square of a frame in units of 2⁻⁴⁰ of its side, from its
// north-west corner.
type world struct{ x, y int64 }

// project is the place of c on the square of the frame. It is a function of c alone, so
// that areas which share a coordinate share its place. Latitudes beyond 85.0511° lie off
// the Mercator square, the poles no further than its side.
func (f Frame) project(c geo.Coord) world {
	switch f {
	case Geographic:
		return world{eastward(c.X), (90*geo.Scale - int64(c.Y)) << (worldBits - 9) / (360 * geo.Scale >> 9)}
	case GCJ02:
		c = shifted(c)
	}
	return world{eastward(c.X), southward(table(), c.Y)}
}

// height is how far the frame's square is filled southward: by half for [Geographic].
func (f Frame) height() int64 {
	if f == Geographic {
		return side / 2
	}
	return side
}

// eastward is exact: 360e7 units of longitude are 2⁴⁰, both divided by 2⁹ to stay below
// 2⁶³.
func eastward(x int32) int64 {
	return (int64(x) + 180*geo.Scale) << (worldBits - 9) / (360 * geo.Scale >> 9)
}

// shiftLimit is more than GCJ-02 moves any place, in degrees.
const shiftLimit = 0.02

// shifted is c in GCJ-02, to the nearest unit; outside China c.
func shifted(c geo.Coord) geo.Coord {
	lon, lat, _ := crs.GCJ02.FromWGS84(c.Lon(), c.Lat()) // a closed form, it cannot fail
	return geo.Coord{X: units(lon, 180), Y: units(lat, 90)}
}

// mercator is the place of a latitude in degrees by EPSG method 1024, on the sphere, in
// units of the world from its northern edge.
func mercator(lat float64) float64 {
	sin := math.Sin(lat * (math.Pi / 180))
	return side * (0.5 - math.Log((1+sin)/(1-sin))*(0.25/math.Pi))
}

// A band is a stretch of latitude so narrow that a parabola tells the place of every unit
// in it: the place of its middle, and how it grows with each unit northward from there.
type band struct{ middle, first, second int64 }

const (
	bandBits = 15                                 // units of latitude in a band
	lastBand = 860_000_000                        // the bands end beyond the edges of the square
	spare    = 10                                 // binary places kept of the middle's place
	slope    = 30                                 // of the first coefficient
	bend     = 46                                 // of the second
	unit     = math.Pi / 180 / float64(geo.Scale) // radians
)

// table holds the bands from the southernmost.
var table = sync.OnceValue(func() []band {
	all := make([]band, 2*lastBand>>bandBits+1)
	for i := range all {
		all[i] = bandAt(float64(int64(i)<<bandBits + 1<<(bandBits-1) - lastBand))
	}
	return all
})

// bandAt is the parabola nearest to the curve round a latitude in units: the one that
// meets it at the zeros of the third Chebyshev polynomial.
func bandAt(middle float64) band {
	const half = 1 << (bandBits - 1)
	const scale = side / (2 * math.Pi)
	sin, cos := math.Sincos(middle * unit)
	sec, tan := 1/cos, sin/cos
	third := sec * (tan*tan + sec*sec) * unit * unit * unit / 6
	return band{
		middle: int64(math.Round(mercator(middle/geo.Scale) * (1 << spare))),
		first:  -int64(math.Round(scale * (sec*unit + third*(0.75*half*half)) * (1 << slope))),
		second: -int64(math.Round(scale * sec * tan * unit * unit / 2 * (1 << bend))),
	}
}

// southward is the place of a latitude, on the square within two units of the world: a
// thirtieth of the finest unit there is at [MaxZoom].
func southward(bands []band, y int32) int64 {
	i := uint32(y+lastBand) >> bandBits
	if i >= uint32(len(bands)) {
		return beyond(y)
	}
	b, t := &bands[i], int64(uint32(y+lastBand)&(1<<bandBits-1))-1<<(bandBits-1)
	return (b.middle + (b.second*t>>(bend-slope)+b.first)*t>>(slope-spare) + 1<<(spare-1)) >> spare
}

// beyond is the place of a latitude so far north or south that no tile shows it.
func beyond(y int32) int64 {
	return int64(max(-side, min(mercator(float64(y)/geo.Scale), 2*side)))
}
