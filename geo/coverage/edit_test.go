package coverage_test

import (
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
			t.Errorf("%s %s", f.Kind, f.Message)
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
	if !asInTheWay(err, &in) || geo.KindOf(err) != geo.Conflict || len(in.Moved) != 1 || in.Moved[0].Between != [2]geo.AreaCode{"E", "W"} {
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

func asInTheWay(err error, in **coverage.InTheWay) bool {
	e, is := err.(*coverage.InTheWay)
	*in = e
	return is
}
