package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo/postgis/pgtest"
)

// snapshotOf writes the city's snapshot into a new directory.
func snapshotOf(c *city) string {
	c.Helper()
	dir := filepath.Join(c.TempDir(), "snap")
	if out := c.must("snapshot", "write", dir); !strings.Contains(out, "wrote "+dir) {
		c.Errorf("it says %q", out)
	}
	return dir
}

func (s *server) isReady() bool {
	status, _ := s.get("/readyz")
	return status == http.StatusOK
}

func TestAServerStartsFromASnapshotAndFollowsTheDatabase(t *testing.T) {
	c := newCity(t)
	c.must("import", "areas", "--layer", "grids", c.file("a.geojson", fmt.Sprintf(square, "A")))
	dir := snapshotOf(c)
	c.must("import", "areas", "--layer", "grids", "--allow-end", c.file("b.geojson", fmt.Sprintf(square, "B")))

	s := startServer(t, c.url, "--snapshot", dir)
	s.eventually("what changed since is there", func() bool { return s.isReady() && s.locate("grids", 120.005, 30.005) == "B" })
	if strings.Contains(s.log.String(), "loading again") || !strings.Contains(s.log.String(), "followed") {
		t.Errorf("it loaded everything from the database:\n%s", s.log)
	}
	c.must("import", "areas", "--layer", "grids", "--allow-end", c.file("c.geojson", fmt.Sprintf(square, "C")))
	s.eventually("the next change is there", func() bool { return s.locate("grids", 120.005, 30.005) == "C" })
}

func TestWithoutADatabaseReadsAreServedFromASnapshotAlone(t *testing.T) {
	c := newCity(t)
	c.must("import", "areas", "--layer", "grids", c.file("a.geojson", fmt.Sprintf(square, "A")))
	store := httptest.NewServer(http.StripPrefix("/city", http.FileServer(http.Dir(snapshotOf(c)))))
	defer store.Close()
	if out, _, code := c.try("snapshot", "check", store.URL+"/city"); code != exitDone || !strings.Contains(out, "is sound: sequence 2") {
		t.Errorf("check: %d %s", code, out)
	}

	s := startServer(t, "none", "--snapshot", store.URL+"/city")
	s.eventually("it is ready", s.isReady)
	if _, body := s.get("/readyz"); !strings.Contains(body, `"database":"none"`) {
		t.Errorf("readyz: %s", body)
	}
	if !strings.Contains(s.log.String(), "there is no database") {
		t.Errorf("the log does not say so:\n%s", s.log)
	}
	if got := s.locate("grids", 120.005, 30.005); got != "A" {
		t.Errorf("locate answers %q", got)
	}
	for path, want := range map[string]int{
		"/v1/layers/grids/areas": 200, "/v1/layers/grids/areas/A": 200, "/v1/assets": 200, "/v1/departments": 200, "/v1/categories": 200,
		"/tiles/grids.json": 200, "/tiles/grids/14/13653/6775.mvt": 204, "/metrics": 200, "/openapi.json": 200, "/healthz": 200,
		"/v1/layers/grids/areas?edition=1": 404, "/v1/locate?lon=120&lat=30&at=2026-01-01T00:00:00Z": 404,
		"/v1/reports/1": 503, "/v1/returns": 503, "/v1/rules": 503, "/v1/assignments": 503, "/v1/duty?lon=120&lat=30": 503, "/v1/webhooks": 503, "/v1/rulings": 503,
	} {
		if status, body := s.get(path); status != want {
			t.Errorf("%s answers %d, not %d: %s", path, status, want, body)
		}
	}
	for path, body := range map[string]string{
		"/v1/reports":  `{"lon":120.005,"lat":30.005,"category":{"standard":"S","kind":"matter","code":"1"}}`,
		"/v1/events":   `{"report":"1"}`,
		"/v1/webhooks": `{"url":"http://127.0.0.1/"}`,
	} {
		if status, answer := s.ask(path, body); status != http.StatusServiceUnavailable || !strings.Contains(answer, "this server has no database") {
			t.Errorf("POST %s answers %d: %s", path, status, answer)
		}
	}
	status, answer := s.ask("/v1/route", `{"lon":120.005,"lat":30.005,"category":{"standard":"GB/T 47678.5-2026","kind":"matter","code":"01001"},"reported_at":"2020-01-01T00:00:00Z"}`)
	if status != http.StatusOK || !strings.Contains(answer, `"code":"A"`) {
		t.Errorf("route answers %d: %s", status, answer)
	}
}

