package ingest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"

	"github.com/paulmach/orb"

	"gridwarden/geo"
	"gridwarden/geo/crs"
)

// The plain way to read rows: line by line, with nothing known of blocks, cores or usual
// rows. It is the judge of the fast one, and what its speed is measured against.

// lines reads lines of at most limit bytes.
type lines struct {
	r     *bufio.Reader
	limit int
	line  int // the number of the last line read
}

// next is the next line without its end; it stays valid until the next call. A line over
// the limit is passed over whole and answered with an error of the kind geo.Faulty.
func (l *lines) next() ([]byte, error) {
	l.line++
	part, err := l.r.ReadSlice('\n')
	if err == nil {
		return chomp(part), nil
	}
	whole := bytes.Clone(part)
	for errors.Is(err, bufio.ErrBufferFull) {
		part, err = l.r.ReadSlice('\n')
		if len(whole) <= l.limit {
			whole = append(whole, part...)
		}
	}
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return nil, err
	case err != nil && len(whole) == 0:
		return nil, io.EOF
	case len(whole) > l.limit:
		return nil, geo.Errorf(geo.Faulty, "the line has more than %d MB, the most that is read", l.limit>>20)
	}
	return chomp(whole), nil
}

// plainTable reads the rows of a CSV after RFC 4180: cells between commas, semicolons or tabs,
// quoted where they hold one of these or a line end.
type plainTable struct {
	lines   *lines
	comma   byte
	columns []string
	line    int        // where the last row began
	queued  []numbered // lines read in search of a closing quote that never came
}

// numbered is a line of a file, or why it cannot be read.
type numbered struct {
	line int
	text []byte
	err  error
}

func newPlainTable(r io.Reader, limit int) (*plainTable, error) {
	t := &plainTable{lines: &lines{r: bufio.NewReaderSize(r, min(window, limit)), limit: limit}}
	for t.comma == 0 {
		line := t.nextLine()
		if line.err != nil {
			return nil, line.err
		}
		if len(bytes.TrimSpace(line.text)) > 0 {
			t.comma = separator(line.text)
			t.queued = append(t.queued, line)
		}
	}
	var err error
	if t.columns, err = t.read(); err != nil {
		return nil, err
	}
	for i, name := range t.columns {
		t.columns[i] = string(bytes.TrimSpace([]byte(name)))
	}
	return t, nil
}

// next is the next row that has anything in it; t.line is where it began. A row that
// cannot be read is an error of the kind geo.Faulty beside the cells as far as they are
// known, and reading goes on in the line after it. Any other error ends the table: io.EOF
// at its end.
func (t *plainTable) next() ([]string, error) {
	for {
		cells, err := t.read()
		if err != nil {
			return nil, err
		}
		if !blank(cells) {
			return fit(cells, t.columns)
		}
	}
}

// read is the next row as it stands.
func (t *plainTable) read() ([]string, error) {
	line := t.nextLine()
	t.line = line.line
	if line.err != nil {
		return nil, line.err
	}
	cells, open, err := split(nil, string(line.text), t.comma)
	if err != nil || !open {
		return cells, err
	}
	return t.readOn(bytes.Clone(line.text))
}

// readOn looks for the end of a quoted cell in the lines that follow. When it does not
// come, or not well, only the first line is at fault and the others are read again: none
// of them opens a quote of its own but the last, so no line is read more than twice.
func (t *plainTable) readOn(row []byte) ([]string, error) {
	var more []numbered
	for len(row) <= t.lines.limit {
		line := t.nextLine()
		if line.err != nil && !errors.Is(line.err, io.EOF) && geo.KindOf(line.err) != geo.Faulty {
			return nil, line.err
		}
		line.text = bytes.Clone(line.text)
		more = append(more, line)
		if line.err != nil {
			break
		}
		row = append(append(row, '\n'), line.text...)
		if bytes.Count(line.text, []byte{'"'})%2 == 0 {
			continue // still within the quotes
		}
		if cells, open, err := split(nil, string(row), t.comma); err == nil && !open {
			return cells, nil
		}
		break
	}
	t.queued = append(more, t.queued...)
	return nil, geo.Errorf(geo.Faulty, `a quote (") opened in this row is not closed, or not before a separator: write " within a cell as ""`)
}

// nextLine is the next line, valid until the next call.
func (t *plainTable) nextLine() numbered {
	if len(t.queued) > 0 {
		line := t.queued[0]
		t.queued = t.queued[1:]
		return line
	}
	text, err := t.lines.next()
	return numbered{t.lines.line, text, err}
}

// plainRows reads a stream as Rows does, from memory and without a database.
func plainRows(in io.Reader, o RowOptions, yield func(Row)) error {
	system, err := crs.Parse(o.CRS)
	if err != nil {
		return err
	}
	plain, err := text(bufio.NewReaderSize(in, window), o.Encoding)
	if err != nil {
		return err
	}
	next := plainObjects(plain, o)
	if o.Format == CSV {
		t, err := newPlainTable(plain, MaxLine)
		if err != nil {
			return err
		}
		next = t.row(o)
	}
	for {
		r, at, err := next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			one := held{record: record{geometry: orb.MultiPoint{at}, crs: system}}
			one.convert()
			if err = one.err; err == nil {
				at = one.geometry.(orb.MultiPoint)[0]
				r.Point, err = geo.CoordOf(at[0], at[1])
			}
		}
		if r.Err = err; err != nil && geo.KindOf(err) == geo.Internal {
			return err
		}
		yield(r)
	}
}

func (t *plainTable) row(o RowOptions) func() (Row, orb.Point, error) {
	lon, lat, missing := lonLatFields(t.columns, o.Lon, o.Lat)
	return func() (r Row, at orb.Point, err error) {
		if missing != nil {
			return r, at, io.EOF
		}
		r.Cells, err = t.next()
		if r.Line = t.line; err == nil {
			at, err = position(cells{t.columns, r.Cells}, lon, lat)
		}
		return r, at, err
	}
}

func plainObjects(in io.Reader, o RowOptions) func() (Row, orb.Point, error) {
	lines := &lines{r: bufio.NewReaderSize(in, window), limit: MaxLine}
	return func() (r Row, at orb.Point, err error) {
		line, err := lines.next()
		for err == nil && len(bytes.TrimSpace(line)) == 0 {
			line, err = lines.next()
		}
		if r.Line = lines.line; err != nil {
			return r, at, err
		}
		if !legible(string(line)) {
			return r, at, geo.Errorf(geo.Faulty, "%s", illegible())
		}
		var p properties
		if json.Unmarshal(line, &p.members) != nil || p.members == nil {
			return r, at, geo.Errorf(geo.Faulty, "the line is not a JSON object: write one as {\"lon\":120.1527,\"lat\":30.2733}")
		}
		r.JSON = bytes.Clone(line)
		lon, lat := "lon", "lat"
		if p.members[lon] == nil || p.members[lat] == nil || o.Lon != "" || o.Lat != "" {
			if lon, lat, err = lonLatFields(slices.Sorted(maps.Keys(p.members)), o.Lon, o.Lat); err != nil {
				return r, at, geo.Errorf(geo.Faulty, "%w", err)
			}
		}
		at, err = position(p, lon, lat)
		return r, at, err
	}
}
