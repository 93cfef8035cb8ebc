package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/democity"
	"gridwarden/geo/index"
	"gridwarden/geo/postgis/pgtest"
	"gridwarden/geo/testsize"
)

// BenchmarkPlanning is a planner's day in a large city, over HTTP, with a second server
// beside: edits with their faults, the impact of a draft of twenty, and publishing until
// the other server answers by the new edition. loading_s is the plain way to the last: to
// load the city anew.
func BenchmarkPlanning(b *testing.B) {
	url, dir := pgtest.New(b), b.TempDir()
	m, err := democity.Write(b.Context(), dir, democity.Size{Grids: testsize.N(9_000, benchGrids), Assets: testsize.N(100_000, benchAssets)})
	if err != nil {
		b.Fatal(err)
	}
	for _, args := range demoImports(m) {
		typed(b, url, args...)
	}
	view := loaded(b, url)
	typed(b, url, "import", "reports", "--source", "bench", "--kind-field", "kind", pastReports(b, view.Bounds("grids"), testsize.N(50_000, 1_000_000)))
	servers := [2]*process{launch(b, "serve", "--addr", "127.0.0.1:0", "--database", url)}
	d := &desk{B: b, address: servers[0].ready(), view: view, random: rand.New(rand.NewPCG(1, 2))}
	started := time.Now()
	servers[1] = launch(b, "serve", "--addr", "127.0.0.1:0", "--database", url)
	other := servers[1].ready()
	loading := time.Since(started)
	for b.Loop() {
		b.ReportMetric(loading.Seconds(), "loading_s")
		d.open()
		var took []time.Duration
		for len(took) < 20 {
			took = append(took, d.move())
		}
		slices.Sort(took)
		b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms-edit-median")
		b.ReportMetric(float64(took[len(took)-1].Microseconds())/1000, "ms-edit-most")
		b.ReportMetric(d.timed("GET", "/impact?days=700", "").Seconds(), "impact_s")
		b.ReportMetric(d.publish(other).Seconds(), "publish_s")
	}
	b.ReportMetric(0, "ns/op")
}

// desk is a planner at work.
type desk struct {
	*testing.B
	address, draft string
	view           *index.Snapshot
	random         *rand.Rand
	edition        geo.Edition
}

func (d *desk) ask(method, path, body string, header ...string) (told struct {
	ID   string
	Base geo.Edition
}, took time.Duration) {
	d.Helper()
	r, err := http.NewRequestWithContext(d.Context(), method, d.address+path, bytes.NewReader([]byte(body)))
	if err != nil {
		d.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	begun := time.Now()
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		d.Fatal(err)
	}
	defer a.Body.Close()
	answer, err := io.ReadAll(a.Body)
	took = time.Since(begun)
	if err != nil || a.StatusCode/100 != 2 {
		d.Fatalf("%s %s %s: %v %s %s", method, path, body, err, a.Status, answer)
	}
	if err := json.Unmarshal(answer, &told); err != nil {
		d.Fatal(err)
	}
	return told, took
}

func (d *desk) timed(method, path, body string, header ...string) time.Duration {
	_, took := d.ask(method, "/v1/drafts/"+d.draft+path, body, header...)
	return took
}

func (d *desk) open() {
	made, _ := d.ask("POST", "/v1/drafts", `{"name":"bench"}`)
	d.draft, d.edition = made.ID, made.Base
}

// move pushes the middle of a border between two grids of one community a little aside.
func (d *desk) move() time.Duration {
	d.Helper()
	for {
		p := randomPoint(d.view, d.random)
		hits := d.view.Locate(p, "grids").Areas
		if len(hits) == 0 {
			continue
		}
		a := hits[0].Area
		for n := range d.view.AreasIn("grids", a.Shape.Box()) {
			if line := pushed(a, n); n.Parent == a.Parent && line != nil {
				shape, _ := json.Marshal(line) // numbers alone
				return d.timed("POST", "/edits", fmt.Sprintf(`{"edit":"move-border","reason":"bench","layer":"grids","areas":[%q,%q],"tolerance_m":1,"line":%s}`, a.Code, n.Code, shape))
			}
		}
	}
}

// pushed is a line over the middle half of the border that two areas share, with its middle
// a tenth of its length aside; nil where they share none to speak of.
func pushed(a, n *geo.Area) [][2]float64 {
	if a == n {
		return nil
	}
	theirs := map[geo.Coord]bool{}
	for _, c := range n.Shape.Polygons[0][0] {
		theirs[c] = true
	}
	ring, apart := a.Shape.Polygons[0][0], 0
	for apart < len(ring) && theirs[ring[apart]] {
		apart++
	}
	var shared geo.Line
	for i := range ring {
		if c := ring[(apart+i)%len(ring)]; theirs[c] {
			shared = append(shared, c)
		}
	}
	if len(shared) < 8 {
		return nil
	}
	p, q := shared[len(shared)/4], shared[len(shared)*3/4]
	x, y := (p.Lon()+q.Lon())/2, (p.Lat()+q.Lat())/2
	return [][2]float64{{p.Lon(), p.Lat()}, {x - (q.Lat()-p.Lat())/10, y + (q.Lon()-p.Lon())/10}, {q.Lon(), q.Lat()}}
}

// publish takes until the other server answers by the new edition.
func (d *desk) publish(other string) time.Duration {
	d.Helper()
	begun := time.Now()
	d.timed("POST", "/publish", `{"note":"bench"}`, "If-Match", strconv.Quote(fmt.Sprint(d.edition)))
	for want := strconv.Itoa(int(d.edition) + 1); editionOf(d.B, other) != want; time.Sleep(time.Millisecond) {
	}
	return time.Since(begun)
}

func editionOf(b *testing.B, address string) string {
	b.Helper()
	a, err := http.Get(address + "/v1/locate?lon=0&lat=0")
	if err != nil {
		b.Fatal(err)
	}
	defer a.Body.Close()
	var told struct{ Edition json.Number }
	if err := json.NewDecoder(a.Body).Decode(&told); err != nil {
		b.Fatal(err)
	}
	return told.Edition.String()
}
