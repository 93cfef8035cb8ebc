package postgis_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/testsize"
)

// TestEveryReportOnTheGroundIsFound compares what is found in boxes with a look at every
// report: to the last unit, with those that answers may take there.
func TestEveryReportOnTheGroundIsFound(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	r := rand.New(rand.NewPCG(7, 7))
	const west, south, wide = 1_200_000_000, 300_000_000, 400_000
	spot := func() geo.Coord { return geo.Coord{X: west + r.Int32N(wide), Y: south + r.Int32N(wide)} }
	var all []geo.Report
	for i := range testsize.N(150, 1000) {
		at := spot()
		report := geo.Report{Source: "test", ExternalID: fmt.Sprint(i), Point: &at, ReportedAt: noon.AddDate(0, 0, -r.IntN(40)), Description: "不该带出来"}
		switch r.IntN(6) {
		case 0:
			report.Answers = map[string]string{"area:grids": "g1"}
		case 1:
			report.Point = nil
		}
		id, _, err := store.AddReport(t.Context(), &report, nil, geo.Idempotency{})
		check(t, err)
		report.ID, report.State = id, geo.Received
		if r.IntN(3) == 0 {
			_, err := store.AddEvents(t.Context(), []geo.ReportEvent{{Report: id, Kind: geo.WasRejected, SenderID: "1", At: noon}})
			check(t, err)
			report.State = geo.Rejected
		}
		all = append(all, report)
	}
	for range 40 {
		var boxes []geo.Box
		for range r.IntN(4) {
			at := spot()
			box := geo.Box{Min: at, Max: geo.Coord{X: at.X + r.Int32N(100_000), Y: at.Y + r.Int32N(100_000)}}
			if some := all[r.IntN(len(all))].Point; some != nil && r.IntN(2) == 0 {
				box = geo.Box{Min: *some, Max: geo.Coord{X: some.X + r.Int32N(3), Y: some.Y + 1}} // on its corner
			}
			boxes = append(boxes, box)
		}
		since := noon.AddDate(0, 0, -r.IntN(40))
		var want, places []string
		for i := range all {
			a := &all[i]
			if a.Point == nil || !a.State.Open() && a.ReportedAt.Before(since) {
				continue
			}
			if slices.ContainsFunc(boxes, func(b geo.Box) bool { return b.Contains(*a.Point) }) {
				places = append(places, fmt.Sprint(*a.Point, a.ReportedAt, a.State.Open()))
				want = append(want, string(a.ID))
			} else if a.Answers != nil && slices.ContainsFunc(boxes, func(b geo.Box) bool { return metresTo(*a.Point, b) <= geo.MaxAccuracy }) {
				want = append(want, string(a.ID))
			}
		}
		found := map[string]bool{}
		check(t, store.ReportsWithin(t.Context(), boxes, since, func(c *geo.Case) error {
			if found[string(c.Report.ID)] || c.Report.Description != "" {
				t.Errorf("%s comes twice, or with its words", c.Report.ID)
			}
			found[string(c.Report.ID)] = true
			return nil
		}))
		for _, id := range want {
			if !found[id] {
				t.Fatalf("%s lies in %v and is not found", id, boxes)
			}
			delete(found, id)
		}
		for i := range all { // beyond what answers reach a little more may be looked at
			if a := &all[i]; found[string(a.ID)] && a.Answers == nil {
				t.Fatalf("%s at %v is found in %v", a.ID, a.Point, boxes)
			}
		}
		var got []string
		check(t, store.ReportPlacesWithin(t.Context(), boxes, since, func(at geo.Coord, reported time.Time, open bool) error {
			got = append(got, fmt.Sprint(at, reported.UTC(), open))
			return nil
		}))
		slices.Sort(got)
		slices.Sort(places)
		if !slices.Equal(got, places) {
			t.Fatalf("%d places, not %d", len(got), len(places))
		}
	}
}

// metresTo is how far a place is from a box.
func metresTo(p geo.Coord, b geo.Box) float64 {
	return geo.FrameAt(p).Distance(geo.Coord{X: min(max(p.X, b.Min.X), b.Max.X), Y: min(max(p.Y, b.Min.Y), b.Max.Y)})
}

// TestWhatHappenedToAReportComesWithIt holds that what routing goes by comes
// with a report: returns and the rulings about it.
func TestWhatHappenedToAReportComesWithIt(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	id := add(t, store, pothole("P-1"))
	_, err := store.AddReturn(t.Context(), geo.Return{Report: id, Department: "roads", Reason: "不是我们的"})
	check(t, err)
	waiting := caseOf(t, store, id).Returns[0]
	waiting.State, waiting.DecidedBy = geo.RuledUpon, "王"
	check(t, store.Reassign(t.Context(), &geo.Reassignment{
		Report: id, Round: 2, Reason: geo.ReasonRuled, Assignments: leads("water"), Return: &waiting,
		Ruling: &geo.Ruling{ID: "u1", Department: "water", Basis: "b"},
	}))
	seen := 0
	check(t, store.ReportsWithin(t.Context(), []geo.Box{{Min: geo.Coord{X: 1_201_234_567, Y: 302_345_678}, Max: geo.Coord{X: 1_201_234_567, Y: 302_345_678}}}, noon, func(c *geo.Case) error {
		seen++
		if c.Round != 2 || len(c.Returns) != 1 || c.Returns[0].State != geo.RuledUpon || len(c.Rulings) != 1 || c.Rulings[0].Department != "water" {
			t.Errorf("%+v", c)
		}
		return nil
	}))
	if seen != 1 {
		t.Errorf("%d reports", seen)
	}
}
