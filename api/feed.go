package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"gridwarden/geo"
)

// Feed is the ordered list of assignments. Its numbers stand in commit order: whoever has
// read up to one and asks for what comes after it misses nothing and reads nothing twice.
type Feed interface {
	// Feed is the assignments after a number, in order, at most limit, and up to which
	// number they are all. Those of back-filled reports come only when asked for.
	Feed(ctx context.Context, after int64, limit int, backfilled bool) (page []geo.Assignment, upTo int64, err error)
}

// FeedHead is how far the feed has come, for all who wait for more of it: one follower
// tells it, each waiter looks on. The zero value is at the beginning.
type FeedHead struct {
	mu    sync.Mutex
	at    int64
	moved chan struct{} // closed with the next move; nil while nobody waits
	ended bool
}

// Advance tells that the feed has come to a number. Numbers that go back are another
// history: whoever waits looks again.
func (h *FeedHead) Advance(at int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if at != h.at {
		h.at = at
		h.wake()
	}
}

// End sends all waiters home: the server stops.
func (h *FeedHead) End() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ended = true
	h.wake()
}

func (h *FeedHead) wake() {
	if h.moved != nil {
		close(h.moved)
		h.moved = nil
	}
}

// next is closed when the feed moves on from where it is now, and whether it has ended.
// Take it before looking at the feed: what comes between the look and the wait is not
// missed.
func (h *FeedHead) next() (moved <-chan struct{}, ended bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.moved == nil {
		h.moved = make(chan struct{})
	}
	if h.ended {
		closed := make(chan struct{})
		close(closed)
		return closed, true
	}
	return h.moved, false
}

// Limits of the feed.
const (
	maxFeedWait  = time.Minute
	maxWaiters   = 256 // long polls and event streams at a time
	maxFeedReads = 2   // of the database at a time
)

// feedRequest is what a reader of the feed asks for.
type feedRequest struct {
	after    int64
	limit    int
	backfill bool
	wait     time.Duration
}

func readFeedRequest(r *http.Request) (q feedRequest, err error) {
	p, err := readParams(r, cursorParam, "limit", "include", "wait")
	if err != nil {
		return q, err
	}
	if q.after, q.limit, err = p.after(); err != nil {
		return q, err
	}
	switch p.Get("include") {
	case "":
	case "backfill":
		q.backfill = true
	default:
		return q, geo.Errorf(geo.Invalid, "include=%s is not known: include=backfill adds the assignments of back-filled reports", clip(p.Get("include")))
	}
	q.wait, err = feedWait(p.Get("wait"))
	return q, err
}

// feedWait reads 30s, or 30.
func feedWait(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	wait, err := time.ParseDuration(text)
	if seconds, e := strconv.Atoi(text); e == nil && seconds <= int(maxFeedWait/time.Second) {
		wait, err = time.Duration(seconds)*time.Second, nil
	}
	if err != nil || wait < 0 || wait > maxFeedWait {
		return 0, geo.Errorf(geo.Invalid, "wait=%s is not a time from 0s to %v, such as 30s", clip(text), maxFeedWait)
	}
	return wait, nil
}

// assignments answers with what comes after a number of the feed; when that is nothing
// yet, as soon as there is something, or with an empty list after the wait. Who accepts
// text/event-stream gets a stream of them.
func (s *server) assignments(w *response, r *http.Request, _ view) error {
	q, err := readFeedRequest(r)
	if err != nil {
		return err
	}
	if strings.Contains(r.Header.Get("Accept"), eventStreamType) {
		return s.streamAssignments(w, r, q)
	}
	page, upTo, err := s.feedAfter(r, w, q)
	if err != nil {
		return err
	}
	answer := struct {
		After       int64              `json:"after"`
		Assignments []assignmentAnswer `json:"assignments"`
	}{upTo, s.describeAssignments(page)}
	return sendJSON(w, answer)
}

// feedAfter is a page of the feed, waited for when it is empty.
func (s *server) feedAfter(r *http.Request, w *response, q feedRequest) ([]geo.Assignment, int64, error) {
	if q.wait == 0 {
		return s.feedPage(r.Context(), q)
	}
	leave, err := s.listen()
	if err != nil {
		return nil, 0, err
	}
	defer leave()
	unhurried(w)
	limit := time.NewTimer(q.wait)
	defer limit.Stop()
	for {
		moved, ended := s.FeedHead.next()
		page, upTo, err := s.feedPage(r.Context(), q)
		if err != nil || len(page) > 0 || ended {
			return page, upTo, err
		}
		q.after = upTo
		select {
		case <-moved:
		case <-limit.C:
			return nil, upTo, nil
		case <-r.Context().Done():
			return nil, 0, r.Context().Err()
		}
	}
}

// feedPage reads one page, and up to which number it is everything. A reader who is further
// than the feed has another history. Few read at a time, however many were woken: those who
// come later find more at once.
func (s *server) feedPage(ctx context.Context, q feedRequest) ([]geo.Assignment, int64, error) {
	leave, err := s.feedReads.wait(ctx)
	if err != nil {
		return nil, 0, err
	}
	defer leave()
	page, upTo, err := s.Feed.Feed(ctx, q.after, q.limit, q.backfill)
	if err == nil && upTo < q.after {
		err = geo.Errorf(geo.Conflict, "the feed ends at %d and has no after=%d: the database was restored or replaced since; read again from a number it has", upTo, q.after)
	}
	return page, upTo, err
}

// listen takes one of the places for those who wait, to be given back with leave.
func (s *server) listen() (leave func(), err error) {
	leave, free := s.waiters.take()
	if !free {
		return nil, geo.Errorf(geo.Unavailable, "%d readers wait for the feed, which is all this server takes at a time; try again, or without wait", cap(s.waiters))
	}
	return leave, nil
}

// unhurried takes a request out of the time a plain one may take: its reader waits on
// purpose. What is written is still to be taken within the time a client may stall.
func unhurried(w *response) {
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Time{}) // a recorder in a test has none
	_ = control.SetWriteDeadline(time.Now().Add(maxFeedWait + timeout))
}
