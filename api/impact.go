package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/impact"
	"gridwarden/geo/index"
)

// Records are what is kept of reports and posts that a change of boundaries touches.
type Records interface {
	impact.Records
	// Rerouting tells how far open reports were routed again after publishing.
	Rerouting(ctx context.Context) (geo.Rerouting, error)
}

// Limits of what an impact is asked for.
const (
	maxImpactDays = 3650
	maxImpactSkip = 1_000_000
	impactLimit   = 25 * time.Second
)

// impactQuery is what an impact is asked for.
type impactQuery struct {
	impact.Options
	features bool // as GeoJSON
}

// impactQuery reads the parameters of an impact. It is for readers who see every layer;
// assets that are hidden from them are left out of it.
func (s *server) impactQuery(r *http.Request, v view, more ...string) (q impactQuery, err error) {
	if err := v.mustSeeAll(); err != nil {
		return q, err
	}
	p, err := readParams(r, append(more, "limit", "skip", "format")...)
	if err != nil {
		return q, err
	}
	days, err := p.whole("days", 90, 1, maxImpactDays)
	if err != nil {
		return q, err
	}
	limit, err := p.whole("limit", defaultLimit, 1, maxLimit)
	if err != nil {
		return q, err
	}
	skip, err := p.whole("skip", 0, 0, maxImpactSkip)
	if err != nil {
		return q, err
	}
	switch format := p.Get("format"); format {
	case "", "json":
	case "geojson":
		q.features = true
	default:
		return q, geo.Errorf(geo.Invalid, "format=%s: it is json or geojson", clip(format))
	}
	q.Options = impact.Options{Days: int(days), Limit: int(limit), Skip: int(skip), Routing: s.Routing, Now: time.Now(), Hides: v.hidesCategory}
	return q, nil
}

// draftImpact tells what a draft does, were it published now.
func (s *server) draftImpact(w *response, r *http.Request, v view) error {
	q, err := s.impactQuery(r, v, "days")
	if err != nil {
		return err
	}
	before, after, draft, err := s.Drafts.Views(r.Context(), draftInPath(r))
	if err != nil {
		return err
	}
	if q.Recoded, _, err = s.Drafts.Recodes(r.Context(), draft.ID); err != nil {
		return err
	}
	found, err := s.compare(r, before, after, q)
	if err != nil {
		return err
	}
	w.Header().Set("ETag", draftTag(&draft))
	return s.sendImpact(w, found, q, draft.ID)
}

// compare works an impact out. It takes one of the places for bulk requests: one of nearly
// everything keeps all cores busy for seconds.
func (s *server) compare(r *http.Request, before, after *index.Snapshot, q impactQuery) (*impact.Impact, error) {
	leave, free := s.streams.take()
	if !free {
		return nil, geo.Errorf(geo.Unavailable, "this server is busy with %d bulk requests, which is all it takes at a time; try again", cap(s.streams))
	}
	defer leave()
	ctx, cancel := context.WithTimeout(r.Context(), impactLimit)
	defer cancel()
	found, err := impact.Of(ctx, before, after, s.records(), q.Options)
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return nil, geo.Errorf(geo.TooLarge, "the two states differ in so much that it was not worked out within %v: ask for fewer days, or compare states that lie closer", impactLimit)
	}
	return found, err
}

// records are those of the database; none without one.
func (s *server) records() impact.Records {
	if s.Records == nil {
		return nil
	}
	return s.Records
}

// editionImpact tells what an edition did beside the one before it, with the assets as they
// were last in it.
func (s *server) editionImpact(w *response, r *http.Request, v view) error {
	q, err := s.impactQuery(r, v, "days")
	if err != nil {
		return err
	}
	found, err := s.impactOf(w, r, v, q)
	if err != nil {
		return err
	}
	return s.sendImpact(w, found, q, "")
}

// impactOf is the impact of the edition that the path names.
func (s *server) impactOf(w *response, r *http.Request, v view, q impactQuery) (*impact.Impact, error) {
	number, err := editionInPath(r)
	if err != nil {
		return nil, err
	}
	after, err := s.viewAt(w, r, v, When{Edition: number})
	if err != nil {
		return nil, err
	}
	if number == 1 {
		return nil, geo.Errorf(geo.Invalid, "edition 1 is the first: there is none before it that it could be compared with")
	}
	before, err := s.viewAt(w, r, v, When{Edition: number - 1})
	if err != nil {
		return nil, err
	}
	w.tellState(after.Snapshot)
	return s.compare(r, before.whole, after.whole, q)
}

// affected lists the reports from between the moment an edition holds from and the one it
// was published at which it would have given to another area or department. None of them is
// moved by it but the open ones, as by every edition.
func (s *server) affected(w *response, r *http.Request, v view) error {
	q, err := s.impactQuery(r, v)
	if err != nil {
		return err
	}
	if s.Editions == nil {
		return elsewhere()
	}
	number, err := editionInPath(r)
	if err != nil {
		return err
	}
	e, err := s.Editions.Edition(r.Context(), number)
	if err != nil {
		return err
	}
	answer := affectedAnswer{Edition: number, EffectiveFrom: e.EffectiveFrom.In(s.Zone), PublishedAt: e.PublishedAt.In(s.Zone)}
	answer.Reports = describeMoved(&impact.Moved{})
	if number == 1 || !e.EffectiveFrom.Before(e.PublishedAt) {
		return s.sendAffected(w, &answer, nil, q)
	}
	q.Since, q.Until = e.EffectiveFrom, e.PublishedAt
	found, err := s.impactOf(w, r, v, q)
	if err != nil {
		return err
	}
	answer.Reports = describeMoved(&found.Recent)
	return s.sendAffected(w, &answer, found.Recent.Listed, q)
}
