package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// server is the real command, serving one database.
type server struct {
	*testing.T
	url  string
	log  *syncBuffer
	stop func() int // ends it as Ctrl-C does and gives the exit code
}

// syncBuffer is a log that may be read while it is written.
type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

var listening = regexp.MustCompile(`address=(http://\S+)`)

func startServer(t *testing.T, database string, args ...string) *server {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	s := &server{T: t, log: &syncBuffer{}}
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, append([]string{"serve", "--addr", "127.0.0.1:0", "--database", database}, args...), strings.NewReader(""), io.Discard, s.log)
	}()
	s.stop = sync.OnceValue(func() int { cancel(); return <-ended })
	t.Cleanup(func() { s.stop() })
	s.eventually("it listens", func() bool {
		m := listening.FindStringSubmatch(s.log.String())
		if m != nil {
			s.url = m[1]
		}
		return m != nil
	})
	return s
}

// eventually waits for something to become true, and fails when it does not within three minutes:
// a machine may be busy.
func (s *server) eventually(what string, true func() bool) {
	s.Helper()
	for deadline := time.Now().Add(3 * time.Minute); !true(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.Fatalf("not within three minutes: %s\n%s", what, s.log)
		}
	}
}

func (s *server) get(path string) (status int, body string) {
	s.Helper()
	r, err := http.Get(s.url + path)
	if err != nil {
		s.Fatal(err)
	}
	defer r.Body.Close()
	data, err := io.ReadAll(r.Body)
	if err != nil {
		s.Fatal(err)
	}
	return r.StatusCode, string(data)
}

// grid is the code of the area that locate names in a layer.
func (s *server) locate(layer string, lon, lat float64) string {
	s.Helper()
	status, body := s.get(fmt.Sprintf("/v1/locate?lon=%v&lat=%v", lon, lat))
	var answer struct {
		Areas []struct{ Layer, Code string }
	}
	if err := json.Unmarshal([]byte(body), &answer); status != http.StatusOK || err != nil {
		return fmt.Sprint(status)
	}
	for _, a := range answer.Areas {
		if a.Layer == layer {
			return a.Code
		}
	}
	return ""
}

const square = `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"%s","name":"甲"},
	"geometry":{"type":"Polygon","coordinates":[[[120,30],[120.01,30],[120.01,30.01],[120,30.01],[120,30]]]}}]}`

func TestAnImportByAnotherProcessIsSeen(t *testing.T) {
	c := newCity(t)
	s := startServer(t, c.url)
	s.eventually("it is ready", func() bool { status, _ := s.get("/readyz"); return status == http.StatusOK })
	for _, code := range []string{"A", "B", "C"} {
		c.must("import", "areas", "--layer", "grids", "--allow-end", c.file("a.geojson", fmt.Sprintf(square, code)))
		s.eventually("the import is seen", func() bool { return s.locate("grids", 120.005, 30.005) == code })
	}
	if code := s.stop(); code != exitDone {
		t.Errorf("Ctrl-C ends with %d", code)
	}
}

// TestAChangeThatDoesNotFitTheViewIsLoadedAnew: a row was lost without a change in the log,
// so the next import begins an area that the view has already.
func TestAChangeThatDoesNotFitTheViewIsLoadedAnew(t *testing.T) {
	c := newCity(t)
	area := c.file("a.geojson", fmt.Sprintf(square, "A"))
	c.must("import", "areas", "--layer", "grids", area)
	s := startServer(t, c.url)
	s.eventually("A is there", func() bool { return s.locate("grids", 120.005, 30.005) == "A" })
	conn, err := pgx.Connect(t.Context(), c.url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), "DELETE FROM areas"); err != nil {
		t.Fatal(err)
	}
	c.must("import", "areas", "--layer", "grids", area, "--note", "again")
	s.eventually("the new version of A is there", func() bool {
		_, body := s.get("/v1/layers/grids/areas/A")
		return strings.Contains(body, `"since_edition":2`)
	})
}

func TestReadsGoOnWhileTheDatabaseIsAway(t *testing.T) {
	c := newCity(t)
	c.must("import", "areas", "--layer", "grids", c.file("a.geojson", fmt.Sprintf(square, "A")))
	door := newDoor(t, c.url)
	door.shut() // the database is down when the server starts
	s := startServer(t, door.url, "--max-lag", "3s")
	if status, body := s.get("/readyz"); status != http.StatusServiceUnavailable {
		t.Errorf("ready without a view: %d %s", status, body)
	}
	if status, _ := s.get("/healthz"); status != http.StatusOK {
		t.Errorf("the process is up and healthz says %d", status)
	}
	door.open()
	s.eventually("it loads once the database is back", func() bool { return s.locate("grids", 120.005, 30.005) == "A" })
	s.eventually("it is ready", func() bool { status, _ := s.get("/readyz"); return status == http.StatusOK })

	door.shut() // gone while running
	if got := s.locate("grids", 120.005, 30.005); got != "A" {
		t.Errorf("without the database locate says %q", got)
	}
	s.eventually("readyz tells the truth", func() bool { status, _ := s.get("/readyz"); return status == http.StatusServiceUnavailable })
	if got := s.locate("grids", 120.005, 30.005); got != "A" {
		t.Errorf("long without the database locate says %q", got)
	}
	c.must("import", "areas", "--layer", "grids", "--allow-end", c.file("b.geojson", fmt.Sprintf(square, "B")))
	door.open()
	s.eventually("it catches up by itself", func() bool { return s.locate("grids", 120.005, 30.005) == "B" })
	s.eventually("it is ready again", func() bool { status, _ := s.get("/readyz"); return status == http.StatusOK })
}

