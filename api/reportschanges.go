package api

import (
	"context"
	"encoding/json"
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
	select {
	case s.reportReaders <- struct{}{}:
		defer func() { <-s.reportReaders }()
	default:
		return geo.Errorf(geo.Unavailable, "%d readers follow reports, which is all this server takes at a time; try again, or read the report now and then", cap(s.reportReaders))
	}
	l := &reportListener{stream: s.newStream(w), reports: s.Reports, id: reportInPath(r), version: r.Header.Get("Last-Event-ID")}
	if err := l.look(r.Context()); err != nil { // an error is still a problem document
		return err
	}
	unhurried(w)
	w.Header().Set("Content-Type", eventStreamType)
	w.Header().Set("X-Accel-Buffering", "no") // nginx would hold events back
	if r.Method == http.MethodHead {
		return nil
	}
	return l.run(r.Context())
}

// reportListener is one reader of a report's changes.
type reportListener struct {
	*stream
	reports Reports
	id      geo.ReportID
	version string // told last
}

// run tells each version until the reader leaves or the server stops.
func (l *reportListener) run(ctx context.Context) error {
	look := time.NewTicker(reportLook)
	defer look.Stop()
	beat := time.NewTicker(l.stall / 2)
	defer beat.Stop()
	l.buf = append([]byte(": report\n\n"), l.buf...)
	for {
		if len(l.buf) > 0 {
			if err := l.send(); err != nil {
				return err
			}
			if err := l.control.Flush(); err != nil {
				return clientGone(err)
			}
		}
		select {
		case <-look.C:
			if err := l.look(ctx); err != nil {
				return err
			}
		case <-beat.C:
			l.buf = append(l.buf, ": still here\n\n"...)
		case <-stopping(ctx):
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// look writes an event where the report has another version than was told.
func (l *reportListener) look(ctx context.Context) error {
	version, err := l.reports.ReportVersion(ctx, l.id)
	if err != nil || version == l.version {
		return err
	}
	l.version = version
	data, err := json.Marshal(struct {
		ID geo.ReportID `json:"id"`
	}{l.id})
	if err != nil {
		return err
	}
	l.buf = append(append(append(l.buf, "id: "...), version...), "\nevent: report\ndata: "...)
	l.buf = append(append(l.buf, data...), '\n', '\n')
	return nil
}
