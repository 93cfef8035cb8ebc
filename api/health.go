package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"gridwarden/geo"
)

// healthz says that the process is up: nothing more.
func (s *server) healthz(w *response, _ *http.Request) error {
	w.Header().Set("Cache-Control", "no-store")
	return sendJSON(w, map[string]string{"status": "up"})
}

// readiness is what readyz answers. When not ready it is a problem document as well.
type readiness struct {
	*problem
	Ready    bool         `json:"ready"`
	Sequence geo.Sequence `json:"sequence"`
	Edition  geo.Edition  `json:"edition"`
	Database string       `json:"database"`        // up, down, or none: served from a snapshot alone
	Behind   int64        `json:"lag_changes"`     // that the view does not have yet
	Lag      *float64     `json:"lag_s,omitempty"` // since the view was last known to be the newest
}

// readyz says whether the answers given now are right: a view is loaded and not older
// than allowed. With the database away the reads go on from memory, and it says so.
func (s *server) readyz(w *response, _ *http.Request) error {
	snapshot, health := s.Live.Load(), s.Health()
	answer := readiness{
		Sequence: snapshot.Position().Sequence,
		Edition:  snapshot.Edition().Number,
		Database: "down",
		Behind:   health.Behind,
	}
	switch {
	case health.Alone:
		answer.Database = "none"
	case health.Database:
		answer.Database = "up"
	}
	var lag time.Duration
	if !health.Current.IsZero() {
		lag = max(0, time.Since(health.Current))
		seconds := float64(lag.Milliseconds()) / 1000
		answer.Lag = &seconds
	}
	w.Header().Set("Cache-Control", "no-store")
	switch {
	case !loaded(snapshot):
		return unready(w, answer, "nothing is loaded yet; the database is "+answer.Database)
	case s.MaxLag > 0 && answer.Lag == nil && !health.Alone:
		return unready(w, answer, "the view was not compared with the database yet; it is "+answer.Database)
	case s.MaxLag > 0 && lag > s.MaxLag:
		return unready(w, answer, fmt.Sprintf("the view was last known to be the newest %v ago, longer than the %v allowed, and lacked %d changes when the database was last asked; that is %s", lag.Round(time.Second), s.MaxLag, health.Behind, answer.Database))
	}
	answer.Ready = true
	return sendJSON(w, answer)
}

func unready(w *response, answer readiness, why string) error {
	const status = http.StatusServiceUnavailable
	answer.problem = &problem{"about:blank", http.StatusText(status), status, why, w.id}
	body, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	w.Header().Set("Retry-After", "1")
	send(w, status, "application/problem+json", body)
	return nil
}
