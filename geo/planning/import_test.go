package planning_test

import (
	"slices"
	"testing"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/planning"
)

// board is n by n grids, drawn with all digits of a double.
func board(n int) []geo.AreaInput {
	var areas []geo.AreaInput
	for x := range n {
		for y := range n {
			areas = append(areas, drawn(geo.AreaCode([]byte{byte('a' + x), byte('0' + y)}), block(x, y, x+1, y+1)))
		}
	}
	return areas
}

// with is a copy of the areas, one of them replaced.
func with(areas []geo.AreaInput, one geo.AreaInput) []geo.AreaInput {
	areas = slices.Clone(areas)
	for i := range areas {
		if areas[i].Code == one.Code {
			areas[i] = one
		}
	}
	return areas
}

// without is a copy of the areas, some left out.
func without(areas []geo.AreaInput, codes ...geo.AreaCode) []geo.AreaInput {
	return slices.DeleteFunc(slices.Clone(areas), func(a geo.AreaInput) bool { return slices.Contains(codes, a.Code) })
}

func TestTheSameFileChangesNothing(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.must(fabric("grids", "", board(3)...))
	for range 2 {
		out := s.must(fabric("grids", "", board(3)...))
		if r := reportOf(out, "grids"); out.Publication != nil || r.Untouched != 9 || r.Parts != 9 {
			t.Errorf("again: %+v, %+v", r, out.Publication)
		}
	}
	if s.base.Edition != 1 {
		t.Errorf("edition %d", s.base.Edition)
	}
}

func TestOtherWordsKeepTheShape(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.must(fabric("grids", "", board(3)...))
	before := s.area("grids", "b1")
	out := s.must(fabric("grids", "", with(board(3), having(`{"note":"market"}`, board(3)[4]))...))
	r := reportOf(out, "grids")
	if !slices.Equal(r.Changed, []geo.AreaCode{"b1"}) || len(r.Noded) > 0 || r.Untouched != 8 {
		t.Errorf("told %+v", r)
	}
	after := s.area("grids", "b1")
	if string(after.Attributes) != `{"note":"market"}` || !sameShape(before, after) || after.ID == before.ID || after.From != 2 {
		t.Errorf("before %+v, after %+v", before, after)
	}
}

func TestMovingOneCornerTouchesOnlyItsOwners(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.must(fabric("grids", "", board(3)...))
	moved := block(2, 2, 3, 3)
	moved[0][2][0] += 0.0001 // the corner of the city, which no other grid has
	out := s.must(fabric("grids", "", with(board(3), drawn("c2", moved))...))
	if r := reportOf(out, "grids"); !slices.Equal(r.Changed, []geo.AreaCode{"c2"}) || len(r.Noded) > 0 {
		t.Errorf("told %+v", r)
	}

	inner := block(1, 1, 2, 2)
	inner[0][1][0] -= 0.0001 // the corner of four grids, moved in one of them only
	s.options.Tolerance = 20
	out = s.must(fabric("grids", "", with(with(board(3), drawn("c2", moved)), drawn("b1", inner))...))
	if r := reportOf(out, "grids"); !slices.Equal(r.Changed, []geo.AreaCode{"b1"}) || len(r.Noded) == 0 || slices.Contains(r.Noded, "a2") {
		t.Errorf("told %+v", r)
	}
	s.sound()
}

func TestWithoutToleranceUnchangedNeighboursAreNoFault(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	shaky := &hand{shaky: 0.3, random: random(7)}
	var areas []geo.AreaInput
	for _, a := range board(3) {
		x, y := int(a.Code[0]-'a'), int(a.Code[1]-'0')
		areas = append(areas, drawn(a.Code, shaky.block(x, y, x+1, y+1)))
	}
	s.refusedWith(planning.Options{}, geo.Faulty, "overlap", fabric("grids", "", areas...))
	out := s.must(fabric("grids", "", areas...))
	if out.Closed == 0 || out.GreatestMove == 0 {
		t.Errorf("closed %d, greatest move %v", out.Closed, out.GreatestMove)
	}
	s.options.Tolerance = 0
	out = s.must(fabric("grids", "", with(areas, having(`{"a":1}`, areas[4]))...))
	if r := reportOf(out, "grids"); len(r.Changed) != 1 || len(r.Noded) > 0 || out.Closed > 0 {
		t.Errorf("told %+v, closed %d", r, out.Closed)
	}
	s.sound()
}

func TestALayerIsWhatTheFilesGiveUnlessMerged(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.must(fabric("grids", "", board(5)...))
	out := s.must(merged(fabric("grids", "", having(`{"a":1}`, board(5)[0]), drawn("new", block(5, 0, 6, 1)))))
	if r := reportOf(out, "grids"); len(r.Added) != 1 || len(r.Changed) != 1 || len(r.Ended) > 0 || r.Untouched != 24 {
		t.Errorf("merged: %+v", r)
	}
	out = s.must(fabric("grids", "", board(5)...))
	if r := reportOf(out, "grids"); !slices.Equal(r.Ended, []geo.AreaCode{"new"}) || len(r.Changed) != 1 {
		t.Errorf("replaced: %+v", r)
	}
	if s.view.Area("grids", "new") != nil {
		t.Error("the area that ended is still there")
	}
	s.sound()
}

