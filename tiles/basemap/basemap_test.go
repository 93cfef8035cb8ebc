package basemap

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
)

// picture is a PNG.
func picture(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 4, 4))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// served is a map of a provider that answers so; its key is SECRET.
func served(t testing.TB, answer http.HandlerFunc) (*Map, *httptest.Server) {
	t.Helper()
	s := httptest.NewServer(answer)
	t.Cleanup(s.Close)
	m, err := Open(Settings{Map: s.URL + "/wmts?TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk={key}", Key: "SECRET"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m, s
}

func TestATileIsFetchedOnceAndKept(t *testing.T) {
	t.Parallel()
	image, asked := picture(t), atomic.Int32{}
	m, _ := served(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if got := r.URL.RawQuery; got != "TILEMATRIX=3&TILEROW=2&TILECOL=5&tk=SECRET" {
			t.Errorf("the provider is asked for %s", got)
		}
		time.Sleep(20 * time.Millisecond) // so that all come meanwhile
		w.Header().Set("Cache-Control", "public, max-age=86400")
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = w.Write(image)
	})
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			got, err := m.Tile(t.Context(), 0, maptile.New(5, 2, 3))
			if err != nil || got.Type != "image/png" || !bytes.Equal(got.Bytes, image) || got.Fresh <= 23*time.Hour || got.Fresh > 24*time.Hour {
				t.Errorf("%v %s %v %d bytes", err, got.Type, got.Fresh, len(got.Bytes))
			}
		})
	}
	all.Wait()
	if n := asked.Load(); n != 1 {
		t.Errorf("the provider was asked %d times", n)
	}
}

func TestOnlyTilesThatCanBeAreAskedFor(t *testing.T) {
	t.Parallel()
	m, _ := served(t, func(http.ResponseWriter, *http.Request) { t.Error("the provider was asked") })
	for _, at := range []maptile.Tile{{X: 8, Y: 0, Z: 3}, {X: 0, Y: 8, Z: 3}, {Z: 19}, {X: 1, Z: 0}, {Z: 255}} {
		if _, err := m.Tile(t.Context(), 0, at); geo.KindOf(err) != geo.NotFound {
			t.Errorf("%v: %v", at, err)
		}
	}
	for _, layer := range []int{-1, 1} {
		if _, err := m.Tile(t.Context(), layer, maptile.Tile{}); geo.KindOf(err) != geo.NotFound {
			t.Errorf("layer %d: %v", layer, err)
		}
	}
	if _, err := (&Map{}).Tile(t.Context(), 0, maptile.Tile{}); geo.KindOf(err) != geo.NotFound {
		t.Error(err)
	}
}

func TestWhatAProviderDoesWrongIsToldWithoutTheKey(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("another host was asked") }))
	t.Cleanup(elsewhere.Close)
	for say, answer := range map[string]http.HandlerFunc{
		"answered 403: its key": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403) },
		"answered 429: its key": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(429) },
		"answered 500":          func(w http.ResponseWriter, r *http.Request) { http.Error(w, r.URL.String(), 500) },
		"no image":              func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html><script>alert(1)</script>") },
		"more than 4 MB": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(append(picture(t), make([]byte, mostBytes)...))
		},
		"sends to another host": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL+"/x?"+r.URL.RawQuery, 302)
		},
		"cannot be reached": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"answered 302":      func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(302) },
	} {
		m, s := served(t, answer)
		got, err := m.Tile(t.Context(), 0, maptile.Tile{})
		if geo.KindOf(err) != geo.Unavailable || !strings.Contains(geo.Sentence(err), say) || !strings.Contains(err.Error(), strings.TrimPrefix(s.URL, "http://")) {
			t.Errorf("%q is told as %v", say, err)
		}
		if strings.Contains(fmt.Sprintf("%+v %v", err, err), "SECRET") || got.Bytes != nil {
			t.Errorf("%q gives the key away: %v", say, err)
		}
	}
}

func TestWhereAProviderHasNothingThereIsNothing(t *testing.T) {
	t.Parallel()
	asked := atomic.Int32{}
	m, _ := served(t, func(w http.ResponseWriter, _ *http.Request) { asked.Add(1); w.WriteHeader(404) })
	for range 2 {
		if got, err := m.Tile(t.Context(), 0, maptile.Tile{}); err != nil || got.Bytes != nil {
			t.Errorf("%v %v", got, err)
		}
	}
	if asked.Load() != 1 {
		t.Error("it is asked again at once")
	}
}

