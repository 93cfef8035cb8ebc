package postgis_test

import (
	"fmt"
	"iter"
	"log/slog"
	"runtime"
	"testing"

	"gridwarden/geo"
	"gridwarden/geo/postgis"
	"gridwarden/geo/postgis/pgtest"
	"gridwarden/geo/testsize"
)

// many are assets as a city has them: few categories and bodies, unique ids.
func many(n int) iter.Seq2[geo.Asset, error] {
	return func(yield func(geo.Asset, error) bool) {
		for i := range n {
			a := lamp(geo.AssetID(fmt.Sprintf("3301030118%07d", i)), int32(i%40_000)*50)
			a.Point.Y += int32(i/40_000) * 500
			a.Category.Code = fmt.Sprintf("01%02d", i%38+1)
			a.Owner = geo.DepartmentCode(fmt.Sprintf("D%d", i%60))
			if !yield(a, nil) {
				return
			}
		}
	}
}

// BenchmarkAssets imports a city's assets, imports them again and loads them, once each
// for a round of the benchmark.
func BenchmarkAssets(b *testing.B) {
	n := testsize.N(200_000, 2_000_000)
	store, err := postgis.Open(b.Context(), pgtest.New(b), slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	for _, phase := range []string{"import", "again"} {
		b.Run(phase, func(b *testing.B) {
			for range b.N {
				if _, err := store.ImportAssets(b.Context(), many(n), false); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
	b.Run("load", func(b *testing.B) {
		var before, after runtime.MemStats
		var all *geo.Changes
		for range b.N {
			runtime.GC()
			runtime.ReadMemStats(&before)
			if all, err = store.Load(b.Context()); err != nil {
				b.Fatal(err)
			}
			runtime.GC()
			runtime.ReadMemStats(&after)
		}
		b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "rows/s")
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(len(all.Assets)), "B/asset")
	})
}
