package index

import "sync/atomic"

// Live is the snapshot that is served now.
type Live struct{ current atomic.Pointer[Snapshot] }

// Load is the current snapshot, the empty one before the first Store.
func (l *Live) Load() *Snapshot {
	if s := l.current.Load(); s != nil {
		return s
	}
	return Empty()
}

// Store makes s the current snapshot.
func (l *Live) Store(s *Snapshot) { l.current.Store(s) }
