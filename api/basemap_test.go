package api_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"gridwarden/api"
	"gridwarden/tiles/basemap"
)

// pixel is a PNG to its first bytes, which is all that is looked at.
const pixel = "\x89PNG\r\n\x1a\n…"

// drawnOn lays the map of a provider beneath; row 1 it refuses, row 2 is empty.
func drawnOn(t testing.TB) func(*api.Config) {
	t.Helper()
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.FormValue("tk") != "SECRET":
			t.Errorf("asked without the key: %s", r.URL)
		case strings.HasSuffix(r.URL.Path, "/1"):
			w.WriteHeader(http.StatusForbidden)
		case strings.HasSuffix(r.URL.Path, "/2"):
			w.WriteHeader(http.StatusNotFound)
		default:
			fmt.Fprint(w, pixel, r.URL.Path)
		}
	}))
	t.Cleanup(provider.Close)
	m, err := basemap.Open(basemap.Settings{Map: provider.URL + "/{z}/{x}/{y}?tk={key}", Key: "SECRET", Attribution: "© 测绘"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return func(c *api.Config) { c.Basemap = m }
}

func TestTheBaseMapComesFromHereAndItsKeyStaysHere(t *testing.T) {
	t.Parallel()
	s := start(t, drawnOn(t), func(c *api.Config) { c.KeysOn = true })
	set := s.get(t, "/v1/basemap")
	if want := `{"attribution":"© 测绘","layers":[{"tiles":"/basemap/0/{z}/{x}/{y}","kind":"raster","minzoom":0,"maxzoom":18,"tile_size":256}]}`; strings.TrimSpace(set.body) != want {
		t.Errorf("%d %s", set.status, set.body)
	}
	got := s.get(t, "/basemap/0/3/5/0")
	if got.status != 200 || got.body != pixel+"/3/5/0" || got.header.Get("Content-Type") != "image/png" || got.header.Get("Cross-Origin-Resource-Policy") != "same-origin" ||
		!strings.HasPrefix(got.header.Get("Cache-Control"), "public, max-age=3") {
		t.Errorf("%d %q %v", got.status, got.body, got.header)
	}
	if again := s.get(t, "/basemap/0/3/5/0", "If-None-Match", got.header.Get("ETag")); again.status != 304 || again.body != "" {
		t.Errorf("%d %q", again.status, again.body)
	}
	if got := s.get(t, "/basemap/0/3/5/2"); got.status != 204 || got.body != "" {
		t.Errorf("%d %q", got.status, got.body)
	}
	refused := s.get(t, "/basemap/0/3/5/1")
	if refused.status != 502 || !strings.Contains(refused.detail(t), "answered 403") || refused.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%d %s", refused.status, refused.body)
	}
	for _, path := range []string{"/basemap/1/0/0/0", "/basemap/x/0/0/0", "/basemap/0/3/8/0", "/basemap/0/19/0/0", "/basemap/0/0/0/-1", "/basemap/0/0/0", "/basemap/http:/evil.example/0/0"} {
		if got := s.get(t, path); got.status != 404 || got.detail(t) == "" {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
	if log := s.log.String(); strings.Contains(log+refused.body+set.body, "SECRET") || !strings.Contains(log, "403") {
		t.Errorf("the key is told, or why there is no tile is not: %s", log)
	}
	if got := start(t).get(t, "/v1/basemap"); strings.TrimSpace(got.body) != `{"attribution":"","layers":[]}` {
		t.Errorf("where none is set: %s", got.body)
	}
}
