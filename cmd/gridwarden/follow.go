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
	memory  *memory
	log     *slog.Logger
	check   func(*index.Snapshot) error // what is wrong with the view, for the log; nil: nothing is looked at

	loaded  atomic.Bool  // the view in memory can be followed
	up      atomic.Bool  // the database answered when last asked
	current atomic.Int64 // unix nanoseconds when the view was last known to be the newest; 0 never
}

// How long the follower waits after a failure, and until it asks again whether there is
// room, for which everything is counted.
const (
	retry     = time.Second
	roomRetry = time.Minute
)

// run follows until ctx ends. It fails only when there is no room for a first view: then
// there is nothing to serve.
func (f *follower) run(ctx context.Context) error {
	for {
		err := f.once(ctx)
		if ctx.Err() != nil {
			return nil
		}
		wait, full := retry, (*noRoom)(nil)
		if errors.As(err, &full) {
			if f.live.Load().Position() == (geo.Position{}) {
				return err
			}
			wait = roomRetry
			f.log.Error("the view cannot be loaded again beside the old one, which is served on; start this server anew, or give it more memory", "error", err, "in", wait)
		} else if errors.Is(err, postgis.ErrHistory) || geo.KindOf(err) == geo.Conflict {
			f.loaded.Store(false)
			f.log.Warn("the change log does not continue the view; loading again beside it", "error", err)
		} else {
			f.log.Warn("the database does not answer; reads go on from memory, trying again", "error", err, "in", wait)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
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
	view, err := f.memory.load(ctx, f.store)
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
