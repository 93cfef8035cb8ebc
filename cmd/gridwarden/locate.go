package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/ingest"
	"gridwarden/geo/postgis"
)

// locate adds the code of each layer's area to the rows of a file. Rows stream through in
// order on all cores; a bad row is passed on with empty codes and told.
func locate(ctx context.Context, c *call) error {
	var o ingest.RowOptions
	layers := c.flags.String("layer", "", "`NAME` of the layer, or several separated by commas; of one that may have more than one code at a point, the first 1000 are joined by |")
	format := c.flags.String("format", "", "csv or ndjson; default as the input begins")
	c.flags.StringVar(&o.Lon, "lon", "", "`FIELD` with the longitude")
	c.flags.StringVar(&o.Lat, "lat", "", "`FIELD` with the latitude")
	c.flags.StringVar(&o.CRS, "crs", "", "coordinate system of the points: OGC:CRS84 (default), EPSG:N, GCJ-02 or BD-09")
	c.flags.StringVar(&o.Encoding, "encoding", "auto", "auto, utf-8, gbk or gb18030")
	if err := c.parse(); err != nil {
		return err
	}
	o.Format = ingest.Format(*format)
	names := fields[geo.LayerName](*layers)
	switch {
	case len(names) == 0:
		return usagef("--layer NAME is missing")
	case len(c.args) > 1:
		return usagef("name one file, or - for standard input")
	case o.Format != "" && o.Format != ingest.CSV && o.Format != ingest.NDJSON:
		return usagef("--format is csv or ndjson, not %q", *format)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	in, err := c.input(ctx)
	if err != nil {
		return err
	}
	defer in.Close()
	store, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	view, err := c.areasView(ctx, store)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := hasLayer(view.Layers(), name); err != nil {
			return err
		}
	}
	o.Transform = store
	rows, err := ingest.NewRows(in, o)
	if err != nil {
		return err
	}
	return newLocator(c, view, names, rows).run(ctx, stop)
}

// input is the file named, or standard input.
func (c *call) input(ctx context.Context) (io.ReadCloser, error) {
	if len(c.args) == 0 || c.args[0] == "-" {
		return io.NopCloser(&patient{ctx, c.in}), nil
	}
	return ingest.Open(c.args[0])
}

// patient is standard input on which nobody may ever write: a Read ends with ctx.
type patient struct {
	ctx context.Context
	in  io.Reader
}

func (p *patient) Read(b []byte) (int, error) {
	type result struct {
		bytes []byte
		err   error
	}
	read := make(chan result, 1)
	go func() {
		own := make([]byte, len(b)) // b is the caller's again once ctx ends
		n, err := p.in.Read(own)
		read <- result{own[:n], err}
	}()
	select {
	case r := <-read:
		return copy(b, r.bytes), r.err
	case <-p.ctx.Done():
		return 0, p.ctx.Err()
	}
}

// areasView is the view of all areas, without assets.
func (c *call) areasView(ctx context.Context, store *postgis.Store) (*index.Snapshot, error) {
	base, err := c.everyLayer(ctx, store)
	if err != nil {
		return nil, err
	}
	return index.Empty().Apply(&geo.Changes{Layers: base.Layers, Areas: base.Areas, Departments: base.Departments})
}

// everyLayer is the open state with the areas of all layers. Areas for which there is no
// room are refused before they are loaded.
func (c *call) everyLayer(ctx context.Context, store *postgis.Store) (*geo.Base, error) {
	size, err := store.AreasSize(ctx)
	if err != nil {
		return nil, err
	}
	room := memory{bound: c.settings.bound, log: slog.New(slog.DiscardHandler)}
	if err := room.admit(size); err != nil {
		return nil, err
	}
	base, err := store.Base(ctx)
	if err != nil {
		return nil, err
	}
	return store.Base(ctx, namesOf(base.Layers)...)
}

func namesOf(layers []geo.Layer) []geo.LayerName {
	names := make([]geo.LayerName, len(layers))
	for i, l := range layers {
		names[i] = l.Name
	}
	return names
}

// hasLayer refuses a layer that is not there, naming those that are.
func hasLayer(layers []geo.Layer, name geo.LayerName) error {
	names := namesOf(layers)
	if slices.Contains(names, name) {
		return nil
	}
	return usagef("there is no layer %q; there are: %s", name, listed(names, 20))
}

// locator streams rows through the view.
type locator struct {
	view   *index.Snapshot
	layers []geo.LayerName
	finder *index.Finder // of the layers when all are coverages, which answer with one code; else nil
	tails  []string      // NDJSON: what stands before each code
	rows   *ingest.Rows
	call   *call
	bad    int
}

