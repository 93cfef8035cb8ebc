package api

import (
	"context"
	"encoding/json"
	"net/http"

	"gridwarden/geo"
	"gridwarden/geo/ingest"
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
	w.Header().Set("Content-Type", ndjsonType)
	w.speaks()
	wrong := func(b []byte, row *ingest.Row) []byte { return appendWrongLine(b, row, w.language) }
	decide := func(b []byte, row *ingest.Row) []byte {
		line, err := a.line(r.Context(), row, w.language)
		if err != nil {
			return wrong(b, &ingest.Row{Line: row.Line, Err: err})
		}
		return append(append(b, line...), '\n')
	}
	return e.answer(r.Context(), rows, each(decide), wrong)
}

// line decides the report of one line.
func (a *routeAsk) line(ctx context.Context, row *ingest.Row, l geo.Language) ([]byte, error) {
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
