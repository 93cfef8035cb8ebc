package planning_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/planning"
)

// drafting is a draft in tests: a view, the effects on it, and the codes ever used.
type drafting struct {
	tb      testing.TB
	base    *index.Snapshot
	view    *index.Snapshot
	views   []*index.Snapshot // before each effect
	effects []planning.Effect
	used    map[planning.AreaName]bool
	rules   planning.Rules
}

// ruled is a city whose codes follow the standard: 8 by 8 grids, four to a community, four of
// these to a street, two of these to a district, 330101 in the west and 330102 in the east.
// Lines of law are approved; gone are cells that no area holds.
func ruled(tb testing.TB, gone ...cell) *drafting {
	tb.Helper()
	s := newStore(tb)
	s.must(ruledLayers(8, gone...)...)
	return draftOf(tb, s.view)
}

// draftOf begins a draft on a view.
func draftOf(tb testing.TB, view *index.Snapshot) *drafting {
	d := &drafting{tb: tb, base: view, view: view, used: map[planning.AreaName]bool{}}
	d.rules = planning.Rules{
		Approved: func(geo.LayerName) bool { return true },
		Used: func(_ context.Context, layer geo.LayerName, codes []geo.AreaCode) (used []geo.AreaCode, _ error) {
			for _, c := range codes {
				if d.used[planning.AreaName{Layer: layer, Code: c}] {
					used = append(used, c)
				}
			}
			return used, nil
		},
	}
	for _, l := range view.Layers() {
		for a := range view.Areas(l.Name, "") {
			d.used[planning.AreaName{Layer: l.Name, Code: a.Code}] = true
		}
	}
	return d
}

// gridCode is the code of the grid of a cell of a ruled city.
func gridCode(x, y int) geo.AreaCode {
	return geo.AreaCode(fmt.Sprintf("%s%03d", communityCode(x, y), x%2*2+y%2+1))
}

func communityCode(x, y int) geo.AreaCode {
	return geo.AreaCode(fmt.Sprintf("%s%03d", streetCode(x, y), x/2%2*2+y/2%2+1))
}

func streetCode(x, y int) geo.AreaCode {
	return geo.AreaCode(fmt.Sprintf("%s%03d", districtCode(x), y/4+1))
}

func districtCode(x int) geo.AreaCode { return geo.AreaCode(fmt.Sprintf("3301%02d", x/4+1)) }

func ruledLayers(side int, gone ...cell) []geo.LayerInput {
	var grids, communities, streets, districts []geo.AreaInput
	add := func(list *[]geo.AreaInput, code, parent geo.AreaCode, p orb.Polygon) {
		in := under(parent, drawn(code, p))
		in.Name = string(code)
		*list = append(*list, in)
	}
	for x := range side {
		for y := range side {
			if !slices.Contains(gone, cell{x, y}) {
				add(&grids, gridCode(x, y), communityCode(x, y), block(x, y, x+1, y+1))
			}
			if x%2+y%2 == 0 {
				add(&communities, communityCode(x, y), streetCode(x, y), block(x, y, x+2, y+2))
			}
			if x%4+y%4 == 0 {
				add(&streets, streetCode(x, y), districtCode(x), block(x, y, x+4, y+4))
			}
		}
		if x%4 == 0 {
			add(&districts, districtCode(x), "", block(x, 0, x+4, side))
		}
	}
	return []geo.LayerInput{
		fabric("grids", "communities", grids...), fabric("communities", "streets", communities...),
		fabric("streets", "districts", streets...), fabric("districts", "", districts...),
	}
}

// do does an edit, which has to succeed.
func (d *drafting) do(e planning.Edit) *planning.Effect {
	d.tb.Helper()
	effect, err := d.try(e)
	if err != nil {
		d.tb.Fatalf("%s: %v", e.Kind, err)
	}
	return effect
}

// try does an edit and moves the view.
func (d *drafting) try(e planning.Edit) (*planning.Effect, error) {
	d.tb.Helper()
	effect, err := planning.Do(d.tb.Context(), d.view, &e, d.rules)
	if err != nil {
		return nil, err
	}
	after, err := planning.After(d.view, effect)
	if err != nil {
		d.tb.Fatalf("%s: its effect does not fit: %v", e.Kind, err)
	}
	for _, a := range effect.Areas {
		name := planning.AreaName{Layer: a.Layer, Code: a.Code}
		if d.view.Area(a.Layer, a.Code) == nil && d.used[name] {
			d.tb.Errorf("%s: the code %s is given again", e.Kind, a.Code)
		}
		d.used[name] = true
	}
	d.views, d.effects = append(d.views, d.view), append(d.effects, *effect)
	d.view = after
	return effect, nil
}

