package api_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"gridwarden/api"
	"gridwarden/geo"
	"gridwarden/geo/index"
)

// nowhere is an answer nobody reads.
type nowhere struct{ header http.Header }

func (n nowhere) Header() http.Header         { return n.header }
func (n nowhere) WriteHeader(int)             {}
func (n nowhere) Write(b []byte) (int, error) { return len(b), nil }

// quiet serves a city of grids, logging as a server does, but to nowhere.
func quiet(b *testing.B, columns, rows int) http.Handler {
	c := &geo.Changes{History: history, To: geo.Position{Sequence: 1}, Layers: []geo.Layer{{Name: "grids", Kind: geo.Coverage, Rank: 1}}}
	for i := range columns * rows {
		x, y := float64(i%columns), float64(i/columns)
		c.Areas = append(c.Areas, &geo.Area{ID: geo.AreaID(i + 1), Layer: "grids", Code: geo.AreaCode(fmt.Sprintf("330103%09d", i)),
			Name: "单元网格", Department: "D1", Shape: rectangle(x, y, x+1, y+1)})
	}
	live := &index.Live{}
	live.Store(apply(b, index.Empty(), c))
	return api.New(api.Config{Live: live, Log: slog.New(slog.NewJSONHandler(io.Discard, nil))})
}

// BenchmarkLocate is GET /v1/locate through the whole handler, all cores at work.
func BenchmarkLocate(b *testing.B) {
	h := quiet(b, 100, 100)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for i := 0; pb.Next(); i++ {
			c := at(float64(i%997)/10, float64(i%991)/10)
			r := httptest.NewRequest(http.MethodGet, fmt.Sprintf("/v1/locate?lon=%.7f&lat=%.7f", c.Lon(), c.Lat()), nil)
			h.ServeHTTP(nowhere{http.Header{}}, r)
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "answers/s")
}

// BenchmarkLocateStream is POST /v1/locate; one operation is one line.
func BenchmarkLocateStream(b *testing.B) {
	h := quiet(b, 100, 100)
	line := point(17.3, 61.9) + "\n"
	r := httptest.NewRequest(http.MethodPost, "/v1/locate", io.LimitReader(&endless{line: line}, int64(b.N*len(line))))
	r.Header.Set("Content-Type", ndjson)
	b.ResetTimer()
	h.ServeHTTP(nowhere{http.Header{}}, r)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "lines/s")
}

// endless repeats a line for ever.
type endless struct {
	line string
	at   int
}

func (e *endless) Read(b []byte) (n int, err error) {
	for n < len(b) {
		m := copy(b[n:], e.line[e.at:])
		n, e.at = n+m, (e.at+m)%len(e.line)
	}
	return n, nil
}

// BenchmarkPage is a page of 100 areas deep in the list.
func BenchmarkPage(b *testing.B) {
	h := quiet(b, 100, 100)
	for b.Loop() {
		h.ServeHTTP(nowhere{http.Header{}}, httptest.NewRequest(http.MethodGet, "/v1/layers/grids/areas?after=330103000009000", nil))
	}
}
