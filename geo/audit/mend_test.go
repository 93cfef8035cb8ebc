package audit

import (
	"context"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gridwarden/geo"
	"gridwarden/geo/routing"
	"gridwarden/geo/testsize"
)

// The rows proposed fill their hole and take nothing from anybody who has it.
func TestTheRowsToMendTakeDutyFromNobody(t *testing.T) {
	rounds, filled := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		if rounds++; rounds > testsize.N(25, 1000) {
			return
		}
		w := newWorld()
		keys := w.city(t)
		before := w.view(t)
		today := date(2026, 7, 1)
		a, err := Run(context.Background(), before, Options{At: today.Time(utc)})
		if err != nil {
			t.Fatal(err)
		}
		rows := slices.Clone(before.Duty().Rules)
		for i := range a.Findings {
			if f := &a.Findings[i]; f.Kind == Hole {
				for _, row := range f.Mend {
					row.Assign = "department:new" // nobody else names it
					rows = append(rows, row)
				}
			}
		}
		after, err := before.Apply(&geo.Changes{
			From: before.Position(), To: geo.Position{Sequence: 2}, Edition: geo.EditionInfo{Number: 2}, Duty: geo.DutyTables{Rules: rows},
		})
		if err != nil {
			t.Fatal(err)
		}
		was, is := routing.New(before, routing.Settings{}), routing.New(after, routing.Settings{})
		for range 80 {
			r := routing.Request{
				At: anywhere(t), Category: rapid.SampledFrom(keys).Draw(t, "category"), Accuracy: 0.001,
				Condition: pick(t, "condition", "", "1", "2"), Answers: map[string]string{"kerb": pick(t, "kerb", "above", "below")},
				Reported: today.Time(utc).Add(time.Duration(rapid.IntRange(0, 20*24*60).Draw(t, "minute")) * time.Minute),
			}
			one, other := was.Decide(r), is.Decide(r)
			if leadOf(&other) == "new" && leadOf(&one) != "new" {
				filled++
			}
			if from, to := leadOf(&one), leadOf(&other); one.Rule != routing.Fallback && one.Department != nil && from != to {
				t.Fatalf("at %v %v passed from %s by %s to %s by %v", r.At, r.Category, from, one.Rule, to, other.Row)
			}
		}
	})
	if filled == 0 {
		t.Error("no row that was proposed ever answered")
	}
}

func TestAPatternHoldsNothingElse(t *testing.T) {
	all := []string{"01001", "01002", "01003", "02001", "02002", "0201"}
	for _, c := range []struct{ codes, want []string }{
		{[]string{"01001"}, []string{"01001"}},
		{[]string{"01001", "01002"}, []string{"01001", "01002"}},
		{[]string{"01003", "01001", "01002"}, []string{"01*"}},
		{[]string{"01001", "01002", "01003", "02001", "02002"}, []string{"01*", "0200*"}},
		{all, []string{""}},
		{nil, nil},
	} {
		if got := prefixes("", c.codes, all); !slices.Equal(got, c.want) {
			t.Errorf("%v of %v: %v, want %v", c.codes, all, got, c.want)
		}
	}
}