// refuses does an edit, which has to fail with the kind and a sentence with every part.
func (d *drafting) refuses(e planning.Edit, kind geo.Kind, parts ...string) {
	d.tb.Helper()
	effect, err := planning.Do(d.tb.Context(), d.view, &e, d.rules)
	if err == nil {
		d.tb.Errorf("%s was done: %+v", e.Kind, names(effect))
		return
	}
	if geo.KindOf(err) != kind {
		d.tb.Errorf("%s: error of kind %d, want %d: %v", e.Kind, geo.KindOf(err), kind, err)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			d.tb.Errorf("%s: it does not say %q: %v", e.Kind, part, err)
		}
	}
}

// names are the areas an effect touches.
func names(e *planning.Effect) (all []string) {
	for _, a := range e.Areas {
		all = append(all, string(a.Layer)+" "+string(a.Code))
	}
	for _, n := range e.Ended {
		all = append(all, "-"+string(n.Layer)+" "+string(n.Code))
	}
	return all
}

// holds fails unless the layer now has these codes, at the middles of these cells.
func (d *drafting) holds(layer geo.LayerName, want map[cell]geo.AreaCode) {
	d.tb.Helper()
	for c, code := range want {
		hits := d.view.Locate(middle(c), layer).Areas
		switch {
		case code == "" && len(hits) > 0:
			d.tb.Errorf("%v lies in %s, want none", c, hits[0].Area.Code)
		case code != "" && (len(hits) != 1 || hits[0].Area.Code != code):
			d.tb.Errorf("%v lies in %v of %s, want %s", c, hits, layer, code)
		}
	}
}

// sound fails unless the view is whole: no error, every area in its parent, every parent the
// union of its children and the gaps.
func (d *drafting) sound() {
	d.tb.Helper()
	base := &geo.Base{Layers: d.view.Layers()}
	for _, l := range base.Layers {
		for a := range d.view.Areas(l.Name, "") {
			base.Areas = append(base.Areas, a)
			if l.Parent != "" && d.view.Area(l.Parent, a.Parent) == nil {
				d.tb.Errorf("%s %s has the parent %q, which is not there", l.Name, a.Code, a.Parent)
			}
		}
	}
	faults, err := planning.Check(d.tb.Context(), base, "")
	if err != nil {
		d.tb.Fatal(err)
	}
	for _, f := range faults {
		if f.Error {
			d.tb.Errorf("%s", f.Sentence())
		}
	}
}

// undone fails unless undoing gives what was there before, back to the base, byte for byte.
func (d *drafting) undone() {
	d.tb.Helper()
	for _, kept := range []int{len(d.effects) / 2, 0} {
		view, err := planning.After(d.base, planning.Fold(d.base, d.effects[:kept]))
		if err != nil {
			d.tb.Fatalf("edit %d cannot be undone: %v", kept+1, err)
		}
		if want := append(d.views, d.view)[kept]; view.ContentHash() != want.ContentHash() {
			d.tb.Errorf("undoing all but %d edits does not give back what was there", kept)
		}
	}
	folded, err := planning.After(d.base, planning.Fold(d.base, d.effects))
	if err != nil {
		d.tb.Fatalf("the effects folded: %v", err)
	}
	if folded.ContentHash() != d.view.ContentHash() {
		d.tb.Error("the effects folded differ from the effects one after another")
	}
}

// across is a line through a row of cells, from beyond the west side of one to beyond the
// east side of another.
func across(x0, x1, y int) orb.LineString {
	return orb.LineString{
		{120 + unit*(float64(x0)-0.2), 30 + unit*(float64(y)+0.5)}, {120 + unit*(float64(x1)+0.2), 30 + unit*(float64(y)+0.55)},
	}
}

func codes(list ...geo.AreaCode) []geo.AreaCode { return list }
func text(s string) *string                     { return &s }
func dept(s geo.DepartmentCode) *geo.DepartmentCode {
	return &s
}

