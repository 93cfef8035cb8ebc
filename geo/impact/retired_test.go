package impact_test

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"gridwarden/geo"
	"gridwarden/geo/impact"
)

func TestWhoeverNamesACodeThatRetiresIsTold(t *testing.T) {
	t.Parallel()
	was := newTown()
	was.duty.Rules = append(was.duty.Rules,
		geo.DutyRow{ID: "r5", Layer: "grids", Area: "g17", Assign: "department:d"},
		geo.DutyRow{ID: "r6", Layer: "grids", Area: "g35*", Assign: "department:d"},
		geo.DutyRow{ID: "r7", Layer: "grids", Assign: "department:d"})
	was.duty.Rulings = []geo.Ruling{{ID: "u1", Ground: groundOf(union([]int{5 + 2*side}))}, {ID: "u2", Ground: groundOf(union([]int{0}))}}
	before := was.first(t, nil)
	is := was.clone()
	for i, g := range is.owner {
		switch g {
		case "g17": // goes to the grid beside it
			is.owner[i] = "g16"
		case "g35": // under another code
			is.owner[i] = "k35"
		}
	}
	is.community["k35"], is.body["grids k35"] = is.community["g35"], "a"
	after := is.next(t, before)
	records := &book{posts: []geo.Post{{Layer: "grids", Code: "g17", Role: "网格员", Person: "王"}, {Layer: "grids", Code: "g16", Role: "网格员", Person: "李"}}}
	got, err := impact.Of(t.Context(), before, after, records, impact.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	want := impact.Retired{
		Rows: []impact.RetiredRow{
			{ID: "r2", Layer: "grids", Area: "g1*", Codes: []geo.AreaCode{"g17"}, Remaining: 9},
			{ID: "r5", Layer: "grids", Area: "g17", Codes: []geo.AreaCode{"g17"}},
			{ID: "r6", Layer: "grids", Area: "g35*", Codes: []geo.AreaCode{"g35"}},
		},
		Groups: []impact.RetiredGroup{
			{Kind: "management", Code: "m1", Layer: "grids", Members: []geo.AreaCode{"g17"}},
			{Kind: "management", Code: "m3", Layer: "grids", Members: []geo.AreaCode{"g35"}},
		},
		Posts:   records.posts[:1],
		Rulings: []geo.RulingID{},
	}
	got.Retired.Rulings = append([]geo.RulingID{}, got.Retired.Rulings...)
	if g17 := grid(was, "g17"); !g17[5+2*side] {
		want.Rulings = []geo.RulingID{}
	} else {
		want.Rulings = []geo.RulingID{"u1"}
	}
	if !reflect.DeepEqual(got.Retired, want) {
		t.Errorf("got  %+v\nwant %+v", got.Retired, want)
	}
	for _, l := range got.Layers {
		if l.Layer == "grids" && (l.Changed != 2 || l.Recoded != 1 || l.Ended != 1 || l.Begun != 0) {
			t.Errorf("%+v", l)
		}
	}
}

func groundOf(s geo.Shape) *geo.Shape { return &s }

// grid are the cells of a grid.
func grid(t *town, code geo.AreaCode) map[int]bool {
	cells := map[int]bool{}
	for i, g := range t.owner {
		if g == code {
			cells[i] = true
		}
	}
	return cells
}

func TestHiddenAssetsAreInNoCount(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 3))
	was := newTown()
	before := was.first(t, things(r, 400))
	is := was.clone()
	for i := range is.owner {
		if is.owner[i] == "g14" || is.owner[i] == "g15" {
			is.owner[i] = ""
		}
	}
	after := is.next(t, before)
	look := func(hides func(geo.CategoryKey) bool) (total, uncovered, work int) {
		got, err := impact.Of(t.Context(), before, after, nil, impact.Options{Now: now, Hides: hides, Limit: 1000})
		if err != nil {
			t.Fatal(err)
		}
		for _, thing := range got.Assets.Listed {
			if hides != nil && hides(thing.Category) {
				t.Errorf("%+v is listed", thing)
			}
		}
		for _, a := range got.Grids.Areas {
			work += a.Before.Assets
		}
		return got.Assets.Total, got.Uncovered[len(got.Uncovered)-1].Assets, work
	}
	is1, is2 := func(k geo.CategoryKey) bool { return k == lamp }, func(k geo.CategoryKey) bool { return k == cover }
	all, some, rest := 0, 0, 0
	a, u, w := look(nil)
	for _, hides := range []func(geo.CategoryKey) bool{is1, is2} {
		b, v, x := look(hides)
		all, some, rest = all+b, some+v, rest+x
	}
	if all != a || some != u || rest != w || a == 0 || u == 0 {
		t.Errorf("%d, %d, %d by parts, %d, %d, %d in all", all, some, rest, a, u, w)
	}
}
