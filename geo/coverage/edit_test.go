package coverage_test

import (
	"errors"
	"maps"
	"math"
	"reflect"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"gridwarden/geo"
	"gridwarden/geo/coverage"
)

// town is a chain that is edited, all layers with shapes.
type town struct {
	names  []geo.LayerName
	layers []map[geo.AreaCode]coverage.Built
	boxes  []map[geo.AreaCode]geo.Box
	asked  int // areas that edits were given
}

// townOf builds a chain and takes the result.
func townOf(t testing.TB, chain ...coverage.Layer) *town {
	t.Helper()
	r := build(t, coverage.Options{Tolerance: 1, Repair: true}, chain...)
	w := &town{}
	for i, l := range chain {
		w.names = append(w.names, l.Name)
		w.layers = append(w.layers, map[geo.AreaCode]coverage.Built{})
		w.boxes = append(w.boxes, map[geo.AreaCode]geo.Box{})
		for _, b := range r.Layers[i] {
			if len(b.Shape) > 0 {
				w.put(i, b)
			}
		}
	}
	return w
}

func (w *town) put(layer int, b coverage.Built) {
	w.layers[layer][b.Code] = b
	w.boxes[layer][b.Code] = (&geo.Shape{Polygons: b.Shape}).Box()
}

func (w *town) near(box geo.Box) []coverage.Layer {
	var out []coverage.Layer
	for i, name := range w.names {
		l := coverage.Layer{Name: name}
		for _, code := range slices.Sorted(maps.Keys(w.layers[i])) {
			if w.boxes[i][code].Intersects(box) {
				b := w.layers[i][code]
				l.Areas = append(l.Areas, coverage.Area{Code: code, Parent: b.Parent, Shape: b.Shape})
			}
		}
		w.asked += len(l.Areas)
		out = append(out, l)
	}
	return out
}

// all is the whole town as layers.
func (w *town) all() []coverage.Layer {
	return w.near(geo.Box{Min: geo.Coord{X: math.MinInt32, Y: math.MinInt32}, Max: geo.Coord{X: math.MaxInt32, Y: math.MaxInt32}})
}

// apply takes over what an edit did, and fails where it tells of areas that did not change.
func (w *town) apply(t testing.TB, r *coverage.Redrawn) {
	t.Helper()
	for i := range w.names {
		for _, code := range r.Ended[i] {
			if _, is := w.layers[i][code]; !is {
				t.Fatalf("%s of %s ended and was not there", code, w.names[i])
			}
			delete(w.layers[i], code)
			delete(w.boxes[i], code)
		}
		for _, b := range r.Layers[i] {
			if reflect.DeepEqual(w.layers[i][b.Code], b) {
				t.Fatalf("%s of %s did not change", b.Code, w.names[i])
			}
			w.put(i, b)
		}
	}
}

// sound fails unless Check finds nothing wrong, and every parent is the union of its
// children to the vertex when there are no gaps.
func (w *town) sound(t testing.TB) {
	t.Helper()
	faults, err := coverage.Check(t.Context(), w.all())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range faults {
		if f.Error {
			t.Errorf("%s %s", f.Kind, f.Sentence())
		}
	}
}

// unitsOf is the ground of a shape in square units, twice.
func unitsOf(m geo.MultiPolygon) (sum int64) {
	for _, p := range m {
		for _, r := range p {
			sum += r.SignedArea2()
		}
	}
	return sum
}

func (w *town) ground(layer int) (sum int64) {
	for _, b := range w.layers[layer] {
		sum += unitsOf(b.Shape)
	}
	return sum
}

// metres makes a line of places in metres, as fault_test draws.
func metres(places ...orb.Point) orb.LineString {
	var out orb.LineString
	for _, p := range places {
		out = append(out, orb.Point{p[0] * metre, p[1] * metre})
	}
	return out
}

