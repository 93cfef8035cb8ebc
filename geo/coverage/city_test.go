package coverage_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gridwarden/geo"
	"gridwarden/geo/coverage"
	"gridwarden/geo/postgis/pgtest"
	"gridwarden/geo/testsize"
)

// tally counts the faults of a kind in a layer.
func tally(r *coverage.Result, layer geo.LayerName, kind geo.FaultKind, pick func(geo.Fault) bool) int {
	n := 0
	for _, f := range r.Faults {
		if f.Layer == layer && f.Kind == kind && pick(f) {
			n++
		}
	}
	return n
}

func unmended(f geo.Fault) bool { return !f.Mended }
func isError(f geo.Fault) bool  { return f.Error }

func TestHangzhouHairlinesAreNamedAndClosed(t *testing.T) {
	t.Parallel()
	const dir = "cn-hangzhou-xiacheng/"
	streets := readLayer(t, "streets", dir+"streets.geojson", "街道编码", "")
	communities := readLayer(t, "communities", dir+"communities.geojson", "社区编码", "街道编码")
	grids := readLayer(t, "grids", dir+"grids.geojson", "网格编号", "")
	if len(streets.Areas) != 8 || len(communities.Areas) != 75 || len(grids.Areas) != 297 {
		t.Fatalf("%d streets, %d communities, %d grids", len(streets.Areas), len(communities.Areas), len(grids.Areas))
	}

	upper := build(t, coverage.Options{}, communities, streets)
	hairlines := 0
	for _, l := range []geo.LayerName{"communities", "streets"} {
		hairlines += tally(upper, l, geo.FaultOverlap, isError) + tally(upper, l, geo.FaultGap, unmended)
	}
	if hairlines != 43 {
		t.Errorf("%d hairline gaps and overlaps as drawn, want 43", hairlines)
	}

	refused := build(t, coverage.Options{Tolerance: 1}, grids, communities, streets)
	if n := tally(refused, "grids", geo.FaultRing, unmended); n != 1 {
		t.Errorf("%d invalid grids named, want 1", n)
	}
	chain := []coverage.Layer{grids, communities, streets}
	r := build(t, coverage.Options{Tolerance: 1, Repair: true}, chain...)
	for _, f := range r.Faults {
		if !f.Mended {
			t.Errorf("left: %s", f.Sentence())
		}
		if f.Width >= 0.001 {
			t.Errorf("wider than a millimetre: %s", f.Sentence())
		}
	}
	if r.Closed == 0 || r.GreatestMove > 0.01 {
		t.Errorf("closed %d, greatest move %v m", r.Closed, r.GreatestMove)
	}
	conn := pgtest.Connect(t)
	allValid(t, conn, r)
	noOverlaps(t, conn, r)
	sameAgain(t, asDrawn(chain, r), r)
	soundInStore(t, chain, r)
	nobodyTwice(t, rand.New(rand.NewPCG(1, 1)), r, 500)
	for i, b := range r.Layers[0] {
		if parent := r.Layers[1][slices.IndexFunc(r.Layers[1], func(p coverage.Built) bool { return p.Code == b.Parent })]; len(b.Code) <= len(parent.Code) || b.Code[:len(parent.Code)] != parent.Code {
			t.Errorf("grid %d, %s, is in %s", i, b.Code, parent.Code)
		}
	}
}

func TestNewYorkParksAreTheOnlyGaps(t *testing.T) {
	t.Parallel()
	districts := readLayer(t, "districts", "us-nyc/community_districts.geojson.gz", "boro_cd", "")
	r := build(t, coverage.Options{Tolerance: 1}, districts)
	if n := tally(r, "districts", geo.FaultGap, unmended); n != 6 {
		t.Errorf("%d enclosed gaps, want 6", n)
	}
	for _, f := range r.Faults {
		if f.Error {
			t.Error(f.Sentence())
		}
	}
	conn := pgtest.Connect(t)
	allValid(t, conn, r)
	noOverlaps(t, conn, r)
	sameAgain(t, asDrawn([]coverage.Layer{districts}, r), r)
}

func TestNewYorkInvalidDistrictsAreNamedAndMended(t *testing.T) {
	t.Parallel()
	conn := pgtest.Connect(t)
	for _, c := range []struct {
		file, code string
		invalid    int
	}{{"council_districts_2013", "district_number", 4}, {"police_precincts", "precinct", 1}} {
		layer := readLayer(t, "l", "us-nyc/"+c.file+".geojson.gz", c.code, "")
		r := build(t, coverage.Options{Tolerance: 1, Repair: true}, layer)
		if n := tally(r, "l", geo.FaultRing, isError); n != c.invalid {
			t.Errorf("%s: %d invalid, want %d", c.file, n, c.invalid)
		}
		for _, f := range r.Faults {
			if f.Error && !f.Mended {
				t.Errorf("%s: %s", c.file, f.Sentence())
			}
		}
		allValid(t, conn, r)
		if testsize.Long() {
			soundInStore(t, []coverage.Layer{layer}, r)
			sameAgain(t, asDrawn([]coverage.Layer{layer}, r), r)
		}
	}
}

