package api_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"gridwarden/api"
	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/testsize"
)

// crowded is a town with n sites on one spot, n roads through it, and n plots of a coverage
// that meet in one point: each a triangle from (2, 1) to the next two of a ring of points.
func crowded(t *testing.T, n int) *service {
	t.Helper()
	c := townChanges()
	c.Layers = append(c.Layers, geo.Layer{Name: "sites", Kind: geo.Overlay, Rank: 9, Visibility: geo.Public},
		geo.Layer{Name: "lanes", Kind: geo.Lines, Rank: 10, Reach: 30, Visibility: geo.Public},
		geo.Layer{Name: "plots", Kind: geo.Coverage, Rank: 11, Visibility: geo.Public})
	ring := make([]geo.Coord, n)
	for i := range ring {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		ring[i] = geo.Coord{X: at(2, 1).X + int32(float64(10*n)*cos), Y: at(2, 1).Y + int32(float64(10*n)*sin)}
	}
	id := geo.AreaID(1000)
	add := func(layer geo.LayerName, i int, shape geo.Shape) {
		id++
		c.Areas = append(c.Areas, &geo.Area{ID: id, Layer: layer, Code: geo.AreaCode(fmt.Sprintf("%s%05d", layer, i)), Shape: shape, From: 3})
	}
	for i := range n {
		add("sites", i, rectangle(.2, .2, .8, .8))
		add("lanes", i, geo.Shape{Lines: geo.MultiLine{{at(.5, .5), at(.6, .5)}}})
		add("plots", i, geo.Shape{Polygons: geo.MultiPolygon{{{at(2, 1), ring[i], ring[(i+1)%n]}}}})
	}
	view := apply(t, index.Empty(), c)
	return start(t, func(set *api.Config) {
		set.Live = &index.Live{}
		set.Live.Store(view)
	})
}

// TestACrowdOnOnePointIsCountedNotCutInSilence: an answer names a thousand of a layer and
// says how many more there are; what else lies there is told all the same.
func TestACrowdOnOnePointIsCountedNotCutInSilence(t *testing.T) {
	const told = 1000
	n := testsize.N(3000, 50_000)
	s := crowded(t, n)
	type crowdedPlace struct {
		place
		LeftOff map[string]int `json:"left_off"`
	}
	check := func(what, body string) {
		t.Helper()
		var p crowdedPlace
		if err := json.Unmarshal([]byte(body), &p); err != nil {
			t.Fatal(what, err)
		}
		of := map[string]int{}
		for _, a := range p.Areas {
			of[a.Layer]++
		}
		if of["sites"] != told || of["grids"] != 1 || of["communities"] != 1 || len(p.Lines) != told || len(p.LeftOff) != 2 || p.LeftOff["sites"] != n-told || p.LeftOff["lanes"] != n-told {
			t.Errorf("%s: %v areas, %d lines, left off %v", what, of, len(p.Lines), p.LeftOff)
		}
	}
	spot := query(.55, .6)
	check("GET", s.get(t, "/v1/locate?"+spot+"&layers=grids,communities,sites,lanes,roads").body)
	c := at(.55, .6)
	line := fmt.Sprintf(`{"lon":%.7f,"lat":%.7f}`, c.Lon(), c.Lat())
	check("NDJSON", s.do(t, "POST", "/v1/locate?layers=grids,communities,sites,lanes,roads", line, "Content-Type", "application/x-ndjson").body)
	if p := s.get(t, "/v1/locate?"+query(.85, .95)); strings.Contains(p.body, "left_off") {
		t.Errorf("nothing is left off beside the crowd, and yet: %.300s", p.body)
	}

	got := s.get(t, "/v1/locate?layers=plots&"+query(2, 1))
	var p struct {
		Areas []struct {
			Code       string
			Neighbours []struct{ Code string }
			More       int `json:"neighbours_left_off"`
		}
	}
	got.json(t, &p)
	if len(p.Areas) != 1 || len(p.Areas[0].Neighbours) != told || p.Areas[0].More != n-1-told {
		t.Errorf("%d plots meet in a point: %.300s", n, got.body)
	}
	if got := s.post(t, "/v1/route", strings.TrimSuffix(line, "}")+`,"accuracy_m":50,"category":{"standard":"CJ/T 214-2007","kind":"matter","code":"0201"}}`); got.status != 200 {
		t.Errorf("a report among the crowd: %d %.300s", got.status, got.body)
	} else {
		check("the decision", got.body)
		if most := 1 << 19; len(got.body) > most {
			t.Errorf("the decision among %d sites and %d lanes takes %d bytes", n, n, len(got.body))
		}
		if more := fmt.Sprintf("and %d more", n-told); !strings.Contains(got.body, more) {
			t.Errorf("its paragraph does not say %q", more)
		}
	}
	table := s.do(t, "POST", "/v1/locate?layers=sites,lanes", fmt.Sprintf("lon,lat\n%.7f,%.7f\n", c.Lon(), c.Lat()), "Content-Type", "text/csv").body
	if got := strings.Count(table, "|"); got != 2*(told-1) {
		t.Errorf("the cells of a table join %d codes and not %d", got+2, 2*told)
	}
}
