package drafts_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/drafts"
	"gridwarden/geo/planning"
)

func TestAnEditThatAnotherTookBackLeavesNoTrace(t *testing.T) {
	t.Parallel()
	w, ctx := newTown(t), t.Context()
	desk := w.desk()
	id := w.draft(ctx, desk)
	w.edit(ctx, desk, id, rename(grid(0, 0), "anew"))
	w.edit(ctx, desk, id, rename(grid(0, 0), string(grid(0, 0))))
	if _, err := desk.Publish(ctx, id, drafts.PublishOptions{Base: 1}); geo.KindOf(err) != geo.Conflict || !strings.Contains(err.Error(), "come to nothing") {
		t.Errorf("publishing nothing: %v", err)
	}
	w.edit(ctx, desk, id, moveCorner(1, 1, 20, 20))
	done := w.publish(ctx, desk, id)
	if done.Draft.State != geo.DraftPublished || done.Draft.Published != 2 || done.Edition.Number != 2 {
		t.Errorf("published: %+v", done)
	}
	base, err := w.store.Base(ctx, "grids", "communities", "districts")
	w.check(err)
	begun := 0
	for _, a := range base.Areas {
		if a.From != 2 {
			continue
		}
		begun++
		if words, drawing := a.InputHash.Edited(); words || !drawing {
			t.Errorf("%s %s says words %v and drawing %v were edited", a.Layer, a.Code, words, drawing)
		}
	}
	if begun != 4 {
		t.Errorf("%d areas began with one corner moved, not the 4 round it", begun)
	}
	faults, err := planning.Check(ctx, base, "")
	if err != nil || len(faults) > 0 {
		t.Errorf("what was published has faults %v %v", faults, err)
	}
	if _, err := desk.Publish(ctx, id, drafts.PublishOptions{Base: 2}); geo.KindOf(err) != geo.Conflict || !strings.Contains(err.Error(), "published as edition 2") {
		t.Errorf("publishing twice: %v", err)
	}
}

func TestTwoWhoPublishAtOnceDoNotOverwriteEachOther(t *testing.T) {
	t.Parallel()
	w, ctx := newTown(t), t.Context()
	one, two := w.desk(), w.desk()
	ids := []geo.DraftID{w.draft(ctx, one), w.draft(ctx, two)}
	w.edit(ctx, one, ids[0], rename(grid(0, 0), "of one"))
	w.edit(ctx, two, ids[1], rename(grid(9, 9), "of two"))
	errs := make([]error, 2)
	var group sync.WaitGroup
	for i, desk := range []*drafts.Desk{one, two} {
		group.Go(func() { _, errs[i] = desk.Publish(ctx, ids[i], drafts.PublishOptions{Base: 1}) })
	}
	group.Wait()
	won, lost := 0, errs[1]
	if errs[0] != nil {
		won, lost = 1, errs[0]
	}
	if errs[won] != nil || geo.KindOf(lost) != geo.Conflict || !strings.Contains(lost.Error(), "edition 2 was published meanwhile") {
		t.Fatalf("one published: %v, the other: %v", errs[won], lost)
	}
	w.follow()
	draft, err := one.Get(ctx, ids[1-won])
	if err != nil || draft.State != geo.DraftOpen {
		t.Errorf("the draft of who was second is %+v, %v", draft, err)
	}
}

func TestADraftThatChangedSinceItWasLookedAtIsNotPublished(t *testing.T) {
	t.Parallel()
	w, ctx := newTown(t), t.Context()
	desk := w.desk()
	id := w.draft(ctx, desk)
	seen := w.edit(ctx, desk, id, rename(grid(0, 0), "seen")).Draft.Version
	w.edit(ctx, desk, id, rename(grid(0, 0), "not seen"))
	for complaint, o := range map[string]drafts.PublishOptions{
		"another version":               {Base: 1, Version: seen},
		"another edition":               {Base: 2},
		"backdated without a document":  {Base: 1, EffectiveFrom: time.Now().Add(-time.Hour)},
		"backdated, in another edition": {Base: 2, EffectiveFrom: time.Now().Add(-time.Hour), Document: "府发〔2026〕1号"},
	} {
		if _, err := desk.Publish(ctx, id, o); err == nil {
			t.Errorf("%s was published", complaint)
		}
	}
	done, err := desk.Publish(ctx, id, drafts.PublishOptions{Base: 1, EffectiveFrom: time.Now().Add(-time.Hour), Document: "府发〔2026〕1号"})
	w.check(err)
	if !done.Edition.EffectiveFrom.Before(done.Edition.PublishedAt) {
		t.Errorf("backdated, the edition holds from %s", done.Edition.EffectiveFrom)
	}
}

