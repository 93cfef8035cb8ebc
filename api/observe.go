package api

import (
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"
)

// observe gives every request its id, logs and counts it when it ends, and turns a panic
// into a problem. The query and the headers are never logged: they hold places and keys.
func (s *server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		res := &response{ResponseWriter: w, id: requestID(r), language: languageOf(r)}
		w.Header().Set("X-Request-Id", res.id)
		s.metrics.underway.Inc()
		defer func() {
			s.metrics.underway.Dec()
			s.metrics.seen(res, r.Method, time.Since(start))
			s.access(res, r, time.Since(start))
		}()
		defer s.recover(res)
		next.ServeHTTP(res, r)
	})
}

func (s *server) access(w *response, r *http.Request, took time.Duration) {
	s.Log.LogAttrs(r.Context(), slog.LevelInfo, "request",
		slog.String("id", w.id),
		slog.String("method", r.Method),
		slog.String("path", r.URL.Path),
		slog.Int("status", w.status),
		slog.Int64("bytes", w.bytes),
		slog.Duration("took", took),
		slog.String("key", w.key.ID),
		slog.String("remote", r.RemoteAddr),
	)
}

// recover answers a panic as an internal error and logs where it happened. The panic that
// cuts a connection on purpose goes on to net/http, which does that.
func (s *server) recover(w *response) {
	switch p := recover(); p {
	case nil:
	case http.ErrAbortHandler:
		panic(p)
	default:
		s.Log.Error("panic", "id", w.id, "route", w.route, "panic", p, "stack", string(debug.Stack()))
		s.fail(w, errors.New("panic"))
	}
}
