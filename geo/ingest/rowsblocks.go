package ingest

import (
	"bytes"
	"errors"
	"io"
	"slices"

	"gridwarden/geo"
)

// blocks cuts a text into blocks of whole rows, which can then be read apart from one
// another. A row is a line; where comma is set it is one of CSV, which goes on over line
// ends within quotes. Nothing is waited for: what has come goes out as soon as it holds a
// row.
type blocks struct {
	in    io.Reader
	limit int  // bytes of one line, with its end, and of one row
	comma byte // 0: each line is a row
	line  int  // the number of the line that buf begins with

	buf    []byte // read and not given out
	ends   int    // of buf, the bytes of whole lines
	whole  int    // of buf, the bytes of whole rows
	quotes quotes // the row after these, when it has been begun
	long   bool   // the rest of a line over the limit is passed over
	err    error  // why no more comes; io.EOF at the end
}

// newBlocks cuts lines; set comma before the first block for rows of CSV.
func newBlocks(in io.Reader, limit int) *blocks { return &blocks{in: in, limit: limit, line: 1} }

// next is a block of at least one row, and the number of its first line. A line over the
// limit comes cut off just behind it. What was read of the row after goes on in spare, so
// that the block belongs to the caller. After the last comes io.EOF, or why reading broke
// off; a row broken off does not come.
func (b *blocks) next(spare []byte) (text []byte, line int, err error) {
	for b.look(); b.whole == 0; b.look() {
		if b.err != nil {
			return nil, b.line, b.err
		}
		b.fill()
	}
	text, line = b.buf[:b.whole], b.line
	if cap(spare) > 4*window {
		spare = nil // what a long row took is not kept
	}
	b.buf = append(slices.Grow(spare[:0], max(window, len(b.buf)-b.whole)), b.buf[b.whole:]...)
	b.ends, b.whole = b.ends-b.whole, 0
	b.line += bytes.Count(text, []byte{'\n'})
	return text, line, nil
}

// head is the first line that is not blank. It stays where it is; those before are passed.
func (b *blocks) head() ([]byte, error) {
	for {
		for b.ends == 0 && b.err == nil {
			b.fill()
		}
		line := firstLine(b.buf[:b.ends])
		switch {
		case len(line) == 0:
			return nil, b.err
		case len(line) > b.limit:
			return nil, b.tooLong()
		case len(bytes.TrimSpace(line)) > 0:
			return line, nil
		}
		b.buf, b.ends, b.line = b.buf[len(line):], b.ends-len(line), b.line+1
	}
}

// first is the first byte, 0 when there is none.
func (b *blocks) first() byte {
	for len(b.buf) == 0 && b.err == nil {
		b.fill()
	}
	if len(b.buf) == 0 {
		return 0
	}
	return b.buf[0]
}

// fill reads on once, as much as comes.
func (b *blocks) fill() {
	if cap(b.buf)-len(b.buf) < window/2 {
		b.buf = slices.Grow(b.buf, max(window, len(b.buf)))
	}
	from := len(b.buf)
	n, err := b.read(b.buf[from:cap(b.buf)])
	more := b.buf[from : from+n]
	if b.long {
		more = more[:copy(more, afterLine(more))]
		b.long = len(more) == 0
	}
	b.buf = b.buf[:from+len(more)]
	if i := bytes.LastIndexByte(more, '\n'); i >= 0 {
		b.ends = from + i + 1
	}
	if len(b.buf)-b.ends > b.limit {
		b.buf, b.long = b.buf[:b.ends+b.limit+1], true
	}
	if b.err = err; errors.Is(err, io.EOF) {
		b.ends = len(b.buf)
	}
}

// read is one Read that got somewhere.
func (b *blocks) read(p []byte) (int, error) {
	for range 100 {
		if n, err := b.in.Read(p); n > 0 || err != nil {
			return n, err
		}
	}
	return 0, io.ErrNoProgress
}

// afterLine is the text from the first line end on, nothing when there is none.
func afterLine(text []byte) []byte {
	if i := bytes.IndexByte(text, '\n'); i >= 0 {
		return text[i:]
	}
	return nil
}

