package localdb_test

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo/postgis/localdb"
)

// checkout is an empty folder that anybody may enter, like a checkout in a home folder,
// whose cluster is removed when the test ends.
func checkout(t *testing.T, mode os.FileMode, below ...string) string {
	t.Helper()
	if os.Getenv(localdb.Env) != "" && t.Name() != "TestAnyOtherDatabaseIsUsedInstead" {
		// The suite runs inside "localdb with"; these tests start clusters of their own.
		t.Setenv(localdb.Env, "")
	}
	dir, err := os.MkdirTemp("/tmp", "checkout")
	check(t, err)
	t.Cleanup(func() { check(t, os.RemoveAll(dir)) })
	check(t, os.Chmod(dir, mode))
	root := filepath.Join(append([]string{dir}, below...)...)
	check(t, os.MkdirAll(root, 0o755))
	t.Cleanup(func() { check(t, localdb.Remove(context.Background(), root)) })
	return root
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func up(t *testing.T, root string) (url string) {
	t.Helper()
	url, started, err := localdb.Up(t.Context(), root, t.Output())
	check(t, err)
	if !started {
		t.Errorf("the cluster in %s was up already", root)
	}
	return url
}

func ask(t *testing.T, url, sql string) (answer string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	check(t, err)
	defer conn.Close(t.Context())
	check(t, conn.QueryRow(t.Context(), sql).Scan(&answer))
	return answer
}

func run(t *testing.T, url, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	check(t, err)
	defer conn.Close(t.Context())
	_, err = conn.Exec(t.Context(), sql)
	check(t, err)
}

// serverOf finds the server's process.
func serverOf(t *testing.T, url string) (pid int, data string) {
	t.Helper()
	data = ask(t, url, "SHOW data_directory")
	text, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	check(t, err)
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err = strconv.Atoi(first)
	check(t, err)
	return pid, data
}

func TestAPrivateClusterTouchesNothingOfTheSystem(t *testing.T) {
	root := checkout(t, 0o755)
	url := up(t, root)
	for setting, want := range map[string]string{
		"listen_addresses": "", "server_encoding": "UTF8", "lc_collate": "C.UTF-8", "fsync": "on", "max_connections": "200",
		"data_directory": filepath.Join(root, ".run/postgres/data"), "port": "5480",
	} {
		if got := ask(t, url, "SHOW "+setting); got != want {
			t.Errorf("%s = %q, want %q", setting, got, want)
		}
	}
	if got := ask(t, url, "SELECT current_database()"); got != "gridwarden" {
		t.Errorf("database %q", got)
	}
	out, err := exec.Command("psql", "-XAtc", "SELECT 1", url).Output()
	if err != nil || string(out) != "1\n" {
		t.Errorf("psql %s: %s %v", url, out, err)
	}
	pid, _ := serverOf(t, url)
	info, err := os.Stat("/proc/" + strconv.Itoa(pid))
	check(t, err)
	if info.Sys().(*syscall.Stat_t).Uid == 0 {
		t.Errorf("the server runs as root")
	}

	run(t, url, "CREATE TABLE kept AS SELECT 1")
	check(t, localdb.Down(t.Context(), root))
	if _, running := localdb.URL(root); running {
		t.Errorf("it still runs")
	}
	check(t, localdb.Down(t.Context(), root))
	if got := ask(t, up(t, root), "SELECT count(*)::text FROM kept"); got != "1" {
		t.Errorf("%s rows after a restart", got)
	}
}

func TestALongPathDoesNotBreakTheSocket(t *testing.T) {
	root := checkout(t, 0o755, strings.Repeat("网格", 30), `with 'quotes" and $pace`, strings.Repeat("x", 200))
	if got := ask(t, up(t, root), "SELECT 'fine'"); got != "fine" {
		t.Error(got)
	}
}

func TestAFolderOnlyRootMayEnterIsNoObstacle(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("needs root")
	}
	root := checkout(t, 0o700, "project")
	data := ask(t, up(t, root), "SHOW data_directory")
	if !strings.HasPrefix(data, "/var/tmp/gridwarden-") {
		t.Errorf("data in %s", data)
	}
	note, err := os.ReadFile(filepath.Join(root, ".run/where.txt"))
	if err != nil || !strings.Contains(string(note), filepath.Dir(data)) {
		t.Errorf("%q %v", note, err)
	}
}

