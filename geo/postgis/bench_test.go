package postgis_test

import (
	"errors"
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

// BenchmarkAssets imports a city's assets, follows that, imports them again and loads them,
// once each for a round of the benchmark.
func BenchmarkAssets(b *testing.B) {
	n := testsize.N(200_000, 2_000_000)
	store := benchStore(b)
	start := must(store.LoadAll(b.Context()))(b)
	for _, phase := range []string{"import", "again"} {
		b.Run(phase, func(b *testing.B) {
			for range b.N {
				must(store.ImportAssets(b.Context(), many(n), false))(b)
			}
			perSecond(b, n, "rows/s")
		})
	}
	b.Run("follow", func(b *testing.B) {
		for range b.N {
			done := errors.New("done")
			err := store.Follow(b.Context(), start.To, func(c *geo.Changes) error {
				if len(c.Assets) != n {
					b.Errorf("%d assets", len(c.Assets))
				}
				return done
			})
			if !errors.Is(err, done) {
				b.Fatal(err)
			}
		}
		perSecond(b, n, "rows/s")
	})
	b.Run("load", func(b *testing.B) {
		var before, after runtime.MemStats
		for range b.N {
			runtime.GC()
			runtime.ReadMemStats(&before)
			all := must(store.LoadAll(b.Context()))(b)
			runtime.GC()
			runtime.ReadMemStats(&after)
			runtime.KeepAlive(all)
		}
		perSecond(b, n, "rows/s")
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(n), "B/asset")
	})
}

// BenchmarkAreas publishes grids of five vertices, the database checking each, and reads
// them back.
func BenchmarkAreas(b *testing.B) {
	n := testsize.N(9_000, 90_000)
	areas := make([]*geo.Area, n)
	for i := range areas {
		areas[i] = square("grids", geo.AreaCode(fmt.Sprintf("%015d", i)), int32(i%300), int32(i/300))
	}
	b.Run("publish", func(b *testing.B) {
		for range b.N {
			p := geo.Publication{Layers: []geo.Layer{grids}, Areas: areas}
			_, _, err := benchStore(b).Publish(b.Context(), &p)
			must(0, err)(b)
		}
		perSecond(b, n, "areas/s")
	})
	b.Run("base", func(b *testing.B) {
		store := benchStore(b)
		_, _, err := store.Publish(b.Context(), &geo.Publication{Layers: []geo.Layer{grids}, Areas: areas})
		must(0, err)(b)
		for b.Loop() {
			must(store.Base(b.Context(), "grids"))(b)
		}
		perSecond(b, n, "areas/s")
	})
}

func benchStore(b *testing.B) *postgis.Store {
	b.Helper()
	store := must(postgis.Open(b.Context(), pgtest.New(b), slog.New(slog.DiscardHandler)))(b)
	b.Cleanup(store.Close)
	return store
}

// must takes what a call returned and gives its value, or fails.
func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func perSecond(b *testing.B, n int, unit string) {
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), unit)
}
