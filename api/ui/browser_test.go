package ui_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"iter"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"gridwarden/api"
	"gridwarden/api/ui"
	"gridwarden/api/ui/uitest"
	"gridwarden/geo/index"
)

// page is the map page in a headless Chromium, with what the browser complained of.
type page struct {
	ctx    context.Context
	server *httptest.Server
	host   string
	live   *index.Live // of a page opened by open

	mu       sync.Mutex
	tiles    map[string]int // answered, by layer
	problems []string       // console errors, failed requests, other hosts
}

// open serves a view by the real api, perhaps with something before it, and opens the page
// in a browser of the given language.
func open(t *testing.T, s *index.Snapshot, language string, before ...func(http.Handler) http.Handler) *page {
	t.Helper()
	if _, err := os.Stat("dist/index.html"); err != nil {
		t.Skip("the page is not built: npm ci && npm run build in api/ui")
	}
	live := &index.Live{}
	live.Store(s)
	handler := withoutPast(api.New(api.Config{Live: live, Routing: settings(), UI: ui.Handler()}))
	for _, wrap := range before {
		handler = wrap(handler)
	}
	p := browse(t, handler, language)
	p.live = live
	p.do(t, chromedp.Navigate(p.server.URL+"/"), chromedp.WaitVisible(chromedp.CSS("#map canvas")))
	return p
}

// withoutPast answers for the editions, of which a view in memory knows nothing: there is none.
func withoutPast(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v1/editions" {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"editions":[]}`))
	})
}

// browse serves a handler and starts a browser of the given language, on no page yet.
func browse(t *testing.T, handler http.Handler, language string) *page {
	t.Helper()
	p := &page{tiles: make(map[string]int)}
	p.server = httptest.NewServer(p.counting(handler))
	t.Cleanup(p.server.Close)

	ctx := uitest.Browser(t, language)
	p.ctx, p.host = ctx, strings.TrimPrefix(p.server.URL, "http://")
	if err := chromedp.Listen(ctx, p.watch); err != nil {
		t.Fatal(err)
	}
	go p.read(chromedp.Console(ctx))
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	return p
}

// counting counts the tiles a server answers. They are asked for by MapLibre's workers,
// whose requests the browser does not tell the page's watcher.
func (p *page) counting(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r)
		if layer, ok := strings.CutPrefix(r.URL.Path, "/tiles/"); ok && strings.HasSuffix(layer, ".mvt") {
			p.mu.Lock()
			p.tiles[layer[:strings.Index(layer, "/")]]++
			p.mu.Unlock()
		}
	})
}

// watch notes requests to other hosts and refused ones.
func (p *page) watch(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		u, err := url.Parse(e.Request.URL)
		if err != nil || u.Host != p.host && u.Scheme != "data" && u.Scheme != "blob" {
			p.problems = append(p.problems, "the page asked another host: "+e.Request.URL)
		}
	case *network.EventResponseReceived:
		if e.Response.Status >= 400 {
			p.problems = append(p.problems, e.Response.URL+" was refused")
		}
	}
}

// read notes what the page and the browser wrote to the console as an error.
func (p *page) read(console iter.Seq2[chromedp.ConsoleMessage, error]) {
	for m, err := range console {
		if err != nil {
			return
		}
		if m.Type == chromedp.ConsoleError || m.IsException() {
			p.mu.Lock()
			p.problems = append(p.problems, m.String())
			p.mu.Unlock()
		}
	}
}

func (p *page) complaints() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.problems
}

func (p *page) tilesOf(layer string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.tiles[layer]
}

func (p *page) do(t *testing.T, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(p.ctx, steps...); err != nil {
		t.Fatalf("%v; the browser complained of %q", err, p.complaints())
	}
}

// run gives the value of one action.
func run[T any](t *testing.T, p *page, action chromedp.Action[T]) T {
	t.Helper()
	value, err := chromedp.Run(p.ctx, action)
	if err != nil {
		t.Fatalf("%v; the browser complained of %q", err, p.complaints())
	}
	return value
}

// over moves the map until a place is in its middle, and gives where that is.
func (p *page) over(t *testing.T, zoom int, lon, lat float64) (x, y float64) {
	t.Helper()
	run(t, p, chromedp.Evaluate[string](fmt.Sprintf(`location.hash = "#/call?map=%d/%v/%v"`, zoom, lat, lon)))
	eventually(t, "the map over a place", func() bool {
		return strings.Contains(run(t, p, chromedp.Evaluate[string](`decodeURIComponent(location.hash)`)), fmt.Sprintf("map=%d.00/", zoom))
	})
	middle := run(t, p, chromedp.Evaluate[[]float64](`(r => [r.left + r.width / 2, r.top + r.height / 2])(document.querySelector("#map").getBoundingClientRect())`))
	return middle[0], middle[1]
}

// texts are the texts of all elements a selector finds.
func (p *page) texts(t *testing.T, selector string) []string {
	t.Helper()
	return run(t, p, chromedp.Evaluate[[]string](fmt.Sprintf("[...document.querySelectorAll(%q)].map(e => e.textContent)", selector)))
}

// picture is the page as it looks; with GRIDWARDEN_PICTURES=DIR it is kept there.
func (p *page) picture(t *testing.T, name string) image.Image {
	t.Helper()
	shot := run(t, p, chromedp.CaptureScreenshot())
	if dir := os.Getenv("GRIDWARDEN_PICTURES"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name+".png"), shot, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	picture, err := png.Decode(bytes.NewReader(shot))
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

// eventually waits until a condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(40 * time.Second); !holds(); time.Sleep(300 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("after 40 s still not: %s", what)
		}
	}
}
