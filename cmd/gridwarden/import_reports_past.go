package main

import (
	"context"
	"slices"
	"time"

	"gridwarden/geo/index"
	"gridwarden/geo/postgis"
	"gridwarden/geo/routing"
)

// pastEngines decide as of a moment of the past, with what is known today of that day. It
// is for one goroutine; the engines it gives are for all.
type pastEngines struct {
	views    *pastViews
	settings routing.Settings
	spans    []pastSpan
}

// pastSpan is the time over which one past state is known to answer. Later times have
// later states, so between two times of one state there is no other.
type pastSpan struct {
	postgis.PastMoment
	first, last time.Time
	engine      *routing.Engine
}

// keptEngines is how many past states are kept in memory at once: each holds what has
// changed since, which may be all assets.
const keptEngines = 16

func newPastEngines(store *postgis.Store, now *index.Snapshot, set routing.Settings) *pastEngines {
	return &pastEngines{views: pastOf(store, now), settings: set}
}

// assign gives each report of a batch the engine of its time.
func (p *pastEngines) assign(ctx context.Context, batch []dated) error {
	order := make([]*dated, len(batch))
	for i := range batch {
		order[i] = &batch[i]
	}
	slices.SortStableFunc(order, func(a, b *dated) int { return a.ReportedAt.Compare(b.ReportedAt) })
	return p.between(ctx, order)
}

// between halves reports in the order of time until one state answers for all of a part.
func (p *pastEngines) between(ctx context.Context, order []*dated) error {
	if len(order) == 0 {
		return nil
	}
	first, err := p.at(ctx, order[0].ReportedAt)
	if err != nil {
		return err
	}
	last, err := p.at(ctx, order[len(order)-1].ReportedAt)
	if err != nil {
		return err
	}
	if first.PastMoment == last.PastMoment {
		for _, d := range order {
			d.engine, d.beforeFirst = first.engine, first.BeforeFirst
		}
		return nil
	}
	half := len(order) / 2
	if err := p.between(ctx, order[:half]); err != nil {
		return err
	}
	return p.between(ctx, order[half:])
}

// at is the state that answers for a time.
func (p *pastEngines) at(ctx context.Context, t time.Time) (pastSpan, error) {
	for _, s := range p.spans {
		if !t.Before(s.first) && !t.After(s.last) {
			return s, nil
		}
	}
	moment, err := p.views.store.Moment(ctx, t, 0, true)
	if err != nil {
		return pastSpan{}, err
	}
	for i := range p.spans {
		if s := &p.spans[i]; s.PastMoment == moment {
			if t.Before(s.first) {
				s.first = t
			} else {
				s.last = t
			}
			return *s, nil
		}
	}
	s := pastSpan{PastMoment: moment, first: t, last: t}
	if s.engine, err = p.engine(ctx, moment); err != nil {
		return pastSpan{}, err
	}
	if len(p.spans) == keptEngines {
		p.spans = slices.Delete(p.spans, 0, 1)
	}
	p.spans = append(p.spans, s)
	return s, nil
}

// engine compiles a past state. One that came since the view was loaded is answered by the
// view: it is what is known.
func (p *pastEngines) engine(ctx context.Context, m postgis.PastMoment) (*routing.Engine, error) {
	view, err := p.views.at(ctx, min(m.Sequence, p.views.live.Load().Position().Sequence))
	if err != nil {
		return nil, err
	}
	return routing.New(view, p.settings), nil
}
