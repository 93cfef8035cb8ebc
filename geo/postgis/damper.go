package postgis

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"
)

// damper passes on at most one complaint a minute of a library that complains of each
// failure: while the database is away that is many times a second. What is less than a
// warning is dropped.
type damper struct {
	slog.Handler
	last *atomic.Int64 // unix nanoseconds of the last one passed on
}

func dampen(log *slog.Logger) *slog.Logger {
	return slog.New(&damper{log.Handler(), new(atomic.Int64)})
}

func (d *damper) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && d.Handler.Enabled(ctx, level)
}

func (d *damper) Handle(ctx context.Context, r slog.Record) error {
	last, now := d.last.Load(), r.Time.UnixNano()
	if now-last < int64(time.Minute) || !d.last.CompareAndSwap(last, now) {
		return nil
	}
	return d.Handler.Handle(ctx, r)
}

func (d *damper) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &damper{d.Handler.WithAttrs(attrs), d.last}
}

func (d *damper) WithGroup(name string) slog.Handler {
	return &damper{d.Handler.WithGroup(name), d.last}
}
