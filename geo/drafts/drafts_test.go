package drafts_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"gridwarden/geo"
	"gridwarden/geo/drafts"
	"gridwarden/geo/index"
	"gridwarden/geo/planning"
	"gridwarden/geo/testsize"
)

// random is an edit somewhere in the town as it is; many cannot be done.
func random(r *rand.Rand, view *index.Snapshot) planning.Edit {
	some := func() *geo.Area {
		codes := []*geo.Area{}
		for a := range view.Areas("grids", "") {
			codes = append(codes, a)
		}
		return codes[r.IntN(len(codes))]
	}
	a := some()
	ring := a.Shape.Polygons[0][0]
	node := ring[r.IntN(len(ring))]
	place := orb.Point{node.Lon(), node.Lat()}
	beside := orb.Point{place[0] + (r.Float64()-.5)/2000, place[1] + (r.Float64()-.5)/2000}
	switch r.IntN(6) {
	case 0:
		name := string(a.Code) + " anew"
		return rename(a.Code, name)
	case 1:
		b := a.Shape.Box()
		middle := (b.Min.Lon() + b.Max.Lon()) / 2
		return planning.Edit{Kind: planning.Split, Layer: "grids", Areas: []geo.AreaCode{a.Code}, Line: orb.LineString{{middle, b.Min.Lat() - 1e-4}, {middle, b.Max.Lat() + 1e-4}}}
	case 2:
		for o := range view.AreasIn("grids", a.Shape.Box()) {
			if o.Code != a.Code && o.Parent == a.Parent {
				return planning.Edit{Kind: planning.Merge, Layer: "grids", Areas: []geo.AreaCode{a.Code, o.Code}, Into: a.Code}
			}
		}
	}
	return planning.Edit{Kind: planning.MoveNode, Layer: "grids", At: &place, To: &beside, Parents: planning.FollowParents}
}

func TestUndoingEverythingGivesTheBaseToTheByte(t *testing.T) {
	t.Parallel()
	w, ctx := newTown(t), t.Context()
	desk := w.desk()
	id := w.draft(ctx, desk)
	base := shows(t, w.live.Load(), true)
	r := rand.New(rand.NewPCG(1, 2))
	states := []string{base}
	for tries := 0; len(states) <= testsize.N(40, 500) && tries < 5000; tries++ {
		view, _, err := desk.View(ctx, id)
		w.check(err)
		e := random(r, view)
		if _, err := desk.Edit(ctx, id, 0, e, ""); err != nil {
			if geo.KindOf(err) == geo.Internal {
				t.Fatal(err)
			}
			continue
		}
		view, _, err = desk.View(ctx, id)
		w.check(err)
		states = append(states, shows(t, view, true))
	}
	n := len(states) - 1
	other := w.desk() // one that has seen nothing of it
	for _, d := range []*drafts.Desk{desk, other} {
		draft, err := d.Undo(ctx, id, 0, n)
		w.check(err)
		view, _, err := d.View(ctx, id)
		w.check(err)
		if draft.Head != 0 || shows(t, view, true) != base {
			t.Fatal("undoing everything does not give the base")
		}
		for head := 0; head < n; {
			steps := min(1+r.IntN(20), n-head)
			_, err := d.Redo(ctx, id, 0, steps)
			w.check(err)
			head += steps
			view, _, err := d.View(ctx, id)
			w.check(err)
			if shows(t, view, true) != states[head] {
				t.Fatalf("redone, edit %d is another", head)
			}
		}
	}
	if _, err := desk.Redo(ctx, id, 0, 1); geo.KindOf(err) != geo.Conflict {
		t.Errorf("redoing what was not undone: %v", err)
	}
	if _, err := desk.Undo(ctx, id, 0, n+1); geo.KindOf(err) != geo.Conflict {
		t.Errorf("undoing what was not done: %v", err)
	}
}

