// Package localdb keeps a private PostgreSQL with PostGIS for one checkout, so that
// developing, testing and trying gridwarden need no database set up by hand.
//
// The cluster belongs to the checkout: its data lie under .run/ there (or, where the
// server's user may not enter the checkout, in a folder under /var/tmp that .run/ names).
// It listens on a unix socket that only its owner and root can reach and on no network
// port; clusters of the system are neither used nor touched. Run by root, the server
// works as the user postgres, since PostgreSQL refuses to be root.
//
// Setting GRIDWARDEN_DATABASE_URL uses that database instead and starts nothing.
package localdb

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"gridwarden/geo"
)

// Env names the setting that replaces the private cluster by any other database.
const Env = "GRIDWARDEN_DATABASE_URL"

// Up makes sure that the private cluster of the checkout at root runs and returns the URL
// of its database and whether this call started the server. It installs PostgreSQL and
// PostGIS when they are missing and the caller is root, creates the cluster the first
// time, and clears what a killed run left. Called twice at once, by any processes, one
// starts it and the others wait. What takes long is told on log. With [Env] set, that URL
// is returned and nothing is done.
func Up(ctx context.Context, root string, log io.Writer) (url string, started bool, err error) {
	if url := os.Getenv(Env); url != "" {
		return url, false, nil
	}
	bin, err := findOrInstall(ctx, root, log)
	if err != nil {
		return "", false, err
	}
	c, err := open(root)
	if err != nil {
		return "", false, err
	}
	unlock, err := c.lock(ctx)
	if err != nil {
		return "", false, err
	}
	defer unlock()
	started, err = c.up(ctx, bin, log)
	return c.url(), started, err
}

// Use is [Up] for a process that needs the database for a while. Until release is called,
// or the process ends, no [With] of another process stops the server.
func Use(ctx context.Context, root string, log io.Writer) (url string, release func(), err error) {
	url, _, release, err = use(ctx, root, log)
	return url, release, err
}

// use brings the cluster up under a mark of use, which release takes away. Before that,
// stop ends a server that this call started, unless somebody else uses it by now.
func use(ctx context.Context, root string, log io.Writer) (url string, stop func(context.Context) error, release func(), err error) {
	if url := os.Getenv(Env); url != "" {
		return url, func(context.Context) error { return nil }, func() {}, nil
	}
	if _, err := findOrInstall(ctx, root, log); err != nil {
		return "", nil, nil, err
	}
	c, err := open(root)
	if err != nil {
		return "", nil, nil, err
	}
	mark, err := c.use(ctx)
	if err != nil {
		return "", nil, nil, err
	}
	url, started, err := Up(ctx, root, log)
	if err != nil {
		mark.Close()
		return "", nil, nil, err
	}
	stop = func(ctx context.Context) error {
		if !started || !onlyUser(mark) {
			return nil
		}
		return Down(ctx, root)
	}
	return url, stop, func() { mark.Close() }, nil
}

// Down stops the private cluster of the checkout at root and keeps its data. Where none
// runs it does nothing.
func Down(ctx context.Context, root string) error {
	c, err := open(root)
	if err != nil {
		return err
	}
	unlock, err := c.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	return c.stop(ctx)
}

// URL is the URL of the private cluster's database and whether it is up. With [Env] set it
// is that URL. It starts nothing.
func URL(root string) (string, bool) {
	if url := os.Getenv(Env); url != "" {
		return url, true
	}
	c, err := find(root)
	if err != nil {
		return "", false
	}
	_, running := c.server()
	return c.url(), running
}

// Remove stops the private cluster of the checkout at root and deletes its data. Where
// there never was one it does nothing.
func Remove(ctx context.Context, root string) error {
	if _, err := os.Stat(filepath.Join(root, ".run")); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err := Down(ctx, root); err != nil {
		return err
	}
	c, err := find(root)
	if err != nil {
		return err
	}
	for _, dir := range []string{c.base, c.sockets, c.run} {
		if err := os.RemoveAll(dir); err != nil {
			return geo.Errorf(geo.Unavailable, "cannot remove %s: %w", dir, err)
		}
	}
	return nil
}
