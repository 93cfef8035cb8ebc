package api

import (
	"context"
	"net/http"
	"strconv"

	"gridwarden/geo"
)

// AuditLog is the log of every write and bulk export. It only grows.
type AuditLog interface {
	// Deeds are its lines after a number, in order, at most limit.
	Deeds(ctx context.Context, after int64, limit int) ([]geo.Deed, error)
}

// auditLog answers a page of the log, the oldest first. Who reads it need not have the right
// to read the city, and what is restricted there is named here.
func (s *server) auditLog(w *response, r *http.Request) error {
	unkept(w)
	if s.AuditLog == nil {
		return elsewhere()
	}
	p, err := readParams(r, "limit", cursorParam)
	if err != nil {
		return err
	}
	limit, err := p.whole("limit", defaultLimit, 1, maxLimit)
	if err != nil {
		return err
	}
	after, err := p.whole(cursorParam, 0, 0, 1<<62)
	if err != nil {
		return err
	}
	deeds, err := s.AuditLog.Deeds(r.Context(), after, int(limit))
	if err != nil {
		return err
	}
	answer := struct {
		Lines []geo.DeedRecord `json:"lines"`
		Next  string           `json:"next,omitempty"` // send it as after for the next page
	}{Lines: make([]geo.DeedRecord, len(deeds))}
	for i, d := range deeds {
		answer.Lines[i] = d.Record()
	}
	if len(deeds) == int(limit) {
		answer.Next = strconv.FormatInt(deeds[len(deeds)-1].Number, 10)
	}
	return sendJSON(w, answer)
}
