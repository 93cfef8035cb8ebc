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
	return world{eastward(c.X), southward(c.Y)}
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
// in it.
const (
	bandBits = 15                                 // units of latitude in a band
	bands    = 86 * geo.Scale >> bandBits         // from the equator to beyond the edge of the square
	spare    = 10                                 // binary places kept of the middle's place
	slope    = 30                                 // of the first coefficient
	bend     = 46                                 // of the second
	unit     = math.Pi / 180 / float64(geo.Scale) // radians
)

// band is the place of its middle and how it grows with each unit of latitude from there.
type band struct{ middle, first, second int64 }

// table holds the bands of the northern half; the southern is its mirror.
var table = sync.OnceValue(func() []band {
	all := make([]band, bands)
	for i := range all {
		all[i] = bandAt(float64(int64(i)<<bandBits + 1<<(bandBits-1)))
	}
	return all
})

// bandAt is the parabola nearest to the curve round a latitude in units: the one that
// meets it at the zeros of the third Chebyshev polynomial.
func bandAt(middle float64) band {
	const half = 1 << (bandBits - 1)
	sin, cos := math.Sincos(middle * unit)
	sec, tan := 1/cos, sin/cos
	const scale = side / (2 * math.Pi)
	third := sec * (tan*tan + sec*sec) * unit * unit * unit / 6
	return band{
		middle: int64(math.Round((side/2 - mercator(middle/geo.Scale)) * (1 << spare))),
		first:  int64(math.Round(scale * (sec*unit + third*(0.75*half*half)) * (1 << slope))),
		second: int64(math.Round(scale * sec * tan * unit * unit / 2 * (1 << bend))),
	}
}

// southward is the place of a latitude, on the square within one or two units of the world:
// two hundredths of the finest unit there is at [MaxZoom].
func southward(y int32) int64 {
	north := y >= 0
	if !north {
		y = -y
	}
	i := y >> bandBits
	if i >= bands {
		return beyond(y, north)
	}
	b, t := &table()[i], int64(y&(1<<bandBits-1))-1<<(bandBits-1)
	up := (b.middle + (b.second*t>>(bend-slope)+b.first)*t>>(slope-spare) + 1<<(spare-1)) >> spare
	if north {
		return side/2 - up
	}
	return side/2 + up
}

// beyond is the place of a latitude so far north or south that no tile shows it.
func beyond(y int32, north bool) int64 {
	up := int64(min(side/2-mercator(float64(y)/geo.Scale), side*1.5))
	if north {
		return side/2 - up
	}
	return side/2 + up
}
