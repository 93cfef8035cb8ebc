package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/ingest"
	"gridwarden/geo/postgis"
)

// locateBatch is how many rows one goroutine works on at a time.
const locateBatch = 1024

// locate adds the code of each layer's area to the rows of a file. Rows stream through in
// order on all cores; a bad row is passed on with empty codes and told.
func locate(ctx context.Context, c *call) error {
	var o ingest.RowOptions
	layers := c.flags.String("layer", "", "`NAME` of the layer, or several separated by commas")
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
	view, err := areasView(ctx, store)
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
	return (&locator{view: view, layers: names, rows: rows, call: c}).run(ctx)
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
func areasView(ctx context.Context, store *postgis.Store) (*index.Snapshot, error) {
	base, err := everyLayer(ctx, store)
	if err != nil {
		return nil, err
	}
	return index.Empty().Apply(&geo.Changes{Layers: base.Layers, Areas: base.Areas, Departments: base.Departments})
}

// everyLayer is the open state with the areas of all layers.
func everyLayer(ctx context.Context, store *postgis.Store) (*geo.Base, error) {
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
	rows   *ingest.Rows
	call   *call
	bad    int
}

// batch is some rows on their way; done is closed when out is ready to be written.
type batch struct {
	rows []ingest.Row
	out  []byte
	done chan struct{}
}

func (l *locator) run(ctx context.Context) error {
	w := bufio.NewWriterSize(l.call.out, 1<<16)
	if l.rows.Format == ingest.CSV {
		header := append([]string{}, l.rows.Columns...)
		for _, layer := range l.layers {
			header = append(header, string(layer))
		}
		_, _ = w.Write(csvLine(header))
	}
	group, ctx := errgroup.WithContext(ctx)
	queue := make(chan *batch, 2*runtime.GOMAXPROCS(0))
	group.Go(func() error { defer close(queue); return l.read(ctx, queue) })
	group.Go(func() error { return l.write(ctx, w, queue) })
	if err := group.Wait(); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return usagef("cannot write the answer: %v", err)
	}
	if l.bad > 0 {
		return geo.Errorf(geo.Faulty, "%s no usable point; the codes are empty", counted(l.bad, "row has", "rows have"))
	}
	return nil
}

// read fills batches and starts a goroutine on each; the queue's length bounds them.
func (l *locator) read(ctx context.Context, queue chan<- *batch) error {
	b := &batch{done: make(chan struct{})}
	send := func() error {
		full := b
		b = &batch{done: make(chan struct{})}
		select {
		case queue <- full:
			go l.work(full)
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	for row, err := range l.rows.All(ctx) {
		if err != nil {
			return err
		}
		if b.rows = append(b.rows, row); len(b.rows) == locateBatch {
			if err := send(); err != nil {
				return err
			}
		}
	}
	return send()
}

func (l *locator) work(b *batch) {
	defer close(b.done)
	codes := make([]string, len(l.layers))
	for i := range b.rows {
		l.codes(&b.rows[i], codes)
		b.out = l.append(b.out, &b.rows[i], codes)
	}
}

// codes finds the area of each layer; several of an overlay are joined by "|".
func (l *locator) codes(row *ingest.Row, codes []string) {
	clear(codes)
	if row.Err != nil {
		return
	}
	place := l.view.Locate(row.Point, l.layers...)
	for i, layer := range l.layers {
		var found []string
		for _, hit := range place.Areas {
			if hit.Area.Layer == layer {
				found = append(found, string(hit.Area.Code))
			}
		}
		for _, hit := range place.Lines {
			if hit.Area.Layer == layer {
				found = append(found, string(hit.Area.Code))
			}
		}
		codes[i] = strings.Join(found, "|")
	}
}

// append writes one row with its codes.
func (l *locator) append(out []byte, row *ingest.Row, codes []string) []byte {
	if l.rows.Format == ingest.CSV {
		cells := make([]string, len(l.rows.Columns), len(l.rows.Columns)+len(codes))
		copy(cells, row.Cells) // a ragged row is evened out
		return append(out, csvLine(append(cells, codes...))...)
	}
	object := strings.TrimRight(string(row.JSON), " \t\r\n")
	if row.Err != nil && !strings.HasSuffix(object, "}") {
		object = "{}"
	}
	out = append(out, object[:len(object)-1]...)
	for i, layer := range l.layers {
		if i > 0 || strings.TrimSpace(object[1:len(object)-1]) != "" {
			out = append(out, ',')
		}
		name, _ := json.Marshal(string(layer)) // of a string: cannot fail
		code, _ := json.Marshal(codes[i])
		out = append(append(append(out, name...), ':'), code...)
	}
	return append(out, '}', '\n')
}

// csvLine is one row of a CSV.
func csvLine(cells []string) []byte {
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write(cells) // to memory: cannot fail
	w.Flush()
	return []byte(b.String())
}

// write writes the batches in order and tells the first bad rows.
func (l *locator) write(ctx context.Context, w io.Writer, queue <-chan *batch) error {
	for b := range queue {
		select {
		case <-b.done:
		case <-ctx.Done():
			return ctx.Err()
		}
		for _, row := range b.rows {
			if row.Err == nil {
				continue
			}
			if l.bad++; l.bad <= 10 {
				fmt.Fprintf(l.call.err, "line %d: %s\n", row.Line, row.Err)
			}
		}
		if _, err := w.Write(b.out); err != nil {
			return usagef("cannot write the answer: %v", err)
		}
	}
	return nil
}