// look finds out which of the lines that are there are whole rows.
func (b *blocks) look() {
	for b.whole < b.ends {
		if b.quotes == (quotes{}) {
			b.passLines()
			continue
		}
		ended, closed := b.quotes.follow(b.buf[b.whole:b.ends], b.comma, b.limit)
		switch {
		case closed:
			b.whole += b.quotes.size
		case ended || errors.Is(b.err, io.EOF):
			b.whole += b.quotes.first
		default:
			return
		}
		b.quotes = quotes{}
	}
}

// passLines goes on to the next line that ends within quotes.
func (b *blocks) passLines() {
	for b.whole < b.ends {
		rest := b.buf[b.whole:b.ends]
		quote := -1
		if b.comma != 0 {
			quote = bytes.IndexByte(rest, '"')
		}
		if quote < 0 {
			b.whole = b.ends
			return
		}
		b.whole += bytes.LastIndexByte(rest[:quote], '\n') + 1
		line := firstLine(b.buf[b.whole:b.ends])
		if len(line) <= b.limit && opens(line, b.comma) {
			b.quotes.begin(line)
			return
		}
		b.whole += len(line)
	}
}

func (b *blocks) tooLong() error {
	return geo.Errorf(geo.Faulty, "the line has more than %d MB, the most that is read", b.limit>>20)
}

// firstLine is the first line of text with its end, all of it when it has none.
func firstLine(text []byte) []byte {
	return text[:len(text)-len(afterLine(text))+min(1, len(afterLine(text)))]
}

// opens tells whether the first line of a row ends within a quoted cell: then it has an
// odd number of quotes.
func opens(line []byte, comma byte) bool {
	if bytes.Count(line, []byte{'"'})%2 == 0 {
		return false
	}
	_, open, err := split(nil, string(chomp(line)), comma)
	return open && err == nil
}

// quotes is a row whose first line ends within a quoted cell, as far as it was followed.
type quotes struct {
	first  int // bytes of the first line
	size   int // bytes of the lines followed
	joined int // bytes of these without their ends, but for one between two
}

func (q *quotes) begin(line []byte) { *q = quotes{len(line), len(line), len(chomp(line))} }

// follow looks for the end of the quoted cell in the lines of text, which begins with the
// row. closed: it is at size. ended without closed: it does not come, or not well; then the
// first line alone is at fault and the others are rows of their own. None of them opens a
// quote but the last, so no line is read more than twice. Neither: the text ends before.
func (q *quotes) follow(text []byte, comma byte, limit int) (ended, closed bool) {
	for q.joined <= limit {
		line := firstLine(text[q.size:])
		if len(line) == 0 {
			return false, false
		}
		if len(line) > limit {
			return true, false
		}
		q.size += len(line)
		q.joined += 1 + len(chomp(line))
		if bytes.Count(line, []byte{'"'})%2 == 0 {
			continue // still within the quotes
		}
		_, open, err := split(nil, joined(text[:q.size]), comma)
		return true, err == nil && !open
	}
	return true, false
}

// joined is a row without its line end, those within it without carriage return.
func joined(row []byte) string {
	return string(bytes.ReplaceAll(chomp(row), []byte("\r\n"), []byte("\n")))
}

// row is how many bytes and lines the row takes that text, a block, begins with. A row
// that cannot be read is its first line.
func (b *blocks) row(text []byte) (size, lines int, err error) {
	line := firstLine(text)
	switch {
	case len(line) > b.limit:
		return len(line), 1, b.tooLong()
	case b.comma == 0 || !opens(line, b.comma):
		return len(line), 1, nil
	}
	var q quotes
	q.begin(line)
	if _, closed := q.follow(text, b.comma, b.limit); closed {
		return q.size, bytes.Count(text[:q.size-1], []byte{'\n'}) + 1, nil
	}
	return len(line), 1, geo.Errorf(geo.Faulty, `a quote (") opened in this row is not closed, or not before a separator: write " within a cell as ""`)
}
