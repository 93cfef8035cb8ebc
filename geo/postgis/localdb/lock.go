package localdb

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"gridwarden/geo"
)

// lock waits until no other process works on the cluster.
func (c *cluster) lock(ctx context.Context) (unlock func(), err error) {
	f, err := flock(ctx, filepath.Join(c.run, "lock"), syscall.LOCK_EX)
	if err != nil {
		return nil, err
	}
	return func() { f.Close() }, nil
}

// use marks that this process uses the cluster, until the file is closed; the mark goes
// with the process however it ends.
func (c *cluster) use(ctx context.Context) (*os.File, error) {
	return flock(ctx, filepath.Join(c.run, "users"), syscall.LOCK_SH)
}

// onlyUser tells whether nobody else uses the cluster, and lets nobody begin until the
// file is closed.
func onlyUser(mine *os.File) bool {
	return syscall.Flock(int(mine.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}

func flock(ctx context.Context, path string, how int) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, geo.Errorf(geo.Unavailable, "the private database cannot be locked: %w", err)
	}
	for {
		err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
		switch {
		case err == nil:
			return f, nil
		case !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR):
			f.Close()
			return nil, geo.Errorf(geo.Unavailable, "the private database cannot be locked: %w", err)
		case !sleep(ctx, 20*time.Millisecond):
			f.Close()
			return nil, ctx.Err()
		}
	}
}

// sleep waits and tells whether ctx is still alive.
func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