func TestStartedTwiceAtOnceAfterABreakIsStartedOnce(t *testing.T) {
	root := checkout(t, 0o755)
	short, cancel := context.WithTimeout(t.Context(), 60*time.Millisecond) // in the middle of initdb
	defer cancel()
	if _, _, err := localdb.Up(short, root, io.Discard); err == nil {
		check(t, localdb.Remove(t.Context(), root)) // a very fast machine
	}
	var started atomic.Int32
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			url, first, err := localdb.Up(t.Context(), root, io.Discard)
			if err != nil {
				t.Error(err)
				return
			}
			if first {
				started.Add(1)
			}
			ask(t, url, "SELECT ''")
		})
	}
	all.Wait()
	if started.Load() != 1 {
		t.Errorf("started %d times", started.Load())
	}
}

func TestNothingThatHappensToAServerBarsTheNextStart(t *testing.T) {
	root := checkout(t, 0o755)
	url := up(t, root)
	run(t, url, "CREATE TABLE kept AS SELECT 1")
	t.Run("killed, its number now another's", func(t *testing.T) { killedServer(t, root, url) })
	t.Run("/tmp swept under it", func(t *testing.T) {
		up(t, root)
		check(t, os.RemoveAll(socketFolder(t, url)))
	})
	if got := ask(t, up(t, root), "SELECT count(*)::text FROM kept"); got != "1" {
		t.Errorf("%s rows", got)
	}
	check(t, localdb.Down(t.Context(), root))
	t.Run("a stranger's folder in our place", func(t *testing.T) { strangersFolder(t, root, socketFolder(t, url)) })
}

func killedServer(t *testing.T, root, url string) {
	t.Helper()
	pid, data := serverOf(t, url)
	info, err := os.Stat(data)
	check(t, err)
	owner := info.Sys().(*syscall.Stat_t)
	pidFile, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	check(t, err)
	check(t, syscall.Kill(pid, syscall.SIGKILL))

	// The dead server's number now belongs to another process of the same user.
	other := exec.Command("sleep", "60")
	if os.Getuid() == 0 {
		other.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}}
	}
	check(t, other.Start())
	defer func() { _ = other.Process.Kill(); _ = other.Wait() }()
	stale := strings.Replace(string(pidFile), strconv.Itoa(pid), strconv.Itoa(other.Process.Pid), 1)
	check(t, os.WriteFile(filepath.Join(data, "postmaster.pid"), []byte(stale), 0o600))
	if _, running := localdb.URL(root); running {
		t.Errorf("a stranger's process is taken for the server")
	}

	if got := ask(t, up(t, root), "SELECT count(*)::text FROM kept"); got != "1" {
		t.Errorf("%s rows", got)
	}
	check(t, localdb.Down(t.Context(), root))
	if err := other.Process.Signal(syscall.Signal(0)); err != nil {
		t.Errorf("the other process was hit: %v", err)
	}
}

func strangersFolder(t *testing.T, root, place string) {
	t.Helper()
	strange := map[string]func() error{
		"open to others": func() error { return errors.Join(os.Mkdir(place, 0o755), os.Chmod(place, 0o755)) },
		"a link":         func() error { return os.Symlink(root, place) },
		"a plain file":   func() error { return os.WriteFile(place, nil, 0o600) },
	}
	if os.Getuid() == 0 {
		strange["another user's"] = func() error { return os.Mkdir(place, 0o700) } // root's, not the server's
	}
	for name, put := range strange {
		check(t, os.RemoveAll(place))
		check(t, put())
		_, _, err := localdb.Up(t.Context(), root, io.Discard)
		if err == nil || !strings.Contains(err.Error(), place) {
			t.Errorf("%s: %v", name, err)
		}
	}
	check(t, os.RemoveAll(place))
}

func socketFolder(t *testing.T, url string) string {
	t.Helper()
	found := regexp.MustCompile(`gridwarden-[0-9a-f]{10}`).FindString(url)
	if found == "" {
		t.Fatalf("no socket folder in %s", url)
	}
	return filepath.Join("/tmp", found)
}

func TestAnyOtherDatabaseIsUsedInstead(t *testing.T) {
	t.Setenv(localdb.Env, "postgres://elsewhere/db")
	root := t.TempDir()
	url, started, err := localdb.Up(t.Context(), root, io.Discard)
	if url != "postgres://elsewhere/db" || started || err != nil {
		t.Errorf("%s %v %v", url, started, err)
	}
	if url, running := localdb.URL(root); url != "postgres://elsewhere/db" || !running {
		t.Errorf("%s %v", url, running)
	}
	if entries, err := os.ReadDir(root); err != nil || len(entries) > 0 {
		t.Errorf("%v was made, %v", entries, err)
	}
}

func TestOutsideACheckoutItSaysSo(t *testing.T) {
	if root, err := localdb.Root("/"); err == nil {
		t.Errorf("found %s", root)
	}
	here, err := os.Getwd()
	check(t, err)
	if root, err := localdb.Root("."); err != nil || root != filepath.Join(here, "../../..") {
		t.Errorf("%s %v", root, err)
	}
}
