package api

import (
	"strings"
	"time"
	"unicode/utf8"

	"gridwarden/geo"
)

// reportRequest is a report as it is sent: what is routed, and what is kept beside it.
type reportRequest struct {
	routeRequest
	ExternalID  string       `json:"external_id"`
	Address     string       `json:"address"`
	Description string       `json:"description"`
	MergedInto  geo.ReportID `json:"merged_into"`
}

const reportFields = routeFields + ", external_id, address, description, merged_into"

// Limits of what a report may hold.
const (
	maxDescription = 10_000 // characters
	maxAddress     = 500
	maxName        = 200             // of sources, ids and codes
	maxAhead       = 5 * time.Minute // how far clocks may differ
)

// newReport checks what was sent and makes a report of it, received now. An address
// without a point is enough: the report is unlocated.
func (q *reportRequest) newReport(v view, now time.Time) (geo.Report, error) {
	report, err := q.check(v)
	if err != nil {
		return report, err
	}
	report.ReceivedAt = now
	if report.ReportedAt.IsZero() {
		report.ReportedAt = report.ReceivedAt
	}
	if report.ReportedAt.After(now.Add(maxAhead)) {
		return report, geo.Errorf(geo.Invalid, "reported_at is %s, which is still to come: here it is %s; set the clock right, or leave it out for now", q.ReportedAt, now.In(report.ReportedAt.Location()).Format(time.RFC3339))
	}
	return report, nil
}

// check is the report without its id and times.
func (q *reportRequest) check(v view) (geo.Report, error) {
	if err := q.checkTexts(); err != nil {
		return geo.Report{}, err
	}
	located := q.Lon != nil || q.Lat != nil
	if !located && strings.TrimSpace(q.Address) == "" {
		return geo.Report{}, geo.Errorf(geo.Invalid, "lon and lat are missing, and the address too: give the point, or the address and the point later")
	}
	report, err := q.report(v, located)
	report.ExternalID, report.Address, report.Description = q.ExternalID, q.Address, q.Description
	report.State = geo.Received
	if !located {
		report.State = geo.Unlocated
	}
	return report, err
}

// checkTexts refuses what is too long to be meant.
func (q *reportRequest) checkTexts() error {
	return checkTexts([]sentText{
		{"description", q.Description, maxDescription}, {"address", q.Address, maxAddress},
		{"external_id", q.ExternalID, maxName}, {"source", q.Source, maxName}, {"condition", q.Condition, maxName},
		{"asset_id", string(q.Asset), maxName}, {"merged_into", string(q.MergedInto), maxName},
	})
}

// sentText is a text somebody sent, and how many characters it may have.
type sentText struct {
	name, text string
	most       int
}

// checkTexts refuses the first text that is too long, or that no database takes.
func checkTexts(all []sentText) error {
	for _, t := range all {
		switch n := utf8.RuneCountInString(t.text); {
		case n > t.most:
			return geo.Errorf(geo.Invalid, "%s has %d characters: at most %d are taken", t.name, n, t.most)
		case strings.ContainsRune(t.text, 0):
			return geo.Errorf(geo.Invalid, "%s holds a NUL, which is no text", t.name)
		}
	}
	return nil
}
