package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// When names a state of the past: that of an edition, or that of a time.
type When struct {
	Edition  geo.Edition // 0: none is named
	At       time.Time   // zero: none is named; one that is to come means now
	KnownNow bool        // of a time: with the editions known today, not with those of then
}

// Past shows other states than the newest.
type Past interface {
	// View is the state that answers for w; beforeFirst tells that w lies before every
	// edition and the first answers. An edition that is not there is geo.NotFound;
	// geo.Unavailable means that the past cannot be read now.
	View(ctx context.Context, w When) (view *index.Snapshot, beforeFirst bool, err error)
}

// forEver is how long an answer for a time may be kept: what this service would have
// answered then does not change.
const (
	forEver = "max-age=31536000, immutable"
	settled = time.Minute // after which no change of that time is still under way
)

// when is the view that answers for the parameters at, known, edition and draft, which the
// caller takes; v itself when none is given. The answer then says the sequence it is of, and
// one for a time, or an edition to which nothing is added any more, is marked for caches as
// never changing.
func (s *server) when(w *response, r *http.Request, v view, p params) (view, error) {
	if p.Has("draft") {
		return s.draftView(w, r, v, p)
	}
	if !p.Has("at") && !p.Has("known") && !p.Has("edition") {
		return v, nil
	}
	asked, err := p.when()
	if err != nil {
		return v, err
	}
	return s.viewAt(w, r, v, asked)
}

// whenAlone is when for requests that take no other parameters.
func (s *server) whenAlone(w *response, r *http.Request, v view) (view, error) {
	p, err := readParams(r, "at", "edition", "known", "draft")
	if err != nil {
		return v, err
	}
	return s.when(w, r, v, p)
}

// viewAt is the view that answers for a state of the past.
func (s *server) viewAt(w *response, r *http.Request, v view, asked When) (view, error) {
	if s.Past == nil {
		return v, geo.Errorf(geo.NotFound, "this server holds the newest state and keeps no past ones")
	}
	past, beforeFirst, err := s.Past.View(r.Context(), asked)
	if err != nil {
		return v, err
	}
	v = v.of(past)
	v.beforeFirst = beforeFirst
	w.tellState(past)
	closed := asked.Edition > 0 && asked.Edition < s.Live.Load().Edition().Number
	if h := w.Header(); closed || asked.lasts() && past.Edition().Number > 0 {
		h.Set("Cache-Control", strings.Replace(h.Get("Cache-Control"), "no-cache", forEver, 1))
	}
	return v, nil
}

// lasts tells whether the answer for it will never be another, once an edition is published.
func (asked When) lasts() bool {
	return !asked.At.IsZero() && !asked.KnownNow && time.Since(asked.At) > settled
}

// tellState says which state an answer is of.
func (w *response) tellState(s *index.Snapshot) {
	w.Header().Set("Gridwarden-Sequence", strconv.FormatInt(int64(s.Position().Sequence), 10))
	w.Header().Set("Gridwarden-History", historyOf(s))
}

// when reads the parameters that name a state. A time to come is refused: what will hold
// then nobody knows.
func (p params) when() (w When, err error) {
	edition, err := p.whole("edition", 0, 1, 1<<62)
	if err != nil {
		return w, err
	}
	w.Edition, w.KnownNow = geo.Edition(edition), p.Has("known")
	switch {
	case w.KnownNow && p.Get("known") != "now":
		return w, geo.Errorf(geo.Invalid, "known=%s: it can only be now, for what is known today of the time at", clip(p.Get("known")))
	case p.Has("edition") && (p.Has("at") || w.KnownNow):
		return w, geo.Errorf(geo.Invalid, "edition and at both name a state: give one of them")
	case p.Has("edition"):
		return w, nil
	case !p.Has("at"):
		return w, geo.Errorf(geo.Invalid, "known=now goes with a time: give at, too")
	}
	if w.At, err = p.time("at", time.Time{}); err == nil && w.At.After(time.Now()) {
		err = geo.Errorf(geo.Invalid, "at=%s is still to come", clip(p.Get("at")))
	}
	return w, err
}
