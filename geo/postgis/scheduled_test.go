package postgis_test

import (
	"context"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/postgis"
	"gridwarden/geo/postgis/pgtest"
)

// schedule makes a draft that is due at a time.
func schedule(t *testing.T, store *postgis.Store, id geo.DraftID, at time.Time) geo.Draft {
	t.Helper()
	d := newDraft(t, store, id)
	d.State, d.Schedule = geo.DraftScheduled, &geo.Schedule{At: at}
	d, err := store.PutDraft(t.Context(), d)
	check(t, err)
	return d
}

// publishDraft makes an edition of a draft, on top of the newest.
func publishDraft(ctx context.Context, store *postgis.Store, d geo.Draft) error {
	base, err := store.Base(ctx)
	if err != nil {
		return err
	}
	p := geo.Publication{Base: base.Edition, Draft: d.ID, DraftVersion: d.Version, EffectiveFrom: d.Schedule.At, Areas: []*geo.Area{square("grids", geo.AreaCode(d.ID), 5, 5)}}
	_, _, err = store.Publish(ctx, &p)
	return err
}

func TestAScheduledDraftIsPublishedOnceByManyServers(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	servers := []*postgis.Store{openAt(t, url), openAt(t, url)}
	publish(t, servers[0], geo.Publication{Layers: []geo.Layer{grids}})
	due := time.Now().Add(-time.Minute).UTC().Truncate(time.Second)
	for _, id := range []geo.DraftID{"a", "b", "c"} {
		schedule(t, servers[0], id, due)
	}
	later := schedule(t, servers[0], "later", time.Now().Add(time.Hour))
	var done, at atomic.Int32
	var all sync.WaitGroup
	for _, server := range servers {
		for range 2 {
			all.Go(func() {
				for done.Load() < 3 && t.Context().Err() == nil {
					_, err := server.DueDraft(t.Context(), time.Now().Add(2*time.Hour), func(ctx context.Context, d geo.Draft) error {
						if at.Add(1) > 1 {
							t.Error("two servers publish at once")
						}
						defer at.Add(-1)
						defer done.Add(1)
						return publishDraft(ctx, server, d)
					})
					if err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
	}
	all.Wait()
	editions, err := servers[0].Editions(t.Context(), 100, 10)
	check(t, err)
	if len(editions) != 4 || editions[0].Draft != "c" || !editions[0].EffectiveFrom.Equal(due) || editions[0].Begun != 1 {
		t.Errorf("published %+v", editions)
	}
	if d, err := servers[1].Draft(t.Context(), later.ID); err != nil || !reflect.DeepEqual(d, later) {
		t.Errorf("what is not due yet became %+v, %v", d, err)
	}
}

// holdersSQL ends the connections that hold the lock on what is due.
const holdersSQL = `
SELECT count(pg_terminate_backend(pid)) FROM pg_locks
WHERE locktype = 'advisory' AND classid = 1735551860 AND objid = 4 AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`

func TestAServerThatDiesWhilePublishingLeavesTheDraftToAnother(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	dying, other, conn := openAt(t, url), openAt(t, url), dial(t, url)
	publish(t, dying, geo.Publication{Layers: []geo.Layer{grids}})
	schedule(t, dying, "d", time.Now().Add(-time.Minute))
	_, err := dying.DueDraft(t.Context(), time.Now(), func(ctx context.Context, d geo.Draft) error {
		found, err := other.DueDraft(ctx, time.Now(), func(context.Context, geo.Draft) error { return nil })
		if found || err != nil {
			t.Errorf("another server took it too: %v", err)
		}
		if n := count(t, conn, holdersSQL); n != 1 {
			t.Errorf("%d connections held the lock", n)
		}
		for found = false; !found && err == nil; { // until the connection is gone
			found, err = other.DueDraft(ctx, time.Now(), func(ctx context.Context, d geo.Draft) error { return publishDraft(ctx, other, d) })
		}
		if err != nil {
			t.Error(err)
		}
		return publishDraft(ctx, dying, d)
	})
	refused(t, err, geo.Conflict, "published as edition 2")
	if d, err := other.Draft(t.Context(), "d"); err != nil || d.State != geo.DraftPublished || d.Published != 2 || d.Schedule != nil {
		t.Errorf("the draft is %+v, %v", d, err)
	}
	if n := count(t, conn, "SELECT count(*) FROM editions"); n != 2 {
		t.Errorf("%d editions", n)
	}
}

func TestADraftThatCannotBePublishedHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	store := onGrids(t)
	for i, id := range []geo.DraftID{"bad", "good"} {
		schedule(t, store, id, time.Now().Add(time.Duration(i-9)*time.Minute))
	}
	do := func(ctx context.Context, d geo.Draft) error {
		if d.ID == "bad" {
			return geo.Errorf(geo.Internal, "this one never")
		}
		return publishDraft(ctx, store, d)
	}
	if found, err := store.DueDraft(t.Context(), time.Now(), do); err != nil || !found {
		t.Errorf("found %v, %v", found, err)
	}
	if d, err := store.Draft(t.Context(), "good"); err != nil || d.State != geo.DraftPublished {
		t.Errorf("the good one is %+v, %v", d, err)
	}
	found, err := store.DueDraft(t.Context(), time.Now(), do)
	if refused(t, err, geo.Internal, "this one never"); !found {
		t.Error("the bad one is not tried again")
	}
}

func TestADraftIsPublishedOnceAndAsItWasLookedAt(t *testing.T) {
	t.Parallel()
	store := onGrids(t)
	d := newDraft(t, store, "d")
	now := addEdit(t, store, d, moving("A", 1))
	_, _, err := store.Publish(t.Context(), &geo.Publication{Base: 1, Draft: d.ID, DraftVersion: d.Version})
	refused(t, err, geo.Conflict, "version 2", "made of version 1")
	p := geo.Publication{Base: 1, Draft: d.ID, DraftVersion: now.Version, Note: "n"}
	edition, _, err := store.Publish(by(t, "李"), &p)
	check(t, err)
	got, err := store.Draft(t.Context(), d.ID)
	check(t, err)
	if got.State != geo.DraftPublished || got.Published != edition.Number || got.Version != now.Version+1 {
		t.Errorf("the draft is %+v", got)
	}
	p.Base, p.DraftVersion = edition.Number, got.Version
	_, _, err = store.Publish(t.Context(), &p)
	refused(t, err, geo.Conflict, "published as edition 2")
	record, err := store.Edition(t.Context(), 2)
	if check(t, err); record.Author != "李" || record.Draft != "d" || record.Note != "n" {
		t.Errorf("the record says %+v", record)
	}
}

func TestNoEditionHoldsFromATimeItShouldNot(t *testing.T) {
	t.Parallel()
	store := onGrids(t)
	d := newDraft(t, store, "d")
	p := geo.Publication{Base: 1, EffectiveFrom: time.Now().Add(time.Hour)}
	_, _, err := store.Publish(t.Context(), &p)
	refused(t, err, geo.Invalid, "still to come", "schedule")
	p.EffectiveFrom, p.Draft, p.DraftVersion = time.Now().Add(-time.Hour).UTC().Truncate(time.Second), d.ID, d.Version
	_, _, err = store.Publish(t.Context(), &p)
	refused(t, err, geo.Invalid, "document")
	p.Document = "民发〔2026〕7号"
	edition, _, err := store.Publish(t.Context(), &p)
	check(t, err)
	record, err := store.Edition(t.Context(), edition.Number)
	if check(t, err); record.Document != p.Document || !record.EffectiveFrom.Equal(p.EffectiveFrom) {
		t.Errorf("the record says %+v", record)
	}
}
