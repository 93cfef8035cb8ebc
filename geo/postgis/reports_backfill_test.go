package postgis_test

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/postgis"
	"gridwarden/geo/testsize"
)

// history is reports of the past, each with its round.
type history struct {
	reports []geo.Report
	routed  []geo.Assignment
}

// past makes a history of n reports, every second of them closed.
func past(source string, n int) (h history) {
	decision := json.RawMessage(`{"explanation":"` + strings.Repeat("because of this and that. ", 38) + `"}`)
	for i := range n {
		r := *pothole(fmt.Sprintf("%s-%07d", source, i))
		r.ID, r.Source, r.ReportedAt = geo.NewReportID(noon), source, noon.Add(time.Duration(i)*time.Second)
		r.Point = &geo.Coord{X: 1_200_000_000 + int32(i*7919%1_000_000), Y: 300_000_000 + int32(i*104_729%1_000_000)}
		if i%2 == 0 {
			r.State = geo.Closed
		}
		a := leads("roads")[0]
		a.Report, a.Decision = r.ID, decision
		h.reports, h.routed = append(h.reports, r), append(h.routed, a)
	}
	return h
}

func backfill(t *testing.T, store *postgis.Store, h history) (added, known int) {
	t.Helper()
	added, known, err := store.Backfill(t.Context(), h.reports, h.routed)
	check(t, err)
	return added, known
}

func TestABackfillCanBeTakenUpAgain(t *testing.T) {
	t.Parallel()
	store, conn := open(t)
	tell(t, store, geo.ReportEvent{Source: "old", ExternalID: "old-0000001", Kind: geo.WasVoided, At: noon})
	add(t, store, &geo.Report{Source: "old", ExternalID: "old-0000003", Point: &geo.Coord{}, ReportedAt: noon})
	if added, known := backfill(t, store, past("old", 6)); added != 5 || known != 1 {
		t.Errorf("%d added, %d known", added, known)
	}
	if added, known := backfill(t, store, past("old", 8)); added != 2 || known != 6 {
		t.Errorf("%d added, %d known", added, known)
	}
	for sql, want := range map[string]int{
		"SELECT count(*) FROM reports WHERE backfilled":                                 7,
		"SELECT count(*) FROM reports WHERE backfilled AND state = 'closed'":            4,
		"SELECT count(*) FROM reports WHERE backfilled AND state = 'void'":              1,
		"SELECT count(*) FROM reports WHERE backfilled AND lead = 'roads'":              7,
		"SELECT count(*) FROM assignments WHERE backfilled":                             7,
		"SELECT count(*) FROM assignments WHERE backfilled AND external_id LIKE 'old%'": 7,
		"SELECT count(*) FROM river_job WHERE args::text LIKE '%old%'":                  0,
		"SELECT head FROM feed": 10,
	} {
		if got := count(t, conn, sql); got != want {
			t.Errorf("%s: %d, want %d", sql, got, want)
		}
	}
	id, err := store.ReportID(t.Context(), "old", "old-0000000")
	check(t, err)
	tell(t, store, geo.ReportEvent{Report: id, Kind: geo.WasReworked, At: noon.Add(time.Hour)})
	if got := caseOf(t, store, id).Report.State; got != geo.Reworked {
		t.Errorf("after rework: %s", got)
	}
}

func TestABatchOfTheBackfillIsWholeOrNotThere(t *testing.T) {
	t.Parallel()
	store, conn := open(t)
	h := past("old", 4)
	h.reports[2].Category.Kind = "both"
	if _, _, err := store.Backfill(t.Context(), h.reports, h.routed); err == nil {
		t.Error("a report of no kind was stored")
	}
	h = past("old", 4)
	h.reports[3].ExternalID = ""
	_, _, err := store.Backfill(t.Context(), h.reports, h.routed)
	refused(t, err, geo.Invalid, "old")
	h = past("old", 4)
	if _, _, err = store.Backfill(t.Context(), h.reports[:3], h.routed); geo.KindOf(err) != geo.Internal {
		t.Error(err)
	}
	if n := count(t, conn, "SELECT count(*) FROM reports"); n != 0 {
		t.Errorf("%d reports", n)
	}
	if added, known := backfill(t, store, history{}); added != 0 || known != 0 {
		t.Errorf("%d, %d", added, known)
	}
}

func TestTwoBackfillsAtOnceStoreEachReportOnce(t *testing.T) {
	t.Parallel()
	store, conn := open(t)
	n := testsize.N(300, 3000)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			h := past("old", n)
			added, known, err := store.Backfill(t.Context(), h.reports, h.routed)
			if err != nil || added+known != n {
				t.Errorf("%d + %d of %d: %v", added, known, n, err)
			}
		})
	}
	all.Wait()
	if got := count(t, conn, "SELECT count(*) FROM assignments"); got != n {
		t.Errorf("%d assignments of %d reports", got, n)
	}
	if got := count(t, conn, "SELECT head FROM feed"); got != n {
		t.Errorf("the head is %d", got)
	}
}

// BenchmarkBackfill stores reports of the past, with decisions of about a thousand bytes,
// in batches.
func BenchmarkBackfill(b *testing.B) {
	for _, size := range []int{1000, 5000, 20_000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			n := testsize.N(40_000, 400_000)
			for i := range b.N {
				b.StopTimer()
				store := benchStore(b)
				h := past(fmt.Sprint("old", i), n)
				b.StartTimer()
				for at := 0; at < n; at += size {
					_, _, err := store.Backfill(b.Context(), h.reports[at:at+size], h.routed[at:at+size])
					must(0, err)(b)
				}
			}
			perSecond(b, n, "rows/s")
		})
	}
}

// BenchmarkAddReport stores reports one by one from eight at once, as they come in.
func BenchmarkAddReport(b *testing.B) {
	store := benchStore(b)
	b.SetParallelism(4)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			_, _, err := store.AddReport(b.Context(), pothole(""), leads("roads"), geo.Idempotency{Holder: "h", Key: rand.Text()})
			must(0, err)(b)
		}
	})
	perSecond(b, 1, "reports/s")
}
