package main

import (
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

// pastViews shows other states than the newest. Each is led back from the view that is
// served now, with which it shares the memory of everything that stayed. What differs it
// holds itself: some hundred bytes for an area and for an asset, and where more than a
// sixteenth of the assets changed since, all of them anew, 70 bytes each.
type pastViews struct {
	store  *postgis.Store
	live   *index.Live
	making singleflight.Group
	turn   chan struct{} // one is made at a time: it may read millions of rows

	mu   sync.Mutex
	kept []*index.Snapshot // the last used first
}

const (
	keptViews = 4
	catchUp   = 2 * time.Second // for the served view to reach a state just written
)

func newPastViews(store *postgis.Store, live *index.Live) *pastViews {
	return &pastViews{store: store, live: live, turn: make(chan struct{}, 1)}
}

// pastOf shows the past of a view that is not followed on.
func pastOf(store *postgis.Store, now *index.Snapshot) *pastViews {
	live := &index.Live{}
	live.Store(now)
	return newPastViews(store, live)
}

// View is the state that answers for a moment of the past; see [api.Past].
func (p *pastViews) View(ctx context.Context, w api.When) (*index.Snapshot, bool, error) {
	if w.At.After(time.Now()) {
		return p.live.Load(), false, nil
	}
	moment, err := p.store.Moment(ctx, w.At, w.Edition, w.KnownNow)
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
	waiting, cancel := context.WithTimeout(ctx, catchUp)
	defer cancel()
	view, err := p.live.Await(waiting, func(s *index.Snapshot) bool { return s.Position().Sequence >= sequence })
	if errors.Is(err, context.DeadlineExceeded) {
		err = geo.Errorf(geo.Unavailable, "this server is at sequence %d and has not reached %d yet; try again", p.live.Load().Position().Sequence, sequence)
	}
	return view, err
}

// lead makes the view of a sequence from the served one.
func (p *pastViews) lead(ctx context.Context, sequence geo.Sequence) (*index.Snapshot, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case p.turn <- struct{}{}:
	}
	defer func() { <-p.turn }()
	now := p.live.Load()
	changes, err := p.store.Past(ctx, now.Position(), sequence)
	if errors.Is(err, postgis.ErrHistory) {
		err = geo.Errorf(geo.Unavailable, "the database was restored or replaced and is being loaded again; try again in a moment")
	}
	if err != nil {
		return nil, err
	}
	view, err := now.InHistory(changes.History).Apply(changes)
	if err != nil {
		return nil, err
	}
	p.keep(view)
	return view, nil
}

// find is a view that is kept.
func (p *pastViews) find(history [16]byte, sequence geo.Sequence) *index.Snapshot {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := slices.IndexFunc(p.kept, func(s *index.Snapshot) bool {
		return s.History() == history && s.Position().Sequence == sequence
	})
	if at < 0 {
		return nil
	}
	view := p.kept[at]
	copy(p.kept[1:at+1], p.kept[:at])
	p.kept[0] = view
	return view
}

func (p *pastViews) keep(view *index.Snapshot) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.kept = slices.Insert(p.kept, 0, view)
	if len(p.kept) > keptViews {
		p.kept = slices.Delete(p.kept, keptViews, len(p.kept))
	}
}
