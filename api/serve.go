package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// timeout is how long a plain request may take to arrive, and its answer to be taken.
const timeout = 30 * time.Second

// grace is how long requests under way may take to end when the server stops.
const grace = 10 * time.Second

// Serve answers on the listener until ctx ends, then takes no new requests, gives those
// under way a grace of ten seconds and cuts off what is left. It closes the listener and
// returns nil when it was ctx that ended it. A client has five seconds to send its
// headers and thirty to send and take a plain request; streams have thirty seconds for
// each step.
func Serve(ctx context.Context, listener net.Listener, handler http.Handler, log *slog.Logger) error {
	server := &http.Server{
		Handler: handler,
		BaseContext: func(net.Listener) context.Context {
			return context.WithValue(context.WithoutCancel(ctx), stopKey{}, ctx.Done())
		},
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       timeout,
		WriteTimeout:      timeout,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return fmt.Errorf("the server ended by itself: %w", err)
	case <-ctx.Done():
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	err := server.Shutdown(stopping)
	if err != nil {
		log.Warn("requests were cut off after the grace time", "grace", grace)
		_ = server.Close() // what did not end in time is cut off
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// stopKey is under which requests find the channel of [stopping].
type stopKey struct{}

// stopping is closed when the server is about to stop: who only waits for something may go.
// It is nil where no [Serve] answers.
func stopping(ctx context.Context) <-chan struct{} {
	stop, _ := ctx.Value(stopKey{}).(<-chan struct{})
	return stop
}
