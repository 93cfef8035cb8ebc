package api

import (
	"context"
	"encoding/json"
	"net/http"

	"gridwarden/geo/ingest"
	"gridwarden/geo/routing"
)

// stream decides a report a line, in order, while the lines still come, on all cores: see
// [server.locateStream]. A line that cannot be decided is answered by an error on its own
// line.
func (a *routeAsk) stream(w *response, r *http.Request) error {
	e, err := a.server.exchange(w, r)
	if err != nil {
		return err
	}
	defer e.leave()
	rows, err := ingest.NewRows(e, ingest.RowOptions{Format: ingest.NDJSON, Unplaced: true, Options: ingest.Options{Encoding: "utf-8"}})
	if err != nil {
		return err
	}
	language := languageOf(r)
	w.Header().Set("Content-Type", ndjsonType)
	w.Header().Set("Content-Language", string(language))
	w.Header().Add("Vary", "Accept-Language")
	decide := func(b []byte, row *ingest.Row) []byte {
		line, err := a.line(r.Context(), row, language)
		if err != nil {
			return appendWrongLine(b, &ingest.Row{Line: row.Line, Err: err})
		}
		return append(append(b, line...), '\n')
	}
	return e.answer(r.Context(), rows, each(decide), appendWrongLine)
}

// line decides the report of one line.
func (a *routeAsk) line(ctx context.Context, row *ingest.Row, l routing.Language) ([]byte, error) {
	if row.Err != nil {
		return nil, row.Err
	}
	var q routeRequest
	if err := decodeLine(row.JSON, &q, routeFields); err != nil {
		return nil, err
	}
	record, err := a.decide(ctx, &q)
	if err != nil {
		return nil, err
	}
	return json.Marshal(record.In(l))
}
