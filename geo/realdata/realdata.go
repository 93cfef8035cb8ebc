// Package realdata finds the real cities that tests read: files that lie beside the
// checkout and are never copied into it. A test that wants one is skipped where it is not.
package realdata

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"gridwarden/geo"
)

// Path is the path of a file, named as in the data's own README.
func Path(t testing.TB, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
	}
	path := filepath.Join(filepath.Dir(dir), "shared", "data", name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the real data is not here: %v", err)
	}
	return path
}

// Read is the content of a file, unpacked when its name ends in .gz.
func Read(t testing.TB, name string) []byte {
	t.Helper()
	f, err := os.Open(Path(t, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// Shapes are the polygons of a GeoJSON file, one shape for each feature that has any, snapped
// to the grid of coordinates and wound as geo.Polygon says. They are not cleaned: some are
// invalid, and borders match only mostly.
func Shapes(t testing.TB, name string) []geo.MultiPolygon {
	t.Helper()
	collection, err := geojson.UnmarshalFeatureCollection(Read(t, name))
	if err != nil {
		t.Fatal(err)
	}
	var shapes []geo.MultiPolygon
	for _, f := range collection.Features {
		var m geo.MultiPolygon
		switch g := f.Geometry.(type) {
		case orb.Polygon:
			m = snapped(t, orb.MultiPolygon{g})
		case orb.MultiPolygon:
			m = snapped(t, g)
		}
		if len(m) > 0 {
			shapes = append(shapes, m)
		}
	}
	return shapes
}

func snapped(t testing.TB, m orb.MultiPolygon) geo.MultiPolygon {
	t.Helper()
	var out geo.MultiPolygon
	for _, p := range m {
		var polygon geo.Polygon
		for i, r := range p {
			var ring geo.Ring
			for _, q := range r[:len(r)-1] {
				c, err := geo.CoordOf(q[0], q[1])
				if err != nil {
					t.Fatal(err)
				}
				ring = append(ring, c)
			}
			if ring = slices.Compact(ring); len(ring) < 3 {
				continue
			}
			if (ring.SignedArea2() > 0) != (i == 0) {
				slices.Reverse(ring)
			}
			polygon = append(polygon, ring)
		}
		if len(polygon) > 0 {
			out = append(out, polygon)
		}
	}
	return out
}
