package api

import (
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/ingest"
)

// table answers rows of CSV: the row's own columns, one for each layer with the code
// (of an overlay or of lines up to a thousand, joined by |), with edge one for each layer
// with the distance to the border of the first, and last the error.
type table struct {
	*locator
	columns []geo.LayerName
	width   int           // of the rows as they come
	finder  *index.Finder // where codes of coverages are all that is told; else nil
}

func (l *locator) newTable(header []string) *table {
	t := &table{locator: l, columns: l.layers, width: len(header)}
	if t.columns == nil {
		for _, layer := range l.Layers() {
			t.columns = append(t.columns, layer.Name)
		}
	}
	if !l.edge && !slices.ContainsFunc(t.columns, func(n geo.LayerName) bool {
		layer, _ := l.Layer(n)
		return layer.Kind != geo.Coverage
	}) {
		t.finder = l.Finder(t.columns...)
	}
	return t
}

// header is the first line of the answer.
func (t *table) header(columns []string) []byte {
	row := ingest.Row{Cells: columns}
	b := row.AppendCSV(nil, t.width)
	for _, name := range t.columns {
		b = ingest.AppendCell(append(b, ','), string(name))
		if t.edge {
			b = ingest.AppendCell(append(b, ','), string(name)+"_edge_distance_m")
		}
	}
	return append(b, ",error\n"...)
}

// worker answers blocks of rows. A row too short or too long is evened out, so that every
// line of the answer has the columns of its header.
func (t *table) worker() func(*ingest.Block) {
	if t.finder == nil {
		return each(t.row)()
	}
	var points []geo.Coord
	var areas []*geo.Area
	var codes []string
	n := len(t.columns)
	return func(b *ingest.Block) {
		points = b.Points(points[:0])
		areas = slices.Grow(areas[:0], n*len(points))[:n*len(points)]
		t.finder.All(points, areas)
		codes = ingest.Codes(codes, areas)
		for i := range b.Rows {
			b.Out = t.found(b.Out, &b.Rows[i], codes[i*n:(i+1)*n])
			b.Relieve()
		}
	}
}

// found answers one row with the codes found.
func (t *table) found(b []byte, row *ingest.Row, codes []string) []byte {
	if row.Err != nil {
		return t.wrong(b, row)
	}
	b = row.AppendCSV(b, t.width)
	for _, code := range codes {
		b = ingest.AppendCell(append(b, ','), code)
	}
	return append(b, ',', '\n')
}

// row answers one row.
func (t *table) row(b []byte, row *ingest.Row) []byte {
	if row.Err != nil {
		return t.wrong(b, row)
	}
	b = row.AppendCSV(b, t.width)
	place := t.at(row.Point, t.columns)
	for _, name := range t.columns {
		b = t.appendCodes(b, place, name)
	}
	return append(b, ',', '\n')
}

// wrong answers one row with what is wrong with it.
func (t *table) wrong(b []byte, row *ingest.Row) []byte {
	b = row.AppendCSV(b, t.width)
	for range t.columns {
		b = append(b, ',')
		if t.edge {
			b = append(b, ',')
		}
	}
	return append(ingest.AppendCell(append(b, ','), sentence(row.Err, t.language)), '\n')
}

// appendCodes adds the cells of one layer.
func (t *table) appendCodes(b []byte, place index.Place, name geo.LayerName) []byte {
	b = ingest.AppendCell(append(b, ','), place.Codes(name))
	if !t.edge {
		return b
	}
	b = append(b, ',')
	first := slices.IndexFunc(place.Areas, func(h index.Hit) bool { return h.Area.Layer == name })
	if first < 0 {
		return b
	}
	if metres, ok := t.EdgeDistance(place.Areas[first].Area, place.Point, edgeLimit); ok {
		b = appendMetres(b, metres)
	}
	return b
}
