package planning_test

import (
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/planning"
)

// faults are those after the last edit.
func (d *drafting) faults() []planning.Fault {
	d.tb.Helper()
	last := len(d.effects) - 1
	faults, err := planning.Faults(d.tb.Context(), d.views[last], d.view, &d.effects[last])
	if err != nil {
		d.tb.Fatal(err)
	}
	return faults
}

// found is the fault of a kind after the last edit, which has to be there.
func (d *drafting) found(kind geo.FaultKind, areas ...geo.AreaCode) planning.Fault {
	d.tb.Helper()
	faults := d.faults()
	i := slices.IndexFunc(faults, func(f planning.Fault) bool {
		return f.Kind == kind && (areas == nil || slices.Equal(f.Areas, areas))
	})
	if i < 0 {
		d.tb.Fatalf("no %s of %v among %s", kind, areas, told(faults))
	}
	return faults[i]
}

func told(faults []planning.Fault) (all []string) {
	for _, f := range faults {
		all = append(all, string(f.Severity)+": "+f.Sentence().String())
	}
	return all
}

// mended fails unless the mend proposed removes the fault.
func (d *drafting) mended(f planning.Fault) {
	d.tb.Helper()
	if f.Mend == nil {
		d.tb.Fatalf("no mend for: %s", f.Sentence())
	}
	d.do(*f.Mend)
	for _, left := range d.faults() {
		if left.Kind == f.Kind && left.Layer == f.Layer && slices.Equal(left.Areas, f.Areas) && left.At == f.At {
			d.tb.Errorf("it is still there after %+v: %s", *f.Mend, left.Sentence())
		}
	}
	d.sound()
}

// relayered is a view with a layer changed.
func relayered(tb testing.TB, view *index.Snapshot, name geo.LayerName, change func(*geo.Layer)) *index.Snapshot {
	tb.Helper()
	l, _ := view.Layer(name)
	change(&l)
	from := view.Position()
	next, err := view.Apply(&geo.Changes{
		History: view.History(), From: from, To: geo.Position{Sequence: from.Sequence + 1}, Edition: view.Edition(), Layers: []geo.Layer{l},
	})
	if err != nil {
		tb.Fatal(err)
	}
	return next
}

func TestAnEditInSoundGroundHasNoFaults(t *testing.T) {
	t.Parallel()
	d := ruled(t)
	at := corner(1, 1)
	d.do(planning.Edit{Kind: planning.MoveNode, Layer: "grids", At: &at, To: &orb.Point{at[0] + 0.0001, at[1]}})
	if faults := d.faults(); len(faults) > 0 {
		t.Errorf("%v", told(faults))
	}
}

func TestAGapIsFilledOrGivenToANeighbour(t *testing.T) {
	t.Parallel()
	d := ruled(t, cell{2, 2})
	at := corner(2, 2)
	d.do(planning.Edit{Kind: planning.MoveNode, Layer: "grids", At: &at, To: &orb.Point{at[0] + 0.0001, at[1]}, Parents: planning.FollowParents})
	f := d.found(geo.FaultGap, communityCode(2, 2))
	if f.Severity != planning.SeverityWarning || f.Area < 8000 || len(f.Outline) != 1 {
		t.Errorf("%+v", f)
	}
	d.mended(f)
	d.holds("grids", map[cell]geo.AreaCode{{2, 2}: communityCode(2, 2) + "005"})
	d.undone()

	d = ruled(t, cell{2, 2})
	d.do(planning.Edit{Kind: planning.Draw, Layer: "grids", Polygon: block(2, 2, 3, 3), Into: gridCode(3, 2), Tolerance: 1})
	d.holds("grids", map[cell]geo.AreaCode{{2, 2}: gridCode(3, 2)})
	d.refuses(planning.Edit{Kind: planning.Draw, Layer: "grids", Polygon: block(2, 2, 3, 3), Into: gridCode(3, 2)}, geo.Conflict)
	d.sound()
	d.undone()
}

// plain is a coverage without parents and without a rule of codes: a ring of one-cell areas
// round b1, in which c1 holds a far part too and no area holds the cell d1.
func plain(tb testing.TB) *drafting {
	tb.Helper()
	s := newStore(tb)
	areas := board(5)
	areas = without(areas, "b3", "d1")
	areas = with(areas, drawn("c1", block(2, 1, 3, 2), block(1, 3, 2, 4)))
	s.must(fabric("grids", "", areas...))
	return draftOf(tb, s.view)
}

