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

// refused fails unless an error is of a kind and its sentence has some words.
func refused(t *testing.T, what string, err error, kind geo.Kind, words ...string) {
	t.Helper()
	if err == nil || geo.KindOf(err) != kind {
		t.Errorf("%s: %v", what, err)
		return
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%s: %q does not say %q", what, err, w)
		}
	}
}

var within = coverage.EditOptions{Tolerance: 1}

func TestALineThatCannotBeABorderIsRefusedWithWhatToDo(t *testing.T) {
	t.Parallel()
	w := twoByTwo(t)
	move := func(a, b geo.AreaCode, places ...orb.Point) error {
		_, err := coverage.MoveBorder(t.Context(), w.near, a, b, metres(places...), within)
		return err
	}
	refused(t, "beside it", move("a", "c", orb.Point{5, 95}, orb.Point{90, 100}), geo.Invalid, "begins 4.96 m away", "between grids a and c", "tolerance")
	refused(t, "ends beside it", move("a", "c", orb.Point{5, 100}, orb.Point{90, 90}), geo.Invalid, "ends 9.9")
	refused(t, "one place", move("a", "c", orb.Point{5, 100}, orb.Point{5, 100}), geo.Invalid, "single place")
	refused(t, "back to the beginning", move("a", "c", orb.Point{5, 100}, orb.Point{20, 80}, orb.Point{40, 80}, orb.Point{5, 100}), geo.Invalid, "same place")
	refused(t, "a loop", move("a", "c", orb.Point{5, 100}, orb.Point{50, 120}, orb.Point{50, 80}, orb.Point{30, 120}, orb.Point{90, 100}), geo.Invalid, "crosses itself")
	refused(t, "no neighbours", move("a", "d", orb.Point{90, 100}, orb.Point{100, 110}), geo.Conflict, "no border between grids a and d")
	refused(t, "far away", move("a", "zz", orb.Point{0, 100}, orb.Point{100, 100}), geo.NotFound, "zz")
	refused(t, "itself", move("a", "a", orb.Point{0, 100}, orb.Point{100, 100}), geo.Invalid)
	refused(t, "over a third", move("a", "c", orb.Point{0, 100}, orb.Point{150, 50}, orb.Point{100, 100}), geo.Conflict, "ground of grids b", "move the borders one by one")
	refused(t, "over nobody's ground", move("a", "c", orb.Point{0, 100}, orb.Point{-50, 50}, orb.Point{100, 100}), geo.Conflict, "ground that no area holds")
	refused(t, "along the border", move("a", "c", orb.Point{0, 100.2}, orb.Point{50, 99.7}, orb.Point{100, 100}), geo.Invalid, "nothing would change")
	refused(t, "all of it", move("a", "c", orb.Point{0, 100}, orb.Point{0, 0}, orb.Point{100, 0}, orb.Point{100, 100}), geo.Conflict, "nothing would be left of grids a", "merge")
	refused(t, "not a number", move("a", "c", orb.Point{math.NaN(), 0}, orb.Point{1, 1}), geo.Invalid)
	scribble := make(orb.LineString, 200_000)
	_, err := coverage.MoveBorder(t.Context(), w.near, "a", "c", scribble, within)
	refused(t, "a scribble", err, geo.TooLarge)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := coverage.MoveBorder(ctx, w.near, "a", "c", metres(orb.Point{0, 100}, orb.Point{50, 90}, orb.Point{100, 100}), within); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestASplitThatIsNoneIsRefusedWithWhatToDo(t *testing.T) {
	t.Parallel()
	comb := area("comb", orb.Ring{{0, 0}, {90, 0}, {90, 50}, {70, 50}, {70, 20}, {50, 20}, {50, 50}, {40, 50}, {40, 20}, {20, 20}, {20, 50}, {0, 50}, {0, 0}})
	w := townOf(t, layer("grids", comb, box("east", 90, 0, 120, 50)))
	split := func(places ...orb.Point) error {
		_, _, err := coverage.Split(t.Context(), w.near, "comb", metres(places...), within)
		return err
	}
	refused(t, "beside it", split(orb.Point{45, 60}, orb.Point{60, 30}), geo.Invalid, "misses grids comb")
	refused(t, "far away", split(orb.Point{1000, 60}, orb.Point{1080, 60}), geo.Invalid, "misses grids comb")
	refused(t, "along its border", split(orb.Point{90, -10}, orb.Point{90.4, 60}), geo.Invalid, "runs along the border")
	refused(t, "close to its border", split(orb.Point{1.2, -10}, orb.Point{0.8, 60}), geo.Invalid, "runs along the border")
	refused(t, "into four", split(orb.Point{-10, 30}, orb.Point{100, 30}), geo.Invalid, "into 4 parts")
	refused(t, "a dead end", split(orb.Point{10, -10}, orb.Point{10, 40}), geo.Invalid, "stops inside grids comb", "9.94 m from its border")
	refused(t, "a hole", split(orb.Point{5, 5}, orb.Point{15, 5}, orb.Point{15, 15}, orb.Point{5, 15}, orb.Point{5, 5}), geo.Invalid, "a hole")
	refused(t, "itself", split(orb.Point{10, -10}, orb.Point{10, 40}, orb.Point{5, 10}, orb.Point{15, 20}), geo.Invalid, "crosses itself")
}

func TestNodesThatCannotChangeAreToldWhy(t *testing.T) {
	t.Parallel()
	w := twoByTwo(t)
	o := coverage.EditOptions{Tolerance: 1, Parents: coverage.Follow}
	node := func(x, y float64) orb.Point { return orb.Point{x * metre, y * metre} }
	_, err := coverage.DeleteNode(t.Context(), w.near, node(100, 100), o)
	refused(t, "four meet", err, geo.Conflict, "4 edges meet", "move it instead")
	_, err = coverage.DeleteNode(t.Context(), w.near, node(50, 50), o)
	refused(t, "no node", err, geo.NotFound, "no node lies within 1.00 m")
	_, err = coverage.InsertNode(t.Context(), w.near, node(0.001, 0), o)
	refused(t, "there is one", err, geo.Conflict, "a node already")
	_, err = coverage.InsertNode(t.Context(), w.near, node(50, 50), o)
	refused(t, "no border", err, geo.NotFound, "no border lies within")
	_, err = coverage.MoveNode(t.Context(), w.near, node(0, 0), node(0, 0), o)
	refused(t, "no move", err, geo.Invalid)
	_, err = coverage.MoveNode(t.Context(), w.near, node(0, 0), node(150, 150), o)
	refused(t, "over all", err, geo.Conflict, "grids a")
	triangle := townOf(t, layer("grids", area("t", orb.Ring{{0, 0}, {50, 0}, {0, 50}, {0, 0}})))
	_, err = coverage.DeleteNode(t.Context(), triangle.near, node(50, 0), o)
	refused(t, "a triangle", err, geo.Conflict, "triangle")
}

func TestWholeAreasThatDoNotTouchStayApart(t *testing.T) {
	t.Parallel()
	w := twoByTwo(t)
	all := w.boxOf(0, "a", "b", "c", "d")
	_, err := coverage.Merge(t.Context(), w.near, 0, all, []geo.AreaCode{"a", "d"}, "a", within)
	refused(t, "corner to corner", err, geo.Conflict, "grids d cannot be merged into a")
	_, err = coverage.Merge(t.Context(), w.near, 0, all, []geo.AreaCode{"a", "b"}, "a", within)
	refused(t, "two parents", err, geo.Conflict, "between parents E and W")
	_, err = coverage.Merge(t.Context(), w.near, 0, all, []geo.AreaCode{"a", "c"}, "b", within)
	refused(t, "into another", err, geo.Invalid)
	_, err = coverage.Close(t.Context(), w.near, 0, all, "a", "d", within)
	refused(t, "corner to corner", err, geo.Conflict, "grids d shares no border with a")
	_, err = coverage.Reparent(t.Context(), w.near, 0, all, map[geo.AreaCode]geo.AreaCode{"a": "X"}, nil, within)
	refused(t, "no such parent", err, geo.Conflict, "X")
	_, err = coverage.Reparent(t.Context(), w.near, 0, all, map[geo.AreaCode]geo.AreaCode{"a": "W"}, nil, within)
	refused(t, "its own parent", err, geo.Invalid, "already")
	_, err = coverage.Reparent(t.Context(), w.near, 1, all, map[geo.AreaCode]geo.AreaCode{"W": "X"}, nil, within)
	refused(t, "the top", err, geo.Invalid, "no layer of parents")

	row := townOf(t, layer("grids", under("P", box("p", 0, 0, 10, 10)), under("Q", box("q", 10, 0, 20, 10)), under("Q", box("r", 20, 0, 30, 10))), dissolved("parents", "P", "Q"))
	_, err = coverage.Reparent(t.Context(), row.near, 0, row.boxOf(0, "r"), map[geo.AreaCode]geo.AreaCode{"r": "P"}, nil, within)
	refused(t, "cut off", err, geo.Conflict, "grids r does not touch parents P")
}

func (w *town) boxOf(layer int, codes ...geo.AreaCode) geo.Box {
	b := geo.EmptyBox()
	for _, c := range codes {
		b = b.Union(w.boxes[layer][c])
	}
	return b
}

func TestADrawingOnHeldGroundIsRefused(t *testing.T) {
	t.Parallel()
	w := twoByTwo(t)
	fill := func(code, parent geo.AreaCode, ring orb.LineString) error {
		_, err := coverage.Fill(t.Context(), w.near, code, parent, orb.Polygon{orb.Ring(ring)}, within)
		return err
	}
	square := metres(orb.Point{150, 150}, orb.Point{220, 150}, orb.Point{220, 190}, orb.Point{150, 190}, orb.Point{150, 150})
	beside := metres(orb.Point{200, 0}, orb.Point{250, 0}, orb.Point{250, 50}, orb.Point{200, 50}, orb.Point{200, 0})
	refused(t, "mostly held", fill("n", "", square), geo.Conflict, "71 %", "grids d")
	refused(t, "a code that is there", fill("b", "", beside), geo.Conflict, "b is there already")
	refused(t, "no parent", fill("n", "", beside), geo.Invalid, "name the parent")
	refused(t, "the parent's border", fill("n", "E", beside), geo.Conflict, "of parents E")
	refused(t, "another parent", fill("n", "Z", beside), geo.Conflict, "parents Z does not lie")
	refused(t, "open", fill("n", "E", beside[:4]), geo.Invalid, "not closed")
	if _, err := coverage.Fill(t.Context(), w.near, "n", "", nil, within); geo.KindOf(err) != geo.Invalid {
		t.Error(err)
	}
}
