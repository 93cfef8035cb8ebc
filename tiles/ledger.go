package tiles

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// How much of what changed is kept: so many steps, as long as they take no more bytes.
const (
	maxSteps      = 4096
	maxStepsBytes = 16 << 20
)

// Ledger keeps what the last steps of the view did to tiles, numbered from 1 on. It is safe
// for concurrent use; who only reads waits for nobody.
type Ledger struct {
	now     atomic.Pointer[page]
	used    [frames]atomic.Bool // frames that anyone ever asked for
	writing sync.Mutex
}

// page is the ledger at one moment. It does not change.
type page struct {
	first uint64   // number of the first step kept
	steps []*Dirty // shared with the pages after, which see more of it
	bytes int
}

func newLedger() *Ledger {
	l := &Ledger{}
	l.now.Store(&page{first: 1})
	return l
}

// Use has the tiles of a frame worked out from now on. Of steps before everything counts as
// changed there.
func (l *Ledger) Use(f Frame) {
	if !l.used[f].Load() {
		l.used[f].Store(true)
	}
}

// add writes down a step.
func (l *Ledger) add(before, after *index.Snapshot, c *geo.Changes) *page {
	var used []Frame
	for f := range l.used {
		if l.used[f].Load() {
			used = append(used, Frame(f))
		}
	}
	d := Changed(before, after, c, used...)
	l.writing.Lock()
	defer l.writing.Unlock()
	p := l.now.Load()
	next := &page{p.first, append(p.steps, d), p.bytes + d.bytes()}
	for len(next.steps) > maxSteps || next.bytes > maxStepsBytes && len(next.steps) > 1 {
		next.bytes -= next.steps[0].bytes()
		next.first, next.steps = next.first+1, next.steps[1:]
	}
	l.now.Store(next)
	return next
}

// After are the steps after a number; false when they are not all kept.
func (l *Ledger) After(n uint64) ([]*Dirty, bool) { return l.now.Load().after(n) }

// Find is the number of a step, such that whoever knows a position knows all up to it and
// perhaps a part of the next: one step may lead over several. ok is false when that is not
// kept, or when the position has a change that is not seen to be of this history.
func (l *Ledger) Find(at geo.Position) (n uint64, ok bool) {
	p := l.now.Load()
	for i, d := range slices.Backward(p.steps) {
		n := p.first + uint64(i)
		bare := at.Change == geo.ChangeID{}
		switch {
		case at.Sequence == d.Position.Sequence:
			return n, bare || at.Change == d.Position.Change
		case d.From.Sequence <= at.Sequence && at.Sequence < d.Position.Sequence:
			return n - 1, bare || at == d.From
		}
	}
	return 0, false
}

// of is the number of the step that led to a view; 0 when it is not kept, as of any view
// that was never served.
func (p *page) of(s *index.Snapshot) uint64 {
	at := s.Position()
	for i, d := range slices.Backward(p.steps) {
		if d.Position == at {
			return p.first + uint64(i)
		}
	}
	return 0
}

// last is the number of the last step.
func (p *page) last() uint64 { return p.first + uint64(len(p.steps)) - 1 }

// after are the steps after a number; false when they are not all kept.
func (p *page) after(n uint64) ([]*Dirty, bool) {
	if n+1 < p.first || n > p.last() {
		return nil, false
	}
	return p.steps[n+1-p.first:], true
}

// same tells whether what a scope shows in a tile is to the byte the same after two steps.
func (p *page) same(w scope, t maptile.Tile, m, n uint64) bool {
	if m == n {
		return true
	}
	steps, kept := p.after(min(m, n))
	if !kept || max(m, n) > p.last() {
		return false
	}
	return !slices.ContainsFunc(steps[:max(m, n)-min(m, n)], func(d *Dirty) bool { return d.touches(w, t) })
}
