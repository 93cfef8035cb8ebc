package ingest

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"gridwarden/geo"
)

// degrees refuses a position that is no longitude and latitude. Numbers far outside
// degrees are a projected file that does not say so: the sentence names the systems it is
// likely to be in.
func degrees(p orb.Point) error {
	_, err := geo.CoordOf(p[0], p[1])
	if err != nil && (math.Abs(p[0]) > 400 || math.Abs(p[1]) > 400) && !math.IsInf(p[0], 0) && !math.IsInf(p[1], 0) {
		return geo.Errorf(geo.Faulty, "the coordinate %s is not in degrees: the file is projected and does not say how; name its system with --crs%s", pair(p), hint(p))
	}
	return err
}

// pair writes two coordinates.
func pair(p orb.Point) string { return fmt.Sprintf("%.10g, %.10g", p[0], p[1]) }

// hint names the systems in which a projected coordinate is usual, as the end of a
// sentence; empty when none is known.
func hint(p orb.Point) string {
	if s := likely(p[0], p[1]); s != "" {
		return "; numbers like these are usual in " + s
	}
	if s := likely(p[1], p[0]); s != "" {
		return "; with the two numbers of each position swapped (easting first) they are usual in " + s
	}
	return ""
}

// likely names the systems in which an easting and northing are usual. The codes of the
// Gauss-Krüger zones of CGCS2000 are EPSG's: with the zone in the easting 4488 + zone for
// 3° (zones 25–45) and 4478 + zone for 6° (13–23); without it 4534 + (meridian − 75)/3.
func likely(e, n float64) string {
	zone := int(math.Floor(e / 1e6))
	within := math.Mod(e, 1e6) >= 150_000 && math.Mod(e, 1e6) <= 850_000
	china := n >= 1_800_000 && n <= 6_000_000
	switch {
	case within && china && zone >= 25 && zone <= 45:
		return fmt.Sprintf("EPSG:%d (CGCS2000, 3° zone %d, meridian %d°E)", 4488+zone, zone, 3*zone)
	case within && china && zone >= 13 && zone <= 23 && !mercatorChina(e, n):
		return fmt.Sprintf("EPSG:%d (CGCS2000, 6° zone %d, meridian %d°E)", 4478+zone, zone, 6*zone-3)
	case within && china && zone >= 13 && zone <= 23:
		return fmt.Sprintf("EPSG:3857 (Web Mercator) or EPSG:%d (CGCS2000, 6° zone %d)", 4478+zone, zone)
	case within && china && zone == 0:
		return "one of EPSG:4534 to EPSG:4554 (CGCS2000, 3°: 4534 + (meridian − 75)/3, so EPSG:4549 for 120°E, its neighbours EPSG:4548 for 117°E and EPSG:4550 for 123°E)"
	case e >= 900_000 && e <= 1_080_000 && n >= 100_000 && n <= 280_000:
		return "EPSG:2263 (New York, US feet)"
	case math.Abs(e) > 400_000 && math.Abs(e) <= 20_037_509 && math.Abs(n) > 400_000 && math.Abs(n) <= 20_048_967:
		return "EPSG:3857 (Web Mercator)"
	}
	return ""
}

// mercatorChina tells whether the numbers could be Web Mercator in China, 73–135°E.
func mercatorChina(e, n float64) bool {
	return e >= 8_100_000 && e <= 15_100_000 && n >= 2_000_000 && n <= 7_100_000
}