// twoByTwo is a town of four blocks of 100 metres in two columns, W and E their parents.
func twoByTwo(t testing.TB) *town {
	return townOf(t, layer("grids",
		under("W", box("a", 0, 0, 100, 100)), under("E", box("b", 100, 0, 200, 100)),
		under("W", box("c", 0, 100, 100, 200)), under("E", box("d", 100, 100, 200, 200)),
	), dissolved("parents", "E", "W"))
}

func TestABorderMovesForBothNeighboursAtOnce(t *testing.T) {
	t.Parallel()
	w := twoByTwo(t)
	r, err := coverage.MoveBorder(t.Context(), w.near, "a", "c", metres(orb.Point{0.3, 99.8}, orb.Point{30, 120}, orb.Point{70, 85}, orb.Point{100.4, 100.2}), coverage.EditOptions{Tolerance: 1})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Layers[0]) != 2 || len(r.Layers[1]) != 0 || len(r.Moved) != 0 {
		t.Errorf("%+v", r)
	}
	before := w.ground(0)
	w.apply(t, r)
	w.sound(t)
	if w.ground(0) != before {
		t.Errorf("ground %d, was %d", w.ground(0), before)
	}
	for _, c := range []struct {
		x, y float64
		code geo.AreaCode
	}{{30, 110, "a"}, {70, 92, "c"}, {50, 50, "a"}, {50, 150, "c"}} {
		if got := w.holder(t, 0, c.x, c.y); got != c.code {
			t.Errorf("%v %v is held by %s, want %s", c.x, c.y, got, c.code)
		}
	}
}

func (w *town) holder(t testing.TB, layer int, x, y float64) geo.AreaCode {
	t.Helper()
	c, err := geo.CoordOf(x*metre, y*metre)
	if err != nil {
		t.Fatal(err)
	}
	for code, b := range w.layers[layer] {
		if inside, _ := b.Shape.Locate(c); inside {
			return code
		}
	}
	return ""
}

func TestTheParentsAreAskedBeforeTheirBorderMoves(t *testing.T) {
	t.Parallel()
	w := twoByTwo(t)
	line := metres(orb.Point{100, 0}, orb.Point{130, 50}, orb.Point{100, 100})
	_, err := coverage.MoveBorder(t.Context(), w.near, "a", "b", line, coverage.EditOptions{Tolerance: 1})
	var in *coverage.InTheWay
	if !errors.As(err, &in) || geo.KindOf(err) != geo.Conflict || len(in.Moved) != 1 || in.Moved[0].Between != [2]geo.AreaCode{"E", "W"} {
		t.Fatalf("%v", err)
	}
	t.Log(err)
	if _, err := coverage.MoveBorder(t.Context(), w.near, "a", "b", line, coverage.EditOptions{Tolerance: 1, Parents: coverage.Keep}); geo.KindOf(err) != geo.Conflict {
		t.Fatal(err)
	}
	r, err := coverage.MoveBorder(t.Context(), w.near, "a", "b", line, coverage.EditOptions{Tolerance: 1, Parents: coverage.Follow})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Layers[0]) != 2 || len(r.Layers[1]) != 2 || len(r.Moved) != 1 {
		t.Errorf("%+v", r)
	}
	w.apply(t, r)
	w.sound(t)
	if got := w.holder(t, 1, 115, 50); got != "W" {
		t.Error(got)
	}
}

func TestANodeMovesInAllLayersOrNotAtAll(t *testing.T) {
	t.Parallel()
	w := twoByTwo(t)
	at, to := orb.Point{100 * metre, 100 * metre}, orb.Point{120 * metre, 110 * metre}
	if _, err := coverage.MoveNode(t.Context(), w.near, at, to, coverage.EditOptions{}); err == nil {
		t.Error("the parents were not asked")
	}
	o := coverage.EditOptions{Parents: coverage.Follow, Tolerance: 1}
	for name, to := range map[string]orb.Point{"over a border": {-20 * metre, 100 * metre}, "onto a node": {0, 0}, "onto a border": {50 * metre, 0}} {
		_, err := coverage.MoveNode(t.Context(), w.near, at, to, o)
		if geo.KindOf(err) != geo.Conflict {
			t.Errorf("%s: %v", name, err)
		}
		t.Log(err)
	}
	r, err := coverage.MoveNode(t.Context(), w.near, at, to, o)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Layers[0]) != 4 || len(r.Layers[1]) != 2 {
		t.Errorf("%+v", r)
	}
	w.apply(t, r)
	w.sound(t)
}

