package planning_test

import (
	"slices"
	"testing"

	"gridwarden/geo"
	"gridwarden/geo/planning"
)

// parentsOf are the stored parents of a layer's areas, in code order.
func parentsOf(s *store, layer geo.LayerName) []geo.AreaCode {
	var parents []geo.AreaCode
	for a := range s.view.Areas(layer, "") {
		parents = append(parents, a.Parent)
	}
	return parents
}

func wantParents(s *store, layer geo.LayerName, want ...geo.AreaCode) {
	s.tb.Helper()
	if got := parentsOf(s, layer); !slices.Equal(got, want) {
		s.tb.Errorf("parents of %s: %q, want %q", layer, got, want)
	}
}

// plots are grids whose codes say nothing of their streets.
func plots() geo.LayerInput {
	return fabric("grids", "streets",
		drawn("1", block(0, 0, 1, 1)), drawn("2", block(0, 1, 1, 2)),
		drawn("3", block(1, 0, 2, 1)), drawn("4", block(1, 1, 2, 2)))
}

func TestTheParentIsTheOneNamedElseThePrefixElseThePlace(t *testing.T) {
	t.Parallel()
	streets, grids := smallTown()
	s := newStore(t)
	s.must(streets, grids)
	wantParents(s, "grids", "E", "E", "W", "W")

	s = newStore(t)
	s.must(streets, plots())
	wantParents(s, "grids", "W", "W", "E", "E")

	s.refused(geo.Faulty, []string{"grids 1 sticks out of streets E"}, fabric("grids", "streets",
		append([]geo.AreaInput{under("E", drawn("1", block(0, 0, 1, 1)))}, plots().Areas[1:]...)...))
	s.refused(geo.Faulty, []string{"names Q, which layer streets does not have"}, fabric("grids", "streets",
		append([]geo.AreaInput{under("Q", drawn("1", block(0, 0, 1, 1)))}, plots().Areas[1:]...)...))
	s.sound()
}

func TestAStreetThatGetsAnotherCodeTakesItsGridsAlong(t *testing.T) {
	t.Parallel()
	streets, _ := smallTown()
	renamed := fabric("streets", "", drawn("N", block(0, 0, 1, 2)), streets.Areas[0])
	for name, inputs := range map[string][]geo.LayerInput{
		"the streets alone": {renamed}, "with the same grids": {renamed, plots()},
	} {
		s := newStore(t)
		s.options.AllowEnd = true
		s.must(streets, plots())
		out := s.must(inputs...)
		if got := reportOf(out, "grids").Noded; !slices.Equal(got, []geo.AreaCode{"1", "2"}) {
			t.Errorf("%s: told as fitted: %q", name, got)
		}
		wantParents(s, "grids", "N", "N", "E", "E")
		s.sound()
	}
}

// reportOf is what an import tells of a layer.
func reportOf(out *planning.Outcome, layer geo.LayerName) planning.LayerReport {
	for _, r := range out.Layers {
		if r.Layer == layer {
			return r
		}
	}
	return planning.LayerReport{}
}

func TestGridsAreNotLeftUnderAStreetThatEnded(t *testing.T) {
	t.Parallel()
	streets, _ := smallTown()
	s := newStore(t)
	s.options.AllowEnd = true
	s.must(streets, plots())
	onlyEast := fabric("streets", "", streets.Areas[0])
	s.refused(geo.Faulty, []string{"grids 1 lies in no area of layer streets", "grids 2 lies in no area"}, onlyEast)
	s.sound()

	one := fabric("streets", "", drawn("ALL", block(0, 0, 2, 2)))
	s.must(one)
	wantParents(s, "grids", "ALL", "ALL", "ALL", "ALL")
	s.sound()
}

func TestAGridFollowsTheBorderThatMovedAcrossIt(t *testing.T) {
	t.Parallel()
	streets, _ := smallTown()
	moved := fabric("streets", "", drawn("W", block(0, 0, 1, 1)), drawn("E", block(1, 0, 2, 2), block(0, 1, 1, 2)))
	s := newStore(t)
	s.must(streets, plots())
	s.refused(geo.Faulty, []string{"grids 2 sticks out of streets W", "--repair"}, moved)
	wantParents(s, "grids", "W", "W", "E", "E")

	out := s.must(moved, plots())
	wantParents(s, "grids", "W", "E", "E", "E")
	if got := reportOf(out, "grids"); !slices.Equal(got.Noded, []geo.AreaCode{"2"}) || got.Untouched != 3 {
		t.Errorf("told of the grids: %+v", got)
	}
	s.sound()
}

func TestRepairExtendsTheStreetBackOverItsGrid(t *testing.T) {
	t.Parallel()
	streets, _ := smallTown()
	s := newStore(t)
	s.must(streets, plots())
	before := s.area("grids", "2").ID
	s.options.Repair = true
	out := s.must(fabric("streets", "", drawn("W", block(0, 0, 1, 1)), drawn("E", block(1, 0, 2, 2), block(0, 1, 1, 2))))
	if len(out.Gained) != 1 || out.Gained[0].Code != "W" || out.Gained[0].SquareMetres < 5000 {
		t.Errorf("gained: %+v", out.Gained)
	}
	if s.area("grids", "2").ID != before {
		t.Error("the grid got a new version, and nothing of it changed")
	}
	s.sound()
}

func TestALayerFindsItsParentsWhenItIsJoinedLater(t *testing.T) {
	t.Parallel()
	streets, _ := smallTown()
	alone := fabric("grids", "", plots().Areas...)
	s := newStore(t)
	s.must(alone)
	s.must(streets)
	wantParents(s, "grids", "", "", "", "")
	out := s.must(plots())
	wantParents(s, "grids", "W", "W", "E", "E")
	if got := reportOf(out, "grids"); len(got.Noded) != 4 {
		t.Errorf("told of the grids: %+v", got)
	}
	s.sound()

	// Rows of another cut: the same codes mean other ground.
	rows := fabric("rows", "", drawn("W", block(0, 0, 2, 1)), drawn("E", block(0, 1, 2, 2)))
	s.must(rows, fabric("grids", "rows", plots().Areas...))
	wantParents(s, "grids", "W", "E", "W", "E")
	s.sound()

	// Merged with one file only, the others must follow as well.
	columns := fabric("columns", "", drawn("W", block(0, 0, 1, 2)), drawn("E", block(1, 0, 2, 2)))
	s.must(columns, merged(fabric("grids", "columns", plots().Areas[0])))
	wantParents(s, "grids", "W", "W", "E", "E")
	s.sound()
}

func TestOnlyALayerInAChainHasParents(t *testing.T) {
	t.Parallel()
	streets, _ := smallTown()
	s := newStore(t)
	s.must(streets)
	s.refused(geo.Invalid, []string{"P", "parks", "parent"}, layerOf(geo.Layer{Name: "parks", Kind: geo.Overlay}, under("W", drawn("P", block(0, 0, 1, 1)))))
	s.refused(geo.Invalid, []string{"1", "grids", "--parent LAYER"}, fabric("grids", "", under("W", drawn("1", block(0, 0, 1, 1)))))
}
