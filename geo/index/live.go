package index

import (
	"context"
	"sync"
	"sync/atomic"

	"gridwarden/geo"
)

// maxWaiters bounds how many wait for a later snapshot at a time.
const maxWaiters = 1000

// Live is the snapshot that is served now.
type Live struct {
	current atomic.Pointer[Snapshot]

	mu      sync.Mutex
	waiters int
	moved   chan struct{} // closed by the next Store; nil while nobody waits

	storing  sync.Mutex // one is stored at a time
	watchers []Watcher
}

// Watcher is told of the views before and after a step, and what changed in between. nil
// changes are another view altogether: anything may be otherwise.
type Watcher func(before, after *Snapshot, c *geo.Changes)

// Load is the current snapshot, the empty one before the first Store.
func (l *Live) Load() *Snapshot {
	if s := l.current.Load(); s != nil {
		return s
	}
	return Empty()
}

// Watch has w told of each step to another position before the new view is served, so that
// what w keeps of the old one is right for the new one from the first look. Steps wait for w.
// It is told at once of the view that is there, as a step from the empty one.
func (l *Live) Watch(w Watcher) {
	l.storing.Lock()
	defer l.storing.Unlock()
	if s := l.Load(); s.position != (geo.Position{}) {
		w(Empty(), s, nil)
	}
	l.watchers = append(l.watchers, w)
}

// Store makes s the current snapshot and tells those who wait. At the position of the one
// before it is the same view, packed anew: nothing changed for those who watch.
func (l *Live) Store(s *Snapshot) { l.Step(s, nil) }

// Step is Store of the view that c led to from the current one.
func (l *Live) Step(s *Snapshot, c *geo.Changes) {
	l.storing.Lock()
	defer l.storing.Unlock()
	if before := l.Load(); before.position != s.position {
		for _, w := range l.watchers {
			w(before, s, c)
		}
	}
	l.current.Store(s)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.moved != nil {
		close(l.moved)
		l.moved = nil
	}
}

// Await is the current snapshot once enough says that it will do. It asks for each that is
// stored until ctx ends; then it is the error of ctx. While a thousand wait already nobody
// else is let wait: that is Unavailable at once.
func (l *Live) Await(ctx context.Context, enough func(*Snapshot) bool) (*Snapshot, error) {
	if s := l.Load(); enough(s) {
		return s, nil
	}
	if !l.enter() {
		return nil, geo.Errorf(geo.Unavailable, "%d requests wait already for changes that this server does not have yet; try again in a moment", maxWaiters)
	}
	defer l.leave()
	for {
		moved := l.Moved()
		if s := l.Load(); enough(s) {
			return s, nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Moved is closed by the next Store. What is stored between taking it and looking is not
// missed.
func (l *Live) Moved() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.moved == nil {
		l.moved = make(chan struct{})
	}
	return l.moved
}

func (l *Live) enter() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.waiters == maxWaiters {
		return false
	}
	l.waiters++
	return true
}

func (l *Live) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiters--
}

// InHistory is the same view as part of another history, into which its own went on.
func (s *Snapshot) InHistory(history [16]byte) *Snapshot {
	if history == s.history {
		return s
	}
	other := *s
	other.history, other.masks = history, &masks{}
	return &other
}
