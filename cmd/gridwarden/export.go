package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/ingest"
	"gridwarden/geo/postgis"
)

// fileFlags are what is typed of an export of rows into a file.
type fileFlags struct {
	layers, format, at   string
	edition              int64
	bom, wkt, restricted bool
}

func (f *fileFlags) register(c *call, layers string) {
	s := c.flags
	s.StringVar(&f.layers, "layer", "", layers)
	s.StringVar(&f.format, "format", string(ingest.GeoJSON), "geojson, geojsonseq or csv")
	s.Int64Var(&f.edition, "edition", 0, "the state of this `EDITION`; default the newest")
	s.StringVar(&f.at, "at", "", "the state at this `TIME`: 2026-07-01 or 2026-07-01T08:00:00+08:00")
	s.BoolVar(&f.bom, "bom", false, "csv: begin with the mark by which Excel knows that the text is UTF-8")
	s.BoolVar(&f.wkt, "wkt", false, "csv: with a column wkt, the geometry as well-known text")
}

// complete checks what was typed.
func (f *fileFlags) complete(c *call) (at time.Time, err error) {
	formats := []ingest.Format{ingest.GeoJSON, ingest.GeoJSONSeq, ingest.CSV}
	switch {
	case len(c.args) != 1:
		return at, usagef("name the one file to write, or - for standard output; see gridwarden %s -h", c.flags.Name())
	case !slices.Contains(formats, ingest.Format(f.format)):
		return at, usagef("--format is geojson, geojsonseq or csv, not %q", f.format)
	case (f.bom || f.wkt) && f.format != string(ingest.CSV):
		return at, usagef("--bom and --wkt are of --format csv")
	case f.edition < 0:
		return at, usagef("--edition is a number from 1, not %d", f.edition)
	case f.edition > 0 && f.at != "":
		return at, usagef("give either --edition or --at, not both")
	case f.at == "":
		return at, nil
	}
	if at, err = parseMoment(f.at, c.settings.zone); err == nil && at.After(time.Now()) {
		err = usagef("--at %s is still to come", f.at)
	}
	return at, err
}

// export is one export under way.
type export struct {
	*call
	fileFlags
	what  string
	count *progress
	into  *ingest.Features
	left  map[string]int // restricted and left out, by category
}

// exporting writes a file of rows: it finds the state that is asked for and lets rows read
// from it. The file appears, or an older one there is replaced, once it is whole.
func (c *call) exporting(ctx context.Context, e *export, rows func(context.Context, *export, *postgis.Exports, io.Writer) error) error {
	at, err := e.complete(c)
	if err != nil {
		return err
	}
	store, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	state := geo.Sequence(0)
	if e.edition > 0 || !at.IsZero() {
		moment, err := store.Moment(ctx, at, geo.Edition(e.edition), false)
		if err != nil {
			return err
		}
		state = moment.Sequence
	}
	out, err := newOutput(c.args[0], c.out)
	if err != nil {
		return err
	}
	defer out.discard()
	e.call, e.left = c, map[string]int{}
	e.count = c.counter("writing", e.what)
	err = store.Export(ctx, state, func(x *postgis.Exports) error { return rows(ctx, e, x, out) })
	e.count.done()
	if err != nil {
		return err
	}
	n := e.into.Count()
	if err := store.Did(ctx, "export "+e.what, e.layers, map[string]any{"rows": n, "format": e.format, "sequence": state}); err != nil {
		return err
	}
	if err := out.keep(); err != nil {
		return err
	}
	e.tell(n)
	return nil
}

// begin begins the file.
func (e *export) begin(out io.Writer, columns []ingest.Column) (err error) {
	e.into, err = ingest.NewFeatures(out, ingest.FeatureOptions{Format: ingest.Format(e.format), Columns: columns, BOM: e.bom, WKT: e.wkt})
	return unwritable(err)
}

func (e *export) write(f *ingest.Feature) error {
	e.count.add(1)
	return unwritable(e.into.Write(f))
}

func unwritable(err error) error {
	if err == nil {
		return nil
	}
	return usagef("the file cannot be written: %v", cause(err))
}

// leaves tells whether something of a category is left out, being restricted, and counts it.
func (e *export) leaves(restricted map[geo.CategoryKey]string, k geo.CategoryKey) bool {
	name, is := restricted[k]
	if is && !e.restricted {
		e.left[name]++
	}
	return is && !e.restricted
}

// tell says what was written, on the error stream where the rows went to the other.
func (e *export) tell(n int64) {
	to := e.call.out
	if e.args[0] == "-" {
		to = e.call.err
	}
	fmt.Fprintf(to, "wrote %s: %d %s\n", e.args[0], n, e.what)
	if len(e.left) > 0 {
		var names []string
		for name, n := range e.left {
			names = append(names, fmt.Sprintf("%s (%d)", name, n))
		}
		slices.Sort(names)
		fmt.Fprintf(e.call.err, "left out, being restricted: %s; --restricted has them in the file\n", strings.Join(names, ", "))
	}
}

// output is a file that appears once it is whole, or standard output.
type output struct {
	io.Writer
	path string
	file *os.File // nil: standard output
}

func newOutput(path string, standard io.Writer) (*output, error) {
	if path == "-" {
		return &output{Writer: standard}, nil
	}
	path = filepath.Clean(path)
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".new-")
	if err != nil {
		return nil, unwritable(err)
	}
	return &output{file, path, file}, nil
}

// keep lets the file appear.
func (o *output) keep() error {
	if o.file == nil {
		return nil
	}
	err := cmp.Or(o.file.Chmod(0o644), o.file.Sync(), o.file.Close())
	if err == nil {
		err = os.Rename(o.file.Name(), o.path)
	}
	return unwritable(err)
}

// discard removes what was not kept.
func (o *output) discard() {
	if o.file != nil {
		_ = o.file.Close()
		_ = os.Remove(o.file.Name()) // no longer there when all went well
	}
}

// places is what says in which areas a row lies: a column for each layer that was named.
type places struct {
	view   *index.Snapshot
	layers []geo.LayerName
}

// places reads the areas of the layers named.
func (e *export) places(ctx context.Context, x *postgis.Exports) (*places, error) {
	p := &places{layers: fields[geo.LayerName](e.layers)}
	if len(p.layers) == 0 {
		return p, nil
	}
	layers, err := x.Layers(ctx)
	if err != nil {
		return nil, err
	}
	for _, name := range p.layers {
		if err := hasLayer(layers, name); err != nil {
			return nil, err
		}
	}
	c := &geo.Changes{Layers: layers}
	err = x.Areas(ctx, p.layers, func(a *geo.Area) error {
		c.Areas = append(c.Areas, a)
		return nil
	})
	if err == nil {
		p.view, err = index.Empty().Apply(c)
	}
	return p, err
}

func (p *places) columns() (all []ingest.Column) {
	for _, name := range p.layers {
		all = append(all, ingest.Column{Name: string(name)})
	}
	return all
}

// at are the codes of the areas at a point, "" where it lies in none.
func (p *places) at(point *geo.Coord) []string {
	codes := make([]string, len(p.layers))
	if point == nil || p.view == nil {
		return codes
	}
	place := p.view.Locate(*point, p.layers...)
	for i, name := range p.layers {
		codes[i] = place.Codes(name)
	}
	return codes
}