func TestALineAlongANeighbourLeavesNoSliver(t *testing.T) {
	t.Parallel()
	w := twoByTwo(t)
	line := metres(orb.Point{100.3, -0.2}, orb.Point{120, 0.6}, orb.Point{150, -0.4}, orb.Point{180, 0.5}, orb.Point{199.5, 0.3}, orb.Point{200.5, 25}, orb.Point{199.6, 50}, orb.Point{100, 99.5})
	r, err := coverage.MoveBorder(t.Context(), w.near, "a", "b", line, coverage.EditOptions{Tolerance: 1, Parents: coverage.Follow})
	if err != nil {
		t.Fatal(err)
	}
	w.apply(t, r)
	w.sound(t)
	for i, want := range map[int]geo.AreaCode{0: "a", 1: "W"} {
		if got := w.holder(t, i, 150, 0.1); got != want {
			t.Errorf("the strip along the border is held by %s, want %s", got, want)
		}
		if got := w.holder(t, i, 199.9, 25); got != want {
			t.Errorf("the strip along the outer border is held by %s, want %s", got, want)
		}
	}
	if b := w.layers[0]["b"]; len(b.Shape) != 1 || len(b.Shape[0][0]) != 3 {
		t.Errorf("b is %v", b.Shape)
	}
}

func TestAnEnclaveGrowsOnTheSideThatIsDrawn(t *testing.T) {
	t.Parallel()
	ring := area("r", orb.Ring{{0, 0}, {100, 0}, {100, 100}, {0, 100}, {0, 0}}, orb.Ring{{40, 40}, {40, 60}, {60, 60}, {60, 40}, {40, 40}})
	w := townOf(t, layer("grids", ring, box("e", 40, 40, 60, 60)))
	for _, line := range []orb.LineString{
		metres(orb.Point{60, 45}, orb.Point{80, 50}, orb.Point{60, 55}),
		metres(orb.Point{40, 58}, orb.Point{35, 50}, orb.Point{40, 42}),
	} {
		r, err := coverage.MoveBorder(t.Context(), w.near, "e", "r", line, within)
		if err != nil {
			t.Fatal(err)
		}
		w.apply(t, r)
		w.sound(t)
	}
	for _, x := range []float64{38, 50, 70} {
		if got := w.holder(t, 0, x, 50); got != "e" {
			t.Errorf("%v is held by %s", x, got)
		}
	}
}

func TestASplitComesInTheOrderOfTheStandard(t *testing.T) {
	t.Parallel()
	w := twoByTwo(t)
	for _, c := range []struct {
		line        orb.LineString
		first       orb.Point
		neighbours  int
		description string
	}{
		{metres(orb.Point{150, 0.5}, orb.Point{140, 50}, orb.Point{150, 99.6}), orb.Point{120, 50}, 1, "west before east"},
		{metres(orb.Point{99, 30}, orb.Point{230, 60}), orb.Point{150, 90}, 1, "north before south"},
	} {
		parts, r, err := coverage.Split(t.Context(), w.near, "b", c.line, within)
		if err != nil {
			t.Fatal(err)
		}
		p, _ := geo.CoordOf(c.first[0]*metre, c.first[1]*metre)
		if inside, _ := parts[0].Locate(p); len(parts) != 2 || !inside {
			t.Errorf("%s: %v", c.description, parts)
		}
		if len(r.Layers[0]) != c.neighbours || len(r.Ended[0]) != 1 || r.Ended[0][0] != "b" || len(r.Moved) != 0 {
			t.Errorf("%s: %+v", c.description, r)
		}
		again := &town{names: w.names, layers: []map[geo.AreaCode]coverage.Built{maps.Clone(w.layers[0]), maps.Clone(w.layers[1])},
			boxes: []map[geo.AreaCode]geo.Box{maps.Clone(w.boxes[0]), maps.Clone(w.boxes[1])}}
		again.apply(t, r)
		again.put(0, coverage.Built{Code: "b1", Parent: "E", Shape: parts[0]})
		again.put(0, coverage.Built{Code: "b2", Parent: "E", Shape: parts[1]})
		again.sound(t)
	}
}

