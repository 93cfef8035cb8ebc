package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"gridwarden/api"
	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/postgis"
)

// pastViews shows other states than the newest. Each is led back from the next newer one
// that is there, and shares with it the memory of everything that stayed: it costs what
// differs. The last state of an edition stays when the next is published; older ones are
// made when they are asked for. The last used are kept, as many as the bound has room for.
type pastViews struct {
	store  *postgis.Store
	live   *index.Live
	most   int64 // bytes that those kept may take beside the served view; 0: a share of it
	making singleflight.Group
	turn   chan struct{} // one is made at a time: it may read millions of rows

	mu      sync.Mutex
	kept    []keptView // the last used first
	moments map[api.When]postgis.PastMoment
	history [16]byte // of the moments
}

// keptView is a view that is kept, and what it holds beyond the next newer one.
type keptView struct {
	*index.Snapshot
	newer  geo.Position // of that one
	beyond int64
}

const (
	pastShare   = 15              // per cent of the served view that those kept may take
	keptMoments = 10_000          // times and editions whose state is known without asking
	catchUp     = 2 * time.Second // for the served view to reach a state just written
	calm        = time.Minute     // after which no change of that time is still under way
)

func newPastViews(store *postgis.Store, live *index.Live) *pastViews {
	p := &pastViews{store: store, live: live, turn: make(chan struct{}, 1), moments: map[api.When]postgis.PastMoment{}}
	live.Watch(p.watch)
	return p
}

// pastOf shows the past of a view that is not followed on.
func pastOf(store *postgis.Store, now *index.Snapshot) *pastViews {
	live := &index.Live{}
	live.Store(now)
	return newPastViews(store, live)
}

// watch keeps the last state of an edition once the next is there, and lets go of views
// that share no assets with the served one: each would hold all of the city's.
func (p *pastViews) watch(before, after *index.Snapshot, _ *geo.Changes) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.kept = slices.DeleteFunc(p.kept, func(k keptView) bool { return !k.SharesAssets(after) })
	follows := before.History() == after.History() && before.Position().Sequence+1 == after.Position().Sequence
	if follows && before.Edition().Number > 0 && before.Edition().Number < after.Edition().Number && before.SharesAssets(after) {
		p.keep(before, after)
	}
}

// View is the state that answers for a moment of the past; see [api.Past].
func (p *pastViews) View(ctx context.Context, w api.When) (*index.Snapshot, bool, error) {
	if now := p.live.Load(); w.At.After(time.Now()) || w.Edition > 0 && w.Edition == now.Edition().Number {
		return now, false, nil
	}
	moment, err := p.moment(ctx, w)
	if err != nil {
		return nil, false, err
	}
	view, err := p.at(ctx, moment.Sequence)
	return view, moment.BeforeFirst, err
}

// at is the state of a sequence: the one served, one that is kept, or one made now. Those
// who ask for the same wait for one; when the one that makes it leaves, the next makes it.
func (p *pastViews) at(ctx context.Context, sequence geo.Sequence) (*index.Snapshot, error) {
	now, err := p.reached(ctx, sequence)
	if err != nil || now.Position().Sequence == sequence {
		return now, err
	}
	for {
		if view := p.find(now.History(), sequence); view != nil {
			return view, nil
		}
		made := p.making.DoChan(fmt.Sprint(sequence, now.History()), func() (any, error) { return p.lead(ctx, sequence) })
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case result := <-made:
			if errors.Is(result.Err, context.Canceled) && ctx.Err() == nil {
				continue // another's request, which made it, was left
			}
			view, _ := result.Val.(*index.Snapshot)
			return view, result.Err
		}
	}
}

// reached is the served view once it is no older than a sequence.
func (p *pastViews) reached(ctx context.Context, sequence geo.Sequence) (*index.Snapshot, error) {
	if now := p.live.Load(); now.Position().Sequence >= sequence {
		return now, nil
	}
	waiting, cancel := context.WithTimeout(ctx, catchUp)
	defer cancel()
	view, err := p.live.Await(waiting, func(s *index.Snapshot) bool { return s.Position().Sequence >= sequence })
	if errors.Is(err, context.DeadlineExceeded) {
		err = geo.Errorf(geo.Unavailable, "this server is at sequence %d and has not reached %d yet; try again", p.live.Load().Position().Sequence, sequence)
	}
	return view, err
}

