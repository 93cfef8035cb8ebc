package api

import (
	"net/http"
	"strconv"

	"gridwarden/geo"
)

// streamAssignments sends the feed as server-sent events for as long as the reader stays:
// what there is, then what comes. The id of an event is its number in the feed, so that a
// browser that lost the connection goes on where it was (Last-Event-ID). A comment every
// few seconds keeps proxies from closing the line; a reader who does not take what is sent
// is cut off.
func (s *server) streamAssignments(w *response, r *http.Request, q feedRequest) error {
	if err := q.resume(r); err != nil {
		return err
	}
	leave, err := s.listen()
	if err != nil {
		return err
	}
	defer leave()
	page, upTo, err := s.feedPage(r.Context(), q) // an error is still a problem document
	if err != nil {
		return err
	}
	l := &listener{events: s.newEvents(w, "assignments"), server: s, request: q}
	return l.run(r, page, upTo)
}

// resume takes the place in the feed from Last-Event-ID, which beats after.
func (q *feedRequest) resume(r *http.Request) error {
	last := r.Header.Get("Last-Event-ID")
	if last == "" {
		return nil
	}
	after, err := strconv.ParseInt(last, 10, 64)
	if err != nil || after < 0 {
		return geo.Errorf(geo.Invalid, "Last-Event-ID is %q: send the id of an event of this stream", clip(last))
	}
	q.after = after
	return nil
}

// listener is one reader of the event stream.
type listener struct {
	events
	server  *server
	request feedRequest
}

// run sends pages until the reader leaves or the server stops.
func (l *listener) run(r *http.Request, page []geo.Assignment, upTo int64) (err error) {
	beat := l.beat()
	defer beat.Stop()
	for {
		if err := l.tell(page, upTo); err != nil {
			return err
		}
		moved, ended := l.server.FeedHead.next()
		if page, upTo, err = l.server.feedPage(r.Context(), l.request); err != nil {
			return err
		}
		if len(page) > 0 {
			continue
		}
		if ended {
			return nil
		}
		select {
		case <-moved:
		case <-beat.C:
			l.stillHere()
		case <-r.Context().Done():
			return r.Context().Err()
		}
	}
}

// tell sends a page, and what is in the buffer, at once.
func (l *listener) tell(page []geo.Assignment, upTo int64) error {
	for i := range page {
		if err := l.event(strconv.FormatInt(page[i].Feed, 10), "assignment", l.server.describeAssignment(&page[i])); err != nil {
			return err
		}
	}
	l.request.after = upTo
	return l.flush()
}
