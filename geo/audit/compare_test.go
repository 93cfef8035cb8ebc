package audit

import (
	"context"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/routing"
	"gridwarden/geo/testsize"
)

// other is the same city with one row changed, ended or begun, or with one area moved.
func (w *world) other(t *rapid.T, before *index.Snapshot) *index.Snapshot {
	change := geo.Changes{From: before.Position(), To: geo.Position{Sequence: 2}, Edition: geo.EditionInfo{Number: 2}}
	rows := slices.Clone(w.Duty.Rules)
	fresh := newWorld()
	fresh.duties(t)
	switch {
	case rapid.Bool().Draw(t, "borders move"):
		for _, a := range w.Areas {
			if a.Layer != "parks" && a.Layer != "roads" {
				continue
			}
			moved := *a
			moved.ID += 1000
			moved.Shape = shifted(a.Shape, 7, 12)
			change.AreasEnded, change.Areas = append(change.AreasEnded, a.ID), append(change.Areas, &moved)
			break
		}
	case len(rows) > 0 && rapid.Bool().Draw(t, "a row ends"):
		change.Duty.Rules = slices.Delete(rows, 0, 1)
	case len(rows) > 0 && len(fresh.Duty.Rules) > 0:
		rows[0] = fresh.Duty.Rules[0]
		change.Duty.Rules = rows
	default:
		change.Duty.Rules = fresh.Duty.Rules
	}
	after, err := before.Apply(&change)
	if err != nil {
		t.Fatal(err)
	}
	return after
}

func shifted(s geo.Shape, x, y int32) geo.Shape {
	var out geo.Shape
	for _, p := range s.Polygons {
		var polygon geo.Polygon
		for _, r := range p {
			var ring geo.Ring
			for _, c := range r {
				ring = append(ring, geo.Coord{X: c.X + x, Y: c.Y + y})
			}
			polygon = append(polygon, ring)
		}
		out.Polygons = append(out.Polygons, polygon)
	}
	for _, l := range s.Lines {
		var line geo.Line
		for _, c := range l {
			line = append(line, geo.Coord{X: c.X + x, Y: c.Y + y})
		}
		out.Lines = append(out.Lines, line)
	}
	return out
}

func TestChangingOneRowChangesOnlyWhatWasSaid(t *testing.T) {
	rounds := 0
	rapid.Check(t, func(t *rapid.T) {
		if rounds++; rounds > testsize.N(25, 1000) {
			return
		}
		w := newWorld()
		keys := w.city(t)
		before := w.view(t)
		after := w.other(t, before)
		today := date(2026, 7, 1)
		c, err := Compare(context.Background(), before, after, nil, Options{At: today.Time(utc)})
		if err != nil {
			t.Fatal(err)
		}
		engines := []*routing.Engine{routing.New(before, routing.Settings{}), routing.New(after, routing.Settings{})}
		s := surveyBoth(engines)[1]
		grounds := map[string]int32{}
		for i := range c.Grounds {
			grounds[s.setOf(&c.Grounds[i].At)] = int32(i)
		}
		for range 80 {
			r := routing.Request{
				At: anywhere(t), Category: rapid.SampledFrom(keys).Draw(t, "category"), Accuracy: 0.001,
				Condition: pick(t, "condition", "", "1", "2"), Answers: map[string]string{"kerb": pick(t, "kerb", "above", "below")},
				Reported: today.Time(utc).Add(time.Duration(rapid.IntRange(0, 20*24*60).Draw(t, "minute")) * time.Minute),
			}
			one, other := engines[0].Decide(r), engines[1].Decide(r)
			p := passing{leadOf(&one), leadOf(&other)}
			here := s.locate(r.At)
			ground, known := grounds[s.setOf(&here)]
			if p.from == p.to || !known || one.Asset != nil || other.Asset != nil {
				continue
			}
			if !slices.ContainsFunc(c.Changes, func(change Change) bool {
				return change.From == p.from && change.To == p.to && slices.Contains(change.Categories, r.Category) && slices.Contains(change.Grounds, ground)
			}) {
				t.Fatalf("at %v %v passes from %q to %q on %v; the comparison says only %+v", r.At, r.Category, p.from, p.to, r.Reported, c.Changes)
			}
		}
	})
}

func TestWhatAChangeOfTheTableMovesIsCounted(t *testing.T) {
	w := town()
	k := geo.CategoryKey{Standard: "S", Kind: geo.Matter, Code: "01001"}
	w.Assets = []geo.Asset{{Version: 1, ID: "x", Category: k, Point: at(150, 50)}}
	before := w.view(t)
	after, err := withDuty(before, geo.DutyTables{Rules: []geo.DutyRow{{ID: "a", Standard: "S", Kind: geo.Matter, Category: "01001", Layer: "grids", Area: "g2", Assign: "department:police"}}})
	if err != nil {
		t.Fatal(err)
	}
	spot := at(150, 50)
	reports := func(_ context.Context, each func(*geo.Report) error) error {
		for _, code := range []string{"01001", "01001", "02001"} {
			if err := each(&geo.Report{Point: &spot, Category: geo.CategoryKey{Standard: "S", Kind: geo.Matter, Code: code}}); err != nil {
				return err
			}
		}
		return nil
	}
	c, err := Compare(t.Context(), before, after, reports, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Changes) != 1 {
		t.Fatalf("%+v", c.Changes)
	}
	got := c.Changes[0]
	if got.From != "street-office" || got.To != "police" || len(got.Categories) != 1 || got.Assets != 1 || got.Reports != 2 || c.Reports != 3 {
		t.Errorf("%+v", got)
	}
	if east, north := geo.FrameAt(spot).Scales(); got.Metres2 < 0.99*1e4*east*north || got.Metres2 > 1.01*1e4*east*north {
		t.Errorf("%v m² change hands, want a grid of 100 × 100 units", got.Metres2)
	}
}
