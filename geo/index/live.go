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
}

// Load is the current snapshot, the empty one before the first Store.
func (l *Live) Load() *Snapshot {
	if s := l.current.Load(); s != nil {
		return s
	}
	return Empty()
}

// Store makes s the current snapshot and tells those who wait.
func (l *Live) Store(s *Snapshot) {
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
		moved := l.next()
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

// next is closed by the next Store. What is stored between taking it and looking is not
// missed.
func (l *Live) next() <-chan struct{} {
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
	other.history = history
	return &other
}
