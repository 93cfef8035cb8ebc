package localdb

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
)

// up brings the server to where it answers and its database exists. The lock is held.
func (c *cluster) up(ctx context.Context, bin string, log io.Writer) (started bool, err error) {
	bin, err = c.matching(bin)
	if err != nil {
		return false, err
	}
	if err := c.create(ctx, bin, log); err != nil {
		return false, err
	}
	if pid, running := c.server(); running {
		if _, err := os.Stat(c.socketFile()); err == nil {
			return false, c.ready(ctx, alive(func() bool { return c.isServer(pid) }))
		}
		// Somebody cleaned /tmp under a running server: nobody can reach it.
		if err := c.stop(ctx); err != nil {
			return false, err
		}
	}
	if err := c.start(ctx, bin); err != nil {
		return false, err
	}
	return true, nil
}

func (c *cluster) socketFile() string { return filepath.Join(c.sockets, ".s.PGSQL."+port) }

// create makes the cluster the first time: under another name until it is whole, so that
// an interrupted initdb leaves nothing that looks like data.
func (c *cluster) create(ctx context.Context, bin string, log io.Writer) error {
	if _, err := os.Stat(c.data()); err == nil {
		return nil
	}
	fmt.Fprintf(log, "Making a private PostgreSQL cluster in %s\n", c.base)
	half := c.data() + ".new"
	if err := os.RemoveAll(half); err != nil {
		return geo.Errorf(geo.Unavailable, "%w", err)
	}
	out, err := c.command(ctx, bin, "initdb", "-D", half, "-U", "gridwarden", "--encoding=UTF8", "--locale=C.UTF-8",
		"--auth-local=trust", "--auth-host=reject").CombinedOutput()
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return geo.Errorf(geo.Unavailable, "PostgreSQL's initdb failed in %s: %s", c.base, lastLine(out, err))
	}
	if err := os.Rename(half, c.data()); err != nil {
		return geo.Errorf(geo.Unavailable, "%w", err)
	}
	return nil
}

// start runs the server and waits until it answers. Backends that outlived a killed
// server hold its memory for a moment more; then it is tried again.
func (c *cluster) start(ctx context.Context, bin string) error {
	deadline := time.Now().Add(20 * time.Second)
	for {
		if err := c.clearStale(); err != nil {
			return err
		}
		log, err := os.OpenFile(c.logFile(), os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
		if err != nil {
			return geo.Errorf(geo.Unavailable, "%w", err)
		}
		tail := logTail(log)
		err = c.startOnce(ctx, bin, log)
		said := tail()
		log.Close()
		switch {
		case err == nil || ctx.Err() != nil:
			return err
		case strings.Contains(said, "shared memory block") && time.Now().Before(deadline):
			if !sleep(ctx, 300*time.Millisecond) {
				return ctx.Err()
			}
		default:
			return geo.Errorf(geo.Unavailable, "the private PostgreSQL did not start; the end of %s says: %s", c.logFile(), lastLine([]byte(said), err))
		}
	}
}

func (c *cluster) startOnce(ctx context.Context, bin string, log *os.File) error {
	// Not CommandContext: the server outlives the command that started it.
	cmd := c.command(context.WithoutCancel(ctx), bin, "postgres", append([]string{"-D", c.data()}, c.settings()...)...)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // its log says why it ended
		close(ended)
	}()
	err := c.ready(ctx, func() bool {
		select {
		case <-ended:
			return false
		default:
			return true
		}
	})
	if err != nil && ctx.Err() != nil {
		_ = cmd.Process.Signal(syscall.SIGINT)
		<-ended
	}
	return err
}

// alive tells whether the server that is waited for still runs.
type alive func() bool

// ready waits until the server answers, which after a crash may take a while, and makes
// the database when it is not there.
func (c *cluster) ready(ctx context.Context, running alive) error {
	for {
		conn, err := pgx.Connect(ctx, c.urlOf("postgres"))
		if err == nil {
			defer conn.Close(context.WithoutCancel(ctx))
			return makeDatabase(ctx, conn)
		}
		if !running() {
			return geo.Errorf(geo.Unavailable, "the private PostgreSQL ended while starting")
		}
		if !sleep(ctx, 30*time.Millisecond) {
			return ctx.Err()
		}
	}
}

func makeDatabase(ctx context.Context, conn *pgx.Conn) error {
	var exists bool
	err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = 'gridwarden')").Scan(&exists)
	if err == nil && !exists {
		_, err = conn.Exec(ctx, "CREATE DATABASE gridwarden")
	}
	if err != nil {
		return geo.Errorf(geo.Unavailable, "the private database cannot be made: %w", err)
	}
	return nil
}

// logTail gives what was written to the log since now.
func logTail(log *os.File) func() string {
	from, err := log.Seek(0, io.SeekEnd)
	return func() string {
		if err != nil {
			return ""
		}
		text, _ := io.ReadAll(io.LimitReader(io.NewSectionReader(log, from, 1<<20), 1<<20))
		return string(text)
	}
}

// lastLine is the last complaint in a program's output, or err when it said nothing.
func lastLine(out []byte, err error) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		if strings.Contains(lines[i], "FATAL") || strings.Contains(lines[i], "error:") {
			return lines[i]
		}
	}
	if last := lines[len(lines)-1]; last != "" {
		return last
	}
	return err.Error()
}
