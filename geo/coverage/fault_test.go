package coverage_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"gridwarden/geo"
	"gridwarden/geo/coverage"
)

// metre is about a metre in degrees at the equator, where these maps are drawn.
const metre = 1 / 111319.49

// box is an area from corner to corner, in metres.
func box(code geo.AreaCode, x, y, x2, y2 float64) coverage.Area {
	return area(code, orb.Ring{{x, y}, {x2, y}, {x2, y2}, {x, y2}, {x, y}})
}

// area is an area drawn in metres.
func area(code geo.AreaCode, rings ...orb.Ring) coverage.Area {
	a := coverage.Area{Code: code}
	var p orb.Polygon
	for _, r := range rings {
		var ring orb.Ring
		for _, c := range r {
			ring = append(ring, orb.Point{c[0] * metre, c[1] * metre})
		}
		p = append(p, ring)
	}
	a.Parts = []geo.AreaPart{{Source: geo.Source{File: string(code) + ".geojson", Feature: 1}, Geometry: p}}
	return a
}

func layer(name geo.LayerName, areas ...coverage.Area) coverage.Layer {
	return coverage.Layer{Name: name, Areas: areas}
}

func under(parent geo.AreaCode, a coverage.Area) coverage.Area {
	a.Parent = parent
	return a
}

// only fails unless there is exactly one fault, and returns it.
func only(t *testing.T, faults []geo.Fault) geo.Fault {
	t.Helper()
	if len(faults) != 1 {
		t.Fatalf("%d faults: %v", len(faults), faults)
	}
	return faults[0]
}

// holder is the code of the area of a layer that holds a place in metres.
func holder(t *testing.T, built []coverage.Built, x, y float64) geo.AreaCode {
	t.Helper()
	c, err := geo.CoordOf(x*metre, y*metre)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range built {
		if inside, _ := b.Shape.Locate(c); inside {
			return b.Code
		}
	}
	return ""
}

