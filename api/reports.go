package api

import (
	"context"
	"net/http"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/access"
	"gridwarden/geo/cases"
	"gridwarden/geo/routing"
)

// Reports keeps reports and their life. Each method that writes is one transaction: all of
// it is there afterwards, or nothing.
type Reports interface {
	// AddReport stores a new report, how it was routed and what is to be delivered, and
	// gives it its id. Under an idempotency key known already nothing is stored, and the id
	// is that of the first time.
	AddReport(ctx context.Context, r *geo.Report, routed []geo.Assignment, once geo.Idempotency) (id geo.ReportID, again bool, err error)
	// AddMerged stores a new report as merged into one that is open, routed to nobody. Of a
	// key known already it is as AddReport; geo.Faulty when the other is open no longer.
	AddMerged(ctx context.Context, r *geo.Report, into geo.ReportID, once geo.Idempotency) (id geo.ReportID, again bool, err error)
	// Report is all there is about one report; geo.NotFound when there is none.
	Report(ctx context.Context, id geo.ReportID) (*geo.Case, error)
	// ReportVersion is another whenever anything of that is; geo.NotFound when there is none.
	ReportVersion(ctx context.Context, id geo.ReportID) (string, error)
	// ListReports gives the reports that a filter picks, in its order.
	ListReports(ctx context.Context, f geo.ReportFilter) ([]geo.ListedReport, error)
	// Reassign routes a report anew; geo.Conflict when it was meanwhile.
	Reassign(ctx context.Context, m *geo.Reassignment) error
	// BlankDescription takes what the reporter wrote out of a report, for ever.
	BlankDescription(ctx context.Context, id geo.ReportID) error
	// AddEvents takes what the city's case system told, one outcome for each event.
	AddEvents(ctx context.Context, events []geo.ReportEvent) ([]geo.EventOutcome, error)
	// OpenReports counts the reports that wait for somebody.
	OpenReports(ctx context.Context) (geo.OpenCount, error)
	// OpenPlaces tells where they are, and of which category.
	OpenPlaces(ctx context.Context, each func(geo.Coord, geo.CategoryKey)) error
	Returns
}

// kept wraps a handler of what is kept of reports: it takes a key with the right, and no
// cache keeps its answers.
func (s *server) kept(right access.Right, h func(*response, *http.Request, view) error) handler {
	return s.need(right, func(w *response, r *http.Request) error {
		if s.Reports == nil {
			return elsewhere()
		}
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Vary", "Authorization, Cookie")
		snapshot, err := s.current(r)
		if err != nil {
			return err
		}
		w.tellState(snapshot)
		return h(w, r, s.viewFor(w, snapshot))
	})
}

// elsewhere is answered to what only a server with a database can do.
func elsewhere() error {
	return geo.Errorf(geo.Unavailable, "this server has no database: it answers look-ups, decisions, listings and tiles from a snapshot; send this to a server that has one")
}

// addReport takes a report in: routes it as of now, stores report, assignments and what is
// to be delivered as one, and answers with the decision. An address without a point is kept
// as unlocated and routed once it has one; outside every area the report is kept, unrouted,
// for a person.
func (s *server) addReport(w *response, r *http.Request, v view) error {
	if _, err := readParams(r); err != nil {
		return err
	}
	once, err := s.idempotency(w, r)
	if err != nil {
		return err
	}
	var q reportRequest
	if err := decode(w, r, &q, reportFields); err != nil {
		return err
	}
	now := time.Now()
	report, err := q.newReport(v, now)
	if err != nil {
		return err
	}
	if q.MergedInto != "" {
		return s.addMerged(w, r, &report, q.MergedInto, once)
	}
	routed, err := s.assign(r.Context(), v, &geo.Case{Report: report}, geo.ReasonReported, now)
	if err != nil {
		return err
	}
	id, again, err := s.Reports.AddReport(r.Context(), &report, routed, once.is())
	if err != nil {
		return err
	}
	if !again {
		s.metrics.took(routed)
	}
	c, err := s.Reports.Report(r.Context(), id)
	if err == nil {
		c, err = v.discreetCase(c)
	}
	if err != nil {
		return err
	}
	return s.sendDecided(w, http.StatusCreated, firstAnswer(c))
}

// assign routes the report of a case as of now, as the round after its present one; where
// it has no point, to nobody.
func (s *server) assign(ctx context.Context, v view, c *geo.Case, reason string, now time.Time, rulings ...geo.Ruling) ([]geo.Assignment, error) {
	request, located := routing.RequestOf(&c.Report, now)
	if !located {
		return lost(v, c, reason, now), nil
	}
	v, err := s.notBeforeFirst(ctx, v, c.Report.ReportedAt)
	if err != nil {
		return nil, err
	}
	request.BeforeFirst = v.beforeFirst
	request.Without = cases.Without(c.Returns)
	request.Rulings = append(ownRulings(c), rulings...)
	d := s.engines.For(v.whole).Decide(request)
	s.metrics.decided(d.Rule)
	return routing.Assignments(&d, &c.Report, c.Round+1, reason, now), nil
}

// lost is the round of a report without a point: none where nobody has had it, and else one
// that is nobody's, so that who follows the assignments learns that theirs is void.
func lost(v view, c *geo.Case, reason string, now time.Time) []geo.Assignment {
	if len(c.Assignments) == 0 {
		return nil
	}
	return []geo.Assignment{{
		Report: c.Report.ID, Source: c.Report.Source, ExternalID: c.Report.ExternalID, Round: c.Round + 1, Role: geo.Lead,
		Rule: string(geo.Unlocated), Edition: v.Edition().Number, At: now, Reason: reason, Backfilled: c.Report.Backfilled,
	}}
}

// ownRulings are those that hold for the report of a case alone; others are in the view.
func ownRulings(c *geo.Case) (own []geo.Ruling) {
	for i := range c.Rulings {
		if scopeOf(&c.Rulings[i]) == onReport {
			own = append(own, c.Rulings[i])
		}
	}
	return own
}

// report answers with all there is about one report. What the reporter wrote, which may
// name people, is only for who handles reports.
func (s *server) report(w *response, r *http.Request, v view) error {
	if _, err := readParams(r); err != nil {
		return err
	}
	c, err := s.Reports.Report(r.Context(), reportInPath(r))
	if err == nil {
		c, err = v.discreetCase(c)
	}
	if err != nil {
		return err
	}
	if !s.may(w, r, access.Dispatch) {
		c.Report.Description = ""
	}
	answer, err := s.describeCase(c, w.language)
	if err != nil {
		return err
	}
	w.Header().Set("ETag", roundTag(c.Round))
	w.speaks()
	return sendJSON(w, answer)
}

// blankDescription takes out what the reporter wrote. The decision stays, for it holds
// nothing of it; done twice it is the same.
func (s *server) blankDescription(w *response, r *http.Request, _ view) error {
	if _, err := readParams(r); err != nil {
		return err
	}
	if err := s.Reports.BlankDescription(r.Context(), reportInPath(r)); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func reportInPath(r *http.Request) geo.ReportID { return geo.ReportID(inPath(r, "id")) }
