package api_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gridwarden/geo"
	"gridwarden/geo/crs"
)

// positions are all numbers of a geometry, two and two.
func positions(t *testing.T, coordinates json.RawMessage) (all [][2]float64) {
	t.Helper()
	text := strings.NewReplacer("[", " ", "]", " ", ",", " ").Replace(string(coordinates))
	numbers := strings.Fields(text)
	for i := 0; i+1 < len(numbers); i += 2 {
		var at [2]float64
		if _, err := fmt.Sscan(numbers[i]+" "+numbers[i+1], &at[0], &at[1]); err != nil {
			t.Fatal(err)
		}
		all = append(all, at)
	}
	return all
}

// TestMapsOfGCJ02GetEverythingInTheirFrame: whoever draws on AMap would else have each
// border half a kilometre beside the street it follows.
func TestMapsOfGCJ02GetEverythingInTheirFrame(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, path := range []string{"/v1/layers/grids/areas", "/v1/assets"} {
		plain, moved := s.page(t, path), s.page(t, path+"?crs=gcj02")
		if !slices.Equal(plain.ids(), moved.ids()) || len(plain.Features) == 0 {
			t.Fatalf("%s: %v, drawn in GCJ-02 %v", path, plain.ids(), moved.ids())
		}
		for i := range plain.Features {
			before, after := positions(t, plain.Features[i].Geometry.Coordinates), positions(t, moved.Features[i].Geometry.Coordinates)
			for k, at := range before {
				c, err := geo.CoordOf(at[0], at[1])
				if err != nil {
					t.Fatal(err)
				}
				if want := crs.GCJ02.Place(c); after[k] != [2]float64{want.Lon(), want.Lat()} || want == c {
					t.Fatalf("%s %s: %v is drawn at %v, want %v", path, plain.Features[i].ID, at, after[k], want)
				}
			}
		}
		b := moved.BBox
		boxed := s.page(t, fmt.Sprintf("%s?crs=GCJ-02&bbox=%.7f,%.7f,%.7f,%.7f", path, b[0], b[1], b[2], b[3]))
		if !slices.Equal(boxed.ids(), moved.ids()) {
			t.Errorf("%s: the box round everything in GCJ-02 holds %v, not %v", path, boxed.ids(), moved.ids())
		}
		one := path + "/" + plain.Features[0].ID + "?crs=GCJ-02"
		var lone struct {
			Geometry struct{ Coordinates json.RawMessage }
		}
		s.get(t, one).json(t, &lone)
		if string(lone.Geometry.Coordinates) != string(moved.Features[0].Geometry.Coordinates) {
			t.Errorf("%s alone is drawn at %s, in the list at %s", one, lone.Geometry.Coordinates, moved.Features[0].Geometry.Coordinates)
		}
	}
	for _, bad := range []string{"EPSG:4549", "moon"} {
		if got := s.get(t, "/v1/layers/grids/areas?crs="+bad); got.status != 400 || !strings.Contains(got.body, "GCJ-02") {
			t.Errorf("crs=%s: %d %s", bad, got.status, got.body)
		}
	}
}