func TestBothPartsOfASplitGetCodesThatWereNeverUsed(t *testing.T) {
	t.Parallel()
	d := ruled(t)
	d.used[planning.AreaName{Layer: "grids", Code: "330101001001006"}] = true // of an area that ended long ago
	e := d.do(planning.Edit{Kind: planning.Split, Layer: "grids", Areas: codes(gridCode(0, 0)), Line: across(0, 1, 0)})
	if want := []planning.AreaName{{Layer: "grids", Code: gridCode(0, 0)}}; !slices.Equal(e.Ended, want) || len(e.Recoded) > 0 {
		t.Errorf("ended %v, recoded %v", e.Ended, e.Recoded)
	}
	north, south := d.view.Area("grids", "330101001001005"), d.view.Area("grids", "330101001001007")
	if north.Shape.Box().Max.Y <= south.Shape.Box().Max.Y || north.Parent != communityCode(0, 0) || north.Name != string(gridCode(0, 0)) {
		t.Errorf("the parts are %+v and %+v", north, south)
	}
	d.sound()
	d.undone()
}

func TestAMergeKeepsTheCodeItIsToldOrTakesANewOne(t *testing.T) {
	t.Parallel()
	d := ruled(t)
	d.do(planning.Edit{Kind: planning.Merge, Layer: "grids", Areas: codes(gridCode(0, 0), gridCode(1, 0)), Into: gridCode(1, 0)})
	d.holds("grids", map[cell]geo.AreaCode{{0, 0}: gridCode(1, 0), {1, 0}: gridCode(1, 0)})
	d.do(planning.Edit{Kind: planning.Merge, Layer: "grids", Areas: codes(gridCode(1, 0), gridCode(1, 1)), Name: text("together")})
	d.holds("grids", map[cell]geo.AreaCode{{0, 0}: "330101001001005", {1, 1}: "330101001001005"})
	if a := d.view.Area("grids", "330101001001005"); a.Name != "together" {
		t.Errorf("merged %+v", a)
	}
	d.refuses(planning.Edit{Kind: planning.Merge, Layer: "grids", Areas: codes(gridCode(0, 1), gridCode(4, 4))}, geo.Conflict, "2 pieces", "merge neighbours")
	d.refuses(planning.Edit{Kind: planning.Merge, Layer: "grids", Areas: codes(gridCode(2, 0), gridCode(3, 0)), Into: gridCode(0, 1)}, geo.Invalid, "none of them")
	d.sound()
	d.undone()
}

func TestAnotherParentIsAnotherCode(t *testing.T) {
	t.Parallel()
	d := ruled(t)
	move := planning.Edit{Kind: planning.Reparent, Layer: "grids", Areas: codes(gridCode(1, 0)), Parent: communityCode(2, 0)}
	e := d.do(move)
	if want := []planning.Recode{{Layer: "grids", From: gridCode(1, 0), To: communityCode(2, 0) + "005"}}; !slices.Equal(e.Recoded, want) {
		t.Errorf("recoded %v, want %v", e.Recoded, want)
	}
	d.holds("communities", map[cell]geo.AreaCode{{1, 0}: communityCode(2, 0)})
	d.refuses(move, geo.NotFound, string(gridCode(1, 0)))
	d.refuses(planning.Edit{Kind: planning.Reparent, Layer: "grids", Areas: codes(gridCode(2, 0)), Parent: communityCode(2, 0)}, geo.Conflict, "already")
	d.refuses(planning.Edit{Kind: planning.Reparent, Layer: "grids", Areas: codes(gridCode(3, 0)), Parent: communityCode(4, 0)}, geo.Conflict, "district")
	d.sound()
	d.undone()
}

