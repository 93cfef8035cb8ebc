package localdb

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"gridwarden/geo"
)

// settings make a cluster with durable data and modest memory. Parallel workers stay off:
// the shared memory they need is tiny in many containers, and one query has one core.
func (c *cluster) settings() []string {
	pairs := []string{
		"listen_addresses=", "port=" + port,
		"unix_socket_directories=" + c.sockets, "unix_socket_permissions=0700",
		"max_connections=200", "shared_buffers=256MB", "work_mem=16MB", "maintenance_work_mem=256MB",
		"max_wal_size=2GB", "wal_level=minimal", "max_wal_senders=0",
		"max_parallel_workers_per_gather=0", "max_parallel_maintenance_workers=0",
		"jit=off", "timezone=UTC", "log_timezone=UTC", "logging_collector=off", "log_destination=stderr",
	}
	var args []string
	for _, p := range pairs {
		args = append(args, "-c", p)
	}
	return args
}

// server is the process of the running server.
func (c *cluster) server() (pid int, running bool) {
	text, err := os.ReadFile(filepath.Join(c.data(), "postmaster.pid"))
	if err != nil {
		return 0, false
	}
	first, _, _ := bytes.Cut(text, []byte("\n"))
	pid, err = strconv.Atoi(strings.TrimSpace(string(first)))
	if err != nil || pid <= 1 {
		return 0, false
	}
	return pid, c.isServer(pid)
}

// isServer tells a server of this cluster from another process that got the number of one
// long dead: the server's working folder is its data.
func (c *cluster) isServer(pid int) bool {
	cwd, err := os.Readlink("/proc/" + strconv.Itoa(pid) + "/cwd")
	return err == nil && cwd == c.data()
}

// clearStale removes what a killed server left: PostgreSQL itself would refuse to start
// when the number of the dead process now belongs to another one.
func (c *cluster) clearStale() error {
	for _, file := range []string{filepath.Join(c.data(), "postmaster.pid"), c.socketFile(), c.socketFile() + ".lock"} {
		if err := os.Remove(file); err != nil && !errors.Is(err, os.ErrNotExist) {
			return geo.Errorf(geo.Unavailable, "a file of a killed server cannot be removed: %w", err)
		}
	}
	return nil
}

// stop ends the server: connections are cut, data are written. The lock is held.
func (c *cluster) stop(ctx context.Context) error {
	pid, running := c.server()
	if !running {
		return nil
	}
	if err := syscall.Kill(pid, syscall.SIGINT); err != nil {
		return geo.Errorf(geo.Unavailable, "the private PostgreSQL (process %d) cannot be stopped: %w", pid, err)
	}
	for c.isServer(pid) {
		if !sleep(ctx, 20*time.Millisecond) {
			return ctx.Err()
		}
	}
	return nil
}

// command is one of PostgreSQL's programs, run as the owner in an environment of its own.
func (c *cluster) command(ctx context.Context, bin, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, filepath.Join(bin, program), args...)
	cmd.Dir = c.base
	cmd.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8"}
	cmd.SysProcAttr = c.owner.sysProcAttr()
	return cmd
}
