package localdb_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"gridwarden/geo/postgis/localdb"
)

func TestWith(t *testing.T) {
	root := checkout(t, 0o755)
	t.Run("runs a command and cleans up", func(t *testing.T) { runsACommand(t, root) })
	t.Run("leaves a server that others use", func(t *testing.T) { leavesOthersServer(t, root) })
	t.Run("passes signals on", func(t *testing.T) { passesSignals(t, root) })
}

func runsACommand(t *testing.T, root string) {
	t.Helper()
	said := filepath.Join(root, "said")
	exit, err := localdb.With(t.Context(), root, t.Output(), []string{"sh", "-c", `psql -XAtc 'SELECT 42' "$GRIDWARDEN_DATABASE_URL" > "$0"; exit 3`, said})
	if exit != 3 || err != nil {
		t.Errorf("exit %d, %v", exit, err)
	}
	if text, err := os.ReadFile(said); err != nil || string(text) != "42\n" {
		t.Errorf("it said %q, %v", text, err)
	}
	if _, running := localdb.URL(root); running {
		t.Errorf("the server it started still runs")
	}
	if exit, err := localdb.With(t.Context(), root, t.Output(), []string{"/no/such/command"}); exit != 2 || err == nil {
		t.Errorf("exit %d, %v", exit, err)
	}
	if exit, err := localdb.With(t.Context(), root, t.Output(), nil); exit != 2 || err == nil {
		t.Errorf("exit %d, %v", exit, err)
	}
}

func leavesOthersServer(t *testing.T, root string) {
	t.Helper()
	_, release, err := localdb.Use(t.Context(), root, t.Output())
	check(t, err)
	defer release()
	check(t, localdb.Down(t.Context(), root)) // so that With is the one to start it
	if exit, err := localdb.With(t.Context(), root, t.Output(), []string{"true"}); exit != 0 || err != nil {
		t.Errorf("exit %d, %v", exit, err)
	}
	if _, running := localdb.URL(root); !running {
		t.Errorf("it was stopped under the other's feet")
	}
}

func passesSignals(t *testing.T, root string) {
	t.Helper()
	ready := filepath.Join(root, "ready")
	go func() {
		for range 3000 {
			if _, err := os.Stat(ready); err == nil {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		_ = syscall.Kill(os.Getpid(), syscall.SIGTERM)
	}()
	exit, err := localdb.With(t.Context(), root, t.Output(), []string{"sh", "-c", `trap 'exit 7' TERM; : > "$0"; for i in $(seq 600); do sleep 0.05; done`, ready})
	if exit != 7 || err != nil {
		t.Errorf("exit %d, %v", exit, err)
	}
}

// The command is run as a plain user by root, or as whoever runs the tests.
func TestAPlainUserHasAClusterOfTheirOwn(t *testing.T) {
	root := checkout(t, 0o755)
	check(t, os.WriteFile(filepath.Join(root, "go.mod"), []byte("module x\n"), 0o644))
	program := filepath.Join(root, "localdb")
	out, err := exec.Command("go", "build", "-o", program, "gridwarden/cmd/localdb").CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v", out, err)
	}
	const nobody = 65534
	run := func(args ...string) string {
		t.Helper()
		cmd := exec.Command(program, args...)
		cmd.Dir = root
		if os.Getuid() == 0 {
			check(t, os.Chown(root, nobody, nobody))
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		}
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("localdb %v: %s %v", args, out, err)
		}
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		return lines[len(lines)-1]
	}
	url := run("up")
	if !strings.HasPrefix(url, "postgres:///gridwarden?") || run("url") != url {
		t.Errorf("the last line is %q", url)
	}
	info, err := os.Stat(ask(t, url, "SHOW data_directory"))
	check(t, err)
	if uid := info.Sys().(*syscall.Stat_t).Uid; os.Getuid() == 0 && uid != nobody {
		t.Errorf("the data belong to %d", uid)
	}
	run("down")
	run("remove")
}
