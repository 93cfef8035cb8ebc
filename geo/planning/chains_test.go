package planning_test

import (
	"slices"
	"testing"

	"gridwarden/geo"
	"gridwarden/geo/planning"
)

func TestAChainIsRefusedWhereItCannotHold(t *testing.T) {
	t.Parallel()
	streets, grids := smallTown()
	s := newStore(t)
	s.must(streets, grids)
	s.must(layerOf(geo.Layer{Name: "parks", Kind: geo.Overlay}, drawn("P", block(0, 0, 2, 1))))

	s.refused(geo.Invalid, []string{"cells", "towns", "is not there", "--plan"}, fabric("cells", "towns", drawn("C", block(0, 0, 1, 1))))
	s.refused(geo.Invalid, []string{"parks", "overlay", "a parent must be a coverage"}, fabric("cells", "parks", drawn("C", block(0, 0, 1, 1))))
	s.refused(geo.Invalid, []string{"an overlay", "only a coverage can have a parent"},
		layerOf(geo.Layer{Name: "sites", Kind: geo.Overlay, Parent: "streets"}, drawn("S", block(0, 0, 1, 1))))
	s.refused(geo.Conflict, []string{"already the parent of"}, fabric("cells", "streets", drawn("W9", block(0, 0, 1, 1))))
	s.refused(geo.Invalid, []string{"above itself"}, fabric("streets", "grids", streets.Areas...))
	s.refused(geo.Invalid, []string{"above itself"}, fabric("cells", "cells", drawn("C", block(0, 0, 1, 1))))
	s.refused(geo.Conflict, []string{"parks is an overlay and cannot become a coverage"}, fabric("parks", "", drawn("P", block(0, 0, 2, 1))))
	s.refused(geo.Invalid, []string{"twice"}, fabric("cells", "", drawn("C", block(0, 0, 1, 1))), fabric("cells", ""))
	s.refused(geo.Invalid, []string{"not a layer name"}, fabric("网格", "", drawn("C", block(0, 0, 1, 1))))
	if s.base.Edition != 2 {
		t.Errorf("edition %d: a refused import was published", s.base.Edition)
	}
}

func TestTheDeeperLayerAnswersFirst(t *testing.T) {
	t.Parallel()
	streets, grids := smallTown()
	s := newStore(t)
	s.must(streets)
	s.must(grids)
	s.must(fabric("cities", "", drawn("C", block(0, 0, 2, 2))),
		fabric("streets", "cities", streets.Areas...))
	s.must(layerOf(geo.Layer{Name: "parks", Kind: geo.Overlay}, drawn("P", block(0, 0, 2, 1))))
	s.must(fabric("beats", "", drawn("B", block(0, 0, 2, 2))))
	s.must(fabric("zones", "cities", drawn("W", block(0, 0, 1, 2)), drawn("E", block(1, 0, 2, 2))),
		fabric("streets", "zones", streets.Areas...))
	var order []geo.LayerName
	for _, l := range s.view.Layers() {
		order = append(order, l.Name)
	}
	place := func(n geo.LayerName) int { return slices.Index(order, n) }
	if !(place("parks") < place("grids") && place("grids") < place("streets") && place("streets") < place("zones") && place("zones") < place("cities")) {
		t.Errorf("layers answer in the order %v", order)
	}
	s.sound()
}

func TestAnImportKnowsEveryLayerOfItsChains(t *testing.T) {
	t.Parallel()
	layers := []geo.Layer{
		{Name: "grids", Parent: "streets"}, {Name: "streets", Parent: "cities"}, {Name: "cities"},
		{Name: "beats"}, {Name: "parks"}, {Name: "tracts"},
	}
	for _, c := range []struct {
		input geo.LayerInput
		want  []geo.LayerName
	}{
		{fabric("grids", ""), []geo.LayerName{"cities", "grids", "streets"}},
		{fabric("cities", ""), []geo.LayerName{"cities", "grids", "streets"}},
		{fabric("beats", ""), []geo.LayerName{"beats"}},
		{fabric("beats", "cities"), []geo.LayerName{"beats", "cities", "grids", "streets"}},
		{dissolved("boroughs", "tracts", "borough"), []geo.LayerName{"tracts"}},
		{fabric("new", ""), nil},
	} {
		got := planning.Needed(layers, []geo.LayerInput{c.input})
		if slices.Sort(got); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.input.Layer.Name, got, c.want)
		}
	}
}
