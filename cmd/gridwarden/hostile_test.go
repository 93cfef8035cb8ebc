package main

import (
	"bufio"
	"fmt"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"gridwarden/geo/testsize"
)

// written is a file that a test writes piece by piece.
func (c *city) written(name string, write func(*bufio.Writer)) string {
	c.Helper()
	path := filepath.Join(c.TempDir(), name)
	f, err := os.Create(path)
	if err != nil {
		c.Fatal(err)
	}
	w := bufio.NewWriter(f)
	write(w)
	if err := w.Flush(); err != nil {
		c.Fatal(err)
	}
	if err := f.Close(); err != nil {
		c.Fatal(err)
	}
	return path
}

// ready serves the city until it answers.
func (c *city) ready(args ...string) *server {
	c.Helper()
	s := startServer(c.T, c.url, args...)
	s.eventually("it is ready", func() bool { status, _ := s.get("/readyz"); return status == http.StatusOK })
	return s
}

func tileAt(layer string, lon, lat float64, zoom maptile.Zoom) string {
	tile := maptile.At(orb.Point{lon, lat}, zoom)
	return fmt.Sprintf("/tiles/%s/%d/%d/%d.mvt", layer, tile.Z, tile.X, tile.Y)
}

// TestAnAreaOfAMillionVerticesIsAnAreaLikeAnother: an island with a coast in full detail is
// imported, loaded, looked up on both sides of its coast, and drawn.
func TestAnAreaOfAMillionVerticesIsAnAreaLikeAnother(t *testing.T) {
	c := newCity(t)
	n := testsize.N(60_000, 1_000_000)
	coast := func(i int) (lon, lat float64) {
		sin, cos := math.Sincos(2 * math.Pi * float64(i%n) / float64(n))
		r := .3 + .0005*math.Sin(float64(i%n))
		return 120 + r*cos, 30 + r*sin
	}
	path := c.written("island.geojson", func(w *bufio.Writer) {
		fmt.Fprint(w, `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"I"},"geometry":{"type":"Polygon","coordinates":[[`)
		for i := range n {
			lon, lat := coast(i)
			fmt.Fprintf(w, "[%.7f,%.7f],", lon, lat)
		}
		lon, lat := coast(0)
		fmt.Fprintf(w, "[%.7f,%.7f]]]}}]}", lon, lat)
	})
	c.must("import", "areas", "--layer", "islands", path)
	s := c.ready()
	for i := 0; i < n; i += n / 100 {
		lon, lat := coast(i)
		in, out := s.locate("islands", 120+(lon-120)*.999, 30+(lat-30)*.999), s.locate("islands", 120+(lon-120)*1.006, 30+(lat-30)*1.006)
		if in != "I" || out != "" {
			t.Fatalf("at vertex %d: %q inside and %q outside", i, in, out)
		}
	}
	lon, lat := coast(0)
	for _, zoom := range []maptile.Zoom{0, 8, 12, 16, 22} {
		if status, body := s.get(tileAt("islands", lon, lat, zoom)); status != http.StatusOK || len(body) > 2<<20 {
			t.Errorf("z%d: %d, %d bytes", zoom, status, len(body))
		}
	}
	if status, body := s.get("/v1/layers/islands/areas/I"); status != http.StatusOK || strings.Count(body, "[") < n {
		t.Errorf("the island as GeoJSON: %d, %d bytes", status, len(body))
	}
}

// TestManySitesOnOnePointComeThrough: the building sites of a file whose places were lost
// all lie on one spot. They are imported, counted in answers, drawn, and end again.
func TestManySitesOnOnePointComeThrough(t *testing.T) {
	c := newCity(t)
	n := testsize.N(3000, 50_000)
	path := c.written("sites.geojson", func(w *bufio.Writer) {
		fmt.Fprint(w, `{"type":"FeatureCollection","features":[`)
		for i := range n {
			if i > 0 {
				fmt.Fprint(w, ",\n")
			}
			fmt.Fprintf(w, `{"type":"Feature","properties":{"code":"S%05d"},"geometry":{"type":"Polygon","coordinates":[[[120,30],[120.001,30],[120.001,30.001],[120,30.001],[120,30]]]}}`, i)
		}
		fmt.Fprint(w, "]}")
	})
	c.must("import", "areas", "--layer", "sites", "--kind", "overlay", path)
	s := c.ready()
	if status, body := s.get("/v1/locate?lon=120.0005&lat=30.0005"); status != http.StatusOK || !strings.Contains(body, fmt.Sprintf(`"left_off":{"sites":%d}`, n-1000)) {
		t.Errorf("%d %s", status, tail(body))
	}
	if status, _ := s.get(tileAt("sites", 120.0005, 30.0005, 16)); status != http.StatusOK {
		t.Errorf("the tile of the sites: %d", status)
	}
	if got := c.must("locate", "--layer", "sites", c.file("p.csv", "lon,lat\n120.0005,30.0005\n121,31\n")); !strings.Contains(got, "121,31,\n") || strings.Count(got, "|") != 1000-1 {
		t.Errorf("a point among them and one beside: %s", tail(got))
	}
	one := c.file("one.geojson", `{"type":"Feature","properties":{"code":"S00007"},"geometry":{"type":"Polygon","coordinates":[[[120,30],[120.001,30],[120.001,30.001],[120,30.001],[120,30]]]}}`)
	c.must("import", "areas", "--layer", "sites", "--kind", "overlay", "--allow-end", one)
	s.eventually("one is left", func() bool { return s.locate("sites", 120.0005, 30.0005) == "S00007" })
}

