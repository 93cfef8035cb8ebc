package api

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"gridwarden/geo"
)

// AuditLog is the log of every write and bulk export. It only grows.
type AuditLog interface {
	// Deeds are its lines after a number, in order, at most limit.
	Deeds(ctx context.Context, after int64, limit int) ([]geo.Deed, error)
}

// deedAnswer is a line of the log as it is told. Its hash can be worked out again from it.
type deedAnswer struct {
	Number   int64           `json:"number"`
	At       time.Time       `json:"at"` // UTC, to the microsecond
	Actor    string          `json:"actor"`
	Key      string          `json:"key"`
	Origin   string          `json:"origin"`
	Action   string          `json:"action"`
	Subject  string          `json:"subject"`
	Before   json.RawMessage `json:"before,omitempty"`
	After    json.RawMessage `json:"after,omitempty"`
	Previous string          `json:"previous"`
	Hash     string          `json:"hash"`
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
		Lines []deedAnswer `json:"lines"`
		Next  string       `json:"next,omitempty"` // send it as after for the next page
	}{Lines: make([]deedAnswer, len(deeds))}
	for i, d := range deeds {
		answer.Lines[i] = deedAnswer{
			d.Number, d.At, d.Actor, d.Key, d.From, d.Action, d.Subject, d.Before, d.After,
			hex.EncodeToString(d.Previous[:]), hex.EncodeToString(d.Hash[:]),
		}
	}
	if len(deeds) == int(limit) {
		answer.Next = strconv.FormatInt(deeds[len(deeds)-1].Number, 10)
	}
	return sendJSON(w, answer)
}
