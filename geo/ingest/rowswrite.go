package ingest

import (
	"unicode"
	"unicode/utf8"

	"gridwarden/geo"
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
	quoted := spaced(cell)
	for i := 0; i < len(cell) && !quoted; i++ {
		c := cell[i]
		quoted = c == ',' || c == '"' || c == '\n' || c == '\r'
	}
	if !quoted {
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

// Codes are the codes of areas in place of those given, "" for none. Areas and their texts
// lie far apart in memory: each is fetched in a loop of its own, so that the processor waits
// for many at once, and not for one at each row.
func Codes(codes []string, areas []*geo.Area) []string {
	codes = codes[:0]
	for _, area := range areas {
		code := ""
		if area != nil {
			code = string(area.Code)
		}
		codes = append(codes, code)
	}
	fetched := byte(0)
	for _, code := range codes {
		if code != "" {
			fetched |= code[0]
		}
	}
	if fetched == 0 { // so that the compiler keeps the loop
		clear(codes)
	}
	return codes
}
