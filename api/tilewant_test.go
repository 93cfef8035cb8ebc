package api_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/maptile"

	"gridwarden/api"
	"gridwarden/geo"
	"gridwarden/geo/crs"
)

// drawnAt are the features of a layer in the tile of a place.
func (s *service) drawnAt(t *testing.T, layer string, place geo.Coord, zoom maptile.Zoom, query string) []*geojson.Feature {
	t.Helper()
	tile := maptile.At(orb.Point{place.Lon(), place.Lat()}, zoom)
	got := s.get(t, fmt.Sprintf("/tiles/%s/%d/%d/%d.mvt%s", layer, zoom, tile.X, tile.Y, query), "Accept-Encoding", "identity")
	if got.status != 200 {
		t.Fatalf("%s: %d %s", query, got.status, got.body)
	}
	layers, err := mvt.Unmarshal([]byte(got.body))
	if err != nil || len(layers) != 1 {
		t.Fatal(err, len(layers))
	}
	return layers[0].Features
}

func TestATileShowsTheFieldsAskedForAndNoOthers(t *testing.T) {
	t.Parallel()
	s := start(t)
	for query, want := range map[string]string{
		"?fields=name":            "code name",
		"?fields=":                "code",
		"?fields=department,name": "code department name",
		"":                        "code name parent department department_name",
	} {
		for _, f := range s.drawnAt(t, "grids", at(2.5, .5), 18, query) {
			for key := range f.Properties {
				if !strings.Contains(want, key) {
					t.Errorf("%s: there is %s of %v", query, key, f.Properties["code"])
				}
			}
			if f.Properties["code"] == nil {
				t.Errorf("%s: %v has no code", query, f.Properties)
			}
		}
	}
}

func TestATileIsFiltered(t *testing.T) {
	t.Parallel()
	s := start(t)
	all, some := s.drawnAt(t, "grids", at(1.5, .5), 15, ""), s.drawnAt(t, "grids", at(1.5, .5), 15, "?filter="+url.QueryEscape("code LIKE 'G1%' AND NOT code = 'G12'"))
	if len(all) != 8 || len(some) != 3 {
		t.Errorf("%d grids, filtered %d, want 8 and 3", len(all), len(some))
	}
	if lamps := s.drawnAt(t, "assets", at(1.5, .5), 15, "?filter="+url.QueryEscape("state = '破损'")); len(lamps) != 1 {
		t.Errorf("%d assets are broken, want 1", len(lamps))
	}
}

func TestATileIsDrawnInTheFrameOfTheMap(t *testing.T) {
	t.Parallel()
	s := start(t)
	lamp := at(.5, .5)
	place := crs.GCJ02.Place(lamp)
	tile := maptile.At(orb.Point{place.Lon(), place.Lat()}, 18)
	found := false
	for _, f := range s.drawnAt(t, "assets", place, 18, "?crs=GCJ-02") {
		on := f.Geometry.(orb.Point)
		bound := tile.Bound()
		lon := bound.Min.Lon() + on[0]/4096*(bound.Max.Lon()-bound.Min.Lon())
		found = found || f.Properties["id"] == "L001" && lon-place.Lon() < 1e-6 && place.Lon()-lon < 1e-6
	}
	if !found {
		t.Error("L001 is not drawn where GCJ-02 has it")
	}
	for path, want := range map[string]int{
		"/tiles/grids/1/1/0.mvt?crs=EPSG:4490": 200,
		"/tiles/grids/0/0/0.mvt?crs=EPSG:4490": 404,
		"/tiles/grids/1/1/1.mvt?crs=EPSG:4490": 404,
		"/tiles/grids/1/1/0.mvt?crs=EPSG:4549": 400,
		"/tiles/grids/1/1/0.mvt?crs=BD-09":     400,
	} {
		if got := s.get(t, path); got.status != want && !(want == 200 && got.status == 204) || want >= 400 && !strings.Contains(got.body, "detail") {
			t.Errorf("%s: %d %s, want %d", path, got.status, got.body, want)
		}
	}
}

