package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/paulmach/orb/maptile"

	"gridwarden/api"
	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/testsize"
	"gridwarden/tiles"
)

// plots is the town with a layer of side by side plots, whose tile is as large as one gets.
func plots(t *testing.T, side int) *service {
	t.Helper()
	c := townChanges()
	c.Layers = append(c.Layers, geo.Layer{Name: "plots", Kind: geo.Coverage, Rank: 9, Visibility: geo.Public})
	step := 4 / float64(side)
	for i := range side * side {
		x, y := float64(i%side)*step, float64(i/side)*step
		c.Areas = append(c.Areas, &geo.Area{
			ID: geo.AreaID(1000 + i), Layer: "plots", Code: geo.AreaCode(fmt.Sprintf("33010301%06d", i)), Name: fmt.Sprintf("第%d号地块 %x", i, i*2654435761),
			Department: "D1", Shape: rectangle(x, y, x+step, y+step), From: 3,
		})
	}
	town := apply(t, index.Empty(), c)
	return start(t, func(set *api.Config) {
		set.Live = &index.Live{}
		set.Live.Store(town)
		set.Tiles = tiles.NewCache(8 << 20)
	})
}

// heap is what is held in memory, after the garbage is gone.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}

// narrow gives its connections so little room that an answer waits for its reader, not in
// the system's buffers.
type narrow struct{ net.Listener }

func (l narrow) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err == nil {
		_ = c.(*net.TCPConn).SetWriteBuffer(1)
	}
	return c, err
}

// narrowly serves by narrow connections and gives the address.
func narrowly(t *testing.T, h http.Handler) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- api.Serve(ctx, narrow{listener}, h, slog.New(slog.DiscardHandler)) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return listener.Addr().String()
}

// TestAThousandClientsThatHardlyReadHoldNobodyUp: each asks for a tile of many kilobytes
// and takes a byte of it. What they hold is bounded, and others are served meanwhile.
func TestAThousandClientsThatHardlyReadHoldNobodyUp(t *testing.T) {
	s := plots(t, testsize.N(60, 110))
	address := narrowly(t, s.Config.Handler)
	path := tilePath("plots", 13)
	size := len(s.get(t, path, "Accept-Encoding", "identity").body)
	for _, coding := range []string{"gzip", "identity"} {
		before := heap()
		clients := stallers(t, address, path, coding, testsize.N(250, 1000))
		for range 20 {
			if got := s.get(t, tilePath("grids", 16)); got.status != 200 {
				t.Fatalf("beside them a client gets %d %s", got.status, got.body)
			}
		}
		held, most := heap()-before, int64(len(clients))*(64<<10)
		if coding == "identity" { // each has its own copy, as long as there is room
			most += 64 << 20
		}
		t.Logf("%d clients that stall on %s of a tile of %d bytes hold %d bytes", len(clients), coding, size, held)
		if held > most {
			t.Errorf("%d clients that stall on %s of a tile of %d bytes hold %d bytes, more than %d", len(clients), coding, size, held, most)
		}
		for _, c := range clients {
			c.Close()
		}
	}
}