func TestANodeIsPutInAndTakenOutInEveryLayer(t *testing.T) {
	t.Parallel()
	w := twoByTwo(t)
	before := w.all()
	at := orb.Point{100.4 * metre, 50 * metre}
	r, err := coverage.InsertNode(t.Context(), w.near, at, within)
	if err != nil || len(r.Layers[0]) != 2 || len(r.Layers[1]) != 2 || len(r.Moved) != 0 {
		t.Fatalf("%+v, %v", r, err)
	}
	w.apply(t, r)
	w.sound(t)
	r, err = coverage.DeleteNode(t.Context(), w.near, at, within)
	if err != nil || len(r.Layers[0]) != 2 || len(r.Layers[1]) != 2 {
		t.Fatalf("%+v, %v", r, err)
	}
	w.apply(t, r)
	if !reflect.DeepEqual(before, w.all()) {
		t.Error("it is not as it was before")
	}
}

func TestGroundOfAClosedAreaStaysWithItsParent(t *testing.T) {
	t.Parallel()
	w := townOf(t, layer("grids",
		under("P", box("p", 0, 0, 50, 10)), under("P", box("q", 50, 0, 60, 10)), under("Q", box("r", 0, 10, 60, 40)),
	), dissolved("parents", "P", "Q"))
	r, err := coverage.Close(t.Context(), w.near, 0, w.boxOf(0, "p"), "p", "", within)
	if err != nil || len(r.Moved) != 0 || len(r.Layers[1]) != 0 {
		t.Fatalf("%+v, %v", r, err)
	}
	w.apply(t, r)
	w.sound(t)
	if got := w.holder(t, 0, 20, 5); got != "q" {
		t.Errorf("the ground went to %s", got)
	}
	_, err = coverage.Close(t.Context(), w.near, 0, w.boxOf(0, "q"), "q", "", within)
	refused(t, "the last of its parent", err, geo.Conflict, "between parents P and Q")
	r, err = coverage.Close(t.Context(), w.near, 0, w.boxOf(0, "q"), "q", "", coverage.EditOptions{Parents: coverage.Follow})
	if err != nil || !slices.Equal(r.Ended[1], []geo.AreaCode{"P"}) {
		t.Fatalf("%+v, %v", r, err)
	}
	w.apply(t, r)
	w.sound(t)
	r, err = coverage.Close(t.Context(), w.near, 0, w.boxOf(0, "r"), "r", "", coverage.EditOptions{Parents: coverage.Follow})
	if err != nil || len(r.Notes) != 1 || len(r.Ended[0]) != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
}