func TestBoroughsWithoutTheirWaterAreRefusedAsParents(t *testing.T) {
	t.Parallel()
	tracts := readLayer(t, "tracts", "us-nyc/census_tracts_2010.geojson.gz", "boroct2010", "borough_code")
	boroughs := readLayer(t, "boroughs", "us-nyc/boroughs.geojson.gz", "borough_code", "")
	codes := []geo.AreaCode{"1", "2", "3", "4", "5"}
	if !testsize.Long() { // Staten Island alone
		codes = codes[4:]
		tracts.Areas = slices.DeleteFunc(tracts.Areas, func(a coverage.Area) bool { return a.Parent != codes[0] })
		boroughs.Areas = slices.DeleteFunc(boroughs.Areas, func(a coverage.Area) bool { return a.Code != codes[0] })
	}
	r := build(t, coverage.Options{Tolerance: 1}, tracts, boroughs)
	if n := tally(r, "tracts", geo.FaultNesting, isError); n < testsize.N(20, 100) {
		t.Errorf("only %d tracts stick out of boroughs without water", n)
	}
	chain := []coverage.Layer{tracts, dissolved("boroughs", codes...)}
	r = build(t, coverage.Options{Tolerance: 1}, chain...)
	for _, f := range r.Faults {
		if f.Error {
			t.Error(f.Sentence())
		}
	}
	allValid(t, pgtest.Connect(t), r)
	soundInStore(t, chain, r)
}

func TestTaiwanTownsThatLostTheirIsletsAreExtended(t *testing.T) {
	t.Parallel()
	villages := readLayer(t, "villages", "tw-villages/villages.geojson.gz", "VILLCODE", "")
	towns := readLayer(t, "towns", "tw-villages/towns.geojson.gz", "TOWNCODE", "")
	r := build(t, coverage.Options{Tolerance: 1, Repair: true}, villages, towns)
	if n := tally(r, "villages", geo.FaultRing, isError); n != 7 {
		t.Errorf("%d invalid villages, want 7", n)
	}
	widest, byTown := 0.0, map[geo.AreaCode]float64{}
	for _, f := range r.Faults {
		switch {
		case f.Kind == geo.FaultOverlap && f.Error:
			widest = max(widest, f.Width)
		case f.Kind == geo.FaultNesting && f.Error:
			byTown[f.Areas[0]] += f.Area
		}
	}
	if widest < 1.76 || widest > 1.78 {
		t.Errorf("the widest overlap is %.3f m, want 1.77", widest)
	}
	over10 := 0
	for _, area := range byTown {
		if area > 10 {
			over10++
		}
	}
	if kinmen := byTown["09020030"]; over10 != 40 || kinmen < 41.8e6 || kinmen > 41.95e6 {
		t.Errorf("villages stick out of %d towns by more than 10 m², of 金湖鎮 by %.0f m²", over10, kinmen)
	}

	gained := 0.0
	for _, g := range r.Gained {
		if g.Layer == "towns" && g.Code == "09020030" {
			gained = g.SquareMetres
		}
	}
	if math.Abs(gained-byTown["09020030"]) > 0.01 {
		t.Errorf("金湖鎮 gained %.0f m², its villages stuck out by %.0f", gained, byTown["09020030"])
	}
	for _, f := range r.Faults {
		if f.Error && !f.Mended {
			t.Error(f.Sentence())
		}
	}
	allValid(t, pgtest.Connect(t), r)
	if testsize.Long() {
		sameAgain(t, asBase([]coverage.Layer{villages, towns}, r), r)
	}
}

// The counties of China as one map service draws them: each simplified on its own, so
// that neighbours overlap and gape everywhere.
func TestAWholeCountryDrawnApartBecomesOneFabric(t *testing.T) {
	if !testsize.Long() {
		t.Skip("a million vertices and 150,000 slivers: only in the long run")
	}
	t.Parallel()
	counties := readLayer(t, "counties", "cn-datav-admin/counties.geojson.gz", "adcode", "")
	r := build(t, coverage.Options{Tolerance: 1, Repair: true}, counties)
	if n := tally(r, "counties", geo.FaultRing, isError); n != 183 {
		t.Errorf("%d invalid counties, want 183", n)
	}
	for _, f := range r.Faults {
		if f.Error && !f.Mended {
			t.Error(f.Sentence())
		}
	}
	allValid(t, pgtest.Connect(t), r)
	soundInStore(t, []coverage.Layer{counties}, r)
	sameAgain(t, asDrawn([]coverage.Layer{counties}, r), r)
}