func TestANewCodeIsOneForAllBelow(t *testing.T) {
	t.Parallel()
	d := grouped(t)
	was := len(d.view.Duty().Rules)
	e := d.do(planning.Edit{Kind: planning.Set, Layer: "streets", Areas: codes(streetCode(0, 0)), Codes: codes("330101009")})
	if len(e.Recoded) != 1+4+16 {
		t.Errorf("recoded %d: %v", len(e.Recoded), e.Recoded)
	}
	d.holds("grids", map[cell]geo.AreaCode{{0, 0}: "330101009001001", {3, 3}: "330101009004004", {0, 4}: gridCode(0, 4)})
	if got := d.members("duty", "D1"); got != "[330101009001001 330101009001002]" || len(d.view.Duty().Rules) != was {
		t.Errorf("D1 has %v", got)
	}
	e = d.do(planning.Edit{Kind: planning.Set, Layer: "streets", Areas: codes("330101009"), Name: text("West Lake")})
	if len(e.Recoded) > 0 || len(e.Areas) != 1 {
		t.Errorf("a new name alone: %v", names(e))
	}
	for _, bad := range []struct {
		code geo.AreaCode
		part string
	}{
		{"330102005", "330102005 is one of districts 330102"}, {"33010105", "3 digits"}, {"330101000", "3 digits"},
		{"330101002", "another area"}, {"", "no code"}, {"330101 07", "no code"}, {"330101001", "was used"},
	} {
		_, err := planning.Do(t.Context(), d.view, &planning.Edit{Kind: planning.Set, Layer: "streets", Areas: codes("330101009"), Codes: codes(bad.code)}, d.rules)
		if err == nil || !strings.Contains(err.Error(), bad.part) {
			t.Errorf("the code %q: %v", bad.code, err)
		}
	}
	d.sound()
	d.undone()
}

func TestAnUpperAreaIsSplitAlongTheBordersBelow(t *testing.T) {
	t.Parallel()
	d := ruled(t, cell{1, 1}) // a hole of duty inside
	line := orb.LineString{{120 + unit*1.7, 29.999}, {120 + unit*2.2, 30 + unit*2}, {120 + unit*1.8, 30 + unit*4.3}}
	e := d.do(planning.Edit{Kind: planning.Split, Layer: "streets", Areas: codes(streetCode(0, 0)), Line: line})
	d.holds("streets", map[cell]geo.AreaCode{{0, 0}: "330101003", {1, 1}: "330101003", {1, 3}: "330101003", {2, 0}: "330101004", {3, 3}: "330101004"})
	d.holds("grids", map[cell]geo.AreaCode{{0, 0}: "330101003001001", {3, 3}: "330101004004004", {1, 1}: ""})
	if len(e.Recoded) != 4+15 {
		t.Errorf("recoded %d", len(e.Recoded))
	}
	d.sound()
	d.refuses(planning.Edit{Kind: planning.Split, Layer: "streets", Areas: codes("330101004"), Line: orb.LineString{{120 + unit*2.1, 29.999}, {120 + unit*2.1, 30.005}}}, geo.Invalid, "one side")
	d.undone()
}

func TestUpperAreasMergeWithAllBelow(t *testing.T) {
	t.Parallel()
	d := ruled(t)
	d.do(planning.Edit{Kind: planning.Merge, Layer: "communities", Areas: codes(communityCode(0, 0), communityCode(0, 2)), Into: communityCode(0, 0)})
	d.holds("communities", map[cell]geo.AreaCode{{0, 2}: communityCode(0, 0)})
	d.holds("grids", map[cell]geo.AreaCode{{0, 0}: gridCode(0, 0), {0, 3}: communityCode(0, 0) + "005", {1, 3}: communityCode(0, 0) + "006", {0, 2}: communityCode(0, 0) + "007"})
	d.do(planning.Edit{Kind: planning.Merge, Layer: "communities", Areas: codes(communityCode(2, 0), communityCode(2, 2))})
	d.holds("communities", map[cell]geo.AreaCode{{2, 0}: "330101001005", {3, 3}: "330101001005"})
	d.holds("grids", map[cell]geo.AreaCode{{2, 0}: "330101001005001"})
	d.refuses(planning.Edit{Kind: planning.Merge, Layer: "communities", Areas: codes(communityCode(2, 4), communityCode(4, 4))}, geo.Conflict, "streets")
	d.do(planning.Edit{Kind: planning.Merge, Layer: "communities", Areas: codes(communityCode(2, 4), communityCode(4, 4)), Into: communityCode(2, 4), Parents: planning.FollowParents})
	d.holds("districts", map[cell]geo.AreaCode{{5, 5}: "330101", {6, 5}: "330102"})
	d.sound()
	d.undone()
}

