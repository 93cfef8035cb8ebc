package ingest

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"

	"gridwarden/geo"
)

// cutter cuts JSON values out of a stream, each whole and checked. encoding/json's decoder
// would do, but it holds what blanks there are between values and reads them again and
// again, so a file of blanks would cost the square of its length.
type cutter struct {
	r      *bufio.Reader
	value  []byte // the last one cut
	offset int64  // bytes passed
}

var errTooLarge = errors.New("the value is too large")

// peek is the first byte that is neither blank nor a record separator (RFC 8142); io.EOF
// when there is none.
func (c *cutter) peek() (byte, error) {
	for {
		b, err := c.r.ReadByte()
		if err != nil {
			return 0, err
		}
		switch b {
		case ' ', '\t', '\r', '\n', 0x1e:
			c.offset++
		default:
			return b, c.r.UnreadByte()
		}
	}
}

// skip passes one byte that [cutter.peek] has seen.
func (c *cutter) skip() error {
	_, err := c.r.Discard(1)
	c.offset++
	return err
}

// next cuts the next value, of at most [MaxFeature] bytes. It is valid until the next call.
func (c *cutter) next() (json.RawMessage, error) {
	if _, err := c.peek(); err != nil {
		return nil, whole(err)
	}
	start := c.offset
	c.value = c.value[:0]
	for p, done := new(progress), false; !done; {
		if _, err := c.r.Peek(1); err != nil {
			return nil, whole(err)
		}
		chunk, _ := c.r.Peek(c.r.Buffered())
		var n int
		n, done = p.end(chunk)
		if len(c.value)+n > MaxFeature {
			return nil, errTooLarge
		}
		c.value = append(c.value, chunk[:n]...)
		c.offset += int64(n)
		if _, err := c.r.Discard(n); err != nil {
			return nil, err
		}
	}
	if json.Valid(c.value) {
		return c.value, nil
	}
	var syntax *json.SyntaxError
	var any json.RawMessage
	if err := json.Unmarshal(c.value, &any); errors.As(err, &syntax) {
		start += syntax.Offset
	}
	return nil, &notJSON{start, syntax}
}

// notJSON is a value that is none, near a byte of the file.
type notJSON struct {
	offset int64
	reason *json.SyntaxError
}

func (n *notJSON) Error() string { return n.reason.Error() }

// whole turns the end of the input within an object into an error.
func whole(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// expect passes one of the bytes wanted, and tells which.
func (c *cutter) expect(wanted string) (byte, error) {
	b, err := c.peek()
	if err != nil {
		return 0, whole(err)
	}
	for i := range len(wanted) {
		if b == wanted[i] {
			return b, c.skip()
		}
	}
	return 0, geo.Errorf(geo.Invalid, "near byte %d it is not JSON: there is %q where one of %q is wanted", c.offset, b, wanted)
}

// progress is how far a value has been cut.
type progress struct {
	depth           int
	begun           bool
	quoted, escaped bool
}

// end is how many bytes of the chunk belong to the value, and whether it ends there.
func (p *progress) end(chunk []byte) (n int, done bool) {
	for i, b := range chunk {
		switch {
		case p.escaped:
			p.escaped = false
		case p.quoted && b == '\\':
			p.escaped = true
		case b == '"':
			p.quoted = !p.quoted
			if !p.quoted && p.depth == 0 {
				return i + 1, true
			}
		case p.quoted:
		case b == '{' || b == '[':
			p.depth++
		case b == '}' || b == ']':
			if p.depth--; p.depth < 0 {
				return i, true // the end of what the value stands in
			}
			if p.depth == 0 {
				return i + 1, true
			}
		case p.depth == 0 && p.begun && (b == ',' || b == ':' || b <= ' '):
			return i, true
		}
		p.begun = true
	}
	return len(chunk), false
}