func TestAPartCutOffGoesToItsNeighbour(t *testing.T) {
	t.Parallel()
	d := plain(t)
	at := corner(2, 3)
	d.do(planning.Edit{Kind: planning.MoveNode, Layer: "grids", At: &at, To: &orb.Point{at[0] + 0.0001, at[1]}})
	f := d.found(geo.FaultIsland, "c1")
	d.mended(f)
	if a := d.view.Area("grids", "c1"); len(a.Shape.Polygons) != 1 {
		t.Errorf("c1 has %d parts", len(a.Shape.Polygons))
	}
	d.refuses(planning.Edit{Kind: planning.Close, Layer: "grids", Areas: codes("c1"), At: &at}, geo.NotFound, "no ground")
	d.undone()
}

func TestWithoutARuleOfCodesAGapGoesToANeighbour(t *testing.T) {
	t.Parallel()
	d := plain(t)
	at := corner(3, 1)
	d.do(planning.Edit{Kind: planning.MoveNode, Layer: "grids", At: &at, To: &orb.Point{at[0] + 0.0001, at[1]}})
	f := d.found(geo.FaultGap)
	if f.Severity != planning.SeverityNote || f.Mend == nil || f.Mend.Into == "" {
		t.Errorf("%+v", f)
	}
	d.mended(f)
	d.undone()
}

func TestASpikeIsTakenBack(t *testing.T) {
	t.Parallel()
	d := plain(t)
	p, q := corner(1, 1), corner(2, 1)
	on := func(part float64) *orb.Point { return &orb.Point{p[0] + part*(q[0]-p[0]), p[1] + part*(q[1]-p[1])} }
	for _, part := range []float64{0.5, 0.505, 0.51} {
		d.do(planning.Edit{Kind: planning.InsertNode, Layer: "grids", At: on(part), Tolerance: 0.1})
	}
	to := *on(0.505)
	to[1] += 0.0003
	d.do(planning.Edit{Kind: planning.MoveNode, Layer: "grids", At: on(0.505), To: &to, Tolerance: 0.1})
	d.mended(d.found(geo.FaultSpike))
	d.undone()
}

func TestSizesCodesAndDepartmentsAreWatched(t *testing.T) {
	t.Parallel()
	d := grouped(t)
	d.do(planning.Edit{Kind: planning.Set, Layer: "communities", Areas: codes(communityCode(0, 0)), Department: dept("01")})
	d.do(planning.Edit{Kind: planning.Set, Layer: "grids", Areas: codes(gridCode(0, 0), gridCode(0, 1), gridCode(1, 0), gridCode(1, 1)), Department: dept("02")})
	d.do(planning.Edit{Kind: planning.Set, Layer: "grids", Areas: codes(gridCode(0, 0)), Department: dept("")})
	f := d.found(geo.FaultNoDepartment, gridCode(0, 0))
	d.mended(f)
	if a := d.view.Area("grids", gridCode(0, 0)); a.Department != "01" {
		t.Errorf("it has %q", a.Department)
	}

	d = draftOf(t, relayered(t, d.view, "grids", func(l *geo.Layer) { l.SmallestArea, l.LargestArea = 6000, 15_000 }))
	d.do(planning.Edit{Kind: planning.Split, Layer: "grids", Areas: codes(gridCode(0, 0)), Line: across(0, 1, 0)})
	f = d.found(geo.FaultTooSmall, "330101001001005")
	d.mended(f)
	d.do(planning.Edit{Kind: planning.Merge, Layer: "grids", Areas: codes(gridCode(2, 0), gridCode(3, 0)), Into: gridCode(2, 0)})
	if f := d.found(geo.FaultTooLarge, gridCode(2, 0)); f.Mend != nil || f.Severity != planning.SeverityWarning {
		t.Errorf("%+v", f)
	}
	d.undone()
}

// A street that runs round another reaches everywhere with its box, and not with its ground.
func TestAnAreaThatRunsRoundThePlaceIsNoFault(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	var grids []geo.AreaInput
	for _, g := range board(8) {
		x, y := int(g.Code[0]-'a'), int(g.Code[1]-'0')
		g.Parent = "round"
		if 2 <= x && x < 6 && 2 <= y && y < 6 {
			g.Parent = "within"
		}
		grids = append(grids, g)
	}
	ring := orb.Polygon{block(0, 0, 8, 8)[0], block(2, 2, 6, 6)[0]}
	s.must(fabric("streets", "", drawn("round", ring), drawn("within", block(2, 2, 6, 6))), fabric("grids", "streets", grids...))
	d := draftOf(t, s.view)
	d.do(planning.Edit{Kind: planning.Split, Layer: "grids", Areas: codes("e4"), Line: across(4, 5, 4)})
	if faults := d.faults(); len(faults) > 0 {
		t.Errorf("%v", told(faults))
	}
	d.sound()
	d.undone()
}
