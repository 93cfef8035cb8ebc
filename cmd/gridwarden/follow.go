package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
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
	store  *postgis.Store // that the view is read from
	live   *index.Live
	lag    *lag
	memory *memory
	log    *slog.Logger
	check  func(*index.Snapshot) error // what is wrong with the view, for the log; nil: nothing is looked at

	loaded atomic.Bool  // the view in memory can be followed
	lost   atomic.Int64 // changes that were served and are not in the database

	step    sync.Mutex     // one takes the view on at a time; readers do not wait for it
	packing *packing       // beside; nil: nothing is being packed
	beside  sync.WaitGroup // for the packing
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
	defer f.beside.Wait()
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
			f.countLost(err)
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
	return f.store.Follow(ctx, f.live.Load().Position(), func(changes *geo.Changes) error { return f.apply(ctx, changes) })
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
	f.replace(view)
	f.lag.ask(ctx)
	return nil
}

// replace serves a view that does not go on from the one before.
func (f *follower) replace(view *index.Snapshot) {
	f.step.Lock()
	defer f.step.Unlock()
	f.voidPacking()
	f.live.Store(view)
	f.loaded.Store(true)
}

// countLost counts the changes that an outage took from the log after they were served.
func (f *follower) countLost(err error) {
	var lost *postgis.LostError
	if errors.As(err, &lost) {
		f.lost.Add(int64(lost.Changes))
	}
}

// apply takes the view one step on. Readers of the old view keep it until they are done.
// The changes begin where the view stands, by a random id: so where their history is
// another, it is the view's own that went on on another server.
func (f *follower) apply(ctx context.Context, changes *geo.Changes) error {
	f.step.Lock()
	defer f.step.Unlock()
	view, err := f.live.Load().InHistory(changes.History).Apply(changes)
	if err != nil {
		return err
	}
	f.live.Step(view, changes)
	f.packBeside(ctx, changes)
	f.log.Info("followed", "sequence", view.Position().Sequence, "edition", view.Edition().Number)
	return nil
}

// health tells how the view stands to the database.
func (f *follower) health() api.Health {
	h := f.lag.health()
	h.Lost = f.lost.Load()
	return h
}
