package api_test

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"gridwarden/api"
	"gridwarden/geo"
	"gridwarden/geo/index"
)

func TestAnAnswerIsNeverOlderThanAskedFor(t *testing.T) {
	t.Parallel()
	s := start(t)
	path, own := "/v1/locate?"+query(.5, .5), hex.EncodeToString(history[:])
	got := s.get(t, path, "Gridwarden-Min-Sequence", "5", "Gridwarden-History", own)
	if got.status != 200 || got.header.Get("Gridwarden-Sequence") != "5" || got.header.Get("Gridwarden-History") != own {
		t.Fatal(got)
	}
	now := s.live.Load()
	next := apply(t, now, &geo.Changes{History: history, From: now.Position(), To: geo.Position{Sequence: 6}, Edition: now.Edition()})
	time.AfterFunc(100*time.Millisecond, func() { s.live.Store(next) })
	if got := s.get(t, path, "Gridwarden-Min-Sequence", "6"); got.status != 200 || got.header.Get("Gridwarden-Sequence") != "6" {
		t.Errorf("a change that comes in a moment is not waited for: %d", got.status)
	}
	begun := time.Now()
	got = s.get(t, path, "Gridwarden-Min-Sequence", "7")
	if got.status != 503 || got.header.Get("Retry-After") == "" || !strings.Contains(got.detail(t), "sequence 6 and has not reached 7") {
		t.Errorf("%d %s", got.status, got.body)
	}
	if took := time.Since(begun); took < 2*time.Second {
		t.Errorf("it took %v", took)
	}
	if got := s.get(t, path, "Gridwarden-Min-Sequence", "7", "Gridwarden-History", strings.Repeat("0", 32)); got.status != 409 || !strings.Contains(got.detail(t), "another history") {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := s.get(t, path, "Gridwarden-Min-Sequence", "soon"); got.status != 400 {
		t.Errorf("%d %s", got.status, got.body)
	}
}

func TestBeforeAnythingIsLoadedNothingIsAnswered(t *testing.T) {
	s := start(t, func(c *api.Config) { c.Health = func() api.Health { return api.Health{} } })
	s.live.Store(index.Empty())
	for _, path := range []string{"/v1/locate?" + query(.5, .5), "/v1/layers", "/readyz", tilePath("grids", 14)} {
		got := s.get(t, path)
		if got.status != 503 || !strings.Contains(got.detail(t), "nothing is loaded") || got.header.Get("Retry-After") == "" {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
	if got := s.get(t, "/healthz"); got.status != 200 {
		t.Errorf("the process is up all the same: %d", got.status)
	}
}

func TestReadyzTellsTheTruth(t *testing.T) {
	health := api.Health{Database: true, Current: time.Now()}
	s := start(t, func(c *api.Config) { c.Health, c.MaxLag = func() api.Health { return health }, time.Minute })
	var r struct {
		Ready             bool
		Sequence, Edition int
		Database          string
		Lag               float64 `json:"lag_s"`
	}
	got := s.get(t, "/readyz")
	if got.json(t, &r); got.status != 200 || !r.Ready || r.Sequence != 5 || r.Edition != 3 || r.Database != "up" {
		t.Error(got)
	}
	health = api.Health{Current: time.Now().Add(-30 * time.Second)}
	got = s.get(t, "/readyz")
	if got.json(t, &r); got.status != 200 || !r.Ready || r.Database != "down" || r.Lag < 30 {
		t.Error("the database is away for a while and reads go on: ", got)
	}
	health.Current = time.Now().Add(-2 * time.Minute)
	got = s.get(t, "/readyz")
	if got.json(t, &r); got.status != 503 || r.Ready || !strings.Contains(got.detail(t), "longer than the 1m0s allowed") {
		t.Error(got)
	}
	if got := s.get(t, "/v1/layers"); got.status != 200 {
		t.Errorf("reads do not go on: %d", got.status)
	}
}

func TestTheWrongMethodIsToldTheRightOnes(t *testing.T) {
	s := start(t)
	for _, c := range []struct{ method, path, allow string }{
		{"POST", "/v1/layers", "GET, HEAD"},
		{"DELETE", "/v1/assets/L001", "GET, HEAD"},
		{"GET", "/v1/route", "POST"},
		{"PUT", "/v1/locate", "GET, HEAD, POST"},
	} {
		got := s.do(t, c.method, c.path, "")
		if got.status != 405 || got.header.Get("Allow") != c.allow || !strings.Contains(got.detail(t), c.allow) {
			t.Errorf("%s %s: %d %v %s", c.method, c.path, got.status, got.header, got.body)
		}
	}
	if got := s.do(t, "POST", "/v1/grids", "{}"); got.status != 404 {
		t.Errorf("what is not there is told as a wrong method: %d", got.status)
	}
	if got := s.do(t, "POST", "/v1/reports", "{}"); got.status != 503 || !strings.Contains(got.detail(t), "has no database") {
		t.Errorf("what takes a database is told as if it were nowhere: %d %s", got.status, got.body)
	}
	if got := s.do(t, "HEAD", "/v1/layers", ""); got.status != 200 || got.body != "" {
		t.Errorf("HEAD: %d %q", got.status, got.body)
	}
}

func TestARequestIsFoundInTheLogByItsID(t *testing.T) {
	s := start(t)
	if got := s.get(t, "/v1/layers", "X-Request-Id", "call-17.a_b"); got.header.Get("X-Request-Id") != "call-17.a_b" {
		t.Error(got.header)
	}
	for _, id := range []string{strings.Repeat("x", 65), "a b", `"quoted"`, "键"} {
		if got := s.get(t, "/v1/layers", "X-Request-Id", id); len(got.header.Get("X-Request-Id")) != 16 {
			t.Errorf("%q is kept as %q", id, got.header.Get("X-Request-Id"))
		}
	}
	s.get(t, "/v1/locate?"+query(.5, .5))
	if log := s.log.String(); !strings.Contains(log, `"id":"call-17.a_b"`) || strings.Contains(log, "lon=") {
		t.Error("the log holds places, or not the id: ", log)
	}
}

func TestAPanicIsOursToMendAndShowsNothing(t *testing.T) {
	calls := 0
	s := start(t, func(c *api.Config) {
		c.Health = func() api.Health {
			if calls++; calls > 1 {
				return api.Health{Database: true}
			}
			panic("secret of the house")
		}
	})
	got := s.get(t, "/readyz", "X-Request-Id", "boom")
	if got.status != 500 || strings.Contains(got.body, "secret") || !strings.Contains(got.detail(t), "log") {
		t.Errorf("%d %s", got.status, got.body)
	}
	if log := s.log.String(); !strings.Contains(log, "secret of the house") || !strings.Contains(log, `"id":"boom"`) {
		t.Error("the log does not say what happened")
	}
	if got := s.get(t, "/readyz"); got.status != 200 {
		t.Errorf("the service is harmed: %d", got.status)
	}
}

func TestThePageStandsBesideTheService(t *testing.T) {
	page := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "page ", r.URL.Path) })
	s := start(t, func(c *api.Config) { c.UI = page })
	if got := s.get(t, "/"); got.body != "page /" {
		t.Error(got)
	}
	if got := s.get(t, "/assets/app.js"); got.body != "page /assets/app.js" {
		t.Error(got)
	}
	for _, path := range []string{"/v1/nothing", "/v1/", "/tiles/x", "/tiles/grids/1/2"} {
		if got := s.get(t, path); got.status != 404 || got.detail(t) == "" {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
	if got := s.get(t, "/v1/layers"); got.status != 200 {
		t.Error(got)
	}
}

func TestMetricsCountWithoutNamingAnyone(t *testing.T) {
	s := start(t)
	s.get(t, "/v1/locate?"+query(.5, .5))
	s.get(t, "/v1/layers/grids/areas/G11")
	s.get(t, "/wp-login.php")
	s.do(t, "BREW", "/v1/layers", "")
	got := s.get(t, "/metrics").body
	for _, want := range []string{
		`gridwarden_http_requests_total{method="GET",route="/v1/locate",status="200"} 1`,
		`gridwarden_http_requests_total{method="GET",route="/v1/layers/{layer}/areas/{code}",status="200"} 1`,
		`gridwarden_http_requests_total{method="GET",route="other",status="404"} 1`,
		`gridwarden_http_requests_total{method="other",route="/v1/layers",status="405"} 1`,
		`gridwarden_view_sequence 5`, `gridwarden_view_assets 10`, `gridwarden_view_areas{layer="grids"} 8`, `gridwarden_database_up 1`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("missing: %s", want)
		}
	}
	for _, never := range []string{"G11", "wp-login", "BREW", "120.17"} {
		if strings.Contains(got, never) {
			t.Errorf("the metrics name %s", never)
		}
	}
}

// serving runs api.Serve with a handler and returns its address, how to stop it and what
// it returned.
func serving(t *testing.T, h http.HandlerFunc) (string, context.CancelFunc, <-chan error) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- api.Serve(ctx, listener, h, slog.New(slog.DiscardHandler)) }()
	t.Cleanup(cancel)
	return "http://" + listener.Addr().String(), cancel, ended
}

