package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"gridwarden/geo"
)

// problem is an RFC 9457 problem document. Its type is always about:blank: the status
// says what sort of problem it is, the detail what to do.
type problem struct {
	Type     string `json:"type"`
	Title    string `json:"title"`
	Status   int    `json:"status"`
	Detail   string `json:"detail"`
	Instance string `json:"instance"` // the request id, to be found in the log
}

// httpError is a failure only HTTP knows: its status stands for itself.
type httpError struct {
	status int
	error
}

// In is the sentence in a language.
func (e *httpError) In(l geo.Language) string { return geo.SentenceIn(e.error, l) }

func refuse(status int, format string, args ...any) error {
	return &httpError{status, geo.Errorf(geo.Internal, format, args...)}
}

// statusClientGone is what the log and the metrics count when a client left before its
// answer; nginx made the number a convention. Nobody receives it.
const statusClientGone = 499

// statusOf is the one table from errors to statuses.
func statusOf(err error) int {
	var h *httpError
	if errors.As(err, &h) {
		return h.status
	}
	if errors.Is(err, context.Canceled) {
		return statusClientGone
	}
	switch geo.KindOf(err) {
	case geo.Invalid:
		return http.StatusBadRequest
	case geo.NotFound:
		return http.StatusNotFound
	case geo.Conflict:
		return http.StatusConflict
	case geo.Faulty:
		return http.StatusUnprocessableEntity
	case geo.TooLarge:
		return http.StatusRequestEntityTooLarge
	case geo.Unauthenticated:
		return http.StatusUnauthorized
	case geo.Forbidden:
		return http.StatusForbidden
	case geo.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// sentence is what a client may read of an error: nothing of one that is ours to mend.
func sentence(err error, l geo.Language) string {
	if statusOf(err) == http.StatusInternalServerError {
		return geo.Say("something went wrong here; the log has it under this request's id").In(l)
	}
	return geo.SentenceIn(err, l)
}

// fail answers with the problem an error is. An answer that has begun cannot become one:
// its connection is cut, so that nobody takes half of it for the whole.
func (s *server) fail(w *response, err error) {
	status := statusOf(err)
	switch status {
	case http.StatusInternalServerError:
		s.Log.Error("request failed", "id", w.id, "route", w.route, "error", err.Error())
	case http.StatusServiceUnavailable:
		s.Log.Warn("request not answered now", "id", w.id, "route", w.route, "error", err.Error())
	}
	if w.status != 0 {
		panic(http.ErrAbortHandler)
	}
	h := w.Header()
	switch status {
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", `Bearer realm="gridwarden"`)
	case http.StatusServiceUnavailable:
		h.Set("Retry-After", "1")
	case http.StatusRequestEntityTooLarge:
		h.Set("Connection", "close")
	}
	h.Del("ETag")
	h.Set("Cache-Control", "no-store")
	_ = sendProblem(w, status, problemOf(w, err)) // strings and numbers always marshal
}

// problemOf is the problem that an error is, in the reader's language.
func problemOf(w *response, err error) problem {
	status := statusOf(err)
	return problem{"about:blank", http.StatusText(status), status, sentence(err, w.language), w.id}
}

// sendProblem answers with a problem document, which may have members of its own.
func sendProblem(w *response, status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.speaks()
	send(w, status, "application/problem+json", body)
	return nil
}

// send writes a whole answer.
func send(w *response, status int, contentType string, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that is gone does not need it
}

// sendJSON renders v before anything is written, so that what cannot be rendered is an
// error and not half an answer.
func sendJSON(w *response, v any) error { return sendStatusJSON(w, http.StatusOK, v) }

// sendStatusJSON is sendJSON with another status.
func sendStatusJSON(w *response, status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	send(w, status, "application/json", append(body, '\n'))
	return nil
}
