package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// node is one PostgreSQL server of a pair that replicates: with data of its own, on a
// socket of its own. localdb's cluster writes no log that a replica could follow.
type node struct {
	*testing.T
	bin, dir string
	server   *exec.Cmd
	log      syncBuffer
}

// newNode is a server that is not there yet.
func newNode(t *testing.T) *node {
	t.Helper()
	programs, err := filepath.Glob("/usr/lib/postgresql/*/bin/pg_basebackup")
	if err != nil || len(programs) == 0 {
		t.Fatal("PostgreSQL is not installed: make test installs it")
	}
	dir, err := os.MkdirTemp("/tmp", "gridwarden-node")
	if err != nil {
		t.Fatal(err)
	}
	n := &node{T: t, bin: filepath.Dir(programs[len(programs)-1]), dir: dir}
	t.Cleanup(n.remove)
	if who := n.owner(); who != nil {
		if err := os.Chown(dir, int(who.Uid), int(who.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

// owner is the user postgres where the tests run as root, which PostgreSQL refuses to be.
func (n *node) owner() *syscall.Credential {
	if os.Getuid() != 0 {
		return nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		n.Fatal(err)
	}
	uid, errU := strconv.ParseUint(u.Uid, 10, 32)
	gid, errG := strconv.ParseUint(u.Gid, 10, 32)
	if errU != nil || errG != nil {
		n.Fatal(errU, errG)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

func (n *node) command(program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(context.WithoutCancel(n.Context()), filepath.Join(n.bin, program), args...)
	cmd.Dir, cmd.Env = n.dir, []string{"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: n.owner()}
	return cmd
}

func (n *node) must(program string, args ...string) {
	n.Helper()
	if out, err := n.command(program, args...).CombinedOutput(); err != nil {
		n.Fatalf("%s: %v\n%s", program, err, out)
	}
}

func (n *node) data() string { return filepath.Join(n.dir, "data") }

const nodePort = "5481" // of the sockets; nothing listens on the network

// create makes a first server with an empty database.
func (n *node) create() {
	n.Helper()
	n.must("initdb", "-D", n.data(), "-U", "gridwarden", "--encoding=UTF8", "--locale=C.UTF-8", "--auth-local=trust", "--auth-host=reject", "--no-sync")
	n.start()
	n.exec("postgres", "CREATE DATABASE gridwarden")
}

// follows makes a replica of another server.
func (n *node) follows(primary *node) {
	n.Helper()
	n.must("pg_basebackup", "-h", primary.dir, "-p", nodePort, "-U", "gridwarden", "-D", n.data(), "-R", "-X", "stream", "--checkpoint=fast", "--no-sync")
	n.start()
}

// start runs the server until it answers. What is killed here are processes, never the
// machine, so nothing need be flushed.
func (n *node) start() {
	n.Helper()
	args := []string{"-D", n.data()}
	for _, setting := range []string{
		"listen_addresses=", "port=" + nodePort, "unix_socket_directories=" + n.dir, "wal_level=replica", "max_wal_senders=4",
		"fsync=off", "shared_buffers=32MB", "max_connections=60", "wal_receiver_status_interval=1s", "wal_retrieve_retry_interval=200ms", "jit=off", "timezone=UTC",
	} {
		args = append(args, "-c", setting)
	}
	n.server = n.command("postgres", args...)
	n.server.Stdout, n.server.Stderr = &n.log, &n.log
	if err := n.server.Start(); err != nil {
		n.Fatal(err)
	}
	n.eventually("the database answers", func() bool {
		conn, err := pgx.Connect(n.Context(), n.url("postgres"))
		if err != nil {
			return false
		}
		return conn.Close(n.Context()) == nil
	})
}

// kill ends the server at once. One that was killed, or never started, is left.
func (n *node) kill() {
	if n.server != nil {
		_ = n.server.Process.Kill()
		_ = n.server.Wait() // tells that it was killed
		n.server = nil
	}
}

// remove ends the server, if it runs, and takes its data away. Processes of one that was
// killed may write for a moment more.
func (n *node) remove() {
	if n.server != nil {
		_ = n.server.Process.Signal(syscall.SIGQUIT) // it waits for its own
		_ = n.server.Wait()                          // tells that it was told to
	}
	n.eventually("its data are gone", func() bool { return os.RemoveAll(n.dir) == nil })
}

// promote makes a replica the primary.
func (n *node) promote() {
	n.Helper()
	n.exec("postgres", "SELECT pg_promote(true, 120)")
}

func (n *node) url(database string) string { return urlOf(database, "any", n) }

// urlOf is the address of a database on whichever of the servers suits.
func urlOf(database, attributes string, nodes ...*node) string {
	var hosts, ports []string
	for _, n := range nodes {
		hosts, ports = append(hosts, n.dir), append(ports, nodePort)
	}
	q := url.Values{
		"host": {strings.Join(hosts, ",")}, "port": {strings.Join(ports, ",")},
		"user": {"gridwarden"}, "target_session_attrs": {attributes},
	}
	return "postgres:///" + database + "?" + q.Encode()
}

func (n *node) exec(database, sql string) {
	n.Helper()
	conn, err := pgx.Connect(n.Context(), n.url(database))
	if err != nil {
		n.Fatal(err)
	}
	defer conn.Close(n.Context())
	if _, err := conn.Exec(n.Context(), sql); err != nil {
		n.Fatalf("%s: %v", sql, err)
	}
}

// says is the one value that a query gives, as text.
func (n *node) says(sql string) (value string) {
	n.Helper()
	conn, err := pgx.Connect(n.Context(), n.url("gridwarden"))
	if err != nil {
		return err.Error()
	}
	defer conn.Close(n.Context())
	if err := conn.QueryRow(n.Context(), sql).Scan(&value); err != nil {
		return err.Error()
	}
	return value
}

func (n *node) eventually(what string, true func() bool) {
	n.Helper()
	for deadline := time.Now().Add(time.Minute); !true(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			n.Fatalf("not within a minute: %s\n%s", what, n.log.String())
		}
	}
}

// newPair is a primary with a replica that has a migrated database.
func newPair(t *testing.T) (primary, replica *node) {
	t.Helper()
	t.Parallel()
	primary, replica = newNode(t), newNode(t)
	primary.create()
	(&city{t, primary.url("gridwarden")}).must("migrate")
	replica.follows(primary)
	return primary, replica
}

// settle waits until the replica has everything the primary has.
func settle(primary, replica *node) {
	primary.Helper()
	at := primary.says("SELECT pg_current_wal_lsn()::text")
	replica.eventually(fmt.Sprintf("the replica is at %s", at), func() bool {
		return replica.says(fmt.Sprintf("SELECT (pg_last_wal_replay_lsn() >= '%s')::text", at)) == "true"
	})
}
