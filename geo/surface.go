package geo

import "math"

// SquareMetres is how much ground the polygons cover on the WGS 84 ellipsoid, edges taken as
// straight in longitude and latitude; 0 for lines and for nothing. For a city's areas it is
// right to a millionth, and what polygons share a border lose and gain over it is the same.
func (s *Shape) SquareMetres() float64 {
	sum := 0.0
	for _, polygon := range s.Polygons {
		for _, ring := range polygon {
			sum += ring.SquareMetres()
		}
	}
	return sum
}

// SquareMetres is the ground within the ring on the WGS 84 ellipsoid, negative when it runs
// clockwise, as holes do.
func (r Ring) SquareMetres() float64 {
	if len(r) == 0 {
		return 0
	}
	sum, a := 0.0, r[len(r)-1]
	for _, b := range r {
		sum -= UnderEdge(float64(a.X), float64(a.Y), float64(b.X), float64(b.Y))
		a = b
	}
	return sum
}

// UnderEdge is the square metres between an edge and the equator, negative for an edge that
// runs west, so that what a ring's edges come to is the ground within it, negative when the
// ring runs counter-clockwise. Ends are in units and may lie between whole ones.
func UnderEdge(ax, ay, bx, by float64) float64 {
	if ax == bx {
		return 0
	}
	south, middle, north := lune(ay), lune((ay+by)/2), lune(by)
	return (bx - ax) * (south + 4*middle + north) / 6 * math.Pi / 180 / Scale // Simpson: exact for what is nearly straight
}

// lune is the ground between the equator and a latitude in units, for each radian of
// longitude: Snyder, Map Projections, 1987, (3-12).
func lune(y float64) float64 {
	const semiMinor, e2 = 6356752.314245179, 0.0066943799901413165
	e := math.Sqrt(e2)
	sin := math.Sin(y / Scale * math.Pi / 180)
	return semiMinor * semiMinor / 2 * (sin/(1-e2*sin*sin) + math.Atanh(e*sin)/e)
}
