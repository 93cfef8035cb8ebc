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
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"

	"gridwarden/api"
	"gridwarden/geo"
	"gridwarden/geo/index"
)

// tileEvent is an event of the dirty tiles.
type tileEvent struct {
	ID       string
	Sequence geo.Sequence
	Edition  geo.Edition
	All      bool
	Layers   map[string]struct {
		All          bool
		Tiles, Below map[string][][2]uint32
	}
}

// tileReader follows the dirty tiles.
type tileReader struct {
	testing.TB
	lines  *bufio.Scanner
	header http.Header
	close  func()
	id     string
}

func (s *service) follow(t testing.TB, path string, headers ...string) *tileReader {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+path, http.NoBody)
	must(t, err)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	got, err := s.Client().Transport.RoundTrip(r)
	must(t, err)
	if got.StatusCode != 200 || got.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%s %v", got.Status, got.Header)
	}
	reader := &tileReader{t, bufio.NewScanner(got.Body), got.Header, func() { cancel(); got.Body.Close() }, ""}
	reader.lines.Buffer(nil, 1<<20)
	t.Cleanup(reader.close)
	return reader
}

// next is the next event; ok is false at the end of the stream.
func (r *tileReader) next() (e tileEvent, ok bool) {
	for r.lines.Scan() {
		line := r.lines.Text()
		if id, is := strings.CutPrefix(line, "id: "); is {
			r.id = id
		}
		if data, is := strings.CutPrefix(line, "data: "); is {
			must(r, json.Unmarshal([]byte(data), &e))
			e.ID = r.id
			return e, true
		}
	}
	return e, false
}

// firstEvent is the answer of a stream up to its first event.
func firstEvent(t testing.TB, s *service, path string) answer {
	t.Helper()
	r := s.follow(t, path)
	defer r.close()
	e, _ := r.next()
	data, err := json.Marshal(map[string]any{"sequence": e.Sequence, "all": e.All})
	must(t, err)
	return answer{200, r.header, "data: " + string(data) + "\n"}
}

// eventDecoder reads the data of one event.
func eventDecoder(body io.Reader, _ http.Header, _ *openapi3.SchemaRef, _ openapi3filter.EncodingFn) (any, error) {
	text, err := io.ReadAll(body)
	if err != nil {
		return nil, err
	}
	var v any
	return v, json.Unmarshal([]byte(strings.TrimPrefix(strings.TrimSpace(string(text)), "data: ")), &v)
}

// editPark moves the border of a park, as the number-th change since the town was loaded.
func (s *service) editPark(t testing.TB, number int) {
	t.Helper()
	now := s.live.Load()
	c := &geo.Changes{
		History: now.History(), From: now.Position(), Edition: now.Edition(),
		To:         geo.Position{Sequence: now.Position().Sequence + 1, Change: geo.ChangeID{byte(number), 1}},
		AreasEnded: []geo.AreaID{now.Area("parks", "P1").ID},
		Areas:      []*geo.Area{{ID: geo.AreaID(500 + number), Layer: "parks", Code: "P1", Shape: rectangle(.5, .5, 1.5+float64(number)/100, 1.5)}},
	}
	s.live.Step(apply(t, now, c), c)
}

// publishRow publishes an edition of duty rows alone, which changes no tile.
func (s *service) publishRow(t testing.TB) {
	t.Helper()
	now := s.live.Load()
	edition := now.Edition()
	edition.Number++
	c := &geo.Changes{
		History: now.History(), From: now.Position(), Edition: edition, Duty: geo.DutyTables{Rules: []geo.DutyRow{parkDuty}},
		To: geo.Position{Sequence: now.Position().Sequence + 1, Change: geo.ChangeID{9, 9}},
	}
	s.live.Step(apply(t, now, c), c)
}

