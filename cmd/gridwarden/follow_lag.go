package main

import (
	"context"
	"sync"
	"time"

	"gridwarden/api"
	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/postgis"
)

// lag measures how far the view is behind the database that is written to. Now and then it
// asks for the newest change there; once the view has that one, it had at the moment of
// asking all there was. So while changes come all the time the lag is that of one change,
// and not the time since nothing was under way. Moments are the monotonic clock's.
type lag struct {
	primary *postgis.Store
	live    *index.Live

	mu      sync.Mutex
	up      bool         // the database answered when last asked
	newest  geo.Sequence // there, when last asked
	pending geo.Sequence // was the newest when asked, and the view did not have it yet
	asked   time.Time    // for pending; zero: nothing is pending
	current time.Time    // when the view was last known to be the newest; zero: never
}

// watch asks the database every second until ctx ends.
func (l *lag) watch(ctx context.Context) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		l.ask(ctx)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// ask asks once.
func (l *lag) ask(ctx context.Context) {
	begun, view := time.Now(), l.live.Load()
	newest, there, err := l.primary.Newest(ctx, view.Position())
	l.mu.Lock()
	defer l.mu.Unlock()
	l.up = err == nil
	switch {
	case err != nil:
		return
	case !there: // the view is of a log that this one does not continue
		l.newest, l.asked = newest.Sequence, time.Time{}
		return
	}
	l.reach()
	if l.newest = newest.Sequence; l.asked.IsZero() {
		l.pending, l.asked = newest.Sequence, begun
		l.reach()
	}
}

// reach looks whether the view has what is pending by now.
func (l *lag) reach() {
	if view := l.live.Load(); !l.asked.IsZero() && view.History() != [16]byte{} && view.Position().Sequence >= l.pending {
		l.current, l.asked = l.asked, time.Time{}
	}
}

// health tells how the view stands to the database.
func (l *lag) health() api.Health {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reach()
	return api.Health{
		Database: l.up,
		Current:  l.current,
		Behind:   max(0, int64(l.newest-l.live.Load().Position().Sequence)),
	}
}
