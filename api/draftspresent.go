package api

import (
	"slices"
	"sync"
	"time"

	"gridwarden/geo"
)

// audience is who looks at which draft on this server. Its zero value is ready.
type audience struct {
	mu sync.Mutex
	of map[geo.DraftID][]*watcher // in the order they came; no draft without one
}

// watcher is one who looks at a draft.
type watcher struct {
	name  string // of the key; empty where none is asked for
	since time.Time
	moved chan struct{} // holds one when others came or went
}

// enter lets somebody look at a draft, until leave is called.
func (a *audience) enter(id geo.DraftID, name string) (me *watcher, leave func()) {
	me = &watcher{name, time.Now(), make(chan struct{}, 1)}
	a.change(id, func(all []*watcher) []*watcher { return append(all, me) })
	return me, func() {
		a.change(id, func(all []*watcher) []*watcher {
			return slices.DeleteFunc(slices.Clone(all), func(w *watcher) bool { return w == me })
		})
	}
}

// change makes others look at a draft, and tells all of them.
func (a *audience) change(id geo.DraftID, next func([]*watcher) []*watcher) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.of == nil {
		a.of = map[geo.DraftID][]*watcher{}
	}
	all := next(a.of[id])
	if a.of[id] = all; len(all) == 0 {
		delete(a.of, id)
	}
	for _, w := range all {
		select {
		case w.moved <- struct{}{}:
		default: // it has still to look what the one before was about
		}
	}
}

// at are those who look at a draft now, in the order they came.
func (a *audience) at(id geo.DraftID) []*watcher {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.of[id])
}

// presence is the data of an event that tells who looks at a draft.
type presence struct {
	Present []looker `json:"present"`
}

type looker struct {
	Name  string    `json:"name"`
	Since time.Time `json:"since"`
	You   bool      `json:"you"`
}

// greet writes who looks at the draft now, where that is not what was told. The event has no
// id: who comes back is told anew.
func (l *draftListener) greet() error {
	now := l.server.audience.at(l.id)
	if slices.Equal(now, l.present) {
		return nil
	}
	l.present = now
	var data presence
	for _, w := range now {
		data.Present = append(data.Present, looker{w.name, w.since.In(l.server.Zone).Truncate(time.Second), w == l.me})
	}
	return l.event("", "present", data)
}