func TestATileOfAClosedEditionIsKeptForEver(t *testing.T) {
	t.Parallel()
	s := start(t, func(c *api.Config) { c.Past = &fakePast{live: c.Live, then: youngTown(t)} })
	path := tilePath("parks", 15)
	old := s.get(t, path+"?edition=1")
	if old.status != 200 || !strings.Contains(old.header.Get("Cache-Control"), "immutable") {
		t.Errorf("edition 1: %d %v", old.status, old.header)
	}
	now := s.get(t, path+"?edition=3")
	if now.status != 200 || strings.Contains(now.header.Get("Cache-Control"), "immutable") {
		t.Errorf("edition 3 is the newest: %d %v", now.status, now.header)
	}
	if again := s.get(t, path); again.header.Get("ETag") == old.header.Get("ETag") {
		t.Error("the past is served for the present")
	}
	var set struct{ Tiles []string }
	if err := json.Unmarshal([]byte(s.get(t, "/tiles/parks.json?edition=1&filter=code%3D%27G11%27").body), &set); err != nil || len(set.Tiles) != 1 || !strings.Contains(set.Tiles[0], "edition=1") || !strings.Contains(set.Tiles[0], "filter=") {
		t.Errorf("TileJSON of a past edition leads to %v, %v", set.Tiles, err)
	}
}

// TestNumbersToColourAreasByAreCountedAgainOnlyWhenTheyAreOld: else each report filed would
// draw the whole map anew.
func TestNumbersToColourAreasByAreCountedAgainOnlyWhenTheyAreOld(t *testing.T) {
	t.Parallel()
	for age, want := range map[time.Duration]float64{time.Hour: 1, time.Nanosecond: 2} {
		s := start(t, func(c *api.Config) { c.FiguresAge = age })
		counted := func() any {
			for _, f := range s.drawnAt(t, "grids", at(1.5, .5), 15, "?fields=assets,reports") {
				if f.Properties["code"] == "G11" {
					return f.Properties["assets"]
				}
			}
			return nil
		}
		if n := counted(); n != 1. {
			t.Errorf("G11 has %v assets, want 1", n)
		}
		now := s.live.Load()
		s.live.Store(apply(t, now, &geo.Changes{History: history, From: now.Position(), To: geo.Position{Sequence: 6}, Edition: now.Edition(),
			Assets: []geo.Asset{lamp(11, at(.4, .4))}}))
		if n := counted(); n != want {
			t.Errorf("with another one, no older than %v, G11 has %v assets, want %v", age, n, want)
		}
	}
}

func TestWhatTilesCannotBeAskedGetsASentence(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, bad := range []string{"fields=assets&edition=3", "fields=moon", "filter=code+%3D", "filter=" + strings.Repeat("x", 9000)} {
		if got := s.get(t, tilePath("grids", 15)+"?"+bad); got.status != 400 && got.status != 413 || !strings.Contains(got.body, "detail") {
			t.Errorf("%.40s: %d %.200s", bad, got.status, got.body)
		}
	}
}

func TestAPageOfAnotherOriginMayReadTilesAndWriteNothing(t *testing.T) {
	t.Parallel()
	s := start(t)
	got := s.do(t, "OPTIONS", tilePath("grids", 15), "", "Origin", "https://map.example", "Access-Control-Request-Method", "GET", "Access-Control-Request-Headers", "gridwarden-min-sequence")
	if got.status != 204 || got.header.Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(got.header.Get("Access-Control-Allow-Headers"), "Gridwarden-Min-Sequence") || got.header.Get("Access-Control-Allow-Methods") != "GET, HEAD" {
		t.Errorf("%d %v", got.status, got.header)
	}
	if got := s.do(t, "OPTIONS", "/v1/route", ""); got.status != 405 {
		t.Errorf("what is only written to answers OPTIONS with %d", got.status)
	}
}
