package crs_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"gridwarden/geo"
	"gridwarden/geo/crs"
)

func TestEverySpellingOfASystemIsUnderstood(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]crs.CRS{
		"":                              crs.CRS84,
		"OGC:CRS84":                     crs.CRS84,
		"WGS 84":                        crs.CRS84,
		"EPSG:4326":                     crs.CRS84,
		"epsg:4490":                     crs.CRS84,
		"urn:ogc:def:crs:OGC:1.3:CRS84": crs.CRS84,
		"http://www.opengis.net/def/crs/OGC/1.3/CRS84": crs.CRS84,
		"GCJ-02":                      crs.GCJ02,
		"gcj02":                       crs.GCJ02,
		"bd_09":                       crs.BD09,
		"BD09LL":                      crs.BD09,
		"EPSG:4549":                   "EPSG:4549",
		"urn:ogc:def:crs:EPSG::4549":  "EPSG:4549",
		"urn:ogc:def:crs:EPSG:6.9:28": "EPSG:28",
		"http://www.opengis.net/def/crs/EPSG/0/2263": "EPSG:2263",
	} {
		if got, err := crs.Parse(name); got != want || err != nil {
			t.Errorf("Parse(%q) = %q, %v; want %q", name, got, err, want)
		}
	}
	for _, name := range []string{"EPSG:", "EPSG:0", "EPSG:-1", "EPSG:x", "4549", "BD09MC", "UTM 50N", ":", "EPSG:99999999999999999999"} {
		if got, err := crs.Parse(name); geo.KindOf(err) != geo.Invalid {
			t.Errorf("Parse(%q) = %q, %v; want a refusal", name, got, err)
		}
	}
}

func TestOnlyADatabaseConvertsEPSG(t *testing.T) {
	t.Parallel()
	if n, ok := crs.CRS("EPSG:4549").EPSG(); n != 4549 || !ok {
		t.Errorf("EPSG() = %d, %v", n, ok)
	}
	if n, ok := crs.GCJ02.EPSG(); ok {
		t.Errorf("GCJ-02 is EPSG:%d", n)
	}
	for _, convert := range []func(string, float64, float64) (float64, float64, error){crs.ToWGS84, crs.FromWGS84} {
		if _, _, err := convert("EPSG:4549", 500000, 3300000); geo.KindOf(err) != geo.Invalid {
			t.Errorf("EPSG:4549 without a database: %v", err)
		}
		if _, _, err := convert("nowhere", 120, 30); geo.KindOf(err) != geo.Invalid {
			t.Errorf("an unknown system: %v", err)
		}
		if lon, lat, err := convert("", 120, 30); lon != 120 || lat != 30 || err != nil {
			t.Errorf("no system: %v %v %v", lon, lat, err)
		}
	}
}

// The pairs are those that published implementations of the shift are tested with:
// Shanghai, Shenzhen and Beijing.
func TestTheShiftIsTheOneMapsUse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ lon, lat, gcjLon, gcjLat float64 }{
		{121.5272106, 31.1774276, 121.531541859215, 31.17530398364597},
		{113.912316, 22.543847, 113.9171764808363, 22.540796131694766},
		{116.377817, 39.911954, 116.38404722455657, 39.91334545536069},
	} {
		lon, lat, err := crs.FromWGS84("GCJ-02", c.lon, c.lat)
		if d := math.Hypot(lon-c.gcjLon, lat-c.gcjLat); d > 1e-6 || err != nil {
			t.Errorf("%v %v in GCJ-02 is %.7f %.7f, off by %.7f; %v", c.lon, c.lat, lon, lat, d, err)
		}
	}
}

func TestThereAndBackIsTheSamePlace(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		lon, lat := rapid.Float64Range(72.1, 137.7).Draw(t, "lon"), rapid.Float64Range(0.9, 55.7).Draw(t, "lat")
		for _, system := range []crs.CRS{crs.GCJ02, crs.BD09} {
			x, y, err := system.FromWGS84(lon, lat)
			if err != nil {
				t.Fatal(err)
			}
			if d := math.Hypot(x-lon, y-lat); d < 1e-5 || d > 0.03 {
				t.Fatalf("%s moves %v %v by %v degrees", system, lon, lat, d)
			}
			backX, backY, err := system.ToWGS84(x, y)
			if err != nil {
				t.Fatal(err)
			}
			if d := math.Hypot(backX-lon, backY-lat); d > 1e-9 {
				t.Fatalf("%s: %v %v comes back as %v %v, off by %v", system, lon, lat, backX, backY, d)
			}
		}
	})
}

// The closed form published for the way from Baidu's frame is near enough for its
// constants to be checked by it.
func TestBaiduAgreesWithThePublishedInverse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		lon, lat := rapid.Float64Range(73, 135).Draw(t, "lon"), rapid.Float64Range(18, 53).Draw(t, "lat")
		const k = math.Pi * 3000 / 180
		x, y := lon-0.0065, lat-0.006
		z := math.Hypot(x, y) - 0.00002*math.Sin(y*k)
		sin, cos := math.Sincos(math.Atan2(y, x) - 0.000003*math.Cos(x*k))
		wantLon, wantLat, _ := crs.ToWGS84("GCJ-02", z*cos, z*sin)
		gotLon, gotLat, _ := crs.ToWGS84("BD-09", lon, lat)
		if d := math.Hypot(gotLon-wantLon, gotLat-wantLat); d > 1e-5 {
			t.Fatalf("%v %v: off by %v degrees", lon, lat, d)
		}
	})
}

func TestNothingMovesOutsideChina(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		lon, lat := rapid.Float64Range(-180, 71).Draw(t, "lon"), rapid.Float64Range(-90, 90).Draw(t, "lat")
		for _, convert := range []func(string, float64, float64) (float64, float64, error){crs.ToWGS84, crs.FromWGS84} {
			if x, y, err := convert("GCJ-02", lon, lat); x != lon || y != lat || err != nil {
				t.Fatalf("%v %v moved to %v %v, %v", lon, lat, x, y, err)
			}
		}
	})
}

func FuzzAnyNumbersAndNamesAreSafe(f *testing.F) {
	f.Add("EPSG:4549", 120.0, 30.0)
	f.Add("bd-09", math.NaN(), math.Inf(-1))
	f.Fuzz(func(t *testing.T, name string, lon, lat float64) {
		c, err := crs.Parse(name)
		if err != nil {
			return
		}
		if again, err := crs.Parse(string(c)); again != c || err != nil {
			t.Errorf("%q is %q, which is %q, %v", name, c, again, err)
		}
		_, _, _ = c.ToWGS84(lon, lat)
		_, _, _ = c.FromWGS84(lon, lat)
	})
}

// TestTheShiftEndsAtItsBox, to the unit.
func TestTheShiftEndsAtItsBox(t *testing.T) {
	t.Parallel()
	box := crs.Shifted()
	rapid.Check(t, func(t *rapid.T) {
		near := func(edges ...int32) int32 {
			return rapid.SampledFrom(edges).Draw(t, "edge") + rapid.Int32Range(-2, 2).Draw(t, "off")
		}
		c := geo.Coord{X: near(box.Min.X, box.Max.X, 1_200_000_000), Y: near(box.Min.Y, box.Max.Y, 300_000_000)}
		lon, lat, _ := crs.FromWGS84("GCJ-02", c.Lon(), c.Lat())
		if moved := lon != c.Lon() || lat != c.Lat(); moved != box.Contains(c) {
			t.Fatalf("%v moves: %v", c, moved)
		}
	})
}
