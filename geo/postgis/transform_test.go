package postgis_test

import (
	"math"
	"testing"

	"github.com/paulmach/orb"

	"gridwarden/geo"
)

func TestProjectedCoordinatesComeOutInDegrees(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	points := make([]orb.Point, 25_000)
	for i := range points {
		points[i] = orb.Point{13_358_338.89 + float64(i), 3_503_549.84} // Web Mercator, at 120 E 30 N
	}
	check(t, store.Transform(t.Context(), 3857, points))
	for i, p := range points {
		if math.Abs(p[0]-120-float64(i)/111319.4908) > 1e-6 || math.Abs(p[1]-30) > 1e-6 {
			t.Fatalf("point %d is at %v", i, p)
		}
	}
	gauss := []orb.Point{{596_465.7, 3_320_113.4}} // CGCS2000, three-degree zone round 120 E
	check(t, store.Transform(t.Context(), 4549, gauss))
	if d := gauss[0]; math.Abs(d[0]-121) > 0.01 || math.Abs(d[1]-30) > 0.01 {
		t.Errorf("EPSG:4549 came to %v", d)
	}
	check(t, store.Transform(t.Context(), 4549, nil))
}

func TestACoordinateThatCannotBeTransformedIsNamed(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	for _, bad := range []orb.Point{{math.NaN(), 1}, {1, math.Inf(1)}, {1e300, 1e300}} {
		points := make([]orb.Point, 3000)
		for i := range points {
			points[i] = orb.Point{596_465.7, 3_320_113.4}
		}
		points[1234] = bad
		refused(t, store.Transform(t.Context(), 4549, points), geo.Invalid, "EPSG:4549", "no place")
	}
	refused(t, store.Transform(t.Context(), 999_999, make([]orb.Point, 1)), geo.Invalid, "EPSG:999999")
}
