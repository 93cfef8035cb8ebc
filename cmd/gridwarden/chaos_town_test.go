package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// town is a small city that is edited without end. Whatever one change writes in several
// places it stamps alike, so that in every state all stamps of a key are the same: who
// reads two of one key has seen half a change.
type town struct {
	*city
	dir     string
	seed    uint64
	servers []*victim
	writes  atomic.Int64
	gate    sync.RWMutex // held by each write until it is acknowledged

	mu      sync.Mutex
	given   map[string]int64    // the last stamp made, by key
	told    map[string]int64    // the last stamp acknowledged
	rulings map[string]struct{} // duty rows of rulings whose publishing was acknowledged
}

// stamp is written into names, states and reasons.
func stamp[N int64 | string](key string, n N) string { return fmt.Sprintf("%s#%v", key, n) }

// stampsIn are the keys and numbers of the stamps in a text.
func stampsIn(text string) iter.Seq2[string, string] {
	return func(yield func(key, n string) bool) {
		for {
			before, after, found := strings.Cut(text, "#")
			key := before[1+strings.LastIndexFunc(before, func(c rune) bool { return (c < 'a' || c > 'z') && (c < '0' || c > '9') }):]
			n := after[:len(after)-len(strings.TrimLeft(after, "0123456789"))]
			if !found || key != "" && n != "" && !yield(key, n) {
				return
			}
			text = after
		}
	}
}

