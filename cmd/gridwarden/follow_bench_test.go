package main

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/postgis"
	"gridwarden/geo/postgis/pgtest"
	"gridwarden/geo/testsize"
)

// BenchmarkAnEditIsSeenElsewhere takes the time from before one asset is written to when
// another server's view has it, with notices and where it has to look, in a small and in a
// large city.
func BenchmarkAnEditIsSeenElsewhere(b *testing.B) {
	for _, assets := range []int{1000, testsize.N(100_000, 2_000_000)} {
		url := pgtest.New(b)
		writer := opened(b, url)
		importLamps(b, writer, 0, assets)
		for _, way := range []string{"listening", "looking"} {
			b.Run(fmt.Sprintf("assets=%d/%s", assets, way), func(b *testing.B) { measureEdits(b, url, writer, way == "looking") })
		}
	}
}

func measureEdits(b *testing.B, url string, writer *postgis.Store, mute bool) {
	source, live := opened(b, url), &index.Live{}
	if mute {
		source.PollOnly()
	}
	log := slog.New(slog.DiscardHandler)
	f := &follower{store: source, live: live, lag: &lag{primary: source, live: live}, memory: &memory{log: log}, log: log}
	ctx, stop := context.WithCancel(b.Context())
	ended := make(chan error, 1)
	go func() { ended <- f.run(ctx) }()
	defer func() {
		stop()
		if err := <-ended; err != nil {
			b.Error(err)
		}
	}()
	seen := func(at geo.Sequence) {
		if _, err := live.Await(ctx, func(s *index.Snapshot) bool { return s.Position().Sequence >= at && at > 0 }); err != nil {
			b.Fatal(err)
		}
	}
	newest, _, err := writer.Newest(ctx, geo.Position{})
	if err != nil {
		b.Fatal(err)
	}
	seen(newest.Sequence)
	var written, took []time.Duration
	for b.Loop() {
		newest.Sequence++
		begun := time.Now()
		importLamps(b, writer, int(newest.Sequence), 1)
		written = append(written, time.Since(begun))
		seen(newest.Sequence)
		took = append(took, time.Since(begun))
		time.Sleep(time.Duration(len(took)*37%100) * time.Millisecond) // edits come at any moment between two looks
	}
	slices.Sort(written)
	slices.Sort(took)
	b.ReportMetric(float64(written[len(written)/2].Microseconds())/1000, "ms-write-median")
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms-median")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "ms-p99")
}

func opened(b *testing.B, url string) *postgis.Store {
	b.Helper()
	store, err := postgis.Open(b.Context(), url, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(store.Close)
	return store
}

// importLamps imports n lamps; a salt makes the first another than before.
func importLamps(b *testing.B, store *postgis.Store, salt, n int) {
	b.Helper()
	_, err := store.ImportAssets(b.Context(), func(yield func(geo.Asset, error) bool) {
		for i := range n {
			lamp := geo.Asset{
				ID:       geo.AssetID(fmt.Sprint(i)),
				Category: geo.CategoryKey{Standard: "GB/T 47678.5-2026", Kind: geo.Component, Code: "01001"},
				Point:    geo.Coord{X: 1_200_000_000 + int32(i%1000*1000), Y: 300_000_000 + int32(i/1000*1000+salt%1000)},
			}
			if !yield(lamp, nil) {
				return
			}
		}
	}, false)
	if err != nil {
		b.Fatal(err)
	}
}
