package routing

import (
	"time"

	"gridwarden/geo"
)

// RequestOf is what a report asks, to be dispatched at a moment; false for one without a
// point.
func RequestOf(r *geo.Report, dispatched time.Time) (Request, bool) {
	if r.Point == nil {
		return Request{}, false
	}
	return Request{
		At: *r.Point, Category: r.Category, Family: r.Family, Condition: r.Condition, Asset: r.Asset,
		Accuracy: r.Accuracy, Source: r.Source, Answers: r.Answers, Reported: r.ReportedAt, Dispatched: dispatched,
		Level: r.Level, Whistle: r.Whistle,
	}, true
}

// Assignments gives a report to the lead, the helpers and the verifier of a decision. An
// unrouted report has a lead assignment without department, for a person. Edition, row and
// the whole decision stand with the lead.
func Assignments(d *Decision, r *geo.Report, round int, reason string, now time.Time) []geo.Assignment {
	base := geo.Assignment{
		Report: r.ID, Source: r.Source, ExternalID: r.ExternalID, Round: round, Edition: d.Edition,
		At: now, Reason: reason, Rule: string(d.Rule), Backfilled: r.Backfilled,
	}
	if d.Row != nil {
		base.Row = d.Row.ID
	}
	if d.Deadline != nil {
		base.DueAt = d.Deadline.DueAt
	}
	lead := base
	lead.Role, lead.Decision = geo.Lead, NewRecord(d).JSON()
	if d.Department != nil {
		lead.Department = d.Department.Code
	}
	all := []geo.Assignment{lead}
	for _, h := range d.Helpers {
		helper := base
		helper.Role, helper.Department = geo.Helper, h.Code
		all = append(all, helper)
	}
	if d.Verifier != nil {
		verifier := base
		verifier.Role, verifier.Group = geo.Verifier, d.Verifier.Code
		all = append(all, verifier)
	}
	return all
}
