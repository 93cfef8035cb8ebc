package api_test

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gridwarden/api"
	"gridwarden/geo"
	"gridwarden/geo/crs"
)

// place is the answer to a look-up.
type place struct {
	Edition int
	Areas   []struct {
		Layer, Code, Name string
		Department        *string
		OnEdge            bool     `json:"on_edge"`
		EdgeDistance      *float64 `json:"edge_distance_m"`
		Neighbours        []struct{ Code, Name string }
	}
	Lines []struct {
		Layer, Code, Name, Side string
		Distance                float64 `json:"distance_m"`
		Along                   float64 `json:"along_m"`
	}
	Line  int
	Error string
}

func (p place) codes() string {
	var all []string
	for _, a := range p.Areas {
		all = append(all, a.Code)
	}
	for _, l := range p.Lines {
		all = append(all, l.Code)
	}
	return strings.Join(all, " ")
}

func TestWhoIsResponsibleHere(t *testing.T) {
	s := start(t)
	for _, c := range []struct{ name, query, want string }{
		{"in a grid, the park and beside the road", query(.6, .95), "G11 C1 P1 R1"},
		{"in a grid only", query(3.5, .5), "G14 C2"},
		{"where no grid is, the community answers", query(4.25, .2), "C2"},
		{"outside everything", "lon=10&lat=10", ""},
		{"one layer asked for", query(.6, .6) + "&layers=communities", "C1"},
		{"named twice", query(.6, .6) + "&layers=parks,parks", "P1"},
		{"the newest edition by number", query(.2, .2) + "&edition=3", "G11 C1"},
		{"the newest edition by time", query(.2, .2) + "&at=2026-07-01T08:00:00Z", "G11 C1"},
		{"by time in another zone", query(.2, .2) + "&at=2026-07-01T16:00:00%2B08:00", "G11 C1"},
	} {
		got := s.get(t, "/v1/locate?"+c.query)
		var p place
		got.json(t, &p)
		if got.status != 200 || p.codes() != c.want || p.Edition != 3 {
			t.Errorf("%s: %d %s", c.name, got.status, got.body)
		}
	}
}

func TestOnABorderTheNeighboursAreTold(t *testing.T) {
	s := start(t)
	locate := func(query string) (p place) {
		s.get(t, "/v1/locate?"+query).json(t, &p)
		return p
	}
	p := locate("layers=grids&" + query(1, 1))
	if g := p.Areas[0]; len(p.Areas) != 1 || g.Code != "G22" || !g.OnEdge || *g.EdgeDistance != 0 || len(g.Neighbours) != 3 {
		t.Errorf("at the corner of four: %+v", p)
	}
	p = locate("layers=grids&" + query(1.5, .9))
	if g := p.Areas[0]; g.OnEdge || g.EdgeDistance == nil || math.Abs(*g.EdgeDistance-11.086) > .01 || *g.Department != "D11" {
		t.Errorf("0.0001° of latitude from the border: %+v", g)
	}
	p = locate("layers=communities&" + query(3.2, 1))
	if p.Areas[0].EdgeDistance != nil {
		t.Errorf("more than 100 m from every border: %+v", p.Areas[0])
	}
	p = locate("edge=0&layers=grids&" + query(1.5, .9))
	if p.Areas[0].EdgeDistance != nil {
		t.Error("edge=0 tells the distance")
	}
}

func TestAPointFromAShiftedMapFindsItsGrid(t *testing.T) {
	s := start(t)
	for _, system := range []string{"GCJ-02", "BD-09", "OGC:CRS84"} {
		c := at(1.5, .5)
		lon, lat, err := crs.FromWGS84(system, c.Lon(), c.Lat())
		if err != nil {
			t.Fatal(err)
		}
		var p place
		s.get(t, "/v1/locate?layers=grids&crs="+system+"&lon="+text(lon)+"&lat="+text(lat)).json(t, &p)
		if p.codes() != "G12" {
			t.Errorf("%s: %+v", system, p)
		}
	}
}

func text(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func TestWrongQuestionsGetASentence(t *testing.T) {
	s := start(t)
	here := query(.5, .5)
	for _, c := range []struct {
		query  string
		status int
		says   string
	}{
		{"lat=30", 400, "lon is missing"},
		{"lon=120", 400, "lat is missing"},
		{"lon=abc&lat=30", 400, "lon=abc is not a number"},
		{"lon=NaN&lat=30", 400, "finite"},
		{"lon=Inf&lat=30", 400, "finite"},
		{"lon=1e999&lat=30", 400, "not a number"},
		{"lon=30.28&lat=120.17", 400, "swapped"},
		{"lon=181&lat=30", 400, "outside"},
		{"lon=120,5&lat=30", 400, "not a number"},
		{"lon=120&lon=121&lat=30", 400, "2 times"},
		{here + "&layer=grids", 400, `unknown parameter "layer"`},
		{here + "&layers=grids,trams", 404, "grids, communities, parks, roads"},
		{here + "&layers=", 200, ""},
		{here + "&layers=,", 404, `no layer ""`},
		{here + "&crs=EPSG:4549", 400, "EPSG:4549 cannot be used here"},
		{here + "&crs=Mars", 400, "Mars"},
		{here + "&edition=2", 404, "no such past"},
		{here + "&edition=9", 404, "no such past"},
		{here + "&edition=x", 400, "whole number"},
		{here + "&at=yesterday", 400, "not a time"},
		{here + "&at=2020-01-01T00:00:00Z", 200, ""},
		{here + "&at=2099-01-01T00:00:00Z", 400, "still to come"},
		{here + "&at=2026-08-01T00:00:00Z&edition=3", 400, "one of them"},
		{here + "&edge=perhaps", 400, "neither 1 nor 0"},
		{"lon=%zz&lat=1", 400, "cannot be read"},
		{here + "&key=gw_a_b", 400, "does not belong in an address"},
		{here + "&layers=" + strings.Repeat("a", 5000), 404, "…"},
	} {
		got := s.get(t, "/v1/locate?"+c.query)
		if got.status != c.status {
			t.Errorf("%.60s: %d %s", c.query, got.status, got.body)
		} else if c.status != 200 && !strings.Contains(got.detail(t), c.says) {
			t.Errorf("%.60s: the sentence %q does not say %q", c.query, got.detail(t), c.says)
		}
	}
}

func TestACoordinateReadsBackAsTheSame64Bits(t *testing.T) {
	check := func(units int32) string {
		written := api.AppendDegrees(units)
		v, err := strconv.ParseFloat(written, 64)
		_, decimals, _ := strings.Cut(written, ".")
		if err != nil || v != (geo.Coord{X: units}).Lon() || len(decimals) > 7 || strings.HasSuffix(decimals, "0") {
			return written
		}
		return ""
	}
	for _, units := range []int32{0, 1, -1, 9_999_999, 10_000_000, -10_000_000, 1_800_000_000, -1_800_000_000, math.MaxInt32, math.MinInt32} {
		if wrong := check(units); wrong != "" {
			t.Errorf("%d is written %s", units, wrong)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		units := rapid.Int32().Draw(t, "units")
		if wrong := check(units); wrong != "" {
			t.Fatalf("%d is written %s", units, wrong)
		}
	})
}
