package api

import (
	"errors"
	"net/http"
	"time"

	"gridwarden/geo"
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
	select {
	case s.streams <- struct{}{}:
		leave = func() { <-s.streams }
	default:
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
