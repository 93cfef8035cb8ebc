package ingest

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"gridwarden/geo"
	"gridwarden/geo/crs"
)

// parser makes rows of the text of blocks; one goroutine uses it. What most rows are is
// read without detours. Every other row takes the slow way, and what comes of the two is
// the same.
type parser struct {
	*Rows
	block   *Block
	text    string // of the block
	sound   bool   // all of it is legible
	waiting []held // positions of the block for the database
	of      []int  // the rows they are of
}

// parse reads the rows of a block. An error ends the stream.
func (p *parser) parse(b *Block) error {
	p.block, p.text = b, string(b.text)
	p.sound = legible(p.text)
	p.waiting, p.of = p.waiting[:0], p.of[:0]
	for line, at := b.line, 0; at < len(p.text); {
		size := strings.IndexByte(p.text[at:], '\n') + 1
		if size == 0 {
			size = len(p.text) - at
		}
		lines := 1
		switch {
		case size > MaxLine:
			p.add(line, p.blocks.tooLong())
		case p.Format == CSV:
			size, lines = p.cellsRow(line, at, size)
		default:
			p.object(line, chompText(p.text[at:at+size]), chomp(p.block.text[at:at+size]))
		}
		at, line = at+size, line+lines
	}
	return p.placeWaiting()
}

func chompText(line string) string {
	return strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
}

// add adds a row that has no position.
func (p *parser) add(line int, err error) {
	p.block.Rows = append(p.block.Rows, Row{Line: line, Err: err})
}

// cellsRow reads the row of CSV at a place in the text, where a line of size bytes begins.
// It returns the bytes and lines of the row.
func (p *parser) cellsRow(line, at, size int) (bytes, lines int) {
	first := chompText(p.text[at : at+size])
	quotes := strings.Count(first, `"`)
	switch {
	case quotes == 0:
		from := len(p.block.cells)
		var plain bool
		if p.block.cells, plain = cut(p.block.cells, first, p.blocks.comma); !plain {
			first = ""
		}
		p.cells(Row{Line: line, Cells: p.block.cells[from:len(p.block.cells):len(p.block.cells)], plain: first})
		return size, 1
	case quotes%2 == 0:
		p.split(line, first)
		return size, 1
	}
	bytes, lines, err := p.blocks.row(p.block.text[at:])
	if err != nil {
		p.add(line, err)
	} else {
		p.split(line, joined(p.block.text[at:at+bytes]))
	}
	return bytes, lines
}

// split reads a row with quotes.
func (p *parser) split(line int, row string) {
	from := len(p.block.cells)
	all, _, err := split(p.block.cells, row, p.blocks.comma)
	if err != nil {
		p.add(line, err)
		return
	}
	p.block.cells = all
	p.cells(Row{Line: line, Cells: all[from:len(all):len(all)]})
}

// cut cuts a row without quotes into cells and adds them to those given. plain tells that
// the row is what encoding/csv would write for them.
func cut(cells []string, row string, comma byte) (_ []string, plain bool) {
	plain = comma == ',' && strings.IndexByte(row, '\r') < 0
	for {
		end := strings.IndexByte(row, comma)
		cell := row
		if end >= 0 {
			cell = row[:end]
		}
		cells = append(cells, cell)
		plain = plain && !spaced(cell)
		if end < 0 {
			return cells, plain
		}
		row = row[end+1:]
	}
}

// cells adds a row with its cells, unless they are blank.
func (p *parser) cells(r Row) {
	if p.sound && len(r.Cells) == len(p.Columns) {
		x, usual := decimal(r.Cells[p.lon])
		y, both := decimal(r.Cells[p.lat])
		if usual && both {
			p.place(r, orb.Point{x, y})
			return
		}
	}
	if blank(r.Cells) {
		return
	}
	if len(r.Cells) != len(p.Columns) {
		r.plain = ""
	}
	var at orb.Point
	if r.Cells, r.Err = fit(r.Cells, p.Columns); r.Err == nil {
		at, r.Err = position(cells{p.Columns, r.Cells}, p.Columns[p.lon], p.Columns[p.lat])
	}
	p.place(r, at)
}

// object adds a row of NDJSON, unless it is blank.
func (p *parser) object(line int, text string, raw json.RawMessage) {
	r := Row{Line: line, JSON: raw}
	if p.sound && !p.options.Unplaced {
		if at, usual := plainObject(text, p.members); usual {
			p.place(r, at)
			return
		}
	}
	if strings.TrimSpace(text) == "" {
		return
	}
	var at orb.Point
	var members properties
	switch {
	case !p.sound && !legible(text):
		r.JSON, r.Err = nil, geo.Errorf(geo.Faulty, "%s", illegible())
	case p.options.Unplaced:
		p.block.Rows = append(p.block.Rows, r)
		return
	case json.Unmarshal(raw, &members.members) != nil || members.members == nil:
		r.JSON, r.Err = nil, geo.Errorf(geo.Faulty, "the line is not a JSON object: write one as {\"lon\":120.1527,\"lat\":30.2733}")
	default:
		at, r.Err = p.positionIn(members)
	}
	p.place(r, at)
}

// positionIn reads the position of an object. Without names given, lon and lat come before
// other usual names.
func (p *parser) positionIn(object properties) (orb.Point, error) {
	_, x := object.members[p.members[0]]
	_, y := object.members[p.members[1]]
	if x && y && p.members != [2]string{} {
		return position(object, p.members[0], p.members[1])
	}
	lon, lat, err := lonLatFields(slices.Sorted(maps.Keys(object.members)), p.options.Lon, p.options.Lat)
	if err != nil {
		return orb.Point{}, geo.Errorf(geo.Faulty, "%w", err)
	}
	return position(object, lon, lat)
}

// place adds a row that is at a position, unless Err is set. One of an EPSG system waits
// for the database.
func (p *parser) place(r Row, at orb.Point) {
	switch {
	case r.Err != nil:
	case p.database:
		p.waiting = append(p.waiting, held{record: record{geometry: orb.MultiPoint{at}, crs: p.system}})
		p.of = append(p.of, len(p.block.Rows))
	case p.system != crs.CRS84:
		one := held{record: record{geometry: orb.MultiPoint{at}, crs: p.system}}
		one.convert()
		r.settle(&one)
	default:
		if r.Point, r.Err = geo.CoordOf(at[0], at[1]); r.Err != nil {
			r.Err = geo.Errorf(geo.Faulty, "%w", degrees(at))
		}
	}
	p.block.Rows = append(p.block.Rows, r)
}

// settle gives a row its position, brought to WGS 84.
func (r *Row) settle(h *held) {
	if r.Err = h.err; r.Err == nil {
		at := h.geometry.(orb.MultiPoint)[0]
		r.Point, r.Err = geo.CoordOf(at[0], at[1])
	}
}

// placeWaiting has the database transform what waits, in one question.
func (p *parser) placeWaiting() error {
	if len(p.waiting) == 0 {
		return nil
	}
	b := batch{ctx: p.block.ctx, transform: p.options.Transform}
	if err := b.place(p.waiting); err != nil {
		return err
	}
	for i, row := range p.of {
		p.block.Rows[row].settle(&p.waiting[i])
	}
	return nil
}
