package coverage_test

import (
	"testing"

	"gridwarden/geo"
	"gridwarden/geo/coverage"
	"gridwarden/geo/testsize"
)

// parentsFrom makes a layer dissolved from a lower one, whose parents the first letters of
// the codes are.
func parentsFrom(name geo.LayerName, lower *coverage.Layer, letters int) coverage.Layer {
	known := map[geo.AreaCode]bool{}
	var codes []geo.AreaCode
	for i := range lower.Areas {
		a := &lower.Areas[i]
		a.Parent = a.Code[:min(letters, len(a.Code))]
		if !known[a.Parent] {
			known[a.Parent] = true
			codes = append(codes, a.Parent)
		}
	}
	return dissolved(name, codes...)
}

func TestAnyEditsOfHangzhouKeepItWhole(t *testing.T) {
	t.Parallel()
	const dir = "cn-hangzhou-xiacheng/"
	w := townOf(t,
		readLayer(t, "grids", dir+"grids.geojson", "网格编号", ""),
		readLayer(t, "communities", dir+"communities.geojson", "社区编码", "街道编码"),
		readLayer(t, "streets", dir+"streets.geojson", "街道编码", ""))
	p := newPlanner(w, 3)
	p.gaps = true
	p.work(t, testsize.N(40, 500))
	w.judged(t)
}

func TestAnyEditsOfTaiwanKeepItWhole(t *testing.T) {
	if !testsize.Long() {
		t.Skip("a city of 8,000 villages takes long to build: only in the long run")
	}
	t.Parallel()
	villages := readLayer(t, "villages", "tw-villages/villages.geojson.gz", "VILLCODE", "")
	towns := parentsFrom("towns", &villages, 8)
	counties := parentsFrom("counties", &towns, 5)
	w := townOf(t, villages, towns, counties)
	p := newPlanner(w, 4)
	p.gaps = true
	p.work(t, 500)
	w.judged(t)
}

func TestAnyEditsOfNewYorkKeepItWhole(t *testing.T) {
	if !testsize.Long() {
		t.Skip("2,000 tracts take long to build: only in the long run")
	}
	t.Parallel()
	tracts := readLayer(t, "tracts", "us-nyc/census_tracts_2010.geojson.gz", "boroct2010", "borough_code")
	w := townOf(t, tracts, dissolved("boroughs", "1", "2", "3", "4", "5"))
	newPlanner(w, 5).work(t, 500)
	w.judged(t)
}
