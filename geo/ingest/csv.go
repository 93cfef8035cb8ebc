package ingest

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"

	"gridwarden/geo"
)

func chomp(line []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
}

// table reads the rows of a CSV after RFC 4180: cells between commas, semicolons or tabs,
// quoted where they hold one of these or a line end.
type table struct {
	*blocks
	columns []string
	line    int    // where the last row began
	text    []byte // a block, as far as it is not read
	at      int    // the number of the line that text begins with
	spare   []byte // room for the next block
}

// newTable reads the header of a text that nothing was read of. The separator is the one of , ; and tab that the header has
// most of. A column without a name is passed over; two of the same name are refused.
func newTable(b *blocks) (*table, error) {
	t := &table{blocks: b}
	head, err := t.head()
	if errors.Is(err, io.EOF) {
		return nil, geo.Errorf(geo.Invalid, "there is no header line with the names of the columns")
	}
	if err != nil {
		return nil, err
	}
	t.comma = separator(head)
	columns, err := t.read()
	if err != nil {
		return nil, err
	}
	for i, name := range columns {
		columns[i] = strings.TrimSpace(name)
		if !legible(name) {
			return nil, geo.Errorf(geo.Invalid, "column %d of the header: %s", i+1, illegible())
		}
		if columns[i] != "" && slices.Contains(columns[:i], columns[i]) {
			return nil, geo.Errorf(geo.Invalid, "two columns are named %q: rename one", columns[i])
		}
	}
	t.columns = columns
	return t, nil
}

// separator is the one of , ; and tab that stands most often outside quotes.
func separator(header []byte) byte {
	count, quoted := [256]int{}, false
	for _, c := range header {
		quoted = quoted != (c == '"')
		if !quoted {
			count[c]++
		}
	}
	best := byte(',')
	for _, c := range []byte{';', '\t'} {
		if count[c] > count[best] {
			best = c
		}
	}
	return best
}

// next is the next row that has anything in it; t.line is where it began. A row that
// cannot be read is an error of the kind geo.Faulty beside the cells as far as they are
// known, and reading goes on in the line after it. Any other error ends the table: io.EOF
// at its end.
func (t *table) next() ([]string, error) {
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

func blank(cells []string) bool {
	return !slices.ContainsFunc(cells, func(c string) bool { return strings.TrimSpace(c) != "" })
}

// fit is the cells of a row below their columns. It refuses rows with more or fewer, and
// broken text. Cells too many are fine while they are blank.
func fit(cells, columns []string) ([]string, error) {
	n := len(columns)
	if len(cells) < n || !blank(cells[n:]) {
		return cells, geo.Errorf(geo.Faulty, "the row has %d cells, the header %d: check its separators and quotes", len(cells), n)
	}
	for i, column := range columns {
		if !legible(cells[i]) {
			return cells, geo.Errorf(geo.Faulty, "column %q: %s", column, illegible())
		}
	}
	return cells[:n], nil
}

// read is the next row as it stands.
func (t *table) read() ([]string, error) {
	if len(t.text) == 0 {
		text, line, err := t.blocks.next(t.spare)
		t.text, t.at, t.spare = text, line, text
		if err != nil {
			t.line = line
			return nil, err
		}
	}
	size, lines, err := t.row(t.text)
	row := t.text[:size]
	t.text, t.line, t.at = t.text[size:], t.at, t.at+lines
	if err != nil {
		return nil, err
	}
	cells, _, err := split(nil, joined(row), t.comma)
	return cells, err
}

// split cuts a row into cells and adds them to those given. open tells that it ends within
// a quoted cell.
func split(cells []string, rest string, comma byte) (_ []string, open bool, err error) {
	for {
		if !strings.HasPrefix(rest, `"`) {
			end := strings.IndexByte(rest, comma)
			cell := rest
			if end >= 0 {
				cell = rest[:end]
			}
			if strings.Contains(cell, `"`) {
				return nil, false, geo.Errorf(geo.Faulty, `a quote (") stands within a cell that does not begin with one: write the cell in quotes and " as ""`)
			}
			cells = append(cells, cell)
			if end < 0 {
				return cells, false, nil
			}
			rest = rest[end+1:]
			continue
		}
		cell, after, closed := unquote(rest[1:])
		switch {
		case !closed:
			return nil, true, nil
		case after == "":
			return append(cells, cell), false, nil
		case after[0] != comma:
			return nil, false, geo.Errorf(geo.Faulty, `something stands between a closing quote (") and the separator: write " within a cell as ""`)
		}
		cells, rest = append(cells, cell), after[1:]
	}
}

// unquote reads a quoted cell after its opening quote.
func unquote(s string) (cell, after string, closed bool) {
	for from := 0; ; {
		i := strings.IndexByte(s[from:], '"')
		if i < 0 {
			return "", "", false
		}
		end := from + i
		if strings.HasPrefix(s[end+1:], `"`) {
			from = end + 2
			continue
		}
		return strings.ReplaceAll(s[:end], `""`, `"`), s[end+1:], true
	}
}