func TestBordersOfUpperLayersAreMovedBelow(t *testing.T) {
	t.Parallel()
	d := ruled(t)
	at := corner(4, 3)
	for _, e := range []planning.Edit{
		{Kind: planning.MoveNode, Layer: "streets", At: &at, To: &orb.Point{at[0] + 0.0001, at[1]}},
		{Kind: planning.MoveBorder, Layer: "communities", Areas: codes(communityCode(0, 0)), Line: across(0, 1, 0)},
	} {
		d.refuses(e, geo.Conflict, "in layer grids", "follow")
	}
	d.refuses(planning.Edit{Kind: planning.Close, Layer: "communities", Areas: codes(communityCode(0, 0))}, geo.Conflict, "4 areas of grids")
	d.refuses(planning.Edit{Kind: planning.Draw, Layer: "communities", Polygon: block(7, 7, 9, 9)}, geo.Conflict, "draw the ground in grids")
}

func TestLinesOfLawMoveOnlyWithAnApproval(t *testing.T) {
	t.Parallel()
	d := ruled(t)
	at := corner(4, 3) // between two districts
	e := planning.Edit{Kind: planning.MoveNode, Layer: "grids", At: &at, To: &orb.Point{at[0] + 0.0001, at[1]}}
	d.refuses(e, geo.Conflict, "districts")
	e.Parents = planning.FollowParents
	for _, approved := range [][]geo.LayerName{nil, {"communities", "streets"}} {
		d.rules.Approved = func(l geo.LayerName) bool { return slices.Contains(approved, l) }
		d.refuses(e, geo.Conflict, "lines of law", "enter the approval")
	}
	inner := corner(1, 1) // of four grids of one community
	d.do(planning.Edit{Kind: planning.MoveNode, Layer: "grids", At: &inner, To: &orb.Point{inner[0] + 0.0001, inner[1]}})
	half := orb.Point{(corner(4, 2)[0] + at[0]) / 2, (corner(4, 2)[1] + at[1]) / 2}
	d.do(planning.Edit{Kind: planning.InsertNode, Layer: "grids", At: &half, Tolerance: 1})
	d.rules.Approved = nil
	d.refuses(planning.Edit{Kind: planning.Reparent, Layer: "grids", Areas: codes(gridCode(1, 0)), Parent: communityCode(2, 0)}, geo.Conflict, "communities are lines of law")
	d.do(planning.Edit{Kind: planning.Set, Layer: "streets", Areas: codes(streetCode(0, 0)), Codes: codes("330101007")})
	d.rules.Approved = func(geo.LayerName) bool { return true }
	d.do(e)
	d.sound()
	d.undone()
}