// moment finds the state that answers, of one that will never be another without asking
// the database again.
func (p *pastViews) moment(ctx context.Context, w api.When) (m postgis.PastMoment, err error) {
	now := p.live.Load()
	p.mu.Lock()
	if p.history != now.History() {
		clear(p.moments)
		p.history = now.History()
	}
	m, known := p.moments[w]
	p.mu.Unlock()
	if known {
		return m, nil
	}
	if m, err = p.store.Moment(ctx, w.At, w.Edition, w.KnownNow); err != nil {
		return m, err
	}
	closed := w.Edition > 0 && w.Edition < now.Edition().Number || w.Edition == 0 && !w.KnownNow && time.Since(w.At) > calm
	if closed && !m.Newest {
		p.mu.Lock()
		defer p.mu.Unlock()
		if len(p.moments) >= keptMoments {
			clear(p.moments)
		}
		p.moments[w] = m
	}
	return m, nil
}

// lead makes the view of a sequence from the next newer one there is.
func (p *pastViews) lead(ctx context.Context, sequence geo.Sequence) (*index.Snapshot, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case p.turn <- struct{}{}:
	}
	defer func() { <-p.turn }()
	now := p.live.Load()
	from := p.newer(now, sequence)
	changes, err := p.store.Past(ctx, from.Position(), sequence)
	if errors.Is(err, postgis.ErrHistory) {
		err = geo.Errorf(geo.Unavailable, "the database was restored or replaced and is being loaded again; try again in a moment")
	}
	if err != nil {
		return nil, err
	}
	view, err := from.InHistory(changes.History).Apply(changes)
	if err == nil {
		view, err = view.Thrifty()
	}
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keep(view, now)
	return view, nil
}

// newer is the next newer view than a sequence: the served one where none is kept.
func (p *pastViews) newer(now *index.Snapshot, sequence geo.Sequence) *index.Snapshot {
	p.mu.Lock()
	defer p.mu.Unlock()
	best := now
	for _, k := range p.kept {
		at := k.Position().Sequence
		if k.History() == now.History() && at > sequence && at < best.Position().Sequence {
			best = k.Snapshot
		}
	}
	return best
}

// find is a view that is kept.
func (p *pastViews) find(history [16]byte, sequence geo.Sequence) *index.Snapshot {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := slices.IndexFunc(p.kept, func(k keptView) bool {
		return k.History() == history && k.Position().Sequence == sequence
	})
	if at < 0 {
		return nil
	}
	view := p.kept[at]
	copy(p.kept[1:at+1], p.kept[:at])
	p.kept[0] = view
	return view.Snapshot
}

// keep keeps a view, and lets go of those not used for longest until all take no more than
// they may; the one just made stays whatever it takes. The caller holds p.mu.
func (p *pastViews) keep(view, now *index.Snapshot) {
	p.kept = slices.DeleteFunc(p.kept, func(k keptView) bool { return k.Position() == view.Position() })
	p.kept = slices.Insert(p.kept, 0, keptView{Snapshot: view})
	most := p.most
	if most == 0 {
		most = now.Bytes() * pastShare / 100
	}
	for p.weigh(now) > most && len(p.kept) > 1 {
		p.kept = slices.Delete(p.kept, len(p.kept)-1, len(p.kept))
	}
}

// weigh is what those kept take beside a view: each what it holds beyond the next newer.
func (p *pastViews) weigh(now *index.Snapshot) (sum int64) {
	order := make([]*keptView, len(p.kept))
	for i := range p.kept {
		order[i] = &p.kept[i]
	}
	slices.SortFunc(order, func(a, b *keptView) int { return cmp.Compare(b.Position().Sequence, a.Position().Sequence) })
	newer := now
	for _, k := range order {
		if at := newer.Position(); k.newer != at {
			k.newer, k.beyond = at, k.Beyond(newer)
		}
		sum += k.beyond
		newer = k.Snapshot
	}
	return sum
}
