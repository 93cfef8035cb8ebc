package main

import (
	"context"
	"log/slog"
	"time"

	"gridwarden/api"
	"gridwarden/geo"
	"gridwarden/geo/impact"
	"gridwarden/geo/index"
	"gridwarden/geo/postgis"
	"gridwarden/geo/routing"
)

// rerouteEvery is how often a server asks whether reports have to be routed again.
const rerouteEvery = time.Second

// rerouter routes open reports again after publishing, in the background. It decides by the
// view that is served.
type rerouter struct {
	store   *postgis.Store
	live    *index.Live
	past    api.Past
	engines *routing.Engines
	log     *slog.Logger

	view *index.Snapshot // of the step under way
	last struct {        // the ground that was asked for last
		from, to geo.Edition
		boxes    []geo.Box
	}
}

// run works until ctx ends. While the database, or a past view, cannot be read it says so
// once and tries on.
func (r *rerouter) run(ctx context.Context) {
	ctx = geo.By(ctx, geo.Actor{Name: "gridwarden", From: "routing again after publishing"})
	said := false
	for ctx.Err() == nil {
		r.view = r.live.Load()
		more, err := r.store.Reroute(ctx, r.view.Edition().Number, r)
		if err != nil && !said && ctx.Err() == nil {
			r.log.Warn("open reports wait to be routed again by the newest edition", "error", err)
		}
		if said = err != nil; more {
			continue
		}
		select {
		case <-ctx.Done():
		case <-time.After(rerouteEvery):
		}
	}
}

// Ground is where an edition answers otherwise than one before.
func (r *rerouter) Ground(ctx context.Context, from, to geo.Edition) ([]geo.Box, error) {
	if l := &r.last; l.boxes != nil && l.from == from && l.to == to {
		return l.boxes, nil
	}
	before, err := r.of(ctx, from)
	if err != nil {
		return nil, err
	}
	after, err := r.of(ctx, to)
	if err != nil {
		return nil, err
	}
	r.last.from, r.last.to, r.last.boxes = from, to, impact.Ground(ctx, before, after)
	return r.last.boxes, nil
}

// Reroute is the next round of a report, nil when it stays where it is.
func (r *rerouter) Reroute(ctx context.Context, c *geo.Case, from geo.Edition) (*geo.Reassignment, error) {
	before, err := r.of(ctx, from)
	if err != nil {
		return nil, err
	}
	return impact.Rerouted(r.engines.For(before), r.engines.For(r.view), c, time.Now()), nil
}

// of is the view of an edition, the empty one before the first.
func (r *rerouter) of(ctx context.Context, edition geo.Edition) (*index.Snapshot, error) {
	switch edition {
	case 0:
		return index.Empty(), nil
	case r.view.Edition().Number:
		return r.view, nil
	}
	view, _, err := r.past.View(ctx, api.When{Edition: edition})
	return view, err
}