func TestParentsFollowTheirChildren(t *testing.T) {
	t.Parallel()
	w := twoByTwo(t)
	all := w.boxOf(0, "a", "b", "c", "d")
	r, err := coverage.Reparent(t.Context(), w.near, 0, all, map[geo.AreaCode]geo.AreaCode{"a": "E"}, nil, within)
	if err != nil || len(r.Moved) != 1 || len(r.Layers[0]) != 1 || len(r.Layers[1]) != 2 {
		t.Fatalf("%+v, %v", r, err)
	}
	w.apply(t, r)
	r, err = coverage.Reparent(t.Context(), w.near, 0, all, map[geo.AreaCode]geo.AreaCode{"a": "N", "b": "N"}, map[geo.AreaCode]geo.AreaCode{"N": ""}, within)
	if err != nil {
		t.Fatal(err)
	}
	w.apply(t, r)
	w.sound(t)
	if got := w.holder(t, 1, 50, 50); got != "N" || w.layers[0]["a"].Parent != "N" {
		t.Errorf("a is in %s, its parent %s", got, w.layers[0]["a"].Parent)
	}
	r, err = coverage.Merge(t.Context(), w.near, 1, all, []geo.AreaCode{"N", "W"}, "W", within)
	if err != nil || len(r.Layers[0]) != 2 || len(r.Layers[1]) != 1 || !slices.Equal(r.Ended[1], []geo.AreaCode{"N"}) {
		t.Fatalf("%+v, %v", r, err)
	}
	w.apply(t, r)
	w.sound(t)
	if w.layers[0]["b"].Parent != "W" {
		t.Error(w.layers[0]["b"])
	}
}

// gapTown has ground of parent P and outside of it that no grid holds.
func gapTown(t testing.TB) *town {
	return townOf(t,
		layer("grids", under("P", box("p", 0, 0, 100, 100)), under("P", box("q", 150, 0, 250, 100)), under("P", box("s", 0, 100, 250, 120))),
		layer("parents", box("P", 0, 0, 250, 120)))
}

func TestAGapIsFilledWithoutSlivers(t *testing.T) {
	t.Parallel()
	w := gapTown(t)
	ring := metres(orb.Point{100.5, 20}, orb.Point{99.3, 99.2}, orb.Point{125, 100.7}, orb.Point{149.4, 99.6}, orb.Point{150.6, 20.4}, orb.Point{100.5, 20})
	r, err := coverage.Fill(t.Context(), w.near, "n", "", orb.Polygon{orb.Ring(ring)}, within)
	if err != nil {
		t.Fatal(err)
	}
	w.apply(t, r)
	w.sound(t)
	if n := w.layers[0]["n"]; n.Parent != "P" || len(r.Layers[1]) != 0 {
		t.Errorf("%+v", r)
	}
	faults, err := coverage.LocalFaults(t.Context(), w.near, w.boxOf(0, "n"))
	if err != nil {
		t.Fatal(err)
	}
	f := only(t, faults)
	if near(t, "what is left of the gap", f.Area, 50*20, 30); f.Kind != geo.FaultGap || f.Areas[0] != "P" {
		t.Errorf("%+v", f)
	}
}

func TestAnAreaGrowsIntoAGapButNotOverItsParent(t *testing.T) {
	t.Parallel()
	w := gapTown(t)
	line := metres(orb.Point{100, 10}, orb.Point{130, -20}, orb.Point{130, 60}, orb.Point{100, 90})
	_, err := coverage.MoveBorder(t.Context(), w.near, "p", "", line, within)
	refused(t, "over the parent's border", err, geo.Conflict, "of parents P")
	o := within
	o.Parents = coverage.Keep
	r, err := coverage.MoveBorder(t.Context(), w.near, "p", "", line, o)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.LeftOut) != 1 || len(r.LeftOut[0]) != 3 || len(r.Layers[1]) != 1 || len(r.Moved) != 0 {
		t.Errorf("%+v", r)
	}
	w.apply(t, r)
	w.sound(t)
	for _, c := range []struct {
		y    float64
		code geo.AreaCode
	}{{10, "p"}, {-10, ""}} {
		if got := w.holder(t, 0, 125, c.y); got != c.code {
			t.Errorf("%v is held by %q", c.y, got)
		}
	}
	o.Parents = coverage.Refuse
	r, err = coverage.MoveBorder(t.Context(), w.near, "p", "", metres(orb.Point{130, 20}, orb.Point{110, 30}, orb.Point{130, 50}), o)
	if err != nil || len(r.Layers[1]) != 0 {
		t.Errorf("back into the gap: %+v, %v", r, err)
	}
	o.Parents = coverage.Follow
	r, err = coverage.MoveBorder(t.Context(), w.near, "q", "", metres(orb.Point{250, 20}, orb.Point{230, 30}, orb.Point{250, 50}), o)
	if err != nil || len(r.Layers[1]) != 1 {
		t.Fatalf("the outer border: %+v, %v", r, err)
	}
	w.apply(t, r)
	w.sound(t)
}

