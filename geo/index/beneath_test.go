package index_test

import (
	"fmt"
	"testing"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// TestBeneathCountsThroughLayersAndLosesNobody: two layers up, with an area that has no
// parent, under a filter, and for layers that are not above.
func TestBeneathCountsThroughLayersAndLosesNobody(t *testing.T) {
	t.Parallel()
	c := &geo.Changes{To: geo.Position{Sequence: 1, Change: geo.ChangeID{1}}}
	c.Layers = []geo.Layer{{Name: "grids", Kind: geo.Coverage, Parent: "streets"}, {Name: "streets", Kind: geo.Coverage, Parent: "districts"}, {Name: "districts", Kind: geo.Coverage}}
	add := func(layer geo.LayerName, code, parent geo.AreaCode, at int32) {
		c.Areas = append(c.Areas, &geo.Area{
			ID: geo.AreaID(len(c.Areas) + 1), Layer: layer, Code: code, Parent: parent,
			Shape: geo.Shape{Polygons: geo.MultiPolygon{{{{X: at, Y: 0}, {X: at + 5, Y: 0}, {X: at, Y: 5}}}}},
		})
	}
	add("districts", "D", "", 0)
	add("streets", "S1", "D", 0)
	add("streets", "S2", "", 10)
	for i := range 6 {
		parent := geo.AreaCode(fmt.Sprintf("S%d", i%3))
		add("grids", geo.AreaCode(fmt.Sprintf("G%d", i)), parent, int32(20+10*i))
	}
	s, err := index.Empty().Apply(c)
	if err != nil {
		t.Fatal(err)
	}
	if counts, loose := s.Beneath("grids", "streets", nil); counts["S1"] != 2 || counts["S2"] != 2 || len(counts) != 2 || len(loose) != 2 {
		t.Errorf("streets: %v, %d loose", counts, len(loose))
	}
	if counts, loose := s.Beneath("grids", "districts", nil); counts["D"] != 2 || len(counts) != 1 || len(loose) != 4 {
		t.Errorf("districts: %v, %d loose", counts, len(loose))
	}
	odd := func(a *geo.Area) bool { return a.Code == "G1" || a.Code == "G0" }
	if counts, loose := s.Beneath("grids", "districts", odd); counts["D"] != 1 || len(loose) != 1 {
		t.Errorf("with a filter: %v, %d loose", counts, len(loose))
	}
	if counts, loose := s.Beneath("districts", "grids", nil); len(counts) != 0 || len(loose) != 1 {
		t.Errorf("downwards: %v, %d loose", counts, len(loose))
	}
	if counts, loose := s.Beneath("moon", "grids", nil); counts != nil || loose != nil {
		t.Errorf("of an unknown layer: %v, %v", counts, loose)
	}
}
