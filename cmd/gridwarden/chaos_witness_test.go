package main

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"
)

// witness reads the town at all servers and holds their answers to this: what one change
// stamped alike is read alike; at one sequence all servers say the same, byte by byte, and
// what the log says of that sequence; and no server goes back.
type witness struct {
	*testing.T
	mu      sync.Mutex
	said    map[string][32]byte         // by sequence and request
	read    map[int64]map[string]string // the stamps, by sequence and key
	answers int
	away    int // requests that were not answered, or refused for want of a view
	wrong   int
}

func newWitness(t *testing.T) *witness {
	return &witness{T: t, said: map[string][32]byte{}, read: map[int64]map[string]string{}}
}

func (w *witness) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return fmt.Sprintf("%d reads, %d not answered", w.answers, w.away)
}

// questions are what is asked, a body for those that are posted.
func questions() [][2]string {
	tile := maptile.At(orb.Point{120.005, 30.005}, 14)
	return [][2]string{
		{"/v1/layers/grids/areas", ""},
		{"/v1/layers/communities/areas", ""},
		{"/v1/layers/rulings/areas?limit=1000", ""},
		{"/v1/assets?limit=10000&category=01001", ""},
		{"/v1/assets?limit=10000&bbox=120.002,30.002,120.006,30.006", ""},
		{"/v1/departments", ""},
		{"/v1/rules?limit=1000", ""},
		{"/v1/locate?lon=120.005&lat=30.005", ""},
		{"/v1/locate", strings.Repeat("{\"lon\":120.001,\"lat\":30.001}\n{\"lon\":120.009,\"lat\":30.009}\n{\"lon\":120.005,\"lat\":30.005}\n", 200)},
		{fmt.Sprintf("/tiles/grids,communities,assets/%d/%d/%d.mvt", tile.Z, tile.X, tile.Y), ""},
	}
}

// watch reads at every server until stop is called.
func (w *witness) watch(servers []*victim) (stop func()) {
	quit := make(chan struct{})
	var all sync.WaitGroup
	for _, v := range servers {
		all.Go(func() {
			last := int64(0)
			for i := 0; ; i++ {
				select {
				case <-quit:
					return
				case <-time.After(5 * time.Millisecond):
					last = w.question(v, questions()[i%len(questions())], last)
				}
			}
		})
	}
	return sync.OnceFunc(func() { close(quit); all.Wait() })
}

// question asks one thing of one server, which answered from a sequence before.
func (w *witness) question(v *victim, q [2]string, last int64) (sequence int64) {
	method := http.MethodGet
	if q[1] != "" {
		method = http.MethodPost
	}
	got, err := v.ask(method, q[0], q[1])
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case err != nil, got.status == http.StatusServiceUnavailable:
		w.away++
		return last
	case got.status != http.StatusOK && !(got.status == http.StatusNotFound && strings.Contains(q[0], "rulings")):
		w.complain("%s: %d %s", q[0], got.status, got.body)
		return last
	}
	w.answers++
	sequence, _ = strconv.ParseInt(got.header.Get("Gridwarden-Sequence"), 10, 64) // 0 goes back
	if sequence < last {
		w.complain("%s: the server went back from sequence %d to %d", q[0], last, sequence)
	}
	body := strings.ReplaceAll(got.body, v.url, "")
	w.seen(sequence, q[0], body)
	key, sum := fmt.Sprint(sequence, q[0], q[1]), sha256.Sum256([]byte(body))
	if before, asked := w.said[key]; asked && before != sum && got.status == http.StatusOK {
		w.complain("%s: two different answers at sequence %d", q[0], sequence)
	}
	w.said[key] = sum
	return sequence
}

// seen notes the stamps of an answer. One of a key is all there may be at a sequence.
func (w *witness) seen(sequence int64, path, body string) {
	read := w.read[sequence]
	if read == nil {
		read = map[string]string{}
		w.read[sequence] = read
	}
	for key, n := range stampsIn(body) {
		if before, seen := read[key]; seen && before != n {
			w.complain("%s: half a change at sequence %d: %s is %s and %s", path, sequence, key, before, n)
		}
		read[key] = n
	}
}

// confirm holds what was read to the log, which notes for some keys the stamp that was
// written with a sequence.
func (w *witness) confirm(log map[int64]string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	written := map[string]string{}
	for _, sequence := range slices.Sorted(maps.Keys(union(log, w.read))) {
		for key, n := range stampsIn(log[sequence]) {
			written[key] = n
		}
		for key, n := range w.read[sequence] {
			if noted, known := written[key]; known && noted != n {
				w.complain("at sequence %d it is %s, and %s was read", sequence, stamp(key, noted), stamp(key, n))
			}
		}
	}
}

// union has the keys of both.
func union[V, W any](a map[int64]V, b map[int64]W) map[int64]struct{} {
	all := map[int64]struct{}{}
	for k := range a {
		all[k] = struct{}{}
	}
	for k := range b {
		all[k] = struct{}{}
	}
	return all
}

// complain tells the first few wrongs.
func (w *witness) complain(format string, args ...any) {
	if w.wrong++; w.wrong <= 10 {
		text := fmt.Sprintf(format, args...)
		w.Error(text[:min(len(text), 1000)])
	}
}