func TestSeveralPlannersEditOneDraft(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	ann, bob, cat := as(t, "ann"), as(t, "bob"), as(t, "cat")
	one, two := w.desk(), w.desk() // on two servers
	id := w.draft(ann, one)
	editors := []string{"bob"}
	_, err := one.Patch(ann, id, 1, drafts.Change{Editors: &editors})
	w.check(err)
	if _, err := two.Edit(cat, id, 0, rename(grid(0, 0), "cat's"), ""); geo.KindOf(err) != geo.Forbidden {
		t.Errorf("one with whom it is not shared edits it: %v", err)
	}
	if _, _, err := two.View(cat, id); err != nil {
		t.Errorf("one with whom it is not shared cannot read it: %v", err)
	}
	const each = 10
	done := make(chan error, 2)
	for i, who := range []struct {
		desk *drafts.Desk
	}{{one}, {two}} {
		ctx := []func() error{}
		for n := range each {
			ctx = append(ctx, func() error {
				actor := ann
				if i == 1 {
					actor = bob
				}
				_, err := who.desk.Edit(actor, id, 0, rename(grid(n, i), "of one of them"), "")
				return err
			})
		}
		go func() {
			for _, f := range ctx {
				if err := f(); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	w.check(<-done)
	w.check(<-done)
	edits, draft, err := one.Edits(ann, id)
	w.check(err)
	if len(edits) != 2*each || draft.Head != 2*each {
		t.Errorf("%d edits are left of %d", len(edits), 2*each)
	}
	if _, err := one.Edit(ann, id, 2, rename(grid(0, 0), "stale"), ""); geo.KindOf(err) != geo.Conflict {
		t.Errorf("an edit of what the planner saw long ago: %v", err)
	}
}

func TestADraftStaysOnItsBase(t *testing.T) {
	t.Parallel()
	w, ctx := newTown(t), t.Context()
	desk := w.desk()
	id, theirs := w.draft(ctx, desk), w.draft(ctx, desk)
	w.edit(ctx, desk, id, rename(grid(0, 0), "anew"))
	w.edit(ctx, desk, theirs, rename(grid(5, 5), "theirs"))
	w.publish(ctx, desk, theirs)
	base, view, draft, err := desk.Views(ctx, id)
	w.check(err)
	if base.Edition().Number != 1 || draft.Base != 1 {
		t.Errorf("the draft moved to edition %d by itself", base.Edition().Number)
	}
	if view.Area("grids", grid(0, 0)).Name != "anew" || view.Area("grids", grid(5, 5)).Name == "theirs" {
		t.Error("the draft does not show its base with its edits")
	}
}

func TestADraftOnTheNewestEditionShowsTodaysAssets(t *testing.T) {
	t.Parallel()
	w, ctx := newTown(t), t.Context()
	desk := w.desk()
	id := w.draft(ctx, desk)
	w.edit(ctx, desk, id, rename(grid(0, 0), "anew"))
	now := w.live.Load()
	lamp := geo.Asset{ID: "lamp-1", Version: 1, Category: geo.CategoryKey{Standard: "s", Kind: geo.Component, Code: "01"}, Point: geo.Coord{X: 1_200_005_000, Y: 300_005_000}}
	next, err := now.Apply(&geo.Changes{
		History: now.History(), From: now.Position(), To: geo.Position{Sequence: now.Position().Sequence + 1},
		Edition: now.Edition(), Assets: []geo.Asset{lamp},
	})
	w.check(err)
	w.live.Store(next)
	view, _, err := desk.View(ctx, id)
	w.check(err)
	if view.AssetCount() != 1 || view.Area("grids", grid(0, 0)).Name != "anew" {
		t.Errorf("the draft shows %d assets", view.AssetCount())
	}
}

func TestADraftHasLimits(t *testing.T) {
	t.Parallel()
	w, ctx := newTown(t), t.Context()
	desk := w.desk()
	id := w.draft(ctx, desk)
	draft, err := desk.Get(ctx, id)
	w.check(err)
	done := make([]planning.DoneEdit, drafts.MaxEdits)
	for i := range done {
		done[i] = planning.DoneEdit{Edit: rename(grid(0, 0), "anew")}
	}
	draft.Head = len(done)
	draft, err = w.store.RebaseDraft(ctx, draft, done)
	w.check(err)
	_, err = desk.Edit(ctx, id, 0, rename(grid(0, 0), "once more"), "")
	if geo.KindOf(err) != geo.TooLarge || !strings.Contains(err.Error(), "10000 edits") {
		t.Errorf("the 10,001st edit: %v", err)
	}
	if after, err := desk.Get(ctx, id); err != nil || after.Version != draft.Version {
		t.Errorf("the draft is no longer as it was: %+v %v", after, err)
	}
	if _, err := desk.Create(ctx, "  ", 0); geo.KindOf(err) != geo.Invalid {
		t.Errorf("a draft without a name: %v", err)
	}
	if _, err := desk.Create(ctx, "on what is gone", 7); geo.KindOf(err) != geo.NotFound {
		t.Errorf("a draft on an edition that is not there: %v", err)
	}
	_, err = desk.Discard(ctx, id, 0)
	w.check(err)
	if _, err := desk.Edit(ctx, id, 0, rename(grid(0, 0), "late"), ""); geo.KindOf(err) != geo.Conflict || !strings.Contains(err.Error(), "discarded") {
		t.Errorf("an edit of a discarded draft: %v", err)
	}
}
