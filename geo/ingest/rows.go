package ingest

import (
	"context"
	"encoding/json"
	"io"
	"iter"

	"gridwarden/geo"
)

// Format of a stream of points.
type Format string

const (
	CSV    Format = "csv"
	NDJSON Format = "ndjson"
)

// RowOptions say how a stream of points is to be read.
type RowOptions struct {
	Options
	Format   Format // empty: NDJSON when it begins with {, else CSV
	Lon, Lat string // columns or members; empty: the usual names
}

// Row is one line of points to locate.
type Row struct {
	Line  int
	Cells []string        // CSV: the cells as read
	JSON  json.RawMessage // NDJSON: the object as read
	Point geo.Coord       // in WGS 84; nothing when Err is set
	Err   error           // why the row has no point
}

// Rows reads a stream of points, a row at a time.
type Rows struct {
	Format  Format
	Columns []string // CSV: the header
}

// NewRows reads the head of a stream.
func NewRows(r io.Reader, o RowOptions) (*Rows, error) {
	return nil, geo.Errorf(geo.Internal, "not yet")
}

// All gives the rows in order. A bad row comes as a Row with Err; an error beside it
// means that the stream cannot be read on, and ends it.
func (r *Rows) All(ctx context.Context) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {}
}

