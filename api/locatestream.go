package api

import (
	"net/http"

	"gridwarden/geo"
	"gridwarden/geo/crs"
	"gridwarden/geo/ingest"
)

const (
	ndjsonType = "application/x-ndjson"
	csvType    = "text/csv"
)

// locator answers a stream of points.
type locator struct {
	view
	language geo.Language    // of what is told of wrong lines
	layers   []geo.LayerName // nil is all
	edge     bool
	options  ingest.RowOptions
}

// locateStream answers a line for each line, in order, while the lines still come, on all
// cores: what is answered is sent before more is waited for, so that nothing is held and a
// client may ask and listen by turns. A line without a usable point is answered by an error
// on its own line. All lines are answered from one snapshot.
func (s *server) locateStream(w *response, r *http.Request, v view) error {
	l, err := s.newLocator(w, r, v)
	if err != nil {
		return err
	}
	e, err := s.exchange(w, r)
	if err != nil {
		return err
	}
	defer e.leave()
	rows, err := ingest.NewRows(e, l.options)
	if err != nil {
		return err
	}
	w.speaks()
	w.Header().Set("Content-Type", ndjsonType)
	if rows.Format != ingest.CSV {
		return e.answer(r.Context(), rows, each(l.object), l.object)
	}
	w.Header().Set("Content-Type", csvType+"; charset=utf-8")
	t := l.newTable(rows.Columns)
	if err := e.write(t.header(rows.Columns), nil); err != nil {
		return err
	}
	return e.answer(r.Context(), rows, t.worker, t.wrong)
}

// newLocator reads what a stream is asked for.
func (s *server) newLocator(w *response, r *http.Request, v view) (*locator, error) {
	p, err := readParams(r, "layers", "crs", "lon", "lat", "edition", "at", "known", "draft", "edge")
	if err != nil {
		return nil, err
	}
	l := &locator{view: v, language: w.language}
	l.options = ingest.RowOptions{
		Options: ingest.Options{Encoding: "utf-8", CRS: p.Get("crs")},
		Lon:     p.Get("lon"),
		Lat:     p.Get("lat"),
	}
	if err := takes(r, ndjsonType, csvType); err != nil {
		return nil, err
	}
	l.options.Format = ingest.NDJSON
	if isType(r, csvType) {
		l.options.Format = ingest.CSV
	}
	if _, _, err := crs.ToWGS84(p.Get("crs"), 0, 0); err != nil {
		return nil, err
	}
	if l.view, err = s.when(w, r, v, p); err != nil {
		return nil, err
	}
	if l.edge, err = p.flag("edge", false); err != nil {
		return nil, err
	}
	l.layers, err = l.view.layers(layerList(p.Get("layers")))
	return l, err
}

// object answers one line of NDJSON.
func (l *locator) object(b []byte, row *ingest.Row) []byte {
	if row.Err != nil {
		return appendWrongLine(b, row, l.language)
	}
	return append(l.appendPlace(b, l.at(row.Point, l.layers), l.edge), '\n')
}

// appendWrongLine answers a line of NDJSON with what is wrong with it.
func appendWrongLine(b []byte, row *ingest.Row, l geo.Language) []byte {
	b = appendInt(append(b, `{"line":`...), int64(row.Line))
	b = appendString(append(b, `,"error":`...), sentence(row.Err, l))
	return append(b, '}', '\n')
}
