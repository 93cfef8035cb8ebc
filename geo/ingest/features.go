package ingest

import (
	"bufio"
	"encoding/json"
	"io"
	"strconv"

	"gridwarden/geo"
)

// Formats that features are written in.
const (
	GeoJSON    Format = "geojson"    // one FeatureCollection
	GeoJSONSeq Format = "geojsonseq" // GeoJSON Text Sequences (RFC 8142): a feature a line, each after a record separator
)

// Feature is one thing to write: where it is, and its values in the order of the columns.
type Feature struct {
	Point      *geo.Coord // where it has no shape; nil: nowhere
	Shape      *geo.Shape
	Values     []string        // "" is none
	Attributes json.RawMessage // an object; nil: none
}

// Column is a value that every feature has.
type Column struct {
	Name   string
	Number bool // it is written as one where JSON tells numbers from texts
}

// FeatureOptions say how features are written. A table has the columns given, attributes as
// JSON, lon and lat (of the point, or of the middle of the box), and wkt where it is asked
// for.
type FeatureOptions struct {
	Format  Format // GeoJSON, GeoJSONSeq or CSV
	Columns []Column
	WKT     bool // CSV: with the column wkt, the geometry as well-known text
	BOM     bool // CSV: begin with a mark, by which spreadsheets know that it is UTF-8
}

// Features writes features one after another; none of them stays in memory. Close ends the
// file; what was written to is the caller's to close.
type Features struct {
	out     *bufio.Writer
	options FeatureOptions
	keys    []string // of the values, as JSON
	n       int64
	row     []byte
}

// NewFeatures begins a file.
func NewFeatures(out io.Writer, o FeatureOptions) (*Features, error) {
	f := &Features{out: bufio.NewWriterSize(out, 1<<20), options: o}
	for _, column := range o.Columns {
		key, _ := json.Marshal(column.Name) // of a string: cannot fail
		f.keys = append(f.keys, string(key)+":")
	}
	switch o.Format {
	case GeoJSON:
		f.row = append(f.row, `{"type":"FeatureCollection","features":[`...)
	case CSV:
		if o.BOM {
			f.row = append(f.row, "\uFEFF"...)
		}
		f.header()
	}
	return f, f.flush()
}

func (f *Features) header() {
	var names []string
	for _, column := range f.options.Columns {
		names = append(names, column.Name)
	}
	names = append(names, "attributes", "lon", "lat")
	if f.options.WKT {
		names = append(names, "wkt")
	}
	f.cells(names)
}

func (f *Features) cells(cells []string) {
	for i, cell := range cells {
		if i > 0 {
			f.row = append(f.row, ',')
		}
		f.row = AppendCell(f.row, cell)
	}
	f.row = append(f.row, "\r\n"...) // RFC 4180
}

func (f *Features) flush() error {
	_, err := f.out.Write(f.row)
	f.row = f.row[:0]
	return err
}

// Write writes one feature. Its values are as many as there are columns.
func (f *Features) Write(x *Feature) error {
	switch f.options.Format {
	case CSV:
		f.record(x)
	case GeoJSONSeq:
		f.row = append(f.row, 0x1e)
		f.feature(x)
		f.row = append(f.row, '\n')
	default:
		if f.n > 0 {
			f.row = append(f.row, ',')
		}
		f.row = append(f.row, '\n')
		f.feature(x)
	}
	f.n++
	return f.flush()
}

// Count is how many features were written.
func (f *Features) Count() int64 { return f.n }

// Close ends the file.
func (f *Features) Close() error {
	if f.options.Format == GeoJSON {
		f.row = append(f.row, "\n]}\n"...)
	}
	if err := f.flush(); err != nil {
		return err
	}
	return f.out.Flush()
}

func (f *Features) record(x *Feature) {
	lon, lat := "", ""
	if at, there := x.position(); there {
		lon, lat = string(appendUnits(nil, at.X)), string(appendUnits(nil, at.Y))
	}
	cells := append(append([]string(nil), x.Values...), string(x.Attributes), lon, lat)
	if f.options.WKT {
		cells = append(cells, string(appendWKT(nil, x)))
	}
	f.cells(cells)
}

// position is the point of a feature, or the middle of its box.
func (x *Feature) position() (at geo.Coord, there bool) {
	switch {
	case x.Point != nil:
		return *x.Point, true
	case x.Shape == nil || x.Shape.Box().IsEmpty():
		return at, false
	}
	b := x.Shape.Box()
	return geo.Coord{X: int32((int64(b.Min.X) + int64(b.Max.X)) / 2), Y: int32((int64(b.Min.Y) + int64(b.Max.Y)) / 2)}, true
}

