package ingest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"maps"
	"slices"

	"github.com/paulmach/orb"

	"gridwarden/geo"
	"gridwarden/geo/crs"
)

// Format is how a stream of points is written.
type Format string

const (
	CSV    Format = "csv"
	NDJSON Format = "ndjson" // a JSON object a line
)

// RowOptions say how a stream of points is to be read.
type RowOptions struct {
	Options
	Format   Format // empty: NDJSON when the stream begins with {, else CSV
	Lon, Lat string // columns or members; empty: lon and lat, or another usual pair of names
}

// Row is one line of points to locate.
type Row struct {
	Line  int             // where it begins; 1 is the first, of a CSV the header
	Cells []string        // CSV: the cells, as many as the header has unless Err is set
	JSON  json.RawMessage // NDJSON: the object as read; nil when the line holds none
	Point geo.Coord       // in WGS 84; nothing when Err is set
	Err   error           // why the row has no point: a sentence that leaves the line to the reader
}

// Rows reads a stream of points, a row at a time. It reads no further than it has to, so
// that a caller may answer a row before the next is sent; only an EPSG system makes it
// gather a batch.
type Rows struct {
	Format  Format
	Columns []string // CSV: the header

	options  RowOptions
	system   crs.CRS
	table    *table
	lines    *lines
	lon, lat string
}

// NewRows reads the head of a stream. A header without the columns of the position, and an
// empty CSV, are geo.Invalid.
func NewRows(in io.Reader, o RowOptions) (*Rows, error) {
	system, err := crs.Parse(o.CRS)
	if err != nil {
		return nil, err
	}
	plain, err := text(bufio.NewReaderSize(in, window), o.Encoding)
	if err != nil {
		return nil, err
	}
	r := &Rows{Format: o.Format, options: o, system: system, lon: o.Lon, lat: o.Lat}
	buffered := bufio.NewReaderSize(plain, window)
	if r.Format == "" {
		r.Format = CSV
		if first, _ := buffered.Peek(1); string(first) == "{" {
			r.Format = NDJSON
		}
	}
	if r.Format == NDJSON {
		r.lines = &lines{r: buffered, limit: MaxLine}
		return r, nil
	}
	if r.table, err = newTable(buffered, MaxLine); err != nil {
		return nil, geo.Errorf(geo.Invalid, "%w", err)
	}
	r.Columns = r.table.columns
	r.lon, r.lat, err = lonLatFields(r.Columns, o.Lon, o.Lat)
	return r, err
}

// All gives the rows in order, blank lines left out; it can be called once. A row that
// cannot be read, is longer than [MaxLine] or has no place on earth comes as a Row with
// Err. An error beside the row means that the stream cannot be read on, and ends it.
func (r *Rows) All(ctx context.Context) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for rec, err := range placed(ctx, r.options.Transform, r.records()) {
			row, _ := rec.fields.(rowFields)
			switch {
			case err != nil && geo.KindOf(err) != geo.Faulty:
				yield(row.Row, err)
				return
			case err != nil:
				row.Err = err
			default:
				p := rec.geometry.(orb.MultiPoint)[0]
				row.Point, row.Err = geo.CoordOf(p[0], p[1])
			}
			if !yield(row.Row, nil) {
				return
			}
		}
	}
}

// rowFields carries a row along with its fields.
type rowFields struct {
	fields
	Row
}

// records are the rows before they are placed. They have no source: what is wrong with a
// row is told beside it.
func (r *Rows) records() iter.Seq2[record, error] {
	next := r.nextCells
	if r.Format == NDJSON {
		next = r.nextObject
	}
	return func(yield func(record, error) bool) {
		for {
			f, err := next()
			if errors.Is(err, io.EOF) {
				return
			}
			rec := record{fields: f, crs: r.system}
			if err == nil {
				var p orb.Point
				if p, err = position(f.fields, r.lon, r.lat); err == nil {
					rec.geometry = orb.MultiPoint{p}
				}
			}
			if !yield(rec, err) || err != nil && geo.KindOf(err) != geo.Faulty {
				return
			}
		}
	}
}

func (r *Rows) nextCells() (rowFields, error) {
	values, err := r.table.next()
	return rowFields{cells{r.Columns, values}, Row{Line: r.table.line, Cells: values}}, err
}

func (r *Rows) nextObject() (rowFields, error) {
	line, err := r.lines.next()
	for err == nil && len(bytes.TrimSpace(line)) == 0 {
		line, err = r.lines.next()
	}
	f := rowFields{Row: Row{Line: r.lines.line}}
	if err != nil {
		return f, err
	}
	if !legible(string(line)) {
		return f, geo.Errorf(geo.Faulty, "%s", errIllegible)
	}
	var p properties
	if err := json.Unmarshal(line, &p.members); err != nil || p.members == nil {
		return f, geo.Errorf(geo.Faulty, "the line is not a JSON object: write one as {\"lon\":120.1527,\"lat\":30.2733}")
	}
	f.fields, f.JSON = p, bytes.Clone(line)
	return f, r.settle(p)
}

// settle finds the members of the position, when the caller names none: an object may
// have others than the one before it.
func (r *Rows) settle(p properties) error {
	_, x := p.members[r.lon]
	_, y := p.members[r.lat]
	if x && y {
		return nil
	}
	lon, lat, err := lonLatFields(slices.Collect(maps.Keys(p.members)), r.options.Lon, r.options.Lat)
	if err != nil {
		return geo.Errorf(geo.Faulty, "%w", err)
	}
	r.lon, r.lat = lon, lat
	return nil
}
