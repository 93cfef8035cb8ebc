package api

import (
	"net/http"

	"gridwarden/geo"
	"gridwarden/geo/access"
)

// addMerged takes in one more report of what an open one is about: it is stored and merged
// into that in one step, or not at all, and nobody is sent there twice. It takes the right
// that the event would take.
func (s *server) addMerged(w *response, r *http.Request, report *geo.Report, into geo.ReportID, once *once) error {
	if s.KeysOn {
		if err := s.present(w, r, access.Dispatch); err != nil {
			return err
		}
	}
	id, again, err := s.Reports.AddMerged(r.Context(), report, into, once.is())
	if err != nil {
		return err
	}
	if !again {
		s.metrics.reports.WithLabelValues(becameMerged).Inc()
	}
	stored := geo.Case{Report: *report}
	stored.Report.ID, stored.Report.State = id, geo.Merged
	return s.sendDecided(w, http.StatusCreated, &stored)
}
