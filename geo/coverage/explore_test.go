package coverage_test

import (
	"fmt"
	"testing"
	"time"

	"gridwarden/geo/coverage"
)

func show(t *testing.T, what string, r *coverage.Result, n int) {
	kinds := map[string]int{}
	for _, f := range r.Faults {
		kinds[fmt.Sprint(f.Layer, " ", f.Kind, " err=", f.Error, " mended=", f.Mended)]++
	}
	fmt.Println("==", what, "closed", r.Closed, "move", r.GreatestMove, "gained", len(r.Gained))
	for k, v := range kinds {
		fmt.Println("   ", k, v)
	}
	for i, f := range r.Faults {
		if i < n {
			fmt.Println("      ", f.Kind, f.Message)
		}
	}
}

func TestExplore(t *testing.T) {
	hz := "cn-hangzhou-xiacheng/"
	streets := readLayer(t, "streets", hz+"streets.geojson", "街道编码", "")
	comms := readLayer(t, "communities", hz+"communities.geojson", "社区编码", "街道编码")
	grids := readLayer(t, "grids", hz+"grids.geojson", "网格编号", "")
	for _, o := range []coverage.Options{{Tolerance: 1}, {Tolerance: 1, Repair: true}, {}} {
		s := time.Now()
		show(t, fmt.Sprint("cs", o), build(t, o, comms, streets), 50)
		show(t, fmt.Sprint("gcs", o), build(t, o, grids, comms, streets), 30)
		fmt.Println(time.Since(s))
	}
}
