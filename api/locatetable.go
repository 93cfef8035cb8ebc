package api

import (
	"encoding/csv"
	"slices"
	"strings"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/ingest"
)

// table answers rows of CSV: the row's own columns, one for each layer with the code
// (several of an overlay or of lines joined by |), with edge one for each layer with the
// distance to the border of the first, and last the error.
type table struct {
	*locator
	columns []geo.LayerName
	width   int // of the rows as they come
	csv     *csv.Writer
	cells   []string
}

// newTable writes the header.
func (l *locator) newTable(header []string) *table {
	t := &table{locator: l, columns: l.layers, width: len(header)}
	if t.columns == nil {
		for _, layer := range l.Layers() {
			t.columns = append(t.columns, layer.Name)
		}
	}
	t.csv = csv.NewWriter(t)
	t.cells = slices.Clone(header)
	for _, name := range t.columns {
		t.cells = append(t.cells, string(name))
		if l.edge {
			t.cells = append(t.cells, string(name)+"_edge_distance_m")
		}
	}
	t.line("error")
	return t
}

// Write takes what the csv writer has formatted.
func (t *table) Write(b []byte) (int, error) {
	t.buf = append(t.buf, b...)
	return len(b), nil
}

// line writes the cells and a last one, and starts anew.
func (t *table) line(last string) {
	_ = t.csv.Write(append(t.cells, last)) // into memory
	t.csv.Flush()
	t.cells = t.cells[:0]
}

// row answers one row. A row too short or too long is evened out, so that every line of
// the answer has the columns of its header.
func (t *table) row(row ingest.Row) {
	t.cells = append(t.cells, row.Cells[:min(len(row.Cells), t.width)]...)
	for len(t.cells) < t.width {
		t.cells = append(t.cells, "")
	}
	if row.Err != nil {
		t.blank()
		t.line(sentence(row.Err))
		return
	}
	place := t.at(row.Point, t.columns)
	for _, name := range t.columns {
		t.codes(place, name)
	}
	t.line("")
}

func (t *table) blank() {
	for range t.columns {
		t.cells = append(t.cells, "")
		if t.edge {
			t.cells = append(t.cells, "")
		}
	}
}

// codes adds the cells of one layer.
func (t *table) codes(place index.Place, name geo.LayerName) {
	var codes []string
	edge := ""
	for _, hit := range place.Areas {
		if hit.Area.Layer != name {
			continue
		}
		if t.edge && len(codes) == 0 {
			if metres, ok := t.EdgeDistance(hit.Area, place.Point, edgeLimit); ok {
				edge = string(appendMetres(nil, metres))
			}
		}
		codes = append(codes, string(hit.Area.Code))
	}
	for _, hit := range place.Lines {
		if hit.Area.Layer == name {
			codes = append(codes, string(hit.Area.Code))
		}
	}
	t.cells = append(t.cells, strings.Join(codes, "|"))
	if t.edge {
		t.cells = append(t.cells, edge)
	}
}
