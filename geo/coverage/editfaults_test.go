package coverage_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"gridwarden/geo"
	"gridwarden/geo/coverage"
	"gridwarden/geo/testsize"
)

// faults are what LocalFaults tells near a box.
func (w *town) faults(t *testing.T, box geo.Box) []geo.Fault {
	t.Helper()
	faults, err := coverage.LocalFaults(t.Context(), w.near, box)
	if err != nil {
		t.Fatal(err)
	}
	return faults
}

func kindsOf(faults []geo.Fault) (kinds []geo.FaultKind) {
	for _, f := range faults {
		kinds = append(kinds, f.Kind)
	}
	slices.Sort(kinds)
	return kinds
}

// What Check finds in the whole town LocalFaults finds in the box of each fault, and where
// nothing is wrong it finds nothing.
func TestNearAFaultTheSameIsToldAsByTheCheckOfAll(t *testing.T) {
	t.Parallel()
	for seed := range uint64(testsize.N(15, 300)) {
		r := rand.New(rand.NewPCG(seed, 11))
		w := townOf(t, wavyCity(6, 1+r.IntN(4))...)
		codes := slices.Sorted(maps.Keys(w.layers[0]))
		hurt := w.layers[0][codes[r.IntN(len(codes))]]
		ring := slices.Clone(hurt.Shape[0][0])
		if i := r.IntN(len(ring)); r.IntN(2) == 0 {
			ring[i].X += r.Int32N(800) - 400
		} else {
			ring = slices.Delete(ring, i, i+1)
		}
		w.put(0, coverage.Built{Code: hurt.Code, Parent: hurt.Parent, Shape: geo.MultiPolygon{{ring}}})
		want, err := coverage.Check(t.Context(), w.all())
		if err != nil {
			t.Fatal(err)
		}
		box := w.boxOf(0, hurt.Code)
		for _, c := range hurt.Shape[0][0] {
			box = box.Extend(c)
		}
		got := slices.DeleteFunc(w.faults(t, box), func(f geo.Fault) bool { return f.Kind == geo.FaultSpike })
		if !slices.Equal(kindsOf(got), kindsOf(want)) {
			t.Errorf("seed %d: %v, the check of all says %v", seed, kindsOf(got), kindsOf(want))
		}
		far := w.layers[0][codes[0]]
		if b := w.boxes[0][far.Code]; !b.Intersects(box) {
			if f := w.faults(t, b); len(f) > 0 {
				t.Errorf("seed %d: far away %v", seed, f)
			}
		}
	}
}

func TestSpikesAndIslandsAreNoted(t *testing.T) {
	t.Parallel()
	w := twoByTwo(t)
	r, err := coverage.MoveBorder(t.Context(), w.near, "a", "c", metres(orb.Point{44, 100}, orb.Point{45, 150}, orb.Point{46, 100}), within)
	if err != nil {
		t.Fatal(err)
	}
	w.apply(t, r)
	f := only(t, w.faults(t, w.boxOf(0, "a")))
	if f.Kind != geo.FaultSpike || f.Error || !slices.Equal(f.Areas, []geo.AreaCode{"a", "c"}) || f.Outline == nil {
		t.Errorf("%+v", f)
	}
	r, err = coverage.MoveBorder(t.Context(), w.near, "b", "d", metres(orb.Point{120, 100}, orb.Point{120, -0.5}, orb.Point{140, 0.4}, orb.Point{140, 100}), within)
	if err != nil {
		t.Fatal(err)
	}
	w.apply(t, r)
	w.sound(t)
	f = only(t, w.faults(t, w.boxOf(0, "b")))
	if f.Kind != geo.FaultIsland || f.Error || !slices.Equal(f.Areas, []geo.AreaCode{"b"}) {
		t.Errorf("%+v", f)
	}
	near(t, "the part cut off", f.Area, 20*100, 20)
}

// A large gap is told whole or not at all, and what lies outside of what was asked for is
// never taken for one.
func TestAGapIsToldWhole(t *testing.T) {
	t.Parallel()
	w := townOf(t, wavyCity(12, 2)...)
	for _, code := range []geo.AreaCode{"00100105", "00100106", "00100109"} {
		delete(w.layers[0], code)
		delete(w.boxes[0], code)
	}
	want := only(t, mustCheck(t, w))
	corner, err := geo.CoordOf(want.At[0], want.At[1])
	if err != nil {
		t.Fatal(err)
	}
	got := only(t, w.faults(t, geo.Box{Min: corner, Max: corner}))
	if near(t, "the gap", got.Area, want.Area, 0.01); got.At != want.At {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func mustCheck(t *testing.T, w *town) []geo.Fault {
	t.Helper()
	faults, err := coverage.Check(t.Context(), w.all())
	if err != nil {
		t.Fatal(err)
	}
	return faults
}
