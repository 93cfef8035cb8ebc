package api

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"regexp"
	"strings"

	"golang.org/x/text/language"

	"gridwarden/geo"
)

// response is the answer being written, and what the log and the metrics want to know of
// it. Every handler gets one.
type response struct {
	http.ResponseWriter
	id       string       // of the request
	route    string       // the path template; empty where none matched
	key      geo.Key      // that it came with; zero without one
	language geo.Language // of the reader
	status   int          // 0 until the answer has begun
	bytes    int64
}

// WriteHeader notes the status. A second call is dropped, as net/http does.
func (w *response) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
		w.ResponseWriter.WriteHeader(status)
	}
}

// Write counts what is written.
func (w *response) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

// speaks says that the answer has words in it, in the reader's language.
func (w *response) speaks() {
	w.Header().Set("Content-Language", string(w.language))
	w.Header().Add("Vary", "Accept-Language")
}

// Unwrap lets http.ResponseController reach the connection.
func (w *response) Unwrap() http.ResponseWriter { return w.ResponseWriter }

var saneID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// requestID is the id the client or a proxy gave, when it is short and plain, else a new
// one.
func requestID(r *http.Request) string {
	if id := r.Header.Get("X-Request-Id"); id != "" && saneID.MatchString(id) {
		return id
	}
	return fmt.Sprintf("%016x", rand.Uint64())
}

// languageOf is the language that a reader asks for: Chinese or English,
// English when neither is wanted more.
func languageOf(r *http.Request) geo.Language {
	tags, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil {
		return geo.English
	}
	for _, tag := range tags {
		switch base, _ := tag.Base(); strings.ToLower(base.String()) {
		case "zh":
			return geo.Chinese
		case "en":
			return geo.English
		}
	}
	return geo.English
}
