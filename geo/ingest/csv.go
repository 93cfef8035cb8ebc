package ingest

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"

	"gridwarden/geo"
)

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

func chomp(line []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
}

// table reads the rows of a CSV after RFC 4180: cells between commas, semicolons or tabs,
// quoted where they hold one of these or a line end.
type table struct {
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

// newTable reads the header. The separator is the one of , ; and tab that the header has
// most of. A column without a name is passed over; two of the same name are refused.
func newTable(r io.Reader, limit int) (*table, error) {
	t := &table{lines: &lines{r: bufio.NewReaderSize(r, window), limit: limit}}
	for t.comma == 0 {
		line := t.nextLine()
		if errors.Is(line.err, io.EOF) {
			return nil, geo.Errorf(geo.Invalid, "there is no header line with the names of the columns")
		}
		if line.err != nil {
			return nil, line.err
		}
		if len(bytes.TrimSpace(line.text)) > 0 {
			t.comma = separator(line.text)
			t.queued = append(t.queued, line)
		}
	}
	columns, err := t.read()
	if err != nil {
		return nil, err
	}
	for i, name := range columns {
		columns[i] = strings.TrimSpace(name)
		if !legible(name) {
			return nil, geo.Errorf(geo.Invalid, "column %d of the header: %s", i+1, errIllegible)
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
			err := t.check(cells)
			if err == nil {
				cells = cells[:len(t.columns)]
			}
			return cells, err
		}
	}
}

func blank(cells []string) bool {
	return !slices.ContainsFunc(cells, func(c string) bool { return strings.TrimSpace(c) != "" })
}

// check refuses rows with more or fewer cells than the header, and broken text. Cells too
// many are fine while they are blank.
func (t *table) check(cells []string) error {
	if n := len(t.columns); len(cells) < n || !blank(cells[n:]) {
		return geo.Errorf(geo.Faulty, "the row has %d cells, the header %d: check its separators and quotes", len(cells), n)
	}
	for i, column := range t.columns {
		if !legible(cells[i]) {
			return geo.Errorf(geo.Faulty, "column %q: %s", column, errIllegible)
		}
	}
	return nil
}

// read is the next row as it stands.
func (t *table) read() ([]string, error) {
	line := t.nextLine()
	t.line = line.line
	if line.err != nil {
		return nil, line.err
	}
	cells, open, err := split(line.text, t.comma)
	if err != nil || !open {
		return cells, err
	}
	return t.readOn(bytes.Clone(line.text))
}

// readOn looks for the end of a quoted cell in the lines that follow. When it does not
// come, or not well, only the first line is at fault and the others are read again: none
// of them opens a quote of its own but the last, so no line is read more than twice.
func (t *table) readOn(row []byte) ([]string, error) {
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
		if cells, open, err := split(row, t.comma); err == nil && !open {
			return cells, nil
		}
		break
	}
	t.queued = append(more, t.queued...)
	return nil, geo.Errorf(geo.Faulty, `a quote (") opened in this row is not closed, or not before a separator: write " within a cell as ""`)
}

// nextLine is the next line, valid until the next call.
func (t *table) nextLine() numbered {
	if len(t.queued) > 0 {
		line := t.queued[0]
		t.queued = t.queued[1:]
		return line
	}
	text, err := t.lines.next()
	return numbered{t.lines.line, text, err}
}

// split cuts a row into cells. open tells that it ends within a quoted cell.
func split(row []byte, comma byte) (cells []string, open bool, err error) {
	rest := string(row)
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
