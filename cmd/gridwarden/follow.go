package main

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"gridwarden/api"
	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/postgis"
)

// follower keeps the view in memory equal to the database: it loads once, then follows
// the change log for ever. Whatever goes wrong (the database away, another history, a
// change that does not fit) it says so and tries again beside the old view.
type follower struct {
	store   *postgis.Store // that the view is read from
	primary *postgis.Store // that is written to, and says what is newest
	live    *index.Live
	log     *slog.Logger
	check   func(*index.Snapshot) error // what is wrong with the view, for the log; nil: nothing is looked at

	loaded  atomic.Bool  // the view in memory can be followed
	up      atomic.Bool  // the database answered when last asked
	current atomic.Int64 // unix nanoseconds when the view was last known to be the newest; 0 never
}

// retry is how long the follower waits after a failure.
const retry = time.Second

// run follows until ctx ends.
func (f *follower) run(ctx context.Context) {
	for {
		err := f.once(ctx)
		if ctx.Err() != nil {
			return
		}
		if errors.Is(err, postgis.ErrHistory) || geo.KindOf(err) == geo.Conflict {
			f.loaded.Store(false)
			f.log.Warn("the change log does not continue the view; loading again beside it", "error", err)
		} else {
			f.log.Warn("the database does not answer; reads go on from memory, trying again", "error", err, "in", retry)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(retry):
		}
	}
}

// once loads the whole view, unless the one in memory can be followed, and follows.
func (f *follower) once(ctx context.Context) error {
	if !f.loaded.Load() {
		if err := f.load(ctx); err != nil {
			return err
		}
	}
	return f.store.Follow(ctx, f.live.Load().Position(), f.apply)
}

func (f *follower) load(ctx context.Context) error {
	started := time.Now()
	changes, err := f.store.Load(ctx)
	if err != nil {
		return err
	}
	view, err := index.Empty().Apply(changes)
	if err != nil {
		return err
	}
	if f.check != nil {
		if err := f.check(view); err != nil {
			f.log.Warn("a setting does not fit the city", "error", err)
		}
	}
	f.live.Store(view)
	f.loaded.Store(true)
	f.current.Store(time.Now().UnixNano())
	f.log.Info("loaded", "sequence", view.Position().Sequence, "edition", view.Edition().Number,
		"layers", len(view.Layers()), "assets", view.AssetCount(), "took", time.Since(started).Round(time.Millisecond))
	return nil
}

// apply takes the view one step on. Readers of the old view keep it until they are done.
func (f *follower) apply(changes *geo.Changes) error {
	view, err := f.live.Load().Apply(changes)
	if err != nil {
		return err
	}
	f.live.Store(view)
	f.log.Info("followed", "sequence", view.Position().Sequence, "edition", view.Edition().Number)
	return nil
}

// watch asks the database every second how far it is, so that health tells the truth.
func (f *follower) watch(ctx context.Context) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		newest, err := f.primary.Newest(ctx)
		f.up.Store(err == nil)
		if err == nil && f.loaded.Load() && f.live.Load().Position() == newest {
			f.current.Store(time.Now().UnixNano())
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// health tells how the view stands to the database.
func (f *follower) health() api.Health {
	h := api.Health{Database: f.up.Load()}
	if at := f.current.Load(); at != 0 {
		h.Current = time.Unix(0, at)
	}
	return h
}
