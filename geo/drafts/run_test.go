package drafts_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/drafts"
)

// early is a desk for which it is an hour ago, and that time.
func (w *town) early() (*drafts.Desk, time.Time) {
	at := time.Now().Add(-time.Hour)
	return w.desk(func(d *drafts.Config) { d.Now = func() time.Time { return at } }), at
}

// until runs desks until a draft is in a state.
func (w *town) until(state geo.DraftState, id geo.DraftID, desks ...*drafts.Desk) geo.Draft {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), time.Minute)
	var group sync.WaitGroup
	defer group.Wait()
	defer cancel()
	for _, d := range desks {
		group.Go(func() { d.Run(ctx) })
	}
	for {
		draft, err := w.store.Draft(ctx, id)
		w.check(err)
		if draft.State == state {
			return draft
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestWhatIsScheduledIsPublishedOnceThoughTheServerWasDown(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	ann := as(t, "ann")
	desk, now := w.early()
	id := w.draft(ann, desk)
	w.edit(ann, desk, id, rename(grid(0, 0), "later"))
	when := now.Add(time.Minute).Truncate(time.Second)
	done, err := desk.Publish(ann, id, drafts.PublishOptions{Base: 1, EffectiveFrom: when, Note: "as planned"})
	w.check(err)
	if done.Edition.Number != 0 || done.Draft.State != geo.DraftScheduled || done.Draft.Schedule.Author != "ann" {
		t.Fatalf("for a time to come: %+v", done)
	}
	for complaint, err := range map[string]error{
		"edited":          second(desk.Edit(ann, id, 0, rename(grid(1, 1), "too"), "")),
		"undone":          second(desk.Undo(ann, id, 0, 1)),
		"published again": second(desk.Publish(ann, id, drafts.PublishOptions{Base: 1})),
	} {
		if geo.KindOf(err) != geo.Conflict || !strings.Contains(err.Error(), "schedule") {
			t.Errorf("scheduled, it was %s: %v", complaint, err)
		}
	}
	other := w.draft(ann, desk) // published meanwhile, elsewhere
	w.edit(ann, desk, other, rename(grid(9, 9), "meanwhile"))
	w.publish(ann, desk, other)
	servers := []*drafts.Desk{w.desk()}
	for range 2 {
		again := openTown(t, w.url)
		again.follow()
		servers = append(servers, again.desk())
	}
	draft := w.until(geo.DraftPublished, id, servers...)
	w.follow()
	shown := w.live.Load()
	if e := shown.Edition(); draft.Published != 3 || e.Number != 3 || !e.EffectiveFrom.Equal(when) || e.Note != "as planned" {
		t.Errorf("published as %d; the newest edition is %+v, not from %s", draft.Published, e, when)
	}
	if shown.Area("grids", grid(0, 0)).Name != "later" || shown.Area("grids", grid(9, 9)).Name != "meanwhile" {
		t.Error("the edition does not have what both drafts did")
	}
}

// second is the error of a call that gives something too.
func second[T any](_ T, err error) error { return err }

func TestWhatConflictsAtItsTimeIsHeldAndSaysSo(t *testing.T) {
	t.Parallel()
	w, ctx := newTown(t), t.Context()
	desk, now := w.early()
	id, other := w.draft(ctx, desk), w.draft(ctx, desk)
	w.edit(ctx, desk, id, rename(grid(0, 0), "ours"))
	w.edit(ctx, desk, other, rename(grid(0, 0), "theirs"))
	_, err := desk.Publish(ctx, id, drafts.PublishOptions{Base: 1, EffectiveFrom: now.Add(time.Minute)})
	w.check(err)
	w.publish(ctx, desk, other)
	server := w.desk()
	held := w.until(geo.DraftHeld, id, server)
	if !strings.Contains(held.Schedule.Told.String(), "edit 1") || !strings.Contains(held.Schedule.Told.String(), "name") {
		t.Errorf("held, it says %q", held.Schedule.Told)
	}
	if !strings.Contains(w.logged(), "not published as scheduled") {
		t.Errorf("the log says %q", w.logged())
	}
	if n := w.live.Load().Edition().Number; n != 2 {
		t.Errorf("the newest edition is %d", n)
	}
	_, err = server.Rebase(ctx, id, 0, map[int]drafts.Choice{1: drafts.Mine})
	w.check(err)
	done, err := server.Publish(ctx, id, drafts.PublishOptions{Base: 2})
	w.check(err)
	if done.Edition.Number != 3 {
		t.Errorf("solved by hand it became %+v", done)
	}
}

func TestADraftIsTakenOffItsSchedule(t *testing.T) {
	t.Parallel()
	w, ctx := newTown(t), t.Context()
	desk := w.desk()
	id := w.draft(ctx, desk)
	w.edit(ctx, desk, id, rename(grid(0, 0), "later"))
	_, err := desk.Publish(ctx, id, drafts.PublishOptions{Base: 1, EffectiveFrom: time.Now().Add(time.Hour)})
	w.check(err)
	draft, err := desk.Unschedule(ctx, id, 0)
	if err != nil || draft.State != geo.DraftOpen || draft.Schedule != nil {
		t.Errorf("off its schedule the draft is %+v, %v", draft, err)
	}
	w.edit(ctx, desk, id, rename(grid(0, 0), "changed"))
	old := w.desk(func(c *drafts.Config) { c.Now = func() time.Time { return time.Now().AddDate(0, 2, 0) } })
	if draft, err = old.Get(ctx, id); err != nil || !old.Stale(&draft) || desk.Stale(&draft) {
		t.Error("a draft untouched for two months is not forgotten, or one of today is")
	}
}
