package api

import (
	"errors"
	"io"
	"net/http"
	"time"

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
	*stream
	view
	layers  []geo.LayerName // nil is all
	edge    bool
	options ingest.RowOptions
}

// locateStream answers a line for each line, in order, while the lines still come: what
// is answered is sent before more is read, so that nothing is held and a client may ask
// and listen by turns. A line without a usable point is answered by an error on its own
// line. All lines are answered from one snapshot.
func (s *server) locateStream(w *response, r *http.Request, v view) error {
	l, err := s.newLocator(w, r, v)
	if err != nil {
		return err
	}
	leave, err := s.converse(l.stream)
	if err != nil {
		return err
	}
	defer leave()
	rows, err := ingest.NewRows(&pacedReader{l.stream, r.Body}, l.options)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", ndjsonType)
	write := l.object
	if rows.Format == ingest.CSV {
		w.Header().Set("Content-Type", csvType+"; charset=utf-8")
		write = l.newTable(rows.Columns).row
	}
	for row, err := range rows.All(r.Context()) {
		if err != nil {
			return l.breakOff(row, err, write)
		}
		write(row)
		if err := l.full(); err != nil {
			return err
		}
	}
	return l.send()
}

// newLocator reads what a stream is asked for.
func (s *server) newLocator(w *response, r *http.Request, v view) (*locator, error) {
	p, err := readParams(r, "layers", "crs", "lon", "lat", "edition", "at", "known", "edge")
	if err != nil {
		return nil, err
	}
	l := &locator{stream: s.newStream(w), view: v}
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

// breakOff tells on a last line why a stream cannot be read on, and then cuts the
// connection: not every line was answered.
func (l *locator) breakOff(row ingest.Row, err error, write func(ingest.Row)) error {
	if statusOf(err) == statusClientGone {
		return err
	}
	row.Err = err
	write(row)
	l.lastWord()
	return err
}

// object answers one line of NDJSON.
func (l *locator) object(row ingest.Row) {
	if row.Err != nil {
		l.buf = appendInt(append(l.buf, `{"line":`...), int64(row.Line))
		l.buf = appendString(append(l.buf, `,"error":`...), sentence(row.Err))
		l.buf = append(l.buf, '}', '\n')
		return
	}
	l.buf = append(l.appendPlace(l.buf, l.at(row.Point, l.layers), l.edge), '\n')
}

// pacedReader reads a body whose client has to send something within the time it may
// progress. Before it waits for more, it sends what has been answered.
type pacedReader struct {
	*stream
	body io.Reader
}

func (p *pacedReader) Read(b []byte) (int, error) {
	if len(p.buf) > 0 {
		if err := p.send(); err != nil {
			return 0, err
		}
		_ = p.control.Flush() // an error shows at the next write
	}
	_ = p.control.SetReadDeadline(time.Now().Add(p.stall)) // a recorder in a test has none
	n, err := p.body.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		err = unreadable(err)
	}
	return n, err
}
