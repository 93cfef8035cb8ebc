package ingest

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// AppendCSV writes the first width cells of a row of CSV, without a line end: one too short
// or too long is evened out, so that every line has the columns of the header.
func (r *Row) AppendCSV(b []byte, width int) []byte {
	if r.plain != "" && len(r.Cells) == width {
		return append(b, r.plain...)
	}
	for i := range width {
		if i > 0 {
			b = append(b, ',')
		}
		if i < len(r.Cells) {
			b = AppendCell(b, r.Cells[i])
		}
	}
	return b
}

// AppendCell writes a cell of CSV as encoding/csv does: in quotes where it has to be.
func AppendCell(b []byte, cell string) []byte {
	if !spaced(cell) && strings.IndexByte(cell, ',') < 0 && strings.IndexByte(cell, '"') < 0 && strings.IndexByte(cell, '\r') < 0 && strings.IndexByte(cell, '\n') < 0 {
		return append(b, cell...)
	}
	b = append(b, '"')
	for i := range len(cell) {
		if cell[i] == '"' {
			b = append(b, '"')
		}
		b = append(b, cell[i])
	}
	return append(b, '"')
}

// spaced tells whether a cell is quoted for how it begins: with a space of any kind, or as
// the end of data of other programs.
func spaced(cell string) bool {
	if cell == "" {
		return false
	}
	switch c := cell[0]; {
	case c == '\\':
		return cell == `\.`
	case c < utf8.RuneSelf:
		return c == ' ' || c-'\t' <= '\r'-'\t'
	case c > 0xc2 && c != 0xe1 && c != 0xe2 && c != 0xe3: // there are no spaces
		return false
	}
	r, _ := utf8.DecodeRuneInString(cell)
	return unicode.IsSpace(r)
}
