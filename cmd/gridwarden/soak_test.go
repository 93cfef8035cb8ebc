package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"gridwarden/geo/postgis/pgtest"
)

// TestASoakLeavesMemoryAndGoroutinesFlat edits a city and reads it, its past as well, while
// clients come and leave in the middle of an answer. The size of the city stays the same,
// so memory and goroutines must. GRIDWARDEN_SOAK says how long (make soak: 30 minutes);
// the few seconds without it tell only whether goroutines are left over.
func TestASoakLeavesMemoryAndGoroutinesFlat(t *testing.T) {
	t.Parallel()
	whole := 4 * time.Second
	if given := os.Getenv("GRIDWARDEN_SOAK"); given != "" {
		var err error
		if whole, err = time.ParseDuration(given); err != nil {
			t.Fatal(err)
		}
	}
	url := pgtest.New(t)
	w := newTown(t, url, seedOf(t), nil)
	v := newVictimOf(t, "--database", url)
	w.servers = []*victim{v}
	witness := newWitness(t)
	before := v.gauges()

	every := max(whole/120, time.Second)
	stopWriting := w.live(w.everybody()[:7]) // rulings would make the city grow
	stopReading, stopLeaving := witness.watch(w.servers), leave(v)
	var samples []gauges
	for end := time.Now().Add(whole); time.Now().Before(end); pause(t, every) {
		samples = append(samples, v.gauges())
		if n := len(samples); n%10 == 0 {
			t.Logf("%v: %v; %d writes, %s", time.Duration(n)*every, samples[n-1], w.writes.Load(), witness)
		}
	}
	stopWriting()
	stopReading()
	stopLeaving()
	http.DefaultClient.CloseIdleConnections()

	flat(t, samples)
	v.eventually("the goroutines of those who left end", func() bool {
		return v.gauges()[goroutines] <= before[goroutines]+10
	})
	t.Logf("before %v, after %v; %d writes, %s", before, v.gauges(), w.writes.Load(), witness)
}

// gauges are what a server's metrics tell of itself.
type gauges map[string]float64

const (
	goroutines = "go_goroutines"
	nextGC     = "go_memstats_next_gc_bytes" // twice what the last collection found alive
	resident   = "process_resident_memory_bytes"
)

func (g gauges) String() string {
	return fmt.Sprintf("%.0f goroutines, %.1f MB alive, %.1f MB resident", g[goroutines], g[nextGC]/2/1e6, g[resident]/1e6)
}

var gaugeLine = regexp.MustCompile(`(?m)^(` + goroutines + `|` + nextGC + `|` + resident + `) (\S+)$`)

func (v *victim) gauges() gauges {
	v.Helper()
	_, body := v.get("/metrics")
	g := gauges{}
	for _, m := range gaugeLine.FindAllStringSubmatch(body, -1) {
		value, err := strconv.ParseFloat(m[2], 64)
		if err != nil {
			v.Fatal(err)
		}
		g[m[1]] = value
	}
	if len(g) != 3 {
		v.Fatalf("the metrics are %v:\n%s", g, body)
	}
	return g
}

// flat compares the medians of the second quarter and of the last: by then caches are full
// and the heap has its size. Few samples say nothing.
func flat(t *testing.T, samples []gauges) {
	t.Helper()
	if len(samples) < 40 {
		return
	}
	quarter := len(samples) / 4
	for name, slack := range map[string]float64{goroutines: 10, nextGC: 4e6, resident: 16e6} {
		early, late := median(samples[quarter:2*quarter], name), median(samples[3*quarter:], name)
		t.Logf("%s: %.0f in the second quarter, %.0f in the last", name, early, late)
		if late > 1.1*early+slack {
			t.Errorf("%s grows from %.0f to %.0f", name, early, late)
		}
	}
}

func median(samples []gauges, name string) float64 {
	var values []float64
	for _, s := range samples {
		values = append(values, s[name])
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// leave asks for long answers, for what is still to come and for the past, and goes away
// while they are made, until stop is called.
func leave(v *victim) (stop func()) {
	asked := []func(i int) (method, path, body, accept string){
		func(int) (string, string, string, string) {
			return http.MethodPost, "/v1/locate", strings.Repeat("{\"lon\":120.001,\"lat\":30.001}\n", 100_000), ""
		},
		func(int) (string, string, string, string) {
			return http.MethodGet, "/v1/assignments?after=1000000", "", "text/event-stream"
		},
		func(i int) (string, string, string, string) {
			return http.MethodGet, fmt.Sprintf("/v1/locate?lon=120.005&lat=30.005&edition=%d", 1+i%100), "", ""
		},
	}
	ctx, cancel := context.WithCancel(v.Context())
	var all sync.WaitGroup
	all.Go(func() {
		for i := 0; ctx.Err() == nil; i++ {
			method, path, body, accept := asked[i%len(asked)](i)
			soon, gone := context.WithTimeout(ctx, time.Duration(20+i%100)*time.Millisecond)
			r, err := http.NewRequestWithContext(soon, method, v.url+path, strings.NewReader(body))
			if err != nil {
				v.Error(err)
			} else {
				r.Header.Set("Accept", accept)
				r.Header.Set("Content-Type", "application/x-ndjson")
				if got, err := http.DefaultClient.Do(r); err == nil {
					_, _ = io.Copy(io.Discard, got.Body) // until it is gone
					got.Body.Close()
				}
			}
			gone()
		}
	})
	return sync.OnceFunc(func() { cancel(); all.Wait() })
}
