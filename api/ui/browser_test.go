package ui_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"gridwarden/api"
	"gridwarden/api/ui"
	"gridwarden/geo/index"
)

// page is the map page in a headless Chromium, with what the browser complained of.
type page struct {
	ctx  context.Context
	host string

	mu       sync.Mutex
	tiles    map[string]int // successful answers by layer
	problems []string       // console errors, failed requests, other hosts
}

// open serves a view by the real api and opens the page in a browser of the given
// language. When the test ends, whatever the browser complained of fails it.
func open(t *testing.T, s *index.Snapshot, language string) *page {
	t.Helper()
	if _, err := os.Stat("dist/index.html"); err != nil {
		t.Skip("the page is not built: npm ci && npm run build in api/ui")
	}
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("there is no chromium: apt-get install chromium fonts-noto-cjk")
	}
	var live index.Live
	live.Store(s)
	server := httptest.NewServer(api.New(api.Config{Live: &live, UI: ui.Handler()}))
	t.Cleanup(server.Close)

	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium), chromedp.NoSandbox, chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(1200, 800),
		chromedp.Flag("use-angle", "swiftshader"), chromedp.Flag("enable-unsafe-swiftshader", true),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("lang", language), chromedp.Flag("accept-lang", language),
	)
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)

	p := &page{ctx: ctx, host: strings.TrimPrefix(server.URL, "http://"), tiles: make(map[string]int)}
	chromedp.ListenTarget(ctx, p.watch)
	t.Cleanup(func() {
		for _, problem := range p.complaints() {
			t.Error(problem)
		}
	})
	p.do(t, network.Enable(), log.Enable(), chromedp.Navigate(server.URL+"/"), chromedp.WaitVisible("#map canvas"))
	return p
}

// watch notes what the browser did and complained of.
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
		path := strings.TrimPrefix(e.Response.URL, "http://"+p.host)
		if e.Response.Status >= 400 {
			p.problems = append(p.problems, path+" was refused")
		}
		if layer, ok := strings.CutPrefix(path, "/tiles/"); ok && strings.HasSuffix(path, ".mvt") && e.Response.Status == 200 {
			p.tiles[layer[:strings.Index(layer, "/")]]++
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.LevelError {
			p.problems = append(p.problems, "the browser says: "+e.Entry.Text)
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.APITypeError {
			p.problems = append(p.problems, "the console says: "+string(e.Args[0].Value)+e.Args[0].Description)
		}
	case *runtime.EventExceptionThrown:
		p.problems = append(p.problems, "the page threw: "+e.ExceptionDetails.Error())
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

func (p *page) do(t *testing.T, actions ...chromedp.Action) {
	t.Helper()
	if err := chromedp.Run(p.ctx, actions...); err != nil {
		t.Fatalf("%v; the browser complained of %q", err, p.complaints())
	}
}

// text is the text of the first element a selector finds, once there is one.
func (p *page) text(t *testing.T, selector string) string {
	t.Helper()
	var text string
	p.do(t, chromedp.Text(selector, &text, chromedp.ByQuery))
	return strings.TrimSpace(text)
}

// picture is the page as it looks; with GRIDWARDEN_PICTURES=DIR it is kept there.
func (p *page) picture(t *testing.T, name string) image.Image {
	t.Helper()
	var shot []byte
	p.do(t, chromedp.CaptureScreenshot(&shot))
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

// differing counts the pixels two pictures differ in.
func differing(a, b image.Image) int {
	n := 0
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			if a.At(x, y) != b.At(x, y) {
				n++
			}
		}
	}
	return n
}

// colours counts the colours of a picture.
func colours(a image.Image) int {
	seen := make(map[any]bool)
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			seen[a.At(x, y)] = true
		}
	}
	return len(seen)
}
