package impact_test

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"gridwarden/geo"
	"gridwarden/geo/impact"
	"gridwarden/geo/index"
	"gridwarden/geo/planning"
	"gridwarden/geo/postgis"
	"gridwarden/geo/postgis/pgtest"
	"gridwarden/geo/routing"
	"gridwarden/geo/testsize"
)

// TestTheEffectOfEditsIsCounted is [TestTheEffectIsCountedNotGuessed] with edits as planners
// do them, and reports in a database.
func TestTheEffectOfEditsIsCounted(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(4, 4))
	store, err := postgis.Open(t.Context(), pgtest.New(t), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	records := reports(r, testsize.N(120, 1000))
	for i := range records.cases {
		c := &records.cases[i]
		c.Rulings = nil
		c.Returns = nil
		id, _, err := store.AddReport(t.Context(), &c.Report, nil, geo.Idempotency{})
		if err != nil || id != c.Report.ID {
			t.Fatal(id, err)
		}
		if c.Report.State == geo.Closed {
			if _, err := store.AddEvents(t.Context(), []geo.ReportEvent{{Report: id, Kind: geo.WasClosed, SenderID: "1", At: now}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	before := newTown().first(t, things(r, testsize.N(300, 2000)))
	done := map[planning.EditKind]int{}
	for range testsize.N(10, 200) {
		after := before
		for range 1 + r.IntN(5) {
			after = drawn(t, after, r, done)
		}
		got, err := impact.Of(t.Context(), before, after, store, impact.Options{Now: now, Limit: 10_000})
		if err != nil {
			t.Fatal(err)
		}
		p := &plainly{before: before, after: after, engines: [2]*routing.Engine{routing.New(before, routing.Settings{}), routing.New(after, routing.Settings{})}}
		p.assets(t, got)
		p.reports(t, got, records)
		p.loads(t, got, records)
	}
	if len(done) < 5 {
		t.Errorf("only these edits were done: %v", done)
	}
}

// drawn is a view after one random edit; the view itself where that cannot be done.
func drawn(t *testing.T, view *index.Snapshot, r *rand.Rand, done map[planning.EditKind]int) *index.Snapshot {
	var grids []*geo.Area
	for a := range view.Areas("grids", "") {
		grids = append(grids, a)
	}
	a := grids[r.IntN(len(grids))]
	b, shared := a, geo.EmptyBox()
	for near := range view.AreasIn("grids", a.Shape.Box()) {
		if both := meeting(a.Shape.Box(), near.Shape.Box()); near != a && (both.Min.X == both.Max.X) != (both.Min.Y == both.Max.Y) {
			b, shared = near, both
		}
	}
	point := func(x, y int32) orb.Point { c := geo.Coord{X: x, Y: y}; return orb.Point{c.Lon(), c.Lat()} }
	box := a.Shape.Box()
	cut, bulge := box.Min.X+r.Int32N(box.Max.X-box.Min.X), r.Int32N(cellSide)-cellSide/2
	line := orb.LineString{point(cut, box.Min.Y), point(cut, box.Max.Y)}
	border := orb.LineString{point(shared.Min.X, shared.Min.Y), point(shared.Min.X+(shared.Max.X-shared.Min.X)/2+bulge, shared.Min.Y+(shared.Max.Y-shared.Min.Y)/2+bulge), point(shared.Max.X, shared.Max.Y)}
	department := geo.DepartmentCode([]string{"d", "e", "f"}[r.IntN(3)])
	e := []planning.Edit{
		{Kind: planning.Merge, Areas: []geo.AreaCode{a.Code, b.Code}, Into: a.Code, Parents: planning.FollowParents},
		{Kind: planning.Split, Areas: []geo.AreaCode{a.Code}, Line: line, Tolerance: 5, Codes: []geo.AreaCode{geo.AreaCode(fmt.Sprintf("x%04d", r.IntN(10_000))), geo.AreaCode(fmt.Sprintf("y%04d", r.IntN(10_000)))}},
		{Kind: planning.Close, Areas: []geo.AreaCode{a.Code}, Parents: planning.FollowParents},
		{Kind: planning.Set, Areas: []geo.AreaCode{a.Code}, Department: &department},
		{Kind: planning.Reparent, Areas: []geo.AreaCode{a.Code}, Parent: b.Parent, Parents: planning.FollowParents},
		{Kind: planning.MoveBorder, Areas: []geo.AreaCode{a.Code, b.Code}, Line: border, Tolerance: 5, Parents: planning.FollowParents},
		{Kind: planning.Regroup, Group: &planning.GroupMove{Kind: "management", From: groupOf(view, a), To: fmt.Sprint("m", r.IntN(4)), Members: []geo.AreaCode{a.Code}}},
	}[r.IntN(7)]
	e.Layer = "grids"
	effect, err := planning.Do(t.Context(), view, &e, planning.Rules{Approved: func(geo.LayerName) bool { return true }})
	if err != nil {
		return view
	}
	after, err := planning.After(view, effect)
	if err != nil {
		t.Fatal(err)
	}
	done[e.Kind]++
	return after
}

// meeting is what two boxes share.
func meeting(a, b geo.Box) geo.Box {
	return geo.Box{
		Min: geo.Coord{X: max(a.Min.X, b.Min.X), Y: max(a.Min.Y, b.Min.Y)},
		Max: geo.Coord{X: min(a.Max.X, b.Max.X), Y: min(a.Max.Y, b.Max.Y)},
	}
}

// groupOf is the management grid of a grid; empty for none.
func groupOf(view *index.Snapshot, a *geo.Area) string {
	for _, g := range view.Duty().Groups {
		if slices.Contains(g.Members, a.Code) {
			return g.Code
		}
	}
	return ""
}