func newLocator(c *call, view *index.Snapshot, layers []geo.LayerName, rows *ingest.Rows) *locator {
	l := &locator{view: view, layers: layers, rows: rows, call: c, finder: view.Finder(layers...)}
	for _, name := range layers {
		if layer, _ := view.Layer(name); layer.Kind != geo.Coverage {
			l.finder = nil
		}
		quoted, _ := json.Marshal(string(name)) // of a string: cannot fail
		l.tails = append(l.tails, string(quoted)+":")
	}
	return l
}

func (l *locator) run(ctx context.Context, stop context.CancelFunc) error {
	write := func(out []byte, rows []ingest.Row) error {
		l.tell(rows)
		if _, err := l.call.out.Write(out); err != nil {
			stop() // or standard input may be waited for
			return usagef("cannot write the answer: %v", err)
		}
		return nil
	}
	if l.rows.Format == ingest.CSV {
		header := ingest.Row{Cells: l.rows.Columns}
		head := header.AppendCSV(nil, len(header.Cells))
		for _, layer := range l.layers {
			head = ingest.AppendCell(append(head, ','), string(layer))
		}
		if err := write(append(head, '\n'), nil); err != nil {
			return err
		}
	}
	if err := l.rows.Run(ctx, ingest.Bulk{Work: func() func(*ingest.Block) { return (&worker{locator: l}).answer }, Write: write}); err != nil {
		return err
	}
	if l.bad > 0 {
		return geo.Errorf(geo.Faulty, "%s no usable point; the codes are empty", counted(l.bad, "row has", "rows have"))
	}
	return nil
}

// tell counts bad rows and tells the first.
func (l *locator) tell(rows []ingest.Row) {
	for i := range rows {
		if rows[i].Err == nil {
			continue
		}
		if l.bad++; l.bad <= 10 {
			fmt.Fprintf(l.call.err, "line %d: %s\n", rows[i].Line, rows[i].Err)
		}
	}
}

// worker answers blocks of rows; one goroutine uses it.
type worker struct {
	*locator
	points []geo.Coord
	areas  []*geo.Area // of each point one for each layer
	codes  []string    // of each row one for each layer
}

func (w *worker) answer(b *ingest.Block) {
	if w.finder != nil {
		w.find(b)
	}
	write := w.appendObject
	if w.rows.Format == ingest.CSV {
		write = w.appendRow
	}
	n := len(w.layers)
	for i := range b.Rows {
		row := &b.Rows[i]
		var codes []string
		if w.finder != nil {
			codes = w.codes[i*n : (i+1)*n]
		} else {
			codes = w.locate(row)
		}
		if row.Err != nil {
			clear(codes)
		}
		b.Out = write(b.Out, row, codes)
		b.Relieve()
	}
}

// find finds the codes of all rows.
func (w *worker) find(b *ingest.Block) {
	w.points = b.Points(w.points[:0])
	n := len(w.points) * len(w.layers)
	w.areas = slices.Grow(w.areas[:0], n)[:n]
	w.finder.All(w.points, w.areas)
	w.codes = ingest.Codes(w.codes, w.areas)
}

// locate finds the codes of one row; several of an overlay are joined.
func (w *worker) locate(row *ingest.Row) []string {
	w.codes = w.codes[:0]
	place := w.view.Locate(row.Point, w.layers...)
	for _, layer := range w.layers {
		w.codes = append(w.codes, place.Codes(layer))
	}
	return w.codes
}

// appendRow writes one row of CSV with its codes.
func (w *worker) appendRow(out []byte, row *ingest.Row, codes []string) []byte {
	out = row.AppendCSV(out, len(w.rows.Columns))
	for _, code := range codes {
		out = ingest.AppendCell(append(out, ','), code)
	}
	return append(out, '\n')
}

// appendObject writes one object with its codes.
func (w *worker) appendObject(out []byte, row *ingest.Row, codes []string) []byte {
	object := bytes.TrimRight(row.JSON, " \t\r\n")
	if row.Err != nil && !bytes.HasSuffix(object, []byte("}")) {
		object = []byte("{}")
	}
	out = append(out, object[:len(object)-1]...)
	for i, code := range codes {
		if i > 0 || len(bytes.TrimSpace(object[1:len(object)-1])) > 0 {
			out = append(out, ',')
		}
		quoted, _ := json.Marshal(code) // of a string: cannot fail
		out = append(append(out, w.tails[i]...), quoted...)
	}
	return append(out, '}', '\n')
}