func TestFourEyesSeeWhatIsPublished(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	ann, bob := as(t, "ann"), as(t, "bob")
	desk := w.desk(func(c *drafts.Config) { c.FourEyes = true })
	id := w.draft(ann, desk)
	w.edit(ann, desk, id, rename(grid(0, 0), "anew"))
	for _, who := range []context.Context{ann, t.Context()} {
		if _, err := desk.Publish(who, id, drafts.PublishOptions{Base: 1}); geo.KindOf(err) != geo.Forbidden {
			t.Errorf("two eyes: %v", err)
		}
	}
	w.publish(bob, desk, id)
}

func TestANeighboursDistrictIsChangedWithItsConsentAlone(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	west, east := as(t, "west", "330101"), as(t, "east", "330102")
	desk := w.desk()
	id := w.draft(west, desk)
	own := w.edit(west, desk, id, moveCorner(4, 1, 10, 10))
	if len(own.Edit.Needs) > 0 {
		t.Errorf("within the district it needs %v", own.Edit.Needs)
	}
	at := w.edit(west, desk, id, planning.Edit{Kind: planning.InsertNode, Layer: "grids", At: at(6, 0.5), Parents: planning.FollowParents})
	if len(at.Edit.Needs) > 0 {
		t.Errorf("a node in the neighbour's border needs %v", at.Edit.Needs)
	}
	across := w.edit(west, desk, id, moveCorner(6, 1, 10, 10))
	if len(across.Edit.Needs) == 0 {
		t.Fatal("across the district's border it needs nobody")
	}
	for _, code := range across.Edit.Needs {
		if !strings.HasPrefix(string(code), "330102") {
			t.Errorf("it needs consent for %s", code)
		}
	}
	if _, err := desk.Publish(west, id, drafts.PublishOptions{Base: 1}); geo.KindOf(err) != geo.Conflict || !strings.Contains(err.Error(), "consent") {
		t.Errorf("published without consent: %v", err)
	}
	for complaint, who := range map[string]context.Context{"its author": west, "a third district": as(t, "far", "330109")} {
		if _, err := desk.Consent(who, id, across.Edit.Number); geo.KindOf(err) != geo.Forbidden {
			t.Errorf("%s consents: %v", complaint, err)
		}
	}
	_, err := desk.Consent(east, id, across.Edit.Number)
	w.check(err)
	if _, err := desk.Publish(as(t, "far", "330109"), id, drafts.PublishOptions{Base: 1}); geo.KindOf(err) != geo.Forbidden {
		t.Errorf("a third district publishes: %v", err)
	}
	if _, err := desk.Consent(east, id, across.Edit.Number); geo.KindOf(err) != geo.Conflict {
		t.Errorf("consent where none is needed: %v", err)
	}
	w.publish(west, desk, id)
}

func TestTheLineOfLawMovesWithItsDocumentFromItsDay(t *testing.T) {
	t.Parallel()
	w, ctx := newTown(t), t.Context()
	locked := layers(small)
	for i := range locked {
		if locked[i].Layer.Name == "districts" {
			locked[i].Layer.Lock, locked[i].Layer.Authority = geo.Locked, "民政局"
		}
	}
	base, err := w.store.Base(ctx, "grids", "communities", "districts")
	w.check(err)
	out, err := planning.Import(ctx, base, locked, planning.Options{})
	w.check(err)
	_, _, err = w.store.Publish(ctx, out.Publication)
	w.check(err)
	w.follow()
	desk := w.desk()
	id := w.draft(ctx, desk)
	move := moveCorner(6, 1, 10, 10)
	if _, err := desk.Edit(ctx, id, 0, move, ""); geo.KindOf(err) != geo.Conflict {
		t.Fatalf("a line of law moved: %v", err)
	}
	approval := geo.Approval{Layer: "districts", Document: "浙民〔2026〕7号", Body: "城管局", EffectiveDay: geo.DateOf(time.Now().AddDate(0, 0, 5), time.UTC)}
	if _, err := desk.Approve(ctx, id, 0, approval); geo.KindOf(err) != geo.Forbidden {
		t.Errorf("a body approves what is not its to change: %v", err)
	}
	approval.Body = "民政局"
	_, err = desk.Approve(ctx, id, 0, approval)
	w.check(err)
	w.edit(ctx, desk, id, move)
	if _, err := desk.Publish(ctx, id, drafts.PublishOptions{Base: 2}); geo.KindOf(err) != geo.Conflict || !strings.Contains(err.Error(), approval.Document) {
		t.Errorf("published before the day: %v", err)
	}
	approval.EffectiveDay = geo.DateOf(time.Now(), time.UTC)
	_, err = desk.Approve(ctx, id, 0, approval)
	w.check(err)
	w.publish(ctx, desk, id)
	history, _, err := w.store.History(ctx, "districts", "330101")
	w.check(err)
	printed := false
	for _, d := range history {
		printed = printed || d.Edition == 3 && d.From != d.To && d.Approval == approval.Document
	}
	if !printed {
		t.Errorf("the lineage does not print the document: %+v", history)
	}
}

