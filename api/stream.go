package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/ingest"
)

// stream writes an answer of any length with one buffer. A client has to take each
// buffer within the time it may stall; one that stops reading is cut off.
type stream struct {
	w       *response
	control *http.ResponseController
	stall   time.Duration // within which the client has to take or send something
	buf     []byte
}

// flushAt is the size of buffer at which it is sent.
const flushAt = 32 << 10

func (s *server) newStream(w *response) *stream {
	return &stream{w: w, control: http.NewResponseController(w), stall: s.Stall, buf: make([]byte, 0, 4<<10)}
}

// converse lets a client send and be answered at the same time. It takes one of the places
// for those who do, to be given back with leave.
func (s *server) converse(out *stream) (leave func(), err error) {
	leave, free := s.streams.take()
	if !free {
		return nil, geo.Errorf(geo.Unavailable, "%d streams are being answered, which is all this server takes at a time; try again", cap(s.streams))
	}
	if err := out.control.EnableFullDuplex(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		leave()
		return nil, err
	}
	return leave, nil
}

// full sends the buffer when it has grown to its size.
func (s *stream) full() error {
	if len(s.buf) < flushAt {
		return nil
	}
	return s.send()
}

// lastWord sends what is in the buffer before the connection is cut: nobody flushes it then.
func (s *stream) lastWord() {
	if s.send() == nil {
		_ = s.control.Flush() // there is nobody to tell
	}
}

// send hands the buffer to the connection.
func (s *stream) send() error {
	_ = s.control.SetWriteDeadline(time.Now().Add(s.stall)) // a recorder in a test has none
	_, err := s.w.Write(s.buf)
	s.buf = s.buf[:0]
	return clientGone(err)
}

// pacedReader reads a body whose client has to send something within the time it may
// progress. Before it waits for more, it sends what has been answered.
type pacedReader struct {
	*stream
	body io.Reader
}

func (p *pacedReader) Read(b []byte) (int, error) {
	if len(p.buf) > 0 {
		if err := p.send(); err != nil {
			return 0, err
		}
		_ = p.control.Flush() // an error shows at the next write
	}
	_ = p.control.SetReadDeadline(time.Now().Add(p.stall)) // a recorder in a test has none
	n, err := p.body.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		err = unreadable(err)
	}
	return n, err
}

// exchange is a body that is answered row by row while it still comes: one goroutine
// reads it, others make the answers, one writes them.
type exchange struct {
	*stream
	body    io.Reader
	leave   func()      // gives its place back
	ended   atomic.Bool // nothing more is read
	waiting bool        // something was written that the client does not have yet
	failed  bool        // something could not be written
}

// exchange makes ready to answer a body while it comes.
func (s *server) exchange(w *response, r *http.Request) (*exchange, error) {
	e := &exchange{stream: s.newStream(w), body: r.Body}
	var err error
	e.leave, err = s.converse(e.stream)
	return e, err
}

// answer answers the rows of the body. work is made once for each core. A stream that
// cannot be read on is told on a last line, by last, and then cut: not every line was
// answered.
func (e *exchange) answer(ctx context.Context, rows *ingest.Rows, work func() func(*ingest.Block), last func([]byte, *ingest.Row) []byte) error {
	release := context.AfterFunc(ctx, e.end)
	defer release()
	err := rows.Run(ctx, ingest.Bulk{Work: work, Write: e.write, Pause: e.pause})
	if err == nil {
		e.w.WriteHeader(http.StatusOK) // where there was no line to answer
	}
	if err == nil || e.failed || statusOf(err) == statusClientGone {
		return err
	}
	if e.write(last(nil, &ingest.Row{Line: rows.Line, Err: err}), nil) == nil {
		e.pause() // nobody flushes it once the connection is cut
	}
	return err
}

// each is work that answers row by row.
func each(answer func([]byte, *ingest.Row) []byte) func() func(*ingest.Block) {
	return func() func(*ingest.Block) {
		return func(b *ingest.Block) {
			for i := range b.Rows {
				b.Out = answer(b.Out, &b.Rows[i])
				b.Relieve()
			}
		}
	}
}

// write writes some of the answer. When that fails nothing more is read either.
func (e *exchange) write(out []byte, _ []ingest.Row) error {
	_ = e.control.SetWriteDeadline(time.Now().Add(e.stall)) // a recorder in a test has none
	_, err := e.w.Write(out)
	e.waiting = true
	if err != nil {
		e.failed = true
		e.end()
	}
	return clientGone(err)
}

// pause lets the client have what was written: nothing more is at hand.
func (e *exchange) pause() {
	if e.waiting {
		e.waiting = false
		_ = e.control.Flush() // an error shows at the next write
	}
}

// Read reads the body. The client has to send something within the time it may stall.
func (e *exchange) Read(b []byte) (int, error) {
	_ = e.control.SetReadDeadline(time.Now().Add(e.stall)) // a recorder in a test has none
	if e.ended.Load() {                                    // after the deadline, which end sets too
		return 0, refuse(statusClientGone, "the answer broke off")
	}
	n, err := e.body.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		err = unreadable(err)
	}
	return n, err
}

// end ends reading, also a Read under way.
func (e *exchange) end() {
	e.ended.Store(true)
	_ = e.control.SetReadDeadline(time.Unix(1, 0)) // a recorder in a test has none
}