// TestNumbersThatAreNoPlaceNeverReachTheDatabase: in any file that is imported.
func TestNumbersThatAreNoPlaceNeverReachTheDatabase(t *testing.T) {
	c := newCity(t)
	c.must("import", "categories", c.file("categories.csv", "standard,kind,code,name\nS,component,01,井盖\nS,matter,02,垃圾\n"))
	for _, bad := range []string{"NaN", "-Inf", "180.0000001", ""} {
		assets := c.file("assets.csv", "id,lon,lat\nA,120,30\nB,"+bad+",30\n")
		c.refused(exitFaults, []string{"assets.csv", "line 3"}, "import", "assets", "--standard", "S", "--category-code", "01", "--id", "id", assets)
		reports := c.file("reports.csv", "id,lon,lat,category,reported_at\n1,120,30,02,2026-01-01T08:00:00Z\n2,"+bad+",30,02,2026-01-01T08:00:00Z\n")
		c.refused(exitFaults, []string{"line 3"}, "import", "reports", "--source", "x", "--standard", "S", "--category", "category", reports)
		if bad != "" {
			areas := c.file("areas.geojson", `{"type":"Feature","properties":{"code":"A"},"geometry":{"type":"Polygon","coordinates":[[[`+bad+`,30],[120.01,30],[120.01,30.01]]]}}`)
			c.refused(exitFaults, []string{"areas.geojson"}, "import", "areas", "--layer", "grids", areas)
		}
	}
	extremes := "id,lon,lat\nA,180,90\nB,-180,-90\nC,-0.0,5e-324\nD,0,-1e-320\n"
	c.must("import", "assets", "--standard", "S", "--category-code", "01", "--id", "id", c.file("extremes.csv", extremes))
	if again := c.must("import", "assets", "--standard", "S", "--category-code", "01", "--id", "id", c.file("extremes.csv", extremes)); !strings.Contains(again, "0 new, 0 changed") {
		t.Errorf("a zero with a sign is another place each time: %s", again)
	}
}

// TestAnAreaAcrossTheAntimeridianIsToldToBeCut, and its two halves are one area.
func TestAnAreaAcrossTheAntimeridianIsToldToBeCut(t *testing.T) {
	c := newCity(t)
	ring := func(west, east float64) string {
		return fmt.Sprintf("[[[%[1]v,-17],[%[2]v,-17],[%[2]v,-16],[%[1]v,-16],[%[1]v,-17]]]", west, east)
	}
	feature := func(kind, coordinates string) string {
		return c.file("island.geojson", `{"type":"Feature","properties":{"code":"T"},"geometry":{"type":"`+kind+`","coordinates":`+coordinates+`}}`)
	}
	c.refused(exitFaults, []string{"antimeridian"}, "import", "areas", "--layer", "islands", feature("Polygon", ring(-179.5, 179.5)))
	c.refused(exitFaults, []string{"180.5"}, "import", "areas", "--layer", "islands", feature("Polygon", ring(179.5, 180.5)))
	halves := "[" + ring(179.5, 180) + "," + ring(-180, -179.5) + "]"
	c.must("import", "areas", "--layer", "islands", feature("MultiPolygon", halves))
	s := c.ready()
	for lon, want := range map[float64]string{179.6: "T", 180: "T", -180: "T", -179.6: "T", 179.4: "", -179.4: "", 0: ""} {
		if got := s.locate("islands", lon, -16.5); got != want {
			t.Errorf("at %v: %q, want %q", lon, got, want)
		}
	}
	for _, lon := range []float64{179.9, -179.9} {
		if status, _ := s.get(tileAt("islands", lon, -16.5, 12)); status != http.StatusOK {
			t.Errorf("the tile at %v: %d", lon, status)
		}
	}
}
