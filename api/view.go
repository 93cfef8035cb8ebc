package api

import (
	"context"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// view is the snapshot a request is answered from, taken once.
type view struct {
	*index.Snapshot                 // as the reader sees it
	whole           *index.Snapshot // by which reports are decided, whoever asks
	by              *index.Sight    // what the reader may see
	live            *index.Live
	beforeFirst     bool // asked for a time before every edition: this is the first
}

// loaded tells whether anything was ever loaded: the empty view has no history.
func loaded(s *index.Snapshot) bool { return s.History() != [16]byte{} }

// read wraps a handler that answers from the view: the reader is admitted, the view taken
// no older than asked for, and the answer says which state it is of.
func (s *server) read(of subject, h func(*response, *http.Request, view) error) handler {
	return func(w *response, r *http.Request) error {
		if err := s.admit(w, r, of); err != nil {
			return err
		}
		snapshot, err := s.current(r)
		if err != nil {
			return err
		}
		w.tellState(snapshot)
		return h(w, r, s.viewFor(w, snapshot))
	}
}

// current is the newest view, waited for a little when the request asks for a sequence
// that is not there yet (Gridwarden-Min-Sequence). With Gridwarden-History the sequence is
// one of that history: the view must have reached it there, for the same number of another
// history is another state. When that does not come in time, the history is given up: a
// conflict. While nothing is loaded every read is unavailable: an empty answer would be a
// wrong one.
func (s *server) current(r *http.Request) (*index.Snapshot, error) {
	asked := r.Header.Get("Gridwarden-Min-Sequence")
	if asked == "" {
		snapshot := s.Live.Load()
		if !loaded(snapshot) {
			return nil, geo.Errorf(geo.Unavailable, "nothing is loaded from the database yet; try again in a moment")
		}
		return snapshot, nil
	}
	least, err := strconv.ParseInt(asked, 10, 64)
	if err != nil || least < 0 {
		return nil, geo.Errorf(geo.Invalid, "Gridwarden-Min-Sequence is %q: send the number of a Gridwarden-Sequence answered before", asked)
	}
	return s.await(r, geo.Sequence(least), r.Header.Get("Gridwarden-History"))
}

// await is the view once it has reached a sequence, of a history unless that is empty.
func (s *server) await(r *http.Request, least geo.Sequence, history string) (*index.Snapshot, error) {
	ctx, cancel := context.WithTimeout(r.Context(), maxWait)
	defer cancel()
	snapshot, err := s.Live.Await(ctx, func(v *index.Snapshot) bool {
		return loaded(v) && v.Position().Sequence >= least && (history == "" || history == historyOf(v))
	})
	if !errors.Is(err, context.DeadlineExceeded) {
		return snapshot, err
	}
	now := s.Live.Load()
	if loaded(now) && history != "" && history != historyOf(now) {
		return nil, geo.Errorf(geo.Conflict, "sequence %d is of another history: since then the database was restored or replaced, or another server became the primary; what was written may be lost, read again without Gridwarden-Min-Sequence to see", least)
	}
	return nil, geo.Errorf(geo.Unavailable, "this server is at sequence %d and has not reached %d yet; try again", now.Position().Sequence, least)
}

// historyOf is the history of a view as clients are told it.
func historyOf(v *index.Snapshot) string {
	history := v.History()
	return hex.EncodeToString(history[:])
}