// TestAnOldTileIsBetterThanNone lets time go by without waiting for it.
func TestAnOldTileIsBetterThanNone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, p := newStore(), place{}
		var behave func() (Tile, error)
		get := func() (string, error) {
			got, err := s.get(t.Context(), p, func(maptile.Tile) (Tile, error) { return behave() })
			return string(got.Bytes), err
		}
		want := func(tile string) {
			t.Helper()
			if got, err := get(); got != tile || err != nil {
				t.Errorf("%q, %v; want %q", got, err, tile)
			}
		}
		behave = func() (Tile, error) { return Tile{Bytes: []byte("1"), Fresh: time.Hour}, nil }
		want("1")
		behave = func() (Tile, error) { return Tile{}, errors.New("away") }
		want("1")
		time.Sleep(2 * time.Hour)
		want("1")
		behave = func() (Tile, error) {
			time.Sleep(5 * time.Second)
			return Tile{Bytes: []byte("2"), Fresh: time.Hour}, nil
		}
		want("1")
		time.Sleep(10 * time.Second)
		want("2")
		p.Z = 1
		behave = func() (Tile, error) { return Tile{}, errors.New("away") }
		if _, err := get(); err == nil {
			t.Error("there is a tile that never was")
		}
		left, leave := context.WithTimeout(t.Context(), time.Second)
		defer leave()
		_, err := s.get(left, place{Tile: maptile.Tile{Z: 2}}, func(maptile.Tile) (Tile, error) { time.Sleep(time.Minute); return Tile{}, nil })
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		time.Sleep(time.Hour)
	})
}

func TestASlowProviderIsGivenUp(t *testing.T) {
	t.Parallel()
	p := &provider{host: "tiles.example"}
	err := p.failed(fmt.Errorf("x: %w", context.DeadlineExceeded))
	if geo.KindOf(err) != geo.Unavailable || !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "tiles.example did not answer within 10s") {
		t.Error(err)
	}
}

func TestHowLongATileIsKeptIsTheProvidersToSayWithinBounds(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]time.Duration{
		"": leastFresh, "no-store": leastFresh, "max-age=5": leastFresh, "public, max-age=86400": 24 * time.Hour,
		"max-age=999999999": mostFresh, "max-age=99999999999999": leastFresh, "max-age=-1": leastFresh, "max-age=x": leastFresh,
	} {
		if got := freshness(http.Header{"Cache-Control": {header}}); got != want {
			t.Errorf("%q: %v", header, got)
		}
	}
}

func TestSettingsAreCheckedAtTheStart(t *testing.T) {
	t.Parallel()
	for given, layers := range map[string]int{
		"": 0, "none": 0, "tianditu": 2, "https://a.example/{z}/{x}/{y}.png": 1, "https://a.example/{z}/{x}/{y} http://b.example/?l={key}&z={z}&x={x}&y={y}": 2,
	} {
		m, err := Open(Settings{Map: given, Key: "k"})
		if err != nil || len(m.Layers) != layers || given == "tianditu" && m.Attribution != "天地图" {
			t.Errorf("%q: %+v %v", given, m, err)
		}
	}
	for given, say := range map[string]string{
		"tianditu": "asks for a key", "osm": "is no base map", "https://a.example/{z}/{x}.png": "is no base map", "https://a.example/{z}/{x}/{y}?k={key}": "asks for a key",
		"ftp://a.example/{z}/{x}/{y}": "cannot be asked", "https://{s}.example/{z}/{x}/{y}": "cannot be asked", "/tiles/{z}/{x}/{y}": "cannot be asked",
		"none.pmtiles": "cannot be opened", "file:///etc/{z}{x}{y}": "cannot be asked",
	} {
		if _, err := Open(Settings{Map: given}); geo.KindOf(err) != geo.Invalid || !strings.Contains(err.Error(), say) {
			t.Errorf("%q: %v", given, err)
		}
	}
	if got := plainText(`<a href="x">© OpenStreetMap</a> &amp; others`); got != "© OpenStreetMap & others" {
		t.Error(got)
	}
}
