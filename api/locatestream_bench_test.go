package api_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"gridwarden/geo/testsize"
)

// BenchmarkStream is POST through a real socket with its client in the same process: lines
// answered a second, and the processor's time for one on both sides. The plain way, on one
// core and without a socket, reads lines with encoding/json and has each answered alone by
// the same handler's GET or POST.
func BenchmarkStream(b *testing.B) {
	h := quiet(b, 300, 300)
	s := httptest.NewServer(h)
	defer s.Close()
	n := testsize.N(50_000, 2_000_000)
	r := rand.New(rand.NewPCG(1, 2))
	var points, tables bytes.Buffer
	tables.WriteString("id,lon,lat\n")
	for i := range n {
		p := point(300*r.Float64(), 300*r.Float64())
		points.WriteString(p + "\n")
		var at struct{ Lon, Lat float64 }
		_ = json.Unmarshal([]byte(p), &at)
		fmt.Fprintf(&tables, "R%08d,%.7f,%.7f\n", i, at.Lon, at.Lat)
	}
	for _, c := range []struct {
		name, path, kind string
		body             []byte
		plain            func(line []byte) *http.Request
	}{
		{"locate.ndjson", "/v1/locate", ndjson, points.Bytes(), aloneLocated},
		{"locate.csv", "/v1/locate", "text/csv", tables.Bytes(), nil},
		{"route.ndjson", "/v1/route", ndjson, points.Bytes(), aloneRouted},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				wall, used := timed(func() { sent(b, s, c.path, c.kind, c.body, n) })
				b.ReportMetric(float64(n)/wall, "lines/s")
				b.ReportMetric(used/float64(n)*1e9, "cpu-ns/line")
				if c.plain == nil {
					continue
				}
				few := n / 50
				plainWall, plainUsed := timed(func() { oneByOne(h, c.body, few, c.plain) })
				b.ReportMetric(plainWall/float64(few)/(wall/float64(n)), "x-plain")
				b.ReportMetric(plainUsed/float64(few)/(used/float64(n)), "x-plain-cpu")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// sent sends a body and counts the lines of the answer.
func sent(b *testing.B, s *httptest.Server, path, kind string, body []byte, n int) {
	r, _ := http.NewRequest(http.MethodPost, s.URL+path, io.MultiReader(bytes.NewReader(body))) // of no known length, as a client that is still writing
	r.Header.Set("Content-Type", kind)
	got, err := s.Client().Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer got.Body.Close()
	buf, lines := make([]byte, 256<<10), 0
	for err == nil {
		var k int
		k, err = got.Body.Read(buf)
		lines += bytes.Count(buf[:k], []byte{'\n'})
	}
	if lines < n || !errors.Is(err, io.EOF) {
		b.Fatalf("%d lines for %d: %v", lines, n, err)
	}
}

// oneByOne has the first lines answered alone.
func oneByOne(h http.Handler, body []byte, lines int, request func([]byte) *http.Request) {
	in := bufio.NewScanner(bytes.NewReader(body))
	for range lines {
		in.Scan()
		h.ServeHTTP(nowhere{http.Header{}}, request(in.Bytes()))
	}
}

func aloneLocated(line []byte) *http.Request {
	var at struct{ Lon, Lat float64 }
	_ = json.Unmarshal(line, &at)
	return httptest.NewRequest(http.MethodGet, fmt.Sprintf("/v1/locate?edge=0&lon=%v&lat=%v", at.Lon, at.Lat), nil)
}

func aloneRouted(line []byte) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/v1/route", strings.NewReader(string(line)))
	r.Header.Set("Content-Type", "application/json")
	return r
}

// timed is how long something takes in seconds, by the clock and of all cores.
func timed(do func()) (wall, processor float64) {
	var before, after syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &before)
	started := time.Now()
	do()
	wall = time.Since(started).Seconds()
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &after)
	spent := after.Utime.Nano() + after.Stime.Nano() - before.Utime.Nano() - before.Stime.Nano()
	return wall, float64(spent) / 1e9
}