func TestHalfALayerDoesNotVanishByAccident(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.must(fabric("grids", "", board(5)...))
	out := s.refused(geo.Conflict, []string{"2 of the 25 areas of grids", "--allow-end", "--merge"}, fabric("grids", "", without(board(5), "a0", "e4")...))
	if r := reportOf(out, "grids"); !slices.Equal(r.Ended, []geo.AreaCode{"a0", "e4"}) {
		t.Errorf("told %+v", r)
	}
	s.must(fabric("grids", "", without(board(5), "a0")...)) // 4 %
	s.options.AllowEnd = true
	s.must(fabric("grids", "", without(board(5), "a0", "b0", "c0", "d0")...))
	if n := s.view.AreaCount("grids"); n != 21 {
		t.Errorf("%d grids", n)
	}
	s.sound()
}

func TestADryRunChangesNothingAndSeesWhatIsDrawn(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	apart := board(2)
	apart[0].Parts[0].Geometry = (&hand{shaky: 0.3, random: random(1)}).block(0, 0, 1, 1)
	s.must(fabric("grids", "", apart...))
	out, err := s.try(planning.Options{Tolerance: 1, Examine: true}, fabric("grids", "", apart...))
	if r := reportOf(out, "grids"); err != nil || out.Publication != nil || out.Closed == 0 || r.Untouched != 4 {
		t.Errorf("error %v, closed %d, would publish %+v", err, out.Closed, out.Publication)
	}
	out, err = s.try(planning.Options{Examine: true}, fabric("grids", "", apart...))
	if geo.KindOf(err) != geo.Faulty || out.Errors() == 0 {
		t.Errorf("error %v with %d errors: the hairlines were not named", err, out.Errors())
	}
	if s.base.Edition != 1 {
		t.Errorf("edition %d", s.base.Edition)
	}
}

func TestATitleAloneMakesAnEdition(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	layer := geo.Layer{Name: "grids", Kind: geo.Coverage}
	s.must(layerOf(layer, board(2)...))
	if got := s.layer("grids").Visibility; got != geo.Protected {
		t.Errorf("visibility %q", got)
	}
	day := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	layer.Title, layer.Rank, layer.Visibility = "网格", 5, geo.Public
	out, err := s.try(planning.Options{Tolerance: 1, EffectiveFrom: day, Note: "survey"}, layerOf(layer, board(2)...))
	if err != nil {
		t.Fatal(err)
	}
	p := out.Publication
	if p == nil || len(p.Layers) != 1 || len(p.Areas)+len(p.Ended) > 0 || !p.EffectiveFrom.Equal(day) || p.Note != "survey" {
		t.Fatalf("would publish %+v", p)
	}
	if out := s.must(fabric("grids", "", board(2)...)); out.Publication != nil {
		t.Errorf("what an import leaves out was changed: %+v", out.Publication)
	}
	if l := s.layer("grids"); l != layer {
		t.Errorf("stored %+v, want %+v", l, layer)
	}
}

func TestDepartmentsAreStoredByCode(t *testing.T) {
	t.Parallel()
	s := newStore(t, geo.Department{Code: "01", Name: "园林中心", Aliases: []string{"绿化队"}})
	areas := board(2)
	areas[0].Department, areas[1].Department, areas[2].Department = "01", "园林 中心", "绿化队"
	s.must(fabric("grids", "", areas...))
	for i, want := range []geo.DepartmentCode{"01", "01", "01", ""} {
		if got := s.area("grids", areas[i].Code).Department; got != want {
			t.Errorf("%s: %q, want %q", areas[i].Code, got, want)
		}
	}
	areas[3].Department = "园林中芯"
	s.refused(geo.Invalid, []string{"园林中芯", "园林中心", "first in grids " + string(areas[3].Code) + " (file, feature 1)", "import the departments first"}, fabric("grids", "", areas...))
}

func TestOverlaysMayOverlapAndLinesNeedAReach(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	parks := geo.Layer{Name: "parks", Kind: geo.Overlay}
	s.must(layerOf(parks, drawn("P", block(0, 0, 2, 2)), drawn("Q", block(1, 1, 3, 3))))
	crossed := block(0, 0, 1, 1)
	crossed[0][1], crossed[0][2] = crossed[0][2], crossed[0][1]
	out := s.refused(geo.Faulty, []string{"P", "--repair"}, layerOf(parks, drawn("P", crossed), drawn("Q", block(1, 1, 3, 3))))
	if f := out.Faults[0]; f.Layer != "parks" || !slices.Equal(f.Areas, []geo.AreaCode{"P"}) {
		t.Errorf("the fault is of %s %q", f.Layer, f.Areas)
	}
	s.refused(geo.Invalid, []string{"parks is an overlay and has no reach"},
		layerOf(geo.Layer{Name: "parks", Kind: geo.Overlay, Reach: 10}, drawn("P", block(0, 0, 2, 2))))

	roads := geo.Layer{Name: "roads", Kind: geo.Lines}
	s.refused(geo.Invalid, []string{"line R has no reach"}, layerOf(roads, road("R", 0, 0, 3, 0)))
	reaching := road("R", 0, 0, 3, 0)
	reaching.Reach = 10
	s.must(layerOf(roads, reaching))
	s.refused(geo.Invalid, []string{"line R has no reach"}, layerOf(roads, road("R", 0, 0, 3, 0)))
	roads.Reach = 30
	s.refused(geo.Invalid, []string{"shorter than the precision"}, layerOf(roads, road("R", 1, 1, 1, 1)))
	s.must(layerOf(roads, road("R", 0, 0, 3, 0)))
	if out := s.must(layerOf(geo.Layer{Name: "roads", Kind: geo.Lines}, road("R", 0, 0, 3, 0))); out.Publication != nil {
		t.Errorf("the same roads would publish %+v", out.Publication)
	}
	if a := s.area("roads", "R"); len(a.Shape.Lines) != 1 || a.Side != geo.Left {
		t.Errorf("stored %+v", a)
	}
}