func TestOverlaysAndLinesAreDrawnAsTheyAre(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.must(
		layerOf(geo.Layer{Name: "parks", Kind: geo.Overlay}, drawn("p1", block(0, 0, 2, 2))),
		layerOf(geo.Layer{Name: "roads", Kind: geo.Lines, Reach: 5}, road("r1", 0, 0, 3, 3)),
	)
	d := draftOf(t, s.view)
	d.do(planning.Edit{Kind: planning.Draw, Layer: "parks", Codes: codes("p2"), Name: text("公园"),
		Geometry: []byte(`{"type":"Polygon","coordinates":[[[120,30],[120.002,30.002],[120.002,30],[120,30.002],[120,30]]]}`)})
	if a := d.view.Area("parks", "p2"); a.Name != "公园" || len(a.Shape.Polygons) != 2 || len(d.effects[0].Notes) == 0 {
		t.Errorf("%+v, told %v", a, d.effects[0].Notes)
	}
	d.do(planning.Edit{Kind: planning.Reshape, Layer: "parks", Areas: codes("p1"), Geometry: []byte(`{"type":"MultiPolygon","coordinates":[[[[120,30],[120.001,30],[120.001,30.001],[120,30]]]]}`)})
	d.do(planning.Edit{Kind: planning.Set, Layer: "parks", Areas: codes("p1"), Codes: codes("p9"), Attributes: []byte(`{"trees":7}`)})
	d.do(planning.Edit{Kind: planning.Set, Layer: "parks", Areas: codes("p9"), Attributes: []byte(`{"trees":null,"a<b":"<"}`)})
	if a := d.view.Area("parks", "p9"); string(a.Attributes) != `{"a<b":"<"}` || a.Name != "the p1" {
		t.Errorf("%+v", a)
	}
	d.do(planning.Edit{Kind: planning.Close, Layer: "parks", Areas: codes("p2")})
	d.do(planning.Edit{Kind: planning.Draw, Layer: "roads", Codes: codes("r2"), Reach: 9, Geometry: []byte(`{"type":"LineString","coordinates":[[120,30],[120.001,30]]}`)})
	d.do(planning.Edit{Kind: planning.Reshape, Layer: "roads", Areas: codes("r1"), Side: geo.Right, Geometry: []byte(`{"type":"MultiLineString","coordinates":[[[120,30],[120.001,30]],[[120.002,30],[120.003,30]]]}`)})
	if a := d.view.Area("roads", "r1"); a.Side != geo.Right || len(a.Shape.Lines) != 2 || d.view.Area("roads", "r2").Side != geo.Both {
		t.Errorf("%+v", a)
	}
	d.refuses(planning.Edit{Kind: planning.Draw, Layer: "roads", Codes: codes("r2"), Geometry: []byte(`{"type":"LineString","coordinates":[[120,30],[120.001,30]]}`)}, geo.Conflict, "r2")
	d.refuses(planning.Edit{Kind: planning.Draw, Layer: "roads", Codes: codes("r3"), Geometry: []byte(`{"type":"Polygon","coordinates":[]}`)}, geo.Invalid, "LineString")
	d.refuses(planning.Edit{Kind: planning.Draw, Layer: "roads", Codes: codes("r3"), Geometry: []byte(`{"type":"LineString","coordinates":[[120,30],[120,30]]}`)}, geo.Invalid, "precision")
	d.refuses(planning.Edit{Kind: planning.Reshape, Layer: "parks", Areas: codes("p9"), Geometry: []byte(`{"type":"Polygon","coordinates":[[[120,30],[120,30],[120,30]]]}`)}, geo.Invalid, "nothing is left")
	d.refuses(planning.Edit{Kind: planning.Reshape, Layer: "parks", Areas: codes("p9"), Geometry: []byte(`{"type":"Polygon"`)}, geo.Invalid, "cannot be read")
	d.refuses(planning.Edit{Kind: planning.Reshape, Layer: "parks", Areas: codes("p9"), Geometry: []byte(`{"type":"Polygon","coordinates":[[[120,30],[120],[120.001,30.001],[120,30]]]}`)}, geo.Invalid, "a position has 1 numbers")
	d.refuses(planning.Edit{Kind: planning.Split, Layer: "parks", Areas: codes("p9"), Line: across(0, 1, 0)}, geo.Invalid, "an overlay")
	d.undone()
}

func TestRecodesAreToldOnceFromTheFirstToTheLast(t *testing.T) {
	t.Parallel()
	d := ruled(t)
	set := func(from, to geo.AreaCode) {
		d.do(planning.Edit{Kind: planning.Set, Layer: "grids", Areas: codes(from), Codes: codes(to)})
	}
	a, b, c := gridCode(0, 0), gridCode(0, 1), gridCode(1, 0)
	under := communityCode(0, 0)
	set(a, under+"011")
	set(under+"011", under+"012")
	set(b, under+"013")
	d.do(planning.Edit{Kind: planning.Close, Layer: "grids", Areas: codes(under + "013")})
	set(c, under+"014")
	d.do(planning.Edit{Kind: planning.Split, Layer: "grids", Areas: codes(under + "014"), Line: across(1, 2, 0)})
	want := []planning.Recode{{Layer: "grids", From: a, To: under + "012"}}
	if got := planning.Recodes(d.effects); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	d.undone()
}

func TestWhatIsUsedUpIsTold(t *testing.T) {
	t.Parallel()
	d := ruled(t)
	for i := range 1000 {
		if i != 700 {
			d.used[planning.AreaName{Layer: "grids", Code: communityCode(0, 0) + geo.AreaCode(fmt.Sprintf("%03d", i))}] = true
		}
	}
	split := planning.Edit{Kind: planning.Split, Layer: "grids", Areas: codes(gridCode(0, 0)), Line: across(0, 1, 0)}
	d.refuses(split, geo.Conflict, "used up", "\"codes\"")
	d.do(planning.Edit{Kind: planning.Merge, Layer: "grids", Areas: codes(gridCode(0, 0), gridCode(0, 1))})
	d.holds("grids", map[cell]geo.AreaCode{{0, 0}: communityCode(0, 0) + "700"})
}