func near(t *testing.T, what string, got, want, off float64) {
	t.Helper()
	if math.Abs(got-want) > off {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

func TestASliverGoesToTheNeighbourWithMostOfItsBorder(t *testing.T) {
	t.Parallel()
	west, east := box("W", 0, 0, 10, 100), box("E", 10.5, 0, 30, 100)
	lid, floor := box("L", 0, 100, 30, 120), box("F", 0, -20, 30, 0)
	r := build(t, coverage.Options{Tolerance: 1}, layer("g", west, east, lid, floor))
	f := only(t, r.Faults)
	if f.Kind != geo.FaultGap || f.Error || !f.Mended || r.Closed != 1 {
		t.Errorf("%+v, closed %d", f, r.Closed)
	}
	near(t, "width", f.Width, 0.5, 0.01)
	near(t, "area", f.Area, 50, 0.5)
	near(t, "greatest move", r.GreatestMove, 0.5, 0.01)
	if got := holder(t, r.Layers[0], 10.25, 50); got != "E" {
		t.Errorf("a tie went to %s, want the smaller code", got)
	}

	r = build(t, coverage.Options{Tolerance: 0.4}, layer("g", west, east, lid, floor))
	if f := only(t, r.Faults); f.Kind != geo.FaultGap || f.Error || f.Mended || r.Closed != 0 {
		t.Errorf("a gap wider than the tolerance: %+v", f)
	}
	if got := holder(t, r.Layers[0], 10.25, 50); got != "" {
		t.Errorf("it went to %s", got)
	}
}

func TestAWideOverlapIsRefusedUnlessRepaired(t *testing.T) {
	t.Parallel()
	g := layer("g", box("A", 0, 0, 12, 50), box("B", 10, 0, 40, 50))
	f := only(t, build(t, coverage.Options{Tolerance: 1}, g).Faults)
	if f.Kind != geo.FaultOverlap || !f.Error || f.Mended || len(f.Areas) != 2 || len(f.Sources) != 2 {
		t.Errorf("%+v", f)
	}
	near(t, "width", f.Width, 2, 0.05)
	near(t, "area", f.Area, 100, 1)
	for _, word := range []string{"A and B", "99 m²", "--repair"} {
		if !strings.Contains(f.Sentence().String(), word) {
			t.Errorf("%q does not say %s", f.Sentence(), word)
		}
	}
	r := build(t, coverage.Options{Tolerance: 1, Repair: true}, g)
	if f := only(t, r.Faults); !f.Error || !f.Mended {
		t.Errorf("%+v", f)
	}
	if got := holder(t, r.Layers[0], 11, 25); got != "A" {
		t.Errorf("the overlap went to %q", got)
	}
}

func TestAnAreaDrawnOverAnotherKeepsItsGround(t *testing.T) {
	t.Parallel()
	r := build(t, coverage.Options{Repair: true}, layer("g", box("A", 0, 0, 50, 50), box("Z", 20, 20, 30, 30)))
	if got := holder(t, r.Layers[0], 25, 25); got != "Z" {
		t.Errorf("the enclave went to %q", got)
	}
	if f := only(t, r.Faults); f.Kind != geo.FaultOverlap {
		t.Errorf("%+v", f)
	}
}

func TestOneCodeDrawnTwiceIsToldAndDrawnInPartsIsNot(t *testing.T) {
	t.Parallel()
	a := box("A", 0, 0, 10, 10)
	a.Parts = append(a.Parts, box("A", 10, 0, 20, 10).Parts...)
	r := build(t, coverage.Options{}, layer("g", a))
	if len(r.Faults) != 0 || len(r.Layers[0][0].Shape) != 1 {
		t.Errorf("two halves: %v, %v", r.Faults, r.Layers[0][0].Shape)
	}
	a.Parts = append(a.Parts, box("A", 5, 5, 15, 20).Parts...)
	if f := only(t, build(t, coverage.Options{Tolerance: 1}, layer("g", a)).Faults); f.Kind != geo.FaultOverlap || !f.Error || len(f.Areas) != 1 {
		t.Errorf("%+v", f)
	}
}

func TestAChildStickingOutIsRefusedOrItsParentGrows(t *testing.T) {
	t.Parallel()
	children := layer("grids", under("P", box("a", 0, 0, 20, 20)), under("Q", box("b", 20, 0, 40, 20)))
	parents := layer("parents", box("P", 0, 0, 15, 20), box("Q", 15, 0, 40, 20))
	f := only(t, build(t, coverage.Options{Tolerance: 1}, children, parents).Faults)
	if f.Kind != geo.FaultNesting || !f.Error || f.Mended || f.Areas[0] != "P" || f.Areas[1] != "a" {
		t.Errorf("%+v", f)
	}
	near(t, "width", f.Width, 5, 0.1)
	near(t, "area", f.Area, 100, 1)
	r := build(t, coverage.Options{Tolerance: 1, Repair: true}, children, parents)
	if got := holder(t, r.Layers[1], 17, 10); got != "P" {
		t.Errorf("the ground of a is in %q", got)
	}
	if len(r.Gained) != 1 || r.Gained[0].Code != "P" || r.Gained[0].Layer != "parents" {
		t.Fatalf("gained %v", r.Gained)
	}
	near(t, "gain", r.Gained[0].SquareMetres, 100, 1)
}

func TestWithinTheToleranceTheParentsLineWins(t *testing.T) {
	t.Parallel()
	children := layer("grids", under("P", box("a", 0, 0, 20.4, 20)), under("Q", box("b", 20.4, 0, 40, 20)))
	parents := layer("parents", box("P", 0, 0, 20, 20), box("Q", 20, 0, 40, 20))
	r := build(t, coverage.Options{Tolerance: 1}, children, parents)
	if f := only(t, r.Faults); f.Kind != geo.FaultNesting || f.Error || !f.Mended {
		t.Errorf("%+v", f)
	}
	if got := holder(t, r.Layers[0], 20.2, 10); got != "b" {
		t.Errorf("the sliver went to %q", got)
	}
	f := only(t, build(t, coverage.Options{}, children, parents).Faults)
	if f.Kind != geo.FaultNesting || !f.Error {
		t.Errorf("without tolerance: %+v", f)
	}
}

func TestGroundOfAParentWithoutAChildIsAHoleOfDuty(t *testing.T) {
	t.Parallel()
	r := build(t, coverage.Options{Tolerance: 1}, layer("grids", under("P", box("a", 0, 0, 20, 20))), layer("parents", box("P", 0, 0, 30, 20)))
	f := only(t, r.Faults)
	if f.Kind != geo.FaultGap || f.Error || f.Mended || len(f.Areas) != 1 || f.Areas[0] != "P" || !strings.Contains(f.Sentence().String(), "inside parents P") {
		t.Errorf("%+v", f)
	}
}

func TestParentsAreFoundByCodeThenPrefixThenPlace(t *testing.T) {
	t.Parallel()
	parents := layer("parents", box("3", 0, 0, 20, 20), box("30", 20, 0, 40, 20))
	children := layer("grids", box("301", 20, 0, 40, 20), box("31", 0, 0, 10, 20), box("x", 10, 0, 20, 20))
	r := build(t, coverage.Options{}, children, parents)
	if len(r.Faults) != 0 {
		t.Errorf("%v", r.Faults)
	}
	for i, want := range []geo.AreaCode{"30", "3", "3"} {
		if got := r.Layers[0][i].Parent; got != want {
			t.Errorf("the parent of %s is %s, want %s", r.Layers[0][i].Code, got, want)
		}
	}
	children.Areas[0].Parent = "77"
	r = build(t, coverage.Options{}, children, parents)
	if len(r.Faults) == 0 || !strings.Contains(r.Faults[0].Sentence().String(), "names 77") || !r.Faults[0].Error {
		t.Errorf("%v", r.Faults)
	}
}

func TestWhatIsSmallerThanAUnitIsToldAsCollapsed(t *testing.T) {
	t.Parallel()
	dot := box("D", 60, 0, 60.001, 0.001)
	a := box("A", 0, 0, 10, 10)
	a.Parts = append(a.Parts, box("A", 30, 0, 30.001, 0.001).Parts...)
	r := build(t, coverage.Options{Tolerance: 1}, layer("g", a, dot))
	if len(r.Faults) != 2 || r.Faults[0].Error || !r.Faults[1].Error || r.Faults[1].Kind != geo.FaultCollapsed {
		t.Errorf("%+v", r.Faults)
	}
}

func TestCheckNamesVerticesThatAreNoNodesOfTheirNeighbour(t *testing.T) {
	t.Parallel()
	a := coverage.Area{Code: "A", Shape: geo.MultiPolygon{{{{X: 0, Y: 0}, {X: 100, Y: 0}, {X: 100, Y: 100}, {X: 0, Y: 100}}}}}
	b := coverage.Area{Code: "B", Shape: geo.MultiPolygon{{{{X: 100, Y: 0}, {X: 200, Y: 0}, {X: 200, Y: 100}, {X: 100, Y: 100}, {X: 100, Y: 50}}}}}
	faults, err := coverage.Check(t.Context(), []coverage.Layer{layer("g", a, b)})
	if err != nil {
		t.Fatal(err)
	}
	f := only(t, faults)
	if f.Kind != geo.FaultUnmatched || !f.Error || len(f.Areas) != 2 || f.At != (orb.Point{1e-5, 5e-6}) {
		t.Errorf("%+v", f)
	}
	r := build(t, coverage.Options{}, layer("g", a, b))
	if len(r.Faults) != 0 || len(r.Layers[0][0].Shape[0][0]) != 5 {
		t.Errorf("import puts the node in: %v, %v", r.Faults, r.Layers[0])
	}
}

func TestCheckNamesOverlapsRingsAndChildrenThatStickOut(t *testing.T) {
	t.Parallel()
	square := func(code, parent geo.AreaCode, x, x2 int32) coverage.Area {
		return coverage.Area{Code: code, Parent: parent, Shape: geo.MultiPolygon{{{{X: x, Y: 0}, {X: x2, Y: 0}, {X: x2, Y: 100}, {X: x, Y: 100}}}}}
	}
	bow := coverage.Area{Code: "bow", Parent: "P", Shape: geo.MultiPolygon{{{{X: 300, Y: 0}, {X: 400, Y: 100}, {X: 400, Y: 0}, {X: 300, Y: 100}}}}}
	faults, err := coverage.Check(t.Context(), []coverage.Layer{
		layer("g", square("a", "P", 0, 100), square("b", "P", 99, 200), square("c", "P", 200, 201), bow),
		layer("p", square("P", "", 0, 200)),
	})
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[geo.FaultKind]int{}
	for _, f := range faults {
		if f.Error {
			kinds[f.Kind]++
		}
	}
	if kinds[geo.FaultOverlap] != 1 || kinds[geo.FaultRing] != 1 || kinds[geo.FaultNesting] != 2 {
		t.Errorf("%v", faults)
	}
}

func TestBuildRefusesWhatItCannotDraw(t *testing.T) {
	t.Parallel()
	point := coverage.Area{Code: "A", Parts: []geo.AreaPart{{Geometry: orb.Point{1, 2}}}}
	nothing := coverage.Area{Code: "A", Parts: []geo.AreaPart{{}}}
	for name, chain := range map[string][]coverage.Layer{
		"twice":    {layer("g", box("A", 0, 0, 1, 1), box("A", 2, 0, 3, 1))},
		"a point":  {layer("g", point)},
		"nothing":  {layer("g", nothing)},
		"far away": {layer("g", box("A", 0, 0, 1e9, 1))},
		"no lower": {dissolved("g", "A")},
	} {
		if _, err := coverage.Build(t.Context(), chain, coverage.Options{}); geo.KindOf(err) != geo.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	scribble := orb.Ring{}
	for i := range 4000 {
		sin, cos := math.Sincos(float64(i) * 2.5)
		scribble = append(scribble, orb.Point{1000 * cos, 1000 * sin})
	}
	if _, err := coverage.Build(t.Context(), []coverage.Layer{layer("g", area("A", append(scribble, scribble[0])))}, coverage.Options{}); geo.KindOf(err) != geo.Invalid {
		t.Errorf("a scribble: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := coverage.Build(ctx, wavyCity(4, 2), coverage.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if r, err := coverage.Build(t.Context(), nil, coverage.Options{}); err != nil || len(r.Layers) != 0 {
		t.Errorf("no layers: %v, %v", r, err)
	}
}

func TestAParkIsMendedAloneAndKeepsItsHoles(t *testing.T) {
	t.Parallel()
	park := area("park", orb.Ring{{0, 0}, {50, 0}, {50, 50}, {0, 50}, {0, 0}}, orb.Ring{{10, 10}, {10, 10.5}, {30, 10.5}, {30, 10}, {10, 10}})
	m, faults, err := coverage.Mend(t.Context(), "parks", park, coverage.Options{Tolerance: 1})
	if err != nil || len(faults) != 0 || len(m) != 1 || len(m[0]) != 2 {
		t.Errorf("%v, %v, %v", m, faults, err)
	}
}
