package crs

import (
	"math"

	"gridwarden/geo"
)

// The ellipsoid of the GCJ-02 shift (Krassovsky), as commonly published.
const (
	gcjA  = 6378245.0
	gcjEE = 0.00669342162296594323
)

// bdK is the factor of Baidu's ripple: π·3000/180.
const bdK = math.Pi * 3000 / 180

// rounds bounds the iterations of an inverse. Each gains more than two decimals: five
// end far below 1e-9 degree.
const rounds = 8

// shifted tells whether GCJ-02 differs from WGS 84 at a WGS 84 position: inside the
// rectangle every published form of the shift uses for China.
func shifted(lon, lat float64) bool {
	return lon >= 72.004 && lon <= 137.8347 && lat >= 0.8293 && lat <= 55.8271
}

// gcjShift is what the shift adds to a WGS 84 position, in degrees.
func gcjShift(lon, lat float64) (dLon, dLat float64) {
	if !shifted(lon, lat) {
		return 0, 0
	}
	x, y := lon-105, lat-35
	root := 0.1 * math.Sqrt(math.Abs(x))
	ripple := 20*math.Sin(6*math.Pi*x) + 20*math.Sin(2*math.Pi*x)
	north := -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 2*root +
		(ripple+20*math.Sin(math.Pi*y)+40*math.Sin(math.Pi*y/3)+160*math.Sin(math.Pi*y/12)+320*math.Sin(math.Pi*y/30))*2/3
	east := 300 + x + 2*y + 0.1*x*x + 0.1*x*y + root +
		(ripple+20*math.Sin(math.Pi*x)+40*math.Sin(math.Pi*x/3)+150*math.Sin(math.Pi*x/12)+300*math.Sin(math.Pi*x/30))*2/3

	sin, cos := math.Sincos(lat * math.Pi / 180)
	w := 1 - gcjEE*sin*sin
	dLat = north * 180 / (gcjA * (1 - gcjEE) / (w * math.Sqrt(w)) * math.Pi)
	dLon = east * 180 / (gcjA / math.Sqrt(w) * cos * math.Pi)
	return dLon, dLat
}

// wgsToGCJ is the shift in its closed form. Outside China nothing moves.
func wgsToGCJ(lon, lat float64) (float64, float64) {
	dLon, dLat := gcjShift(lon, lat)
	return lon + dLon, lat + dLat
}

// gcjToWGS inverts the shift by iteration, to below 1e-9 degree. Within the length of the
// shift (700 m) of the rectangle's own rim, far from any city, there may be no position
// or two that are shifted there; it answers one near by.
func gcjToWGS(lon, lat float64) (float64, float64) { return invert(wgsToGCJ, lon, lat) }

// gcjToBD adds Baidu's second shift, in its closed form.
func gcjToBD(lon, lat float64) (float64, float64) {
	z := math.Hypot(lon, lat) + 0.00002*math.Sin(lat*bdK)
	sin, cos := math.Sincos(math.Atan2(lat, lon) + 0.000003*math.Cos(lon*bdK))
	return z*cos + 0.0065, z*sin + 0.006
}

// bdToGCJ inverts [gcjToBD] by iteration, to below 1e-9 degree. The closed form usually
// published for this way is no inverse: it misses by up to half a metre.
func bdToGCJ(lon, lat float64) (float64, float64) { return invert(gcjToBD, lon, lat) }

// invert finds the position that forward moves to (lon, lat). forward moves positions by
// little, and by nearly the same where they are near.
func invert(forward func(lon, lat float64) (float64, float64), lon, lat float64) (float64, float64) {
	x, y := lon, lat
	for range rounds {
		fx, fy := forward(x, y)
		ex, ey := lon-fx, lat-fy
		x, y = x+ex, y+ey
		if math.Abs(ex) < 1e-13 && math.Abs(ey) < 1e-13 {
			break
		}
	}
	return x, y
}

// Shifted is the box in which GCJ-02 differs from WGS 84, its border included.
func Shifted() geo.Box {
	return geo.Box{Min: geo.Coord{X: 720_040_000, Y: 8_293_000}, Max: geo.Coord{X: 1_378_347_000, Y: 558_271_000}}
}