func newTown(t *testing.T, database string, seed uint64, servers []*victim) *town {
	t.Helper()
	w := &town{
		city: &city{t, database}, dir: t.TempDir(), seed: seed, servers: servers,
		given: map[string]int64{}, told: map[string]int64{}, rulings: map[string]struct{}{},
	}
	w.must("migrate")
	r := rand.New(rand.NewPCG(seed, 1))
	for _, write := range []func(*rand.Rand) error{w.bodies, w.areas, w.pairs(0), w.crowd, w.bulk, w.table} {
		if err := write(r); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// everybody is all writers.
func (w *town) everybody() []func(*rand.Rand) error {
	return []func(*rand.Rand) error{w.bodies, w.areas, w.pairs(0), w.pairs(20), rarely(w.bulk), w.table, w.rule, rarely(w.ruling)}
}

// rarely lets a writer write one time in eight.
func rarely(write func(*rand.Rand) error) func(*rand.Rand) error {
	return func(r *rand.Rand) error {
		if r.IntN(8) > 0 {
			return nil
		}
		return write(r)
	}
}

// live lets the writers write until stop is called.
func (w *town) live(writers []func(*rand.Rand) error) (stop func()) {
	quit := make(chan struct{})
	var all sync.WaitGroup
	for i, write := range writers {
		all.Go(func() {
			r := rand.New(rand.NewPCG(w.seed, 100+uint64(i)))
			for {
				select {
				case <-quit:
					return
				case <-time.After(time.Duration(20+r.IntN(200)) * time.Millisecond):
					w.gate.RLock()
					if err := write(r); err != nil {
						w.Error(err)
					}
					w.gate.RUnlock()
				}
			}
		})
	}
	return sync.OnceFunc(func() { close(quit); all.Wait() })
}

// still waits until no write is under way and lets none begin before end is called.
func (w *town) still() (end func()) {
	w.gate.Lock()
	return w.gate.Unlock
}

func (w *town) next(key string) int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.given[key]++
	return w.given[key]
}

func (w *town) acknowledged(key string, n int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.told[key] = n
	w.writes.Add(1)
}

// holds fails unless the view has exactly what was acknowledged last.
func (w *town) holds(view *index.Snapshot) {
	w.Helper()
	found := map[string]int64{}
	see := func(text string) {
		for key, digits := range stampsIn(text) {
			n, _ := strconv.ParseInt(digits, 10, 64)
			if before, seen := found[key]; seen && before != n {
				w.Errorf("the database has both %s and %s", stamp(key, before), stamp(key, n))
			}
			found[key] = n
		}
	}
	for _, layer := range []geo.LayerName{"communities", "grids"} {
		for a := range view.Areas(layer, "") {
			see(a.Name)
		}
	}
	for a := range view.Assets(geo.AssetKey{}) {
		see(a.State)
	}
	for _, d := range view.Departments() {
		see(d.Name)
	}
	rows := map[string]struct{}{}
	for _, row := range view.Duty().Rules {
		see(row.Basis)
		rows[string(row.ID)] = struct{}{}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if !maps.Equal(found, w.told) {
		w.Errorf("acknowledged and lost: told %v\nthere are %v", w.told, found)
	}
	for id := range w.rulings {
		if _, there := rows[id]; !there {
			w.Errorf("the duty row %s was published and is not there", id)
		}
	}
}

// insist repeats one write of the keys until it is acknowledged.
func (w *town) insist(n int64, keys []string, write func() error) error {
	for deadline := time.Now().Add(3 * time.Minute); ; time.Sleep(30 * time.Millisecond) {
		err := write()
		if err == nil {
			break
		}
		if time.Now().After(deadline) || w.Context().Err() != nil {
			return fmt.Errorf("%s is not taken: %w", stamp(keys[0], n), err)
		}
	}
	for _, key := range keys {
		w.acknowledged(key, n)
	}
	return nil
}

// imports repeats an import of one file until it is done.
func (w *town) imports(n int64, keys []string, content string, args ...string) error {
	path := filepath.Join(w.dir, keys[0])
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		return err
	}
	return w.insist(n, keys, func() error {
		out, errs, code := w.try(append(append([]string{"import"}, args...), path)...)
		if code != exitDone {
			return fmt.Errorf("import %v: %s%s", args, out, errs)
		}
		return nil
	})
}

func (w *town) bodies(*rand.Rand) error {
	n := w.next("bodies")
	s := stamp("bodies", n)
	return w.imports(n, []string{"bodies"}, fmt.Sprintf("code,name\nD1,局一 %s\nD2,局二 %s\n", s, s), "departments")
}

// areas publishes two layers as one edition, their borders moved.
func (w *town) areas(r *rand.Rand) error {
	n := w.next("areas")
	s := stamp("areas", n)
	x, y := 120.004+r.Float64()*.002, 30.004+r.Float64()*.002
	var communities, grids []string
	for i, c := range [][2]float64{{120, x}, {x, 120.01}} {
		code := fmt.Sprintf("C%d", i+1)
		communities = append(communities, feature(code, s, c[0], 30, c[1], 30.01))
		grids = append(grids, feature(code+"1", s, c[0], 30, c[1], y), feature(code+"2", s, c[0], y, c[1], 30.01))
	}
	var layers []string
	for name, features := range map[string][]string{"communities": communities, "grids": grids} {
		content := `{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`
		if err := os.WriteFile(filepath.Join(w.dir, name), []byte(content), 0o600); err != nil {
			return err
		}
		parent := ""
		if name == "grids" {
			parent = `"parent":"communities",`
		}
		layers = append(layers, fmt.Sprintf(`{"layer":%q,%s"files":[%q]}`, name, parent, name))
	}
	return w.imports(n, []string{"areas"}, `{"layers":[`+strings.Join(layers, ",")+`]}`, "areas", "--note", s, "--plan")
}

// feature is a rectangle with a name.
func feature(code, name string, x0, y0, x1, y1 float64) string {
	return fmt.Sprintf(`{"type":"Feature","properties":{"code":%q,"name":"区 %s","department":"D1"},"geometry":{"type":"Polygon","coordinates":[[[%[3]f,%[4]f],[%[5]f,%[4]f],[%[5]f,%[6]f],[%[3]f,%[6]f],[%[3]f,%[4]f]]]}}`,
		code, name, x0, y0, x1, y1)
}

// pairs imports a small piece: some pairs of assets, moved, each pair stamped alike. The
// pairs are those from a number on, so that two writers may do so beside each other.
func (w *town) pairs(from int) func(*rand.Rand) error {
	return func(r *rand.Rand) error {
		var keys []string
		var rows strings.Builder
		rows.WriteString("id,state,lon,lat\n")
		n := w.next(fmt.Sprint("pairs from ", from))
		for _, i := range r.Perm(20)[:1+r.IntN(8)] {
			key := fmt.Sprint("pair", from+i)
			keys = append(keys, key)
			for side := range 2 {
				fmt.Fprintf(&rows, "%s-%d,%s,%f,%f\n", key, side, stamp(key, n), 120+r.Float64()/100, 30+r.Float64()/100)
			}
		}
		return w.imports(n, keys, rows.String(), assetArgs...)
	}
}

var assetArgs = []string{"assets", "--category-code", "01001", "--id", "id", "--state", "state", "--lon", "lon", "--lat", "lat"}

// bulk imports many assets that are stamped alike: more than a view leaves unpacked, fewer
// than make it pack them at once.
func (w *town) bulk(r *rand.Rand) error {
	n := w.next("bulk")
	return w.imports(n, []string{"bulk"}, scattered(r, "bulk", stamp("bulk", n), 1300), assetArgs...)
}

// crowd imports the assets that stay as they are.
func (w *town) crowd(r *rand.Rand) error {
	n := w.next("crowd")
	return w.imports(n, []string{"crowd"}, scattered(r, "crowd", stamp("crowd", n), 4000), slices.Replace(slices.Clone(assetArgs), 2, 3, "01002")...)
}

func scattered(r *rand.Rand, id, state string, n int) string {
	var rows strings.Builder
	rows.WriteString("id,state,lon,lat\n")
	for i := range n {
		fmt.Fprintf(&rows, "%s%d,%s,%f,%f\n", id, i, state, 120+r.Float64()/100, 30+r.Float64()/100)
	}
	return rows.String()
}

// table imports two duty rows.
func (w *town) table(*rand.Rand) error {
	n := w.next("table")
	s := stamp("table", n)
	return w.imports(n, []string{"table"}, "id,priority,layer,area,assign,basis\nT1,5,communities,C1,department:D1,"+s+"\nT2,5,communities,C2,department:D2,"+s+"\n", "rules", "--merge", "--note", s)
}

// rule writes a duty row over HTTP at one server, and another server that is asked for
// that state answers it or nothing.
func (w *town) rule(r *rand.Rand) error {
	n := w.next("rule")
	body := fmt.Sprintf(`{"priority":9,"layer":"communities","area":"C1","assign":"department:D%d","basis":%q}`, 1+r.IntN(2), stamp("rule", n))
	var wrote answer
	err := w.insist(n, []string{"rule"}, func() (err error) {
		at := w.servers[r.IntN(len(w.servers))]
		wrote, err = at.ask(http.MethodPut, "/v1/rules/R1", body, "If-Match", "*")
		if err == nil && wrote.status != http.StatusOK && wrote.status != http.StatusCreated {
			err = fmt.Errorf("%d %s", wrote.status, wrote.body)
		}
		return err
	})
	if err != nil {
		return err
	}
	for i, v := range w.servers {
		read, err := v.ask(http.MethodGet, "/v1/rules/R1", "", "Gridwarden-Min-Sequence", wrote.header.Get("Gridwarden-Sequence"), "Gridwarden-History", wrote.header.Get("Gridwarden-History"))
		if err == nil && read.status != http.StatusServiceUnavailable && !strings.Contains(read.body, stamp("rule", n)+`"`) {
			return fmt.Errorf("written at sequence %s, server %d reads, at %s: %d %s", wrote.header.Get("Gridwarden-Sequence"), i, read.header.Get("Gridwarden-Sequence"), read.status, read.body)
		}
	}
	return nil
}

// ruling brings a report to a ruling and publishes it. What fails on the way is left as it
// is: only an answered publishing is held to.
func (w *town) ruling(r *rand.Rand) error {
	at := w.servers[r.IntN(len(w.servers))]
	x, y := 120.001+r.Float64()*.008, 30.001+r.Float64()*.008
	var report struct{ ID string }
	var returned struct{ Return struct{ ID int64 } }
	var ruled struct{ Ruling struct{ ID string } }
	for _, step := range []struct {
		path, body string
		answer     any
	}{
		{"/v1/reports", `{"lon":%[1]f,"lat":%[2]f,"source":"12345","category":{"standard":"CJ/T 214-2007","kind":"matter","code":"0102"}}`, &report},
		{"/v1/reports/%[3]s/returns", `{"reason":"no"}`, &returned},
		{"/v1/returns/%[4]d", `{"decision":"rule","department":"D2","basis":"b","scope":"ground","ground":{"type":"Polygon","coordinates":[[[%[1]f,%[2]f],[%[6]f,%[2]f],[%[6]f,%[7]f],[%[1]f,%[7]f],[%[1]f,%[2]f]]]}}`, &ruled},
		{"/v1/rulings/%[5]s/publish", ``, &struct{}{}},
	} {
		filled := func(text string) string {
			return indexed(text, x, y, report.ID, returned.Return.ID, ruled.Ruling.ID, x+.0005, y+.0005)
		}
		got, err := at.ask(http.MethodPost, filled(step.path), filled(step.body))
		if err != nil || got.status >= 300 {
			return nil
		}
		if err := json.Unmarshal([]byte(got.body), step.answer); err != nil {
			return fmt.Errorf("%s: %w", got.body, err)
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rulings["ruling-"+ruled.Ruling.ID] = struct{}{}
	w.writes.Add(1)
	return nil
}

// indexed is Sprintf of a format that need not use every argument.
func indexed(format string, args ...any) string {
	return fmt.Sprintf(format+"%[8]s", append(args, "")...)
}

// answer is what a server said to one request.
type answer struct {
	status int
	header http.Header
	body   string
}

// ask sends one request, which may fail: the server may be dead or stand still.
func (v *victim) ask(method, path, body string, header ...string) (a answer, err error) {
	r, err := http.NewRequestWithContext(v.Context(), method, v.url+path, strings.NewReader(body))
	if err != nil {
		return a, err
	}
	switch {
	case strings.HasPrefix(body, "{") && strings.Contains(body, "\n"):
		r.Header.Set("Content-Type", "application/x-ndjson")
	case body != "":
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	got, err := (&http.Client{Timeout: 3 * time.Second}).Do(r)
	if err != nil {
		return a, err
	}
	defer got.Body.Close()
	var all bytes.Buffer
	_, err = all.ReadFrom(got.Body)
	return answer{got.StatusCode, got.Header, all.String()}, err
}
