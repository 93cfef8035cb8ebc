package api

import (
	"context"
	"net/http"
	"time"

	"gridwarden/geo"
)

// Who follow reports at a time, and how often each looks: a report is changed on any server.
const (
	maxReportReaders = 256
	reportLook       = time.Second
)

// reportChanges tells that a report is another than before, as server-sent events, for as long
// as the reader stays: whatever was routed anew, returned, decided, told by the case system or
// blanked. An event says no more than that, with what the report was then as id: read the
// report. The first comes at once, unless the reader comes back (Last-Event-ID) and knows it.
// Who does not take what is sent is cut off.
func (s *server) reportChanges(w *response, r *http.Request, _ view) error {
	if _, err := readParams(r); err != nil {
		return err
	}
	leave, free := s.reportReaders.take()
	if !free {
		return geo.Errorf(geo.Unavailable, "%d readers follow reports, which is all this server takes at a time; try again, or read the report now and then", cap(s.reportReaders))
	}
	defer leave()
	l := &reportListener{events: s.newEvents(w, "report"), reports: s.Reports, id: reportInPath(r), version: r.Header.Get("Last-Event-ID")}
	return l.follow(r, nil, reportLook, l.look)
}

// reportListener is one reader of a report's changes.
type reportListener struct {
	events
	reports Reports
	id      geo.ReportID
	version string // told last
}

// look writes an event where the report has another version than was told.
func (l *reportListener) look(ctx context.Context) (over bool, err error) {
	version, err := l.reports.ReportVersion(ctx, l.id)
	if err != nil || version == l.version {
		return false, err
	}
	l.version = version
	return false, l.event(version, "report", struct {
		ID geo.ReportID `json:"id"`
	}{l.id})
}
