package planning_test

import (
	"fmt"
	"strings"
	"testing"

	"gridwarden/geo"
	"gridwarden/geo/planning"
)

// grouped is a ruled city with departments and groups of grids.
func grouped(tb testing.TB) *drafting {
	tb.Helper()
	d := ruled(tb)
	from := d.view.Position()
	c := &geo.Changes{
		History: d.view.History(), From: from, To: geo.Position{Sequence: from.Sequence + 1}, Edition: d.view.Edition(),
		Departments: []geo.Department{{Code: "01", Name: "City"}, {Code: "02", Name: "Parks"}},
	}
	c.Duty.Groups = []geo.Group{
		{Kind: "duty", Code: "D1", Name: "west", Layer: "grids", Members: codes(gridCode(0, 0), gridCode(0, 1))},
		{Kind: "duty", Code: "D2", Name: "east", Layer: "grids", Members: codes(gridCode(1, 0), gridCode(1, 1))},
		{Kind: "evaluation", Code: "E1", Layer: "grids", Members: codes(gridCode(0, 0), gridCode(1, 0))},
	}
	view, err := d.view.Apply(c)
	if err != nil {
		tb.Fatal(err)
	}
	return draftOf(tb, view)
}

// members are those of a group as a text.
func (d *drafting) members(kind, code string) string {
	for _, g := range d.view.Duty().Groups {
		if g.Kind == kind && g.Code == code {
			return fmt.Sprint(g.Members)
		}
	}
	return "none"
}

func TestGroupsFollowWhatBecomesOfTheirMembers(t *testing.T) {
	t.Parallel()
	d := grouped(t)
	d.do(planning.Edit{Kind: planning.Split, Layer: "grids", Areas: codes(gridCode(0, 0)), Line: across(0, 1, 0)})
	parts := []geo.AreaCode{"330101001001005", "330101001001006"}
	if got, want := d.members("duty", "D1"), fmt.Sprint(append(parts, gridCode(0, 1))); got != want {
		t.Errorf("after a split D1 has %v, want %v", got, want)
	}
	d.do(planning.Edit{Kind: planning.Reparent, Layer: "grids", Areas: codes(gridCode(1, 0)), Parent: communityCode(2, 0)})
	if got, want := d.members("evaluation", "E1"), fmt.Sprint(append(parts, communityCode(2, 0)+"005")); got != want {
		t.Errorf("after a recoding E1 has %v, want %v", got, want)
	}
	e := d.do(planning.Edit{Kind: planning.Merge, Layer: "grids", Areas: codes(gridCode(0, 1), gridCode(1, 1))})
	if got, want := d.members("duty", "D1"), fmt.Sprint(append(parts, "330101001001007")); got != want || len(e.Notes) != 1 {
		t.Errorf("after a merge D1 has %v, want %v; told %v", got, want, e.Notes)
	}
	e = d.do(planning.Edit{Kind: planning.Close, Layer: "grids", Areas: codes(communityCode(2, 0) + "005")})
	if got := d.members("duty", "D2"); got != "none" || len(e.Notes) == 0 || !strings.Contains(e.Notes[0].String(), "D2 east has no members left") {
		t.Errorf("D2 has %v; told %v", got, e.Notes)
	}
	d.sound()
	d.undone()
}

func TestMembersMoveBetweenGroupsByOneCall(t *testing.T) {
	t.Parallel()
	d := grouped(t)
	move := func(from, to string, members ...geo.AreaCode) planning.Edit {
		return planning.Edit{Kind: planning.Regroup, Layer: "grids", Group: &planning.GroupMove{Kind: "duty", From: from, To: to, Members: members}}
	}
	d.do(move("D1", "D2", gridCode(0, 0)))
	d.do(move("", "D1", gridCode(5, 5)))
	d.do(move("D2", "", gridCode(1, 1)))
	if west, east := d.members("duty", "D1"), d.members("duty", "D2"); west != fmt.Sprint(codes(gridCode(0, 1), gridCode(5, 5))) || east != fmt.Sprint(codes(gridCode(1, 0), gridCode(0, 0))) {
		t.Errorf("D1 %v, D2 %v", west, east)
	}
	named := move("", "D3", gridCode(6, 6))
	d.refuses(named, geo.NotFound, "D3", "give its name")
	named.Name = text("new")
	d.do(named)
	if got := d.members("duty", "D3"); got != fmt.Sprint(codes(gridCode(6, 6))) {
		t.Errorf("D3 %v", got)
	}
	d.refuses(move("D1", "D2", gridCode(6, 6)), geo.Conflict, "in the group D3, not in the group D1")
	d.refuses(move("D9", "D2", gridCode(6, 6)), geo.NotFound, "D9")
	d.refuses(move("D1", "D1", gridCode(0, 1)), geo.Invalid, "the same")
	d.refuses(move("D1", "D2", gridCode(0, 1), gridCode(0, 1)), geo.Invalid, "twice")
	d.refuses(move("D1", "D2"), geo.Invalid, "no members")
	d.refuses(planning.Edit{Kind: planning.Regroup, Layer: "streets", Group: &planning.GroupMove{Kind: "duty", To: "D1", Members: codes(streetCode(0, 0))}}, geo.Invalid, "members of grids")
	d.undone()
}