func TestAnEditLooksAtWhatLiesNearAlone(t *testing.T) {
	t.Parallel()
	asked := map[int]int{}
	for _, n := range []int{12, 24} {
		w := townOf(t, wavyCity(n, 3)...)
		a, b := w.layers[0]["00100105"], w.layers[0]["00100106"]
		border := shared(a.Shape, b.Shape)
		from, to := at(border[0]), at(border[len(border)-1])
		line := orb.LineString{from, {(from[0]+to[0])/2 + 20*metre, (from[1] + to[1]) / 2}, to}
		w.asked = 0
		r, err := coverage.MoveBorder(t.Context(), w.near, a.Code, b.Code, line, within)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := coverage.LocalFaults(t.Context(), w.near, w.boxOf(0, a.Code, b.Code)); err != nil {
			t.Fatal(err)
		}
		asked[n] = w.asked
		w.apply(t, r)
		w.sound(t)
	}
	if asked[24] != asked[12] || asked[12] > 60 {
		t.Errorf("areas looked at: %v", asked)
	}
}

func TestALineFromOnePieceOfABorderToAnotherIsRefused(t *testing.T) {
	t.Parallel()
	w := townOf(t, layer("grids",
		area("u", orb.Ring{{0, 0}, {100, 0}, {100, 50}, {70, 50}, {70, 20}, {30, 20}, {30, 50}, {0, 50}, {0, 0}}),
		box("lid", 0, 50, 100, 80), box("in", 30, 20, 70, 50)))
	_, err := coverage.MoveBorder(t.Context(), w.near, "u", "lid", metres(orb.Point{10, 50}, orb.Point{15, 10}, orb.Point{90, 50}), within)
	refused(t, "two pieces", err, geo.Conflict, "two separate pieces")
}

func TestOfSeveralGapsDrawnOverTheLargestIsFilled(t *testing.T) {
	t.Parallel()
	w := townOf(t, layer("grids",
		area("frame", orb.Ring{{0, 0}, {100, 0}, {100, 50}, {0, 50}, {0, 0}}, orb.Ring{{10, 10}, {10, 40}, {30, 40}, {30, 10}, {10, 10}}, orb.Ring{{40, 10}, {40, 40}, {90, 40}, {90, 10}, {40, 10}})))
	ring := orb.Ring(metres(orb.Point{9.5, 9.4}, orb.Point{90.4, 9.6}, orb.Point{90.5, 40.4}, orb.Point{9.7, 40.3}, orb.Point{9.5, 9.4}))
	r, err := coverage.Fill(t.Context(), w.near, "n", "", orb.Polygon{ring}, within)
	if err != nil || len(r.Notes) != 1 || len(r.Layers[0]) != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	w.apply(t, r)
	w.sound(t)
	if w.holder(t, 0, 60, 20) != "n" || w.holder(t, 0, 20, 20) != "" {
		t.Errorf("%v", r.Layers[0])
	}
}

func TestAnInletTooNarrowToKeepGoesWithTheGroundBeforeIt(t *testing.T) {
	t.Parallel()
	w := townOf(t, layer("grids",
		area("a", orb.Ring{{0, 0}, {100, 0}, {100, 50}, {52, 50}, {52, 60}, {50, 60}, {50, 50}, {0, 50}, {0, 0}}),
		box("b", 100, 0, 150, 50),
		area("c", orb.Ring{{0, 50}, {50, 50}, {50, 60}, {52, 60}, {52, 50}, {100, 50}, {100, 90}, {0, 90}, {0, 50}})))
	line := metres(orb.Point{100, 10}, orb.Point{20, 30}, orb.Point{20, 49.8}, orb.Point{70, 50.2}, orb.Point{100, 50})
	r, err := coverage.MoveBorder(t.Context(), w.near, "a", "b", line, coverage.EditOptions{Tolerance: 2.5})
	if err != nil {
		t.Fatal(err)
	}
	w.apply(t, r)
	w.sound(t)
	if got := w.holder(t, 0, 51, 55); got != "b" || len(w.layers[0]["a"].Shape) != 1 {
		t.Errorf("the inlet is held by %s, a is %v", got, w.layers[0]["a"].Shape)
	}
}

