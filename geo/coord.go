package geo

import (
	"cmp"
	"fmt"
	"math"
)

// Scale is the number of coordinate units in one degree.
const Scale = 1e7

// Coord is a position: longitude X and latitude Y in units of 1e-7 degree.
type Coord struct{ X, Y int32 }

// CoordOf snaps a longitude and latitude in degrees to the nearest unit. NaN, infinities
// and numbers outside ±180 and ±90 are refused with a sentence naming the number; a
// latitude beyond ±90 whose partner would fit is told as probably swapped.
func CoordOf(lon, lat float64) (Coord, error) {
	switch {
	case math.IsNaN(lon) || math.IsInf(lon, 0) || math.IsNaN(lat) || math.IsInf(lat, 0):
		return Coord{}, Errorf(Invalid, "the coordinate %v, %v is not a finite number", lon, lat)
	case math.Abs(lon) <= 90 && math.Abs(lat) > 90 && math.Abs(lat) <= 180:
		return Coord{}, Errorf(Invalid, "latitude %v is outside -90…90: longitude and latitude seem to be swapped; the order is longitude, latitude", lat)
	case math.Abs(lon) > 180 || math.Abs(lat) > 90:
		return Coord{}, Errorf(Invalid, "the coordinate %v, %v is outside longitude -180…180, latitude -90…90", lon, lat)
	}
	return Coord{snap(lon), snap(lat)}, nil
}

// snap rounds degrees to units, halves away from zero.
func snap(degrees float64) int32 { return int32(math.Round(degrees * Scale)) }

// Lon is the longitude in degrees. It is float64(X)/1e7 and nothing else, so that every
// place in the project, PostGIS included, holds the same 64 bits for the same unit.
func (c Coord) Lon() float64 { return float64(c.X) / Scale }

// Lat is the latitude in degrees; see [Coord.Lon].
func (c Coord) Lat() float64 { return float64(c.Y) / Scale }

// String writes the coordinate as "lon lat" with seven decimals.
func (c Coord) String() string { return fmt.Sprintf("%.7f %.7f", c.Lon(), c.Lat()) }

// Compare orders coordinates by longitude, then latitude.
func (c Coord) Compare(d Coord) int {
	return cmp.Or(cmp.Compare(c.X, d.X), cmp.Compare(c.Y, d.Y))
}

// Orient is the side of p as seen from a towards b: 1 left, -1 right, 0 exactly on the
// line. It is exact for all places on earth: 360 by 180 degrees are fewer than 2⁶³ square
// units.
func Orient(a, b, p Coord) int {
	return cmp.Compare(
		(int64(b.X)-int64(a.X))*(int64(p.Y)-int64(a.Y)),
		(int64(b.Y)-int64(a.Y))*(int64(p.X)-int64(a.X)),
	)
}

// between tells whether p, known to be on the line through a and b, lies on the closed
// segment from a to b.
func between(a, b, p Coord) bool {
	return min(a.X, b.X) <= p.X && p.X <= max(a.X, b.X) && min(a.Y, b.Y) <= p.Y && p.Y <= max(a.Y, b.Y)
}

// Box is a closed rectangle of coordinates. The zero value is not empty; use [EmptyBox].
type Box struct{ Min, Max Coord }

// EmptyBox holds nothing and is the start of every extension.
func EmptyBox() Box {
	return Box{Coord{math.MaxInt32, math.MaxInt32}, Coord{math.MinInt32, math.MinInt32}}
}

// IsEmpty tells whether the box holds no coordinate.
func (b Box) IsEmpty() bool { return b.Min.X > b.Max.X || b.Min.Y > b.Max.Y }

// Extend is the smallest box holding b and c.
func (b Box) Extend(c Coord) Box {
	return Box{
		Coord{min(b.Min.X, c.X), min(b.Min.Y, c.Y)},
		Coord{max(b.Max.X, c.X), max(b.Max.Y, c.Y)},
	}
}

// Union is the smallest box holding both; an empty box adds nothing.
func (b Box) Union(o Box) Box {
	if o.IsEmpty() {
		return b
	}
	return b.Extend(o.Min).Extend(o.Max)
}

// Contains tells whether c lies in the box or on its border.
func (b Box) Contains(c Coord) bool {
	return b.Min.X <= c.X && c.X <= b.Max.X && b.Min.Y <= c.Y && c.Y <= b.Max.Y
}

// Intersects tells whether the two boxes share at least one coordinate.
func (b Box) Intersects(o Box) bool {
	return b.Min.X <= o.Max.X && o.Min.X <= b.Max.X && b.Min.Y <= o.Max.Y && o.Min.Y <= b.Max.Y
}
