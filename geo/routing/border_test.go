package routing_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/routing"
)

// blocks are a town of 8 × 8 grids of 100 m, four to a community and sixteen to a street,
// with departments at every level drawn from a few, and rows for some areas.
func blocks(t *rapid.T) *index.Snapshot {
	c := &geo.Changes{To: geo.Position{Sequence: 1}, Edition: geo.EditionInfo{Number: 1}}
	name := func(size int, i, j int32) geo.AreaCode {
		return geo.AreaCode(fmt.Sprint(size, "-", int(i)/size, int(j)/size))
	}
	layers, sizes := []geo.LayerName{"grids", "communities", "streets"}, []int{1, 2, 4}
	body := rapid.SampledFrom([]geo.DepartmentCode{"", "a", "a", "a", "b"})
	for level, size := range sizes {
		l := geo.Layer{Name: layers[level], Kind: geo.Coverage, Rank: level}
		if level < 2 {
			l.Parent = layers[level+1]
		}
		c.Layers = append(c.Layers, l)
		side := int32(size)
		for i := int32(0); i < 8; i += side {
			for j := int32(0); j < 8; j += side {
				a := &geo.Area{ID: geo.AreaID(len(c.Areas) + 1), Layer: l.Name, Code: name(size, i, j), Department: body.Draw(t, "department")}
				a.Shape = rectangle(100*i, 100*j, 100*(i+side), 100*(j+side))
				if level < 2 {
					a.Parent = name(sizes[level+1], i, j)
				}
				c.Areas = append(c.Areas, a)
			}
		}
	}
	for _, code := range []geo.DepartmentCode{"a", "b", "c"} {
		c.Departments = append(c.Departments, geo.Department{Code: code, Name: string(code)})
	}
	for k := range rapid.IntRange(0, 3).Draw(t, "rows") {
		of := rapid.SampledFrom(c.Areas).Draw(t, "of")
		assign := rapid.SampledFrom([]string{"department:c", "department:a", "layer:communities", "fallback"}).Draw(t, "assign")
		c.Duty.Rules = append(c.Duty.Rules, geo.DutyRow{ID: geo.RuleID(fmt.Sprint("R", k)), Priority: k, Layer: string(of.Layer), Area: string(of.Code), Assign: assign})
	}
	view, err := index.Empty().Apply(c)
	if err != nil {
		t.Fatal(err)
	}
	return view
}

func TestNoBorderThatMattersIsPassedOver(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		view := blocks(t)
		engine := routing.New(view, routing.Settings{})
		lead := func(d routing.Decision) geo.DepartmentCode {
			if d.Department == nil {
				return ""
			}
			return d.Department.Code
		}
		for range 10 {
			r := report(rapid.Int32Range(-20, 820).Draw(t, "east"), rapid.Int32Range(-20, 820).Draw(t, "north"), matter("06001"))
			r.Accuracy = rapid.SampledFrom([]float64{3, 30, 120}).Draw(t, "accuracy")
			d := engine.Decide(r)
			var could, told []geo.DepartmentCode
			for a := range view.Areas("grids", "") {
				if _, near := view.EdgeDistance(a, r.At, r.Accuracy); near {
					r.Answers = map[string]string{"area:grids": string(a.Code)}
					if other := lead(engine.Decide(r)); other != lead(d) && other != "" && !slices.Contains(could, other) {
						could = append(could, other)
					}
				}
			}
			if d.Contested != nil {
				for _, c := range d.Contested.Candidates {
					if c.Department.Code != lead(d) {
						told = append(told, c.Department.Code)
					}
				}
			}
			slices.Sort(could)
			slices.Sort(told)
			if !slices.Equal(could, told) {
				t.Fatalf("at %v within %v m %q is told, beside %s it could be %q", r.At, r.Accuracy, told, lead(d), could)
			}
		}
	})
}