// stallers are connections on which a tile was asked for and one byte was taken.
func stallers(t *testing.T, address, path, coding string, n int) []net.Conn {
	t.Helper()
	clients := make([]net.Conn, n)
	for i := range clients {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		_ = c.(*net.TCPConn).SetReadBuffer(1)
		_ = c.SetDeadline(time.Now().Add(time.Minute))
		fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: town\r\nAccept-Encoding: %s\r\n\r\n", path, coding)
		clients[i] = c
	}
	for _, c := range clients {
		if _, err := c.Read(make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
	}
	return clients
}

// TestWhoAsksForEveryTileThereIsFillsNothing: a client that goes through zoom 18 tile by
// tile costs no memory that stays, and pushes nobody out.
func TestWhoAsksForEveryTileThereIsFillsNothing(t *testing.T) {
	s := start(t, func(c *api.Config) { c.Log = slog.New(slog.DiscardHandler) })
	want := s.get(t, tilePath("grids", 16)).body
	before := heap()
	corner := maptile.At([2]float64{at(0, 0).Lon(), at(0, 4).Lat()}, 18)
	var crowd sync.WaitGroup
	const clients = 4
	for i := range uint32(clients) {
		crowd.Go(func() {
			for n := range uint32(testsize.N(500, 20_000)) {
				n = n*clients + i
				path := fmt.Sprintf("/tiles/grids,assets,roads/18/%d/%d.mvt", corner.X+n%64, corner.Y+n/64)
				if got := s.get(t, path); got.status != 200 && got.status != 204 {
					t.Errorf("%s: %d %s", path, got.status, got.body)
				}
			}
		})
	}
	crowd.Wait()
	if got := s.get(t, tilePath("grids", 16)); got.body != want {
		t.Errorf("another client's tile is now %d bytes of status %d", len(got.body), got.status)
	}
	if grown := heap() - before; grown > 16<<20 {
		t.Errorf("%d bytes stay, of a cache of one megabyte", grown)
	}
}

// TestWhatNoTileCanBeIsRefusedInASentence: whatever is asked for, the answer is a problem
// document that says what is wrong, and the next client is served.
func TestWhatNoTileCanBeIsRefusedInASentence(t *testing.T) {
	s := start(t)
	address := narrowly(t, s.Config.Handler)
	for _, path := range []string{
		"/tiles/grids/30/0/0.mvt", "/tiles/grids/-1/0/0.mvt", "/tiles/grids/18446744073709551616/0/0.mvt", "/tiles/grids/1e1/0/0.mvt",
		"/tiles/grids/5/32/0.mvt", "/tiles/grids/5/0/-1.mvt", "/tiles/grids/5/4294967296/0.mvt", "/tiles/grids/22/4194304/4194304.mvt",
		"/tiles/grids/0x5/1/1.mvt", "/tiles/grids/+5/1/1.mvt", "/tiles/grids/%35%00/1/1.mvt", "/tiles/grids/５/1/1.mvt",
		"/tiles/gr%22ids/5/1/1.mvt", "/tiles/gr%27ids;DROP%20TABLE%20areas/5/1/1.mvt", "/tiles/grids%00/5/1/1.mvt", "/tiles/%ff%fe/5/1/1.mvt",
		"/tiles/grids%0d%0aX-Evil:%201/5/1/1.mvt", "/tiles/%252e%252e/5/1/1.mvt", "/tiles/grids%2f5/1/1/1.mvt", "/tiles/" + strings.Repeat("x", 9000) + "/5/1/1.mvt",
		"/tiles/" + strings.Repeat("a,", 9000) + "b/5/1/1.mvt", "/tiles/gr%22ids.json", "/tiles/,.json", "/tiles/grids/5/1/1.mvt?filter=" + url.QueryEscape(`code = '`),
		"/tiles/grids/5/1/1.mvt?filter=" + strings.Repeat("(", 20_000), "/tiles/grids/5/1/1.mvt?filter=" + url.QueryEscape(strings.Repeat("NOT ", 5000)+"code='x'"),
		"/tiles/grids/5/1/1.mvt?filter=" + strings.Repeat("x", 50_000), "/tiles/grids/5/1/1.mvt?fields=" + strings.Repeat("a,", 20_000),
		"/tiles/grids/5/1/1.mvt?fields=%22%00", "/tiles/grids/5/1/1.mvt?crs=%22EPSG:9999", "/tiles/grids/5/1/1.mvt?edition=-1", "/tiles/grids/5/1/1.mvt?at=yesterday",
		"/tiles/grids/5/1/1.mvt?filter=a&filter=b", "/tiles/grids/5/1/1.mvt?filter=%zz",
	} {
		shown := path[:min(len(path), 80)]
		status, kind, body := raw(t, address, path)
		var problem struct{ Title, Detail string }
		if status < 400 || status > 499 || kind != "application/problem+json" || json.Unmarshal([]byte(body), &problem) != nil || len(problem.Detail) < 15 {
			t.Errorf("%s: %d %s %.300s", shown, status, kind, body)
		} else if len(body) > 2000 {
			t.Errorf("%s: the answer gives back %d bytes", shown, len(body))
		} else {
			t.Logf("%s: %d %s", shown, status, problem.Detail)
		}
		if got := s.get(t, tilePath("grids", 16)); got.status != 200 {
			t.Fatalf("after %s another client gets %d", shown, got.status)
		}
	}
	if status, _, body := raw(t, address, "/tiles/grids/5/1/1.mvt?filter="+strings.Repeat("x", 1<<20)); status < 400 || status > 499 || body == "" {
		t.Errorf("a filter of a megabyte: %d %s", status, body)
	}
}

// raw sends a path exactly as it is written.
func raw(t *testing.T, address, path string) (status int, kind, body string) {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(time.Minute))
	go func() { _, _ = io.WriteString(c, "GET "+path+" HTTP/1.1\r\nHost: town\r\nConnection: close\r\n\r\n") }() // who is refused early may not be read to the end
	got, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatalf("%.80s: %v", path, err)
	}
	defer got.Body.Close()
	content, _ := io.ReadAll(got.Body) // cut off where the rest of the request is not wanted
	return got.StatusCode, got.Header.Get("Content-Type"), string(content)
}
