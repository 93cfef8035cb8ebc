package stories

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"gridwarden/geo/postgis/pgtest"
)

// binary is the program the stories are played with, built once.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "gridwarden-stories-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "gridwarden")
	if out, err := exec.Command("go", "build", "-o", path, "gridwarden/cmd/gridwarden").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	demo.Drop()
	if path, err := binary(); err == nil {
		_ = os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// demo is the database of a small demo city, made once and cloned for each story.
var demo = pgtest.NewFilled(func(url string) error {
	_, err := typed(context.Background(), url, "demo", "--seed", "--grids", "240", "--assets", "1500")
	return err
})

// city is a private database, and the server that answers from it.
type city struct {
	testing.TB
	database string
	url      string // of the server
	key      string // of a planner who may do everything; empty where nobody needs one
	server   *exec.Cmd
	log      *journal
	language string // of the last who visited: in it the service is asked, too
}

// newDemoCity serves a demo city of its own; args are more settings of the server.
func newDemoCity(t testing.TB, args ...string) *city {
	t.Helper()
	c := &city{TB: t, database: demo.Clone(t)}
	c.serve(args...)
	return c
}

// newEmptyCity serves a database in which there is nothing yet.
func newEmptyCity(t testing.TB, args ...string) *city {
	t.Helper()
	c := &city{TB: t, database: pgtest.New(t)}
	c.serve(args...)
	return c
}

// must types a command that has to succeed, and gives what it printed.
func (c *city) must(args ...string) string {
	c.Helper()
	out, err := typed(c.Context(), c.database, args...)
	if err != nil {
		c.Fatal(err)
	}
	return out
}

func typed(ctx context.Context, database string, args ...string) (string, error) {
	path, err := binary()
	if err != nil {
		return "", err
	}
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(ctx, path, append(args, "--database", database)...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("gridwarden %s: %w\n%s%s", strings.Join(args, " "), err, out.String(), errs.String())
	}
	return out.String(), nil
}

var listening = regexp.MustCompile(`(http://127\.0\.0\.1:\d+)`)

// serve starts the server, on the port it had if it was started before.
func (c *city) serve(args ...string) {
	c.Helper()
	path, err := binary()
	if err != nil {
		c.Fatal(err)
	}
	address := "127.0.0.1:0"
	if c.url != "" {
		address = strings.TrimPrefix(c.url, "http://")
	}
	c.log = &journal{}
	c.server = exec.Command(path, append([]string{"serve", "--addr", address, "--database", c.database}, args...)...)
	c.server.Stdout, c.server.Stderr = c.log, c.log
	if err := c.server.Start(); err != nil {
		c.Fatal(err)
	}
	server := c.server
	c.Cleanup(func() {
		_ = server.Process.Signal(syscall.SIGTERM)
		_ = server.Wait()
	})
	eventually(c.TB, "the server is ready", func() bool {
		if m := listening.FindStringSubmatch(c.log.String()); m != nil && c.url == "" {
			c.url = m[1]
		}
		if c.url == "" {
			return false
		}
		r, err := http.Get(c.url + "/readyz")
		if err != nil {
			return false
		}
		r.Body.Close()
		return r.StatusCode == http.StatusOK
	})
}

// kill ends the server at once, as a power cut does.
func (c *city) kill() {
	c.Helper()
	_ = c.server.Process.Kill()
	_ = c.server.Wait()
}

// ask asks the service for something, as a judge of what the page shows, and fails unless it answers with
// the status.
func (c *city) ask(method, path string, body any, status int, answer any) {
	c.Helper()
	c.askWith(nil, method, path, body, status, answer)
}

// askWith is ask with headers.
func (c *city) askWith(headers map[string]string, method, path string, body any, status int, answer any) {
	c.Helper()
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			c.Fatal(err)
		}
		content = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(c.Context(), method, c.url+path, content)
	if err != nil {
		c.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept-Language", c.language)
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	if c.key != "" {
		r.Header.Set("Authorization", "Bearer "+c.key)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		c.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		c.Fatal(err)
	}
	if response.StatusCode != status {
		c.Fatalf("%s %s: %d, want %d: %s", method, path, response.StatusCode, status, text)
	}
	if answer == nil {
		return
	}
	if err := json.Unmarshal(text, answer); err != nil {
		c.Fatalf("%s %s: %v: %s", method, path, err, text)
	}
}

// journal is what a server wrote.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// eventually waits until something holds.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !holds(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("after a minute still not: %s", what)
		}
	}
}
