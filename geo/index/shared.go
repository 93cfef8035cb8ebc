package index

import "sync"

// shared is a copy-on-write tree that several snapshots may hold. It wraps the sharp edge
// of tidwall's rtree and btree: reading a tree while it is copied is safe, but Copy writes
// to the source too, so two copies of one tree must not be made at the same moment.
// Readers use tree without the mutex; only a fork not yet shown to anyone is written to.
type shared[T interface{ Copy() T }] struct {
	copying sync.Mutex
	tree    T
}

// fork is a tree with the same content that may be changed without changing this one.
func (s *shared[T]) fork() *shared[T] {
	s.copying.Lock()
	defer s.copying.Unlock()
	return &shared[T]{tree: s.tree.Copy()}
}
