package ui

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

// built is a page as Vite leaves it.
func built(parents ...string) http.Handler {
	return handler(fstest.MapFS{
		"dist.html":                   {Data: []byte("stand-in")},
		"dist/index.html":             {Data: []byte("<!doctype html>")},
		"dist/embed.html":             {Data: []byte("<!doctype html><title>embed")},
		"dist/icon.svg":               {Data: []byte("<svg/>")},
		"dist/assets/index-1a2b.js":   {Data: []byte(strings.Repeat("map();", 500))},
		"dist/assets/worker-3c4d.mjs": {Data: []byte("work()")},
	}, parents...)
}

func get(h http.Handler, path string, header ...string) *http.Response {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func TestAPageThatIsNotBuiltSaysSo(t *testing.T) {
	t.Parallel()
	r := get(handler(fstest.MapFS{"dist.html": {Data: []byte("not built yet")}}), "/")
	if body, _ := io.ReadAll(r.Body); r.StatusCode != 200 || string(body) != "not built yet" {
		t.Errorf("%d %s", r.StatusCode, body)
	}
	if r := get(Handler(), "/"); r.StatusCode != 200 {
		t.Errorf("the page in this build answers %d", r.StatusCode)
	}
}

func TestNothingForeignOrInlineMayRun(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/", "/assets/index-1a2b.js", "/assets/worker-3c4d.mjs"} {
		policy := get(built(), path).Header.Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "default-src 'none';") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "http") {
			t.Errorf("%s may run %q", path, policy)
		}
	}
}

func TestOnlyTheScreensNamedMayFrameThePageForThem(t *testing.T) {
	t.Parallel()
	const desk, dispatch = "https://desk.example", "http://10.1.2.3:8080"
	framedBy := func(h http.Handler, path string) string {
		r := get(h, path)
		if r.StatusCode != 200 {
			t.Errorf("%s answers %d", path, r.StatusCode)
		}
		_, who, _ := strings.Cut(r.Header.Get("Content-Security-Policy"), "frame-ancestors ")
		return who
	}
	if got := framedBy(built(), "/embed"); got != "'none'" {
		t.Errorf("without a setting it may be framed by %s", got)
	}
	h := built(desk, dispatch)
	if got := framedBy(h, "/embed"); got != desk+" "+dispatch {
		t.Errorf("it may be framed by %s", got)
	}
	for _, path := range []string{"/", "/icon.svg"} {
		if got := framedBy(h, path); got != "'none'" {
			t.Errorf("%s may be framed by %s", path, got)
		}
	}
}

func TestScriptsAreCalledScripts(t *testing.T) {
	t.Parallel()
	for path, kind := range map[string]string{
		"/": "text/html; charset=utf-8", "/icon.svg": "image/svg+xml",
		"/assets/index-1a2b.js": "text/javascript; charset=utf-8", "/assets/worker-3c4d.mjs": "text/javascript; charset=utf-8",
	} {
		if got := get(built(), path).Header.Get("Content-Type"); got != kind {
			t.Errorf("%s is sent as %s", path, got)
		}
	}
}

func TestANewBuildIsSeenAtOnceAndAnOldFileNeverAskedForAgain(t *testing.T) {
	t.Parallel()
	page, script := get(built(), "/"), get(built(), "/assets/index-1a2b.js")
	if page.Header.Get("Cache-Control") != "no-cache" || !strings.Contains(script.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("page: %q, script: %q", page.Header.Get("Cache-Control"), script.Header.Get("Cache-Control"))
	}
	if again := get(built(), "/", "If-None-Match", page.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
		t.Errorf("the same page again: %d", again.StatusCode)
	}
}

func TestCompressedAndPlainAreTheSamePage(t *testing.T) {
	t.Parallel()
	const path = "/assets/index-1a2b.js"
	plain := get(built(), path)
	packed := get(built(), path, "Accept-Encoding", "br, gzip;q=0.8")
	if packed.Header.Get("Content-Encoding") != "gzip" || packed.Header.Get("ETag") == plain.Header.Get("ETag") {
		t.Fatalf("headers %v", packed.Header)
	}
	unpacked, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	a, _ := io.ReadAll(unpacked)
	b, _ := io.ReadAll(plain.Body)
	if string(a) != string(b) {
		t.Error("the two differ")
	}
	for _, refused := range []string{"", "br", "gzip;q=0", "gzip; q=0.0", "gzipped"} {
		if got := get(built(), path, "Accept-Encoding", refused).Header.Get("Content-Encoding"); got != "" {
			t.Errorf("a client that accepts %q got %s", refused, got)
		}
	}
}

func TestOnlyTheFilesOfThePageAreServed(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/dist.html", "/assets/", "/assets", "/embed.html", "/nothing", "/../ui.go"} {
		if got := get(built(), path).StatusCode; got != http.StatusNotFound {
			t.Errorf("%s answers %d", path, got)
		}
	}
	w := httptest.NewRecorder()
	built().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", nil))
	if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("POST answers %d", w.Code)
	}
}