func TestOffLoopbackItStartsOnlyWithKeys(t *testing.T) {
	c := newCity(t)
	c.refused(exitUsage, []string{"--keys", "gridwarden key create"}, "serve", "--addr", "0.0.0.0:0")

	token := strings.TrimSpace(c.must("key", "create", "--name", "测试"))
	c.must("import", "areas", "--layer", "grids", c.file("a.geojson", fmt.Sprintf(square, "A")))
	s := startServer(t, c.url, "--keys")
	s.eventually("it is ready", func() bool { status, _ := s.get("/readyz"); return status == http.StatusOK })
	ask := func(key string) int {
		r, err := http.NewRequest(http.MethodGet, s.url+"/v1/locate?lon=120.005&lat=30.005&layers=grids", nil)
		if err != nil {
			t.Fatal(err)
		}
		if key != "" {
			r.Header.Set("Authorization", "Bearer "+key)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		return answer.StatusCode
	}
	id := regexp.MustCompile(`gw_([^_]+)_`).FindStringSubmatch(token)[1]
	for key, want := range map[string]int{"": 401, token: 200, token + "x": 401, "gw_" + id + "_guess": 401} {
		if got := ask(key); got != want {
			t.Errorf("with the key %q: %d, want %d", key, got, want)
		}
	}
	if list := c.must("key", "list"); !strings.Contains(list, "测试") || strings.Contains(list, token) {
		t.Errorf("the list is\n%s", list)
	}
	c.must("key", "revoke", id)
	s.eventually("a revoked key is refused", func() bool { return ask(token) == 401 })
	if strings.Contains(s.log.String(), token) {
		t.Error("the key is in the log")
	}
}

// door stands between a server and its database and can be shut.
type door struct {
	*testing.T
	url      string
	network  string
	target   string
	listener net.Listener
	mu       sync.Mutex
	isOpen   bool
	conns    map[net.Conn]bool
}

func newDoor(t *testing.T, database string) *door {
	t.Helper()
	config, err := pgx.ParseConfig(database)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := &door{T: t, listener: listener, isOpen: true, conns: map[net.Conn]bool{}}
	d.network, d.target = pgconn.NetworkAddress(config.Host, config.Port)
	d.url = fmt.Sprintf("postgres://%s:%s@%s/%s?sslmode=disable", config.User, config.Password, listener.Addr(), config.Database)
	t.Cleanup(func() { listener.Close(); d.shut() })
	go d.serve()
	return d
}

func (d *door) serve() {
	for {
		from, err := d.listener.Accept()
		if err != nil {
			return
		}
		to, err := net.Dial(d.network, d.target)
		d.mu.Lock()
		if err != nil || !d.isOpen {
			from.Close()
			if err == nil {
				to.Close()
			}
			d.mu.Unlock()
			continue
		}
		d.conns[from], d.conns[to] = true, true
		d.mu.Unlock()
		for _, pair := range [][2]net.Conn{{from, to}, {to, from}} {
			go func() {
				_, _ = io.Copy(pair[0], pair[1])
				pair[0].Close()
			}()
		}
	}
}

func (d *door) shut() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.isOpen = false
	for c := range d.conns {
		c.Close()
	}
	clear(d.conns)
}

func (d *door) open() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.isOpen = true
}

func TestGDALReadsOurGeoJSON(t *testing.T) {
	ogrinfo, err := exec.LookPath("ogrinfo")
	if err != nil {
		t.Skip("ogrinfo is not installed: apt-get install gdal-bin")
	}
	c := newCity(t)
	importHangzhou(c)
	s := startServer(t, c.url)
	s.eventually("it is ready", func() bool { status, _ := s.get("/readyz"); return status == http.StatusOK })
	for path, want := range map[string][]string{
		"/v1/layers/grids/areas?limit=1000": {"Feature Count: 297", "code: String", "SQ-3-2"},
		"/v1/layers/streets/areas":          {"Feature Count: 8", "石桥街道"},
		"/v1/layers/communities/areas/SQ-3": {"Feature Count: 1", "华丰社区"},
	} {
		status, body := s.get(path)
		if status != http.StatusOK {
			t.Fatalf("%s: %d %s", path, status, body)
		}
		out, err := exec.CommandContext(t.Context(), ogrinfo, "-ro", "-al", "-fields=yes", "-geom=no", c.file("answer.geojson", body)).CombinedOutput()
		if err != nil {
			t.Errorf("ogrinfo of %s: %v\n%s", path, err, out)
		}
		for _, part := range want {
			if !strings.Contains(string(out), part) {
				t.Errorf("ogrinfo of %s does not say %q:\n%s", path, part, out[:min(len(out), 1500)])
			}
		}
	}
}
