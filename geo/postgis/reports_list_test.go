package postgis_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/postgis"
	"gridwarden/geo/testsize"
)

var listedKinds = []geo.CategoryKey{
	{Standard: "GB/T 47678.5-2026", Kind: geo.Matter, Code: "02001"}, {Standard: "GB/T 47678.5-2026", Kind: geo.Component, Code: "02001"}, {},
}

// listed fills a store with reports of some kinds, some of them closed or without a place. They
// come as they are kept, the newest first.
func listed(t *testing.T, store *postgis.Store, r *rand.Rand) (all []geo.Case) {
	t.Helper()
	for i := range testsize.N(100, 1000) {
		report := geo.Report{
			ID: geo.NewReportID(noon.Add(time.Duration(i) * time.Second)), Source: "test", Point: somewhere(r), Category: listedKinds[r.IntN(3)],
			ReportedAt: noon, Description: "不该带出来",
		}
		if report.Category.Code == "" {
			report.Family = []string{"井盖", "路灯"}[r.IntN(2)]
		}
		if r.IntN(6) == 0 {
			report.Point = nil
		}
		_, _, err := store.AddReport(t.Context(), &report, leads([]geo.DepartmentCode{"roads", "water"}[r.IntN(2)]), geo.Idempotency{})
		check(t, err)
		if r.IntN(3) == 0 {
			_, err := store.AddEvents(t.Context(), []geo.ReportEvent{{Report: report.ID, Kind: geo.WasRejected, SenderID: "1", At: noon}})
			check(t, err)
		}
		all = append(all, *caseOf(t, store, report.ID))
	}
	slices.Reverse(all)
	return all
}

func somewhere(r *rand.Rand) *geo.Coord {
	return &geo.Coord{X: 1_200_000_000 + r.Int32N(60_000), Y: 300_000_000 + r.Int32N(60_000)}
}

// someFilter is a filter of any sort but for a place.
func someFilter(r *rand.Rand) geo.ReportFilter {
	f := geo.ReportFilter{Limit: 1 + r.IntN(50), Open: r.IntN(2) == 0}
	if r.IntN(3) == 0 {
		f.Department = "water"
	}
	if r.IntN(2) == 0 {
		f.Categories, f.Families = listedKinds[:r.IntN(2)+1], []string{"井盖"}
	}
	if r.IntN(2) == 0 {
		f.Hidden = listedKinds[1:2]
	}
	return f
}

func picks(f *geo.ReportFilter, c *geo.Case) bool {
	r := &c.Report
	asked := len(f.Categories) == 0 || slices.Contains(f.Categories, r.Category) || slices.Contains(f.Families, r.Family)
	return asked && !slices.Contains(f.Hidden, r.Category) && (!f.Open || r.State.Open()) &&
		(f.Department == "" || f.Department == c.Assignments[0].Department)
}

// TestAListHoldsWhatItsFilterPicksAndNothingElse compares lists, page by page and near places,
// with a look at every report.
func TestAListHoldsWhatItsFilterPicksAndNothingElse(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	r := rand.New(rand.NewPCG(3, 5))
	all := listed(t, store, r)
	for range 20 {
		f := someFilter(r)
		var want, got []geo.ReportID
		for i := range all {
			if picks(&f, &all[i]) {
				want = append(want, all[i].Report.ID)
			}
		}
		for page := f; ; page.After = got[len(got)-1] {
			found, err := store.ListReports(t.Context(), page)
			check(t, err)
			for i := range found {
				got = append(got, found[i].Report.ID)
			}
			if len(found) < f.Limit {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%+v: %d are listed, not %d", f, len(got), len(want))
		}
		f.Near, f.Metres, f.Limit = somewhere(r), float64(1+r.IntN(600)), len(all)
		nearTo(t, store, f, all)
	}
}

// nearTo holds what is listed near a place to the distances, to a metre: the frame of the test
// measures a little otherwise than the database.
func nearTo(t *testing.T, store *postgis.Store, f geo.ReportFilter, all []geo.Case) {
	t.Helper()
	found, err := store.ListReports(t.Context(), f)
	check(t, err)
	metres := map[geo.ReportID]float64{}
	for i, l := range found {
		metres[l.Report.ID] = l.Metres
		if i > 0 && l.Metres < found[i-1].Metres || l.Report.Description != "" || len(l.Assignments) != 3 {
			t.Fatalf("%+v: %s comes out of turn, with its words or without its assignments", f, l.Report.ID)
		}
	}
	for i := range all {
		c := &all[i]
		told, is := metres[c.Report.ID]
		if c.Report.Point == nil || !picks(&f, c) {
			if is {
				t.Fatalf("%+v: %s is listed", f, c.Report.ID)
			}
			continue
		}
		switch away := geo.FrameAt(*f.Near).Distance(*c.Report.Point); {
		case is && (math.Abs(told-away) > 1 || away > f.Metres+1), !is && away < f.Metres-1:
			t.Fatalf("%+v: %s is %v m away, listed %v as %v m", f, c.Report.ID, away, is, told)
		}
	}
}
