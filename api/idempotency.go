package api

import (
	"crypto/sha256"
	"hash"
	"io"
	"net/http"

	"gridwarden/geo"
)

// once is what a retry of a request is known by; its body is hashed while it is read.
type once struct {
	holder, key string
	body        hash.Hash
}

// longestOnce is the longest Idempotency-Key in bytes.
const longestOnce = 255

// idempotency reads the header Idempotency-Key. A request without one is not known again.
// The key is its holder's own: another's may be the same.
func (s *server) idempotency(w *response, r *http.Request) (*once, error) {
	given := r.Header.Values("Idempotency-Key")
	if len(given) == 0 {
		return &once{}, nil
	}
	key := given[0]
	if len(given) > 1 || key == "" || len(key) > longestOnce || !visible(key) {
		return nil, geo.Errorf(geo.Invalid, "Idempotency-Key is one text of 1 to %d visible ASCII characters, the same for each retry of one request and for no other", longestOnce)
	}
	o := &once{holder: w.key.ID, key: key, body: sha256.New()}
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.TeeReader(r.Body, o.body), r.Body}
	return o, nil
}

// is the key as it is kept, once the body was read.
func (o *once) is() geo.Idempotency {
	if o.key == "" {
		return geo.Idempotency{}
	}
	kept := geo.Idempotency{Holder: o.holder, Key: o.key}
	o.body.Sum(kept.Body[:0])
	return kept
}

// visible tells whether s is printable ASCII, blanks included.
func visible(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// firstAnswer is a case as it was when its report came, as far as it was stored: the round
// it was first routed in, nothing that was told since.
func firstAnswer(c *geo.Case) *geo.Case {
	first := &geo.Case{Report: c.Report}
	first.Report.State = geo.Unlocated
	for _, a := range c.Assignments {
		if a.Round == 1 && a.Reason == geo.ReasonReported {
			first.Assignments = append(first.Assignments, a)
			first.Round, first.Report.State = 1, geo.Received
		}
	}
	return first
}
