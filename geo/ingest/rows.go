package ingest

import (
	"bufio"
	"encoding/json"
	"io"
	"slices"

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
	Unplaced bool   // NDJSON: lines are wanted as they are, whether objects with a point or not
}

// Row is one line of points to locate.
type Row struct {
	Line  int             // where it begins; 1 is the first, of a CSV the header
	Cells []string        // CSV: the cells, as many as the header has unless Err is set
	JSON  json.RawMessage // NDJSON: the object as read; nil when the line holds none
	Point geo.Coord       // in WGS 84; nothing when Err is set
	Err   error           // why the row has no point: a sentence that leaves the line to the reader

	plain string // CSV: the line, where it is what the cells are written as
}

// Rows reads a stream of points on all cores: see [Rows.Run].
type Rows struct {
	Format  Format
	Columns []string // CSV: the header
	Line    int      // once Run has failed: the line that could not be read

	options  RowOptions
	system   crs.CRS
	database bool // takes one to transform
	blocks   *blocks
	ahead    []byte    // a block read with the header
	at       int       // the number of its first line
	lon, lat int       // CSV: the columns of the position
	members  [2]string // NDJSON: the members of the position that are looked for first; empty: none
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
	r := &Rows{Format: o.Format, options: o, system: system, blocks: newBlocks(plain, MaxLine)}
	if r.Format == "" {
		r.Format = CSV
		if r.blocks.first() == '{' {
			r.Format = NDJSON
		}
	}
	_, r.database = system.EPSG()
	if r.Format == CSV {
		return r, r.header()
	}
	r.members = [2]string{o.Lon, o.Lat}
	switch {
	case o.Lon == "" && o.Lat == "":
		r.members = [2]string{"lon", "lat"}
	case o.Lon == "" || o.Lat == "":
		r.members = [2]string{}
	}
	return r, nil
}

func (r *Rows) header() error {
	t, err := newTable(r.blocks)
	if err != nil {
		return geo.Errorf(geo.Invalid, "%w", err)
	}
	lon, lat, err := lonLatFields(t.columns, r.options.Lon, r.options.Lat)
	if err != nil {
		return err
	}
	r.Columns, r.ahead, r.at = t.columns, t.text, t.at
	r.lon, r.lat = slices.Index(t.columns, lon), slices.Index(t.columns, lat)
	return nil
}

// next reads the next block into b; io.EOF when there is none.
func (r *Rows) next(b *Block) (err error) {
	if len(r.ahead) > 0 {
		b.text, b.line, r.ahead = r.ahead, r.at, nil
		return nil
	}
	b.text, b.line, err = r.blocks.next(b.text)
	r.Line = b.line
	return err
}