func (f *Features) feature(x *Feature) {
	f.row = append(f.row, `{"type":"Feature","geometry":`...)
	f.row = appendGeometry(f.row, x)
	f.row = append(f.row, `,"properties":{`...)
	comma := false
	add := func(key string) {
		if comma {
			f.row = append(f.row, ',')
		}
		comma = true
		f.row = append(f.row, key...)
	}
	for i, value := range x.Values {
		switch {
		case value == "":
		case f.options.Columns[i].Number:
			add(f.keys[i])
			f.row = append(f.row, value...)
		default:
			add(f.keys[i])
			text, _ := json.Marshal(value) // of a string: cannot fail
			f.row = append(f.row, text...)
		}
	}
	if len(x.Attributes) > 0 {
		add(`"attributes":`)
		f.row = append(f.row, x.Attributes...)
	}
	f.row = append(f.row, "}}"...)
}

// appendGeometry writes a geometry of RFC 7946, null for none.
func appendGeometry(b []byte, x *Feature) []byte {
	w := writing{open: '[', close: ']', between: ',', closing: true}
	kind := x.kind()
	if kind == "" {
		return append(b, "null"...)
	}
	b = append(b, `{"type":"`...)
	b = append(b, kind...)
	b = append(b, `","coordinates":`...)
	if x.Shape == nil {
		return append(w.position(append(b, '['), *x.Point), "]}"...)
	}
	return append(w.shape(b, x.Shape), '}')
}

// appendWKT writes a geometry as well-known text; nothing for none.
func appendWKT(b []byte, x *Feature) []byte {
	w := writing{open: '(', close: ')', between: ' '}
	kind := x.kind()
	if kind == "" {
		return b
	}
	for i := range len(kind) {
		b = append(b, kind[i]&^0x20) // capitals
	}
	b = append(b, ' ')
	if x.Shape == nil {
		return append(w.position(append(b, '('), *x.Point), ')')
	}
	return w.shape(b, x.Shape)
}

// kind is the plain kind of a geometry for one part, the multi kind for several, empty for
// none.
func (x *Feature) kind() string {
	switch {
	case x.Shape == nil && x.Point == nil:
		return ""
	case x.Shape == nil:
		return "Point"
	case len(x.Shape.Polygons) == 1:
		return "Polygon"
	case len(x.Shape.Polygons) > 1:
		return "MultiPolygon"
	case len(x.Shape.Lines) == 1:
		return "LineString"
	case len(x.Shape.Lines) > 1:
		return "MultiLineString"
	}
	return ""
}

// writing is how coordinates are written: as JSON arrays or in parentheses.
type writing struct {
	open, close, between byte
	closing              bool // positions stand in brackets of their own
}

func (w writing) shape(b []byte, s *geo.Shape) []byte {
	polygon := func(b []byte, p geo.Polygon) []byte { return listOf(w, b, p, w.ring) }
	switch {
	case len(s.Polygons) == 1:
		return polygon(b, s.Polygons[0])
	case len(s.Polygons) > 1:
		return listOf(w, b, s.Polygons, polygon)
	case len(s.Lines) == 1:
		return w.line(b, s.Lines[0])
	}
	return listOf(w, b, s.Lines, w.line)
}

// ring is written closed: its first position again at the end.
func (w writing) ring(b []byte, r geo.Ring) []byte {
	return w.line(b, append(geo.Line(r[:len(r):len(r)]), r[0]))
}

func (w writing) line(b []byte, l geo.Line) []byte {
	return listOf(w, b, l, func(b []byte, c geo.Coord) []byte {
		if w.closing {
			return append(w.position(append(b, '['), c), ']')
		}
		return w.position(b, c)
	})
}

func (w writing) position(b []byte, c geo.Coord) []byte {
	return appendUnits(append(appendUnits(b, c.X), w.between), c.Y)
}

func listOf[S ~[]T, T any](w writing, b []byte, items S, item func([]byte, T) []byte) []byte {
	b = append(b, w.open)
	for i := range items {
		if i > 0 {
			b = append(b, ',')
		}
		b = item(b, items[i])
	}
	return append(b, w.close)
}

// appendUnits writes units as the shortest decimal in degrees that reads back as them.
func appendUnits(b []byte, units int32) []byte {
	return strconv.AppendFloat(b, float64(units)/geo.Scale, 'f', -1, 64)
}