// threeLayers is a row of four grids in three communities and two streets.
func threeLayers(t testing.TB) *town {
	communities := dissolved("communities", "P", "Q", "R")
	communities.Areas[0].Parent, communities.Areas[1].Parent, communities.Areas[2].Parent = "S", "S", "T"
	return townOf(t, layer("grids",
		under("P", box("a", 0, 0, 10, 10)), under("Q", box("b", 10, 0, 20, 10)), under("Q", box("c", 20, 0, 30, 10)), under("R", box("d", 30, 0, 40, 10)),
	), communities, dissolved("streets", "S", "T"))
}

func TestAMoveToAnotherParentAsksTheLayersAboveThat(t *testing.T) {
	t.Parallel()
	w := threeLayers(t)
	all := w.boxOf(0, "a", "b", "c", "d")
	to := func(parents, begin map[geo.AreaCode]geo.AreaCode, o coverage.EditOptions) (*coverage.Redrawn, error) {
		return coverage.Reparent(t.Context(), w.near, 0, all, parents, begin, o)
	}
	_, err := to(map[geo.AreaCode]geo.AreaCode{"c": "R"}, nil, within)
	var in *coverage.InTheWay
	if refused(t, "another street", err, geo.Conflict, "between streets S and T"); !errors.As(err, &in) || len(in.Moved) != 1 || in.Moved[0].Layer != 2 {
		t.Errorf("%v", err)
	}
	_, err = to(map[geo.AreaCode]geo.AreaCode{"c": "N"}, map[geo.AreaCode]geo.AreaCode{"N": "X"}, within)
	refused(t, "under no street", err, geo.NotFound, "X")
	_, err = to(map[geo.AreaCode]geo.AreaCode{"c": "R"}, map[geo.AreaCode]geo.AreaCode{"R": "S"}, within)
	refused(t, "begun twice", err, geo.Conflict, "R is there already")
	_, err = to(map[geo.AreaCode]geo.AreaCode{"zz": "R"}, nil, within)
	refused(t, "no such area", err, geo.NotFound, "zz")

	o := coverage.EditOptions{Parents: coverage.Follow}
	r, err := to(map[geo.AreaCode]geo.AreaCode{"c": "R"}, nil, o)
	if err != nil || len(r.Moved) != 2 || len(r.Layers[2]) != 2 {
		t.Fatalf("%+v, %v", r, err)
	}
	w.apply(t, r)
	r, err = to(map[geo.AreaCode]geo.AreaCode{"b": "N"}, map[geo.AreaCode]geo.AreaCode{"N": "T"}, o)
	if err != nil || !slices.Equal(r.Ended[1], []geo.AreaCode{"Q"}) {
		t.Fatalf("%+v, %v", r, err)
	}
	w.apply(t, r)
	w.sound(t)
	if got := w.holder(t, 2, 15, 5); got != "T" || w.layers[1]["N"].Parent != "T" {
		t.Errorf("b is in %s, N in %s", got, w.layers[1]["N"].Parent)
	}
	_, err = coverage.Merge(t.Context(), w.near, 1, all, []geo.AreaCode{"P", "N"}, "P", within)
	if !errors.As(err, &in) || in.Moved[0].Layer != 2 {
		t.Errorf("two streets: %v", err)
	}
	_, err = coverage.Merge(t.Context(), w.near, 7, all, []geo.AreaCode{"P", "N"}, "P", within)
	refused(t, "no such layer", err, geo.Invalid)
}