func TestStoppingLetsAnswersUnderWayEnd(t *testing.T) {
	t.Parallel()
	entered := make(chan struct{})
	address, stop, ended := serving(t, func(w http.ResponseWriter, _ *http.Request) {
		close(entered)
		time.Sleep(300 * time.Millisecond)
		fmt.Fprint(w, "done")
	})
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	got := make(chan string, 1)
	go func() {
		r, err := client.Get(address)
		if err != nil {
			got <- err.Error()
			return
		}
		defer r.Body.Close()
		body, _ := io.ReadAll(r.Body)
		got <- string(body)
	}()
	<-entered
	stop()
	if body := <-got; body != "done" {
		t.Errorf("the answer under way: %s", body)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := client.Get(address); err == nil {
		t.Error("a new request is answered after the stop")
	}
}

func TestAClientThatNeverFinishesItsHeadersIsCutOff(t *testing.T) {
	t.Parallel()
	address, _, _ := serving(t, func(http.ResponseWriter, *http.Request) {})
	conn, err := net.Dial("tcp", strings.TrimPrefix(address, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
	_ = conn.SetReadDeadline(time.Now().Add(15 * time.Second))
	if _, err := io.ReadAll(conn); err != nil {
		t.Errorf("still open after 15 s: %v", err)
	}
}