// TestAReaderIsToldWhichTilesChanged, once they can be fetched, and goes on where it broke.
func TestAReaderIsToldWhichTilesChanged(t *testing.T) {
	t.Parallel()
	s := start(t)
	all, parks, grids := s.follow(t, "/v1/changes/tiles"), s.follow(t, "/v1/changes/tiles?layers=parks&crs=GCJ-02"), s.follow(t, "/v1/changes/tiles?layers=grids")
	s.editPark(t, 1)
	e, _ := all.next()
	if e.Sequence != 6 || e.All || len(e.Layers) != 1 || len(e.Layers["parks"].Tiles) < 10 || !strings.HasPrefix(e.ID, "6-0101") {
		t.Fatalf("%+v", e)
	}
	if s.live.Load().Position().Sequence < e.Sequence {
		t.Error("told before it is served")
	}
	for z, told := range e.Layers["parks"].Tiles {
		for _, tile := range told {
			if got := s.get(t, fmt.Sprintf("/tiles/parks/%s/%d/%d.mvt", z, tile[0], tile[1])); got.status > 204 {
				t.Errorf("%s/%v: %d", z, tile, got.status)
			}
		}
	}
	if e, _ := parks.next(); e.Sequence != 6 || len(e.Layers) != 1 || len(e.Layers["parks"].Tiles) == 0 {
		t.Errorf("in another frame %+v", e)
	}
	s.editPark(t, 2)
	s.editPark(t, 3)
	for _, c := range []struct {
		path, last string
		want       []geo.Sequence
		all        bool
	}{
		{"?after=6", "", []geo.Sequence{7, 8}, false},
		{"?after=" + e.ID, "", []geo.Sequence{7, 8}, false},
		{"?after=5", e.ID, []geo.Sequence{7, 8}, false},
		{"?after=5", "", []geo.Sequence{6, 7, 8}, false},
		{"?after=4", "", []geo.Sequence{8}, true},
		{"?after=99", "", []geo.Sequence{8}, true},
		{"?after=6-" + strings.Repeat("ab", 16), "", []geo.Sequence{8}, true},
		{"?after=6&crs=EPSG:4490", "", []geo.Sequence{8}, true},
	} {
		r := s.follow(t, "/v1/changes/tiles"+c.path, "Last-Event-ID", c.last)
		var got []geo.Sequence
		for range c.want {
			e, _ := r.next()
			if got = append(got, e.Sequence); e.All != c.all {
				t.Errorf("%v: all %v", c, e.All)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%v: told %v", c, got)
		}
		r.close()
	}
	s.publishRow(t)
	if e, _ := grids.next(); e.Sequence != 9 || e.Edition != 4 || e.All || len(e.Layers) > 0 {
		t.Errorf("an edition of duty rows alone: %+v", e)
	}
	s.live.Store(index.Empty())
	for e, ok := grids.next(); !e.All; e, ok = grids.next() {
		if !ok || len(e.Layers) > 0 {
			t.Fatalf("a reader of grids is told %+v", e)
		}
	}
}

func TestAWrongPlaceInTheTilesGetsASentence(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, c := range []struct{ query, last, says string }{
		{"?after=x", "", `after is "x"`},
		{"", "6-zz", "Last-Event-ID"},
		{"?after=-1", "", "after"},
		{"?layers=trams", "", "trams"},
		{"?crs=EPSG:1", "", "EPSG:3857"},
		{"?filter=%28", "", "filter"},
		{"?since=1", "", "since"},
	} {
		if got := s.get(t, "/v1/changes/tiles"+c.query, "Last-Event-ID", c.last); got.status < 400 || got.status > 404 || !strings.Contains(got.detail(t), c.says) {
			t.Errorf("%v: %d %s", c, got.status, got.body)
		}
	}
	if got := s.do(t, http.MethodHead, "/v1/changes/tiles", ""); got.status != 200 {
		t.Errorf("HEAD: %d", got.status)
	}
}

// TestReadersOfTilesGoHomeWhenTheServerStops, at once.
func TestReadersOfTilesGoHomeWhenTheServerStops(t *testing.T) {
	t.Parallel()
	live := &index.Live{}
	live.Store(apply(t, index.Empty(), townChanges()))
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- api.Serve(ctx, listener, api.New(api.Config{Live: live}), slog.New(slog.DiscardHandler))
	}()
	got, err := http.Get("http://" + listener.Addr().String() + "/v1/changes/tiles")
	must(t, err)
	defer got.Body.Close()
	begun := time.Now()
	stop()
	if _, err := io.ReadAll(got.Body); err != nil {
		t.Errorf("the stream ends with %v", err)
	}
	if err := <-ended; err != nil || time.Since(begun) > 8*time.Second {
		t.Errorf("the server ends with %v after %v", err, time.Since(begun))
	}
}

// TestAReaderThatDoesNotReadIsCutOff, and what changes meanwhile is kept for nobody: readers
// that stall cost the server no more than their connections.
func TestAReaderThatDoesNotReadIsCutOff(t *testing.T) {
	t.Parallel()
	s := start(t, func(c *api.Config) { c.Stall = 300 * time.Millisecond })
	address := narrowly(t, s.Config.Handler)
	for range 20 {
		c, err := net.Dial("tcp", address)
		must(t, err)
		defer c.Close()
		must(t, c.(*net.TCPConn).SetReadBuffer(1))
		_, err = io.WriteString(c, "GET /v1/changes/tiles HTTP/1.1\r\nHost: a\r\n\r\n")
		must(t, err)
	}
	reader := s.follow(t, "/v1/changes/tiles")
	readers := func() (n int) {
		for line := range strings.Lines(s.get(t, "/metrics").body) {
			if _, err := fmt.Sscanf(line, "gridwarden_tile_readers %d", &n); err == nil {
				return n
			}
		}
		t.Fatal("the readers are not counted")
		return 0
	}
	for begun := time.Now(); readers() < 21; time.Sleep(10 * time.Millisecond) {
		if time.Since(begun) > 10*time.Second {
			t.Fatalf("%d readers are there", readers())
		}
	}
	var last atomic.Int64
	go func() {
		for e, ok := reader.next(); ok; e, ok = reader.next() {
			last.Store(int64(e.Sequence))
		}
	}()
	edits := 0
	for begun := time.Now(); readers() > 1; edits++ {
		if time.Since(begun) > 15*time.Second {
			t.Fatalf("after %d changes %d readers are there", edits, readers())
		}
		s.editPark(t, edits%40)
	}
	for begun := time.Now(); last.Load() < int64(5+edits); time.Sleep(10 * time.Millisecond) {
		if time.Since(begun) > 10*time.Second {
			t.Fatalf("who reads was told up to %d of %d", last.Load(), 5+edits)
		}
	}
}
