package api

import (
	"encoding/hex"
	"net/http"
	"strconv"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// view is the snapshot a request is answered from, taken once.
type view struct {
	*index.Snapshot
	only        []geo.LayerName // all the reader may see when it named nothing; nil: everything
	beforeFirst bool            // asked for a time before every edition: this is the first
}

// loaded tells whether anything was ever loaded: the empty view has no history.
func loaded(s *index.Snapshot) bool { return s.History() != [16]byte{} }

// read wraps a handler that answers from the view: the reader is admitted, the view taken
// no older than asked for, and the answer says which state it is of.
func (s *server) read(of subject, h func(*response, *http.Request, view) error) handler {
	return func(w *response, r *http.Request) error {
		only, err := s.admit(w, r, of)
		if err != nil {
			return err
		}
		snapshot, err := s.current(r)
		if err != nil {
			return err
		}
		w.tellState(snapshot)
		return h(w, r, view{Snapshot: snapshot, only: only})
	}
}

// current is the newest view, waited for a little when the request asks for a sequence
// that is not there yet (Gridwarden-Min-Sequence). With Gridwarden-History the sequence is
// one of that history; of another history it will never come: a conflict. While nothing
// is loaded every read is unavailable: an empty answer would be a wrong one.
func (s *server) current(r *http.Request) (*index.Snapshot, error) {
	snapshot := s.Live.Load()
	asked := r.Header.Get("Gridwarden-Min-Sequence")
	if asked == "" {
		if !loaded(snapshot) {
			return nil, geo.Errorf(geo.Unavailable, "nothing is loaded from the database yet; try again in a moment")
		}
		return snapshot, nil
	}
	least, err := strconv.ParseInt(asked, 10, 64)
	if err != nil || least < 0 {
		return nil, geo.Errorf(geo.Invalid, "Gridwarden-Min-Sequence is %q: send the number of a Gridwarden-Sequence answered before", asked)
	}
	history := snapshot.History()
	if of := r.Header.Get("Gridwarden-History"); of != "" && loaded(snapshot) && of != hex.EncodeToString(history[:]) {
		return nil, geo.Errorf(geo.Conflict, "sequence %d is of another history: the database was restored or replaced since; read again without Gridwarden-Min-Sequence", least)
	}
	return s.await(r, geo.Sequence(least))
}

// await polls for a view that has reached a sequence: the view is swapped without telling
// anyone, and a look at it costs nothing.
func (s *server) await(r *http.Request, least geo.Sequence) (*index.Snapshot, error) {
	reached := func() (*index.Snapshot, bool) {
		snapshot := s.Live.Load()
		return snapshot, loaded(snapshot) && snapshot.Position().Sequence >= least
	}
	if snapshot, ok := reached(); ok {
		return snapshot, nil
	}
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	limit := time.NewTimer(maxWait)
	defer limit.Stop()
	for {
		select {
		case <-tick.C:
			if snapshot, ok := reached(); ok {
				return snapshot, nil
			}
		case <-limit.C:
			return nil, geo.Errorf(geo.Unavailable, "this server is at sequence %d and has not reached %d yet; try again", s.Live.Load().Position().Sequence, least)
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
}