func TestCodesGoOnAsThoseBesideThem(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.must(
		fabric("streets", "", drawn("SQ-1", block(0, 0, 2, 4)), drawn("SQ-2", block(2, 0, 4, 4))),
		fabric("grids", "streets", drawn("SQ-1-1", block(0, 0, 2, 2)), drawn("SQ-1-12", block(0, 2, 2, 4)), drawn("SQ-2-1", block(2, 0, 4, 2)), drawn("SQ-2-2", block(2, 2, 4, 4))),
	)
	d := draftOf(t, s.view)
	d.do(planning.Edit{Kind: planning.Split, Layer: "grids", Areas: codes("SQ-1-1"), Line: across(0, 2, 0)})
	d.holds("grids", map[cell]geo.AreaCode{{0, 1}: "SQ-1-13", {0, 0}: "SQ-1-14"})
	e := d.do(planning.Edit{Kind: planning.Reparent, Layer: "grids", Areas: codes("SQ-1-13"), Parent: "SQ-2"})
	if want := []planning.Recode{{Layer: "grids", From: "SQ-1-13", To: "SQ-2-3"}}; !slices.Equal(e.Recoded, want) {
		t.Errorf("recoded %v", e.Recoded)
	}
	d.refuses(planning.Edit{Kind: planning.Set, Layer: "grids", Areas: codes("SQ-2-1"), Codes: codes("SQ-1-7")}, geo.Invalid, "one of streets SQ-1", `SQ-2 and "-" and a number`)
	d.do(planning.Edit{Kind: planning.Split, Layer: "streets", Areas: codes("SQ-2"), Line: across(0, 4, 1)})
	d.holds("streets", map[cell]geo.AreaCode{{2, 3}: "SQ-2-1", {2, 0}: "SQ-2-2"})
	d.holds("grids", map[cell]geo.AreaCode{{2, 3}: "SQ-2-1-2", {2, 0}: "SQ-2-2-1"})
	d.sound()
	d.undone()
}

func TestALayerSaysItselfWhetherItsBordersMayMove(t *testing.T) {
	t.Parallel()
	d := ruled(t)
	view := relayered(t, d.view, "communities", func(l *geo.Layer) { l.Lock = geo.Unlocked })
	view = relayered(t, view, "grids", func(l *geo.Layer) { l.Lock, l.Authority = geo.Locked, "the survey office" })
	d = draftOf(t, view)
	d.rules.Approved = nil
	split := planning.Edit{Kind: planning.Split, Layer: "grids", Areas: codes(gridCode(0, 0)), Line: across(0, 1, 0)}
	d.refuses(split, geo.Conflict, "borders of grids are lines of law", "the approval of the survey office")
	d.rules.Approved = func(l geo.LayerName) bool { return l == "grids" }
	d.do(split)
	d.do(planning.Edit{Kind: planning.Reparent, Layer: "grids", Areas: codes(gridCode(1, 0)), Parent: communityCode(2, 0)})
	d.refuses(planning.Edit{Kind: planning.Reparent, Layer: "communities", Areas: codes(communityCode(2, 2)), Parent: streetCode(2, 4)}, geo.Conflict, "streets are lines of law")
	d.undone()
}

func TestWhatTheParentsKeepIsLeftOut(t *testing.T) {
	t.Parallel()
	d := ruled(t)
	from, corner4, to := corner(1, 1), corner(2, 1), corner(2, 2)
	e := planning.Edit{ // grid (1,1) takes ground from the one south of it, and from the next community
		Kind: planning.MoveBorder, Layer: "grids", Areas: codes(gridCode(1, 1), gridCode(2, 1)), Tolerance: 1,
		Line: orb.LineString{corner4, {corner4[0] + 0.0003, (corner4[1] + to[1]) / 2}, to},
	}
	d.refuses(e, geo.Conflict, "between communities "+string(communityCode(0, 0)))
	e.Parents = planning.KeepParents
	d.refuses(e, geo.Conflict, "nothing is left of it")
	inner := planning.Edit{
		Kind: planning.MoveBorder, Layer: "grids", Areas: codes(gridCode(1, 1), gridCode(1, 0)), Tolerance: 1, Parents: planning.KeepParents,
		Line: orb.LineString{from, {(from[0] + corner4[0]) / 2, from[1] - 0.0003}, corner4},
	}
	if effect := d.do(inner); len(effect.LeftOut) > 0 {
		t.Errorf("left out %v", effect.LeftOut)
	}
	e.Parents = planning.FollowParents
	d.do(e)
	d.sound()
	d.undone()
}