func (s *server) ask(path, body string) (status int, answer string) {
	s.Helper()
	r, err := http.Post(s.url+path, "application/json", strings.NewReader(body))
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

// Keys are kept in the database: without one only what is public can be read from outside.
func TestASnapshotAloneShowsOthersOnlyWhatIsPublic(t *testing.T) {
	c := newCity(t)
	c.must("import", "areas", "--layer", "grids", c.file("a.geojson", fmt.Sprintf(square, "A")))
	key := strings.TrimSpace(c.must("key", "create", "--name", "reader"))
	s := startServer(t, "none", "--snapshot", snapshotOf(c), "--keys", "--public", "grids")
	s.eventually("it is ready", s.isReady)
	if got := s.locate("grids", 120.005, 30.005); got != "A" {
		t.Errorf("locate answers %q", got)
	}
	if status, body := s.get("/v1/assets"); status != http.StatusUnauthorized {
		t.Errorf("assets without a key: %d %s", status, body)
	}
	token := key[strings.LastIndex(key, "gw_"):]
	request, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/v1/assets", http.NoBody)
	request.Header.Set("Authorization", "Bearer "+strings.Fields(token)[0])
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if body, _ := io.ReadAll(answer.Body); answer.StatusCode != http.StatusServiceUnavailable || !strings.Contains(string(body), "knows no keys") {
		t.Errorf("assets with a key: %d %s", answer.StatusCode, body)
	}
}

func TestTheDatabaseWinsOverASnapshotOfAnotherCity(t *testing.T) {
	other := newCity(t)
	other.must("import", "areas", "--layer", "grids", other.file("x.geojson", fmt.Sprintf(square, "X")))
	dir := snapshotOf(other)
	c := &city{t, pgtest.NewEmpty(t)}
	c.must("migrate")
	c.must("import", "areas", "--layer", "grids", c.file("a.geojson", fmt.Sprintf(square, "A")))
	s := startServer(t, c.url, "--snapshot", dir)
	s.eventually("our own city is there", func() bool {
		got := s.locate("grids", 120.005, 30.005)
		if got == "X" {
			t.Fatal("another city was served")
		}
		return got == "A"
	})
	if !strings.Contains(s.log.String(), "of another city") {
		t.Errorf("the log does not tell:\n%s", s.log)
	}
}

func TestADamagedSnapshotIsToldAndNeverServed(t *testing.T) {
	c := newCity(t)
	c.must("import", "areas", "--layer", "grids", c.file("a.geojson", fmt.Sprintf(square, "A")))
	dir := snapshotOf(c)
	file := filepath.Join(dir, "grids.parquet")
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	body[len(body)/2] ^= 1
	if err := os.WriteFile(file, body, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, errs, code := c.try("snapshot", "check", dir); code != exitFaults || !strings.Contains(errs, "grids.parquet does not have its checksum") {
		t.Errorf("check: %d %s", code, errs)
	}
	s := startServer(t, "none", "--snapshot", dir)
	s.eventually("it ended", func() bool {
		return strings.Contains(s.log.String(), "gridwarden: grids.parquet does not have its checksum")
	})
	if code := s.stop(); code != exitFaults {
		t.Errorf("it ended with %d", code)
	}
	s = startServer(t, c.url, "--snapshot", dir)
	s.eventually("the city is loaded from the database", func() bool { return s.locate("grids", 120.005, 30.005) == "A" })
	if !strings.Contains(s.log.String(), "the snapshot is not served") {
		t.Errorf("the log does not tell:\n%s", s.log)
	}
}

// The log may be pruned below a snapshot that is old: it is served meanwhile, and the
// database is loaded beside it.
func TestAnOldSnapshotIsServedUntilTheDatabaseIsLoaded(t *testing.T) {
	c := newCity(t)
	c.must("import", "areas", "--layer", "grids", c.file("a.geojson", fmt.Sprintf(square, "A")))
	c.must("import", "departments", c.file("d.csv", "code,name\nD,城管局\n"))
	dir := snapshotOf(c)
	c.must("import", "areas", "--layer", "grids", "--allow-end", c.file("b.geojson", fmt.Sprintf(square, "B")))
	conn, err := pgx.Connect(t.Context(), c.url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), "DELETE FROM changes WHERE sequence < (SELECT sequence FROM state) AND id NOT IN (SELECT change FROM editions)"); err != nil {
		t.Fatal(err)
	}
	s := startServer(t, c.url, "--snapshot", dir)
	s.eventually("the newest is there", func() bool { return s.locate("grids", 120.005, 30.005) == "B" })
	if !strings.Contains(s.log.String(), "no longer continues the snapshot") {
		t.Errorf("the log does not tell:\n%s", s.log)
	}
}

func TestASnapshotIsServedWhileTheDatabaseIsAway(t *testing.T) {
	c := newCity(t)
	c.must("import", "areas", "--layer", "grids", c.file("a.geojson", fmt.Sprintf(square, "A")))
	s := startServer(t, "postgres:///gone?host="+t.TempDir(), "--snapshot", snapshotOf(c))
	s.eventually("the snapshot is served", func() bool { return s.locate("grids", 120.005, 30.005) == "A" })
	if status, body := s.get("/readyz"); status != http.StatusServiceUnavailable || !strings.Contains(body, "not compared with the database") {
		t.Errorf("readyz: %d %s", status, body)
	}
}
