package postgis_test

import (
	"testing"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/planning"
	"gridwarden/geo/testsize"
)

// BenchmarkDraftEdits adds edits to a draft that has very many, and tells how many times
// that takes what it takes in an empty one; then it reads them all.
func BenchmarkDraftEdits(b *testing.B) {
	n := testsize.N(2_000, 10_000)
	store := benchStore(b)
	_, _, err := store.Publish(b.Context(), &geo.Publication{Layers: []geo.Layer{grids}})
	must(0, err)(b)
	many := make([]planning.DoneEdit, n)
	for i := range many {
		many[i] = *moving("A", int32(i%300))
	}
	empty := must(store.CreateDraft(b.Context(), geo.Draft{ID: "empty", Base: 1}))(b)
	full := must(store.CreateDraft(b.Context(), geo.Draft{ID: "full", Base: 1}))(b)
	full.Head = n
	full = must(store.RebaseDraft(b.Context(), full, many))(b)
	add := func(d *geo.Draft) time.Duration {
		start := time.Now()
		*d = must(store.AddDraftEdit(b.Context(), d.ID, d.Version, moving("A", 1)))(b)
		return time.Since(start)
	}
	b.Run("add", func(b *testing.B) {
		var few, most time.Duration
		for b.Loop() {
			few, most = few+add(&empty), most+add(&full)
		}
		b.ReportMetric(float64(most)/float64(few), "times-empty")
		b.ReportMetric(float64(most.Microseconds())/float64(b.N), "µs/edit")
	})
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			_, _, err := store.DraftEdits(b.Context(), full.ID, 0)
			must(0, err)(b)
		}
		perSecond(b, n, "edits/s")
	})
	b.Run("read-last", func(b *testing.B) {
		for b.Loop() {
			_, _, err := store.DraftEdits(b.Context(), full.ID, full.Head-1)
			must(0, err)(b)
		}
	})
}
