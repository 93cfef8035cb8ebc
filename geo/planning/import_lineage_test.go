package planning_test

import (
	"math"
	"testing"

	"gridwarden/geo"
)

func TestAnImportThatJoinsGridsTellsWhoseGroundTheNewOneHas(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	if out := s.must(fabric("grids", "", board(7)...)); len(out.Publication.Lineage) > 0 {
		t.Errorf("the first areas of a layer come from %+v", out.Publication.Lineage)
	}
	joined := append(without(board(7), "b1", "b2"), drawn("b9", block(1, 1, 2, 3)))
	lineage := s.must(fabric("grids", "", joined...)).Publication.Lineage
	if len(lineage) != 2 {
		t.Fatalf("told %+v", lineage)
	}
	for i, from := range []geo.AreaCode{"b1", "b2"} {
		d := lineage[i]
		if d.Layer != "grids" || d.From != from || d.To != "b9" || d.ShareFrom < 0.999 || math.Abs(d.ShareTo-0.5) > 0.1 {
			t.Errorf("told %+v of %s", d, from)
		}
	}
	if sum := lineage[0].ShareTo + lineage[1].ShareTo; math.Abs(sum-1) > 1e-6 {
		t.Errorf("the shares come to %v", sum)
	}
}

func TestWhatIsSetOfALayerIsTakenBackOnlyWhenThatIsSaid(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	given := geo.Layer{Name: "grids", Kind: geo.Coverage, Authority: "民政局", Lock: geo.Locked, SmallestArea: 100, LargestArea: 1e6}
	s.must(layerOf(given, board(2)...))
	if out := s.must(fabric("grids", "", board(2)...)); out.Publication != nil {
		t.Errorf("what an import leaves out was changed: %+v", out.Publication.Layers)
	}
	s.must(layerOf(geo.Layer{Name: "grids", Kind: geo.Coverage, Lock: "by-nesting", SmallestArea: -1}, board(2)...))
	if l := s.layer("grids"); l.Authority != "民政局" || l.Lock != geo.LockByNesting || l.SmallestArea != 0 || l.LargestArea != 1e6 {
		t.Errorf("the layer is %+v", l)
	}
}