func TestAnEditionIsTakenBack(t *testing.T) {
	t.Parallel()
	w, ctx := newTown(t), t.Context()
	desk := w.desk()
	first := shows(t, w.live.Load(), false)
	id := w.draft(ctx, desk)
	w.edit(ctx, desk, id, moveCorner(6, 6, 20, 20))
	w.edit(ctx, desk, id, planning.Edit{Kind: planning.Merge, Layer: "grids", Areas: []geo.AreaCode{grid(0, 0), grid(1, 0)}, Into: grid(0, 0)})
	name := "网格"
	w.edit(ctx, desk, id, planning.Edit{Kind: planning.Regroup, Layer: "grids", Name: &name, Group: &planning.GroupMove{Kind: "management", To: "M1", Members: []geo.AreaCode{grid(0, 0)}}})
	w.publish(ctx, desk, id)
	for complaint, o := range map[string]struct {
		to, base geo.Edition
	}{"an edition passed over": {1, 1}, "the newest": {2, 2}, "one that is not there": {9, 2}, "none": {0, 2}} {
		if _, err := desk.TakeBack(ctx, o.to, drafts.PublishOptions{Base: o.base}); err == nil {
			t.Errorf("%s was taken back", complaint)
		}
	}
	if _, err := desk.TakeBack(as(t, "west", "330101"), 1, drafts.PublishOptions{Base: 2}); geo.KindOf(err) != geo.Forbidden {
		t.Errorf("a district takes back the city's edition: %v", err)
	}
	done, err := desk.TakeBack(ctx, 1, drafts.PublishOptions{Base: 2, Note: "mistaken"})
	w.check(err)
	w.follow()
	if done.Edition.Number != 3 || shows(t, w.live.Load(), false) != first {
		t.Error("taken back, the edition is not what it was")
	}
	history, _, err := w.store.History(ctx, "grids", grid(1, 0))
	w.check(err)
	back := false
	for _, d := range history {
		back = back || d.Edition == 3 && d.From == grid(0, 0) && d.To == grid(1, 0)
	}
	if !back {
		t.Errorf("lineage does not say where the ground went back: %+v", history)
	}
	if _, err := desk.TakeBack(ctx, 1, drafts.PublishOptions{Base: 3}); geo.KindOf(err) != geo.Conflict {
		t.Errorf("taken back twice: %v", err)
	}
	base, err := w.store.Base(ctx, "grids", "communities", "districts")
	w.check(err)
	if out, err := planning.Import(ctx, base, layers(small), planning.Options{}); err != nil || out.Publication != nil {
		t.Errorf("the files that edition 1 came from do not give it: %v %+v", err, out)
	}
}

func TestAnImportDoesNotOverwriteWhatPlannersDrew(t *testing.T) {
	t.Parallel()
	w, ctx := newTown(t), t.Context()
	desk := w.desk()
	id := w.draft(ctx, desk)
	w.edit(ctx, desk, id, moveCorner(1, 1, 20, 20))
	w.edit(ctx, desk, id, rename(grid(7, 7), "drawn"))
	w.publish(ctx, desk, id)
	base, err := w.store.Base(ctx, "grids", "communities", "districts")
	w.check(err)
	_, err = planning.Import(ctx, base, layers(small), planning.Options{})
	if geo.KindOf(err) != geo.Conflict || !strings.Contains(err.Error(), string(grid(7, 7))) || !strings.Contains(err.Error(), "5 areas") {
		t.Errorf("imported over edits: %v", err)
	}
	out, err := planning.Import(ctx, base, layers(small), planning.Options{Overwrite: true})
	w.check(err)
	if n := len(out.Publication.Areas); n < 5 {
		t.Errorf("told to overwrite, it changes %d areas", n)
	}
}
