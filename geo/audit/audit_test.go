package audit

import (
	"fmt"
	"slices"
	"testing"

	"gridwarden/geo"
	"gridwarden/geo/routing"
)

// town draws two grids side by side in one street; the grid to the west names a team, the
// other nobody.
//
//	0      100     200
//	+-------+-------+ 100   grids g1 (team), g2 (nobody) in street s (street office)
//	|  g1   |  g2   |
//	+-------+-------+ 0
func town() *world {
	w := newWorld()
	w.layer(geo.Layer{Name: "grids", Kind: geo.Coverage, Parent: "streets"})
	w.layer(geo.Layer{Name: "streets", Kind: geo.Coverage})
	w.area(geo.Area{Layer: "grids", Code: "g1", Parent: "s", Department: "team", Shape: rectangle(0, 0, 100, 100)})
	w.area(geo.Area{Layer: "grids", Code: "g2", Parent: "s", Shape: rectangle(100, 0, 200, 100)})
	w.area(geo.Area{Layer: "streets", Code: "s", Department: "street-office", Shape: polygon(at(0, 0), at(100, 0), at(200, 0), at(200, 100), at(100, 100), at(0, 100))})
	for _, code := range []geo.DepartmentCode{"team", "street-office", "lamps", "police", "parks"} {
		w.Departments = append(w.Departments, geo.Department{Code: code, Name: string(code)})
	}
	w.Categories = []geo.Category{{CategoryKey: geo.CategoryKey{Standard: "S", Kind: geo.Matter, Code: "01"}}}
	for _, code := range []string{"01001", "01002", "02001"} {
		w.Categories = append(w.Categories, geo.Category{CategoryKey: geo.CategoryKey{Standard: "S", Kind: geo.Matter, Code: code}, Parent: code[:2]})
	}
	return w
}

func audited(t *testing.T, w *world) *Audit {
	t.Helper()
	a, err := Run(t.Context(), w.view(t), Options{Settings: routing.Settings{}, At: date(2026, 7, 1).Time(utc)})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func date(y, m, d int) geo.Date {
	return geo.DateOf(geo.Date{Year: y, Month: 1, Day: 1}.Time(utc).AddDate(0, m-1, d-1), utc)
}

func (a *Audit) told() (all []string) {
	for _, f := range a.Findings {
		all = append(all, fmt.Sprint(f.Kind, ": ", f.Message))
	}
	return all
}

// tells checks the findings, word for word and in order.
func (a *Audit) tells(t *testing.T, want ...string) {
	t.Helper()
	got := a.told()
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(want):
			t.Errorf("unexpected: %s", got[i])
		case i >= len(got):
			t.Errorf("missing: %s", want[i])
		case got[i] != want[i]:
			t.Errorf("got  %s\nwant %s", got[i], want[i])
		}
	}
}

func rowOf(id string, category string, assign string) geo.DutyRow {
	return geo.DutyRow{ID: geo.RuleID(id), Standard: "S", Kind: geo.Matter, Category: category, Assign: assign}
}

// everybody is a row for every category, so that a test tells of one thing only.
func everybody(assign string) geo.DutyRow {
	return geo.DutyRow{ID: "all", Priority: 50, Assign: assign}
}

func TestOverTheWeekendNobodyCame(t *testing.T) {
	w := town()
	w.Areas[2].Department = "" // the street names nobody either
	shift := rowOf("shift", "01001", "department:police")
	shift.Hours = "Mon-Fri 08:00-18:00"
	w.Duty.Rules = []geo.DutyRow{shift, rowOf("b", "01002", "department:parks"), rowOf("c", "02001", "department:parks")}
	a := audited(t, w)
	a.tells(t, "hole: nobody answers for matter 01001 in grids g2 (1.1 m²): Mon-Thu 18:00-08:00 next day; Fri 18:00 to Mon 08:00")
	f := a.Findings[0]
	if f.When.Chinese != "周一至周四18:00-次日08:00；周五18:00至周一08:00" || !f.Error || a.Errors() != 1 {
		t.Errorf("%+v", f)
	}
	if m := f.Mend[0]; len(f.Mend) != 1 || m.Layer != "grids" || m.Area != "g2" || m.Category != "01001" || m.Standard != "S" || m.Hours != "" {
		t.Errorf("to mend it: %+v", m)
	}
}

func TestOnlyTheStreetIsLeftToAnswer(t *testing.T) {
	w := town()
	a := audited(t, w)
	a.tells(t, "hole: only the fallback answers for every category in grids g2 (1.1 m²)")
	if a.Errors() != 0 || a.Findings[0].Mend[0].Assign != "fallback" {
		t.Errorf("%+v", a.Findings[0])
	}
	m, err := a.Matrix("", 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range m.Rows {
		if c := r.Cells[0]; c.Department != "street-office" || c.Departments != 2 || c.Answered == 0 || c.Fallback < c.Answered*0.99 || c.Nobody != 0 {
			t.Errorf("the matrix says %+v", c)
		}
	}
}

func TestAnAssetThatAComponentAndAMatterAreAboutIsCountedOnce(t *testing.T) {
	w := town()
	key := geo.CategoryKey{Standard: "S", Kind: geo.Component, Code: "01001"}
	w.Categories = append(w.Categories, geo.Category{CategoryKey: key, Parent: "01"})
	w.Assets = []geo.Asset{{Version: 1, ID: "lamp", Category: key, Point: at(150, 50)}}
	a := audited(t, w)
	if len(a.Findings) != 1 || a.Findings[0].Assets != 1 {
		t.Errorf("%d assets are told: %q", a.Findings[0].Assets, a.told())
	}
}

func TestTwoRowsWantTheSameRubbish(t *testing.T) {
	w := town()
	w.layer(geo.Layer{Name: "parks", Kind: geo.Overlay})
	w.area(geo.Area{Layer: "parks", Code: "p", Department: "parks", Shape: rectangle(50, 50, 150, 80)})
	one, other := rowOf("one", "01001", "layer:parks"), rowOf("other", "01001", "department:police")
	one.Layer, other.Layer = "parks", "parks"
	w.Duty.Rules = []geo.DutyRow{one, other, everybody("department:lamps")}
	a := audited(t, w)
	a.tells(t,
		"collision: duty rows one (layer:parks) and other (department:police) are equal and name different departments for matter 01001 in grids g1 + parks p, grids g2 + parks p (0.32 m²)",
		"dead-row: duty row other never decides: wherever it holds, one goes before it; give it a smaller priority, or take it out")
	if m := a.Findings[0].Mend[0]; m.ID != "other" || m.Priority != 1 {
		t.Errorf("to mend it: %+v", m)
	}
}

func TestTheRowThatNeverDecides(t *testing.T) {
	w := town()
	always, sometimes, over := rowOf("always", "01001", "department:police"), rowOf("sometimes", "01001", "department:lamps"), rowOf("over", "02001", "department:lamps")
	sometimes.Priority, sometimes.Hours = 7, "Mon 09:00-10:00"
	over.ValidUntil = date(2020, 1, 1)
	nowhere := rowOf("nowhere", "02001", "asset.owner")
	w.Duty.Rules = []geo.DutyRow{always, everybody("department:police"), nowhere, over, sometimes}
	a := audited(t, w)
	a.tells(t,
		"dead-row: duty row nowhere never decides: no place, category and moment fits it, or whom it names is nowhere to be found; mend it, or take it out",
		"dead-row: duty row over decides no more: it ended on 2020-01-01; take it out",
		"dead-row: duty row sometimes never decides: wherever it holds, always goes before it; give it a smaller priority, or take it out")
}

func TestADutyGivenToNobody(t *testing.T) {
	w := town()
	w.Areas[1].Department = "abolished"
	w.Departments = append(w.Departments, geo.Department{Code: "abolished", Name: "撤销", ValidUntil: date(2020, 6, 30)})
	strange := rowOf("strange", "01001", "department:police")
	strange.Layer = "trams"
	w.Duty.Rules = []geo.DutyRow{everybody("department:lamps"), rowOf("ghost", "02001", "department:ghost"), strange}
	a := audited(t, w)
	a.tells(t,
		"empty-duty: 1 area of the layer grids: department abolished (撤销) ended on 2020-06-30 and names no successor: name another",
		"empty-duty: duty row ghost, column assign: there is no department ghost: import it, or name another",
		"empty-duty: duty row strange, column layer: there is no layer and no kind of group \"trams\": import it first, or correct the cell",
		"dead-row: duty row ghost never decides: no place, category and moment fits it, or whom it names is nowhere to be found; mend it, or take it out",
		"dead-row: duty row strange never decides: nothing lies in layer trams, area \"\"; mend it, or take it out")
}

func TestTheRowThatBeginsNextMonthLeavesAHoleUntilThen(t *testing.T) {
	w := town()
	w.Areas[2].Department = ""
	later := everybody("department:police")
	later.ValidFrom = date(2026, 8, 1)
	now := everybody("department:lamps")
	now.ID, now.ValidUntil = "now", date(2026, 7, 20)
	w.Duty.Rules = []geo.DutyRow{later, now}
	a := audited(t, w)
	a.tells(t, "hole: nobody answers for every category in grids g2 (1.1 m²)")
	if from := a.Findings[0].From; from != date(2026, 7, 21) {
		t.Errorf("it is told from %s on, want 2026-07-21", from)
	}
}

func TestTheGroundThatNoGridHolds(t *testing.T) {
	w := town()
	w.Areas = append(w.Areas[:1:1], w.Areas[2]) // the second grid is missing
	a := audited(t, w)
	a.tells(t, "gap: streets s has 1.1 m² that no area of the layer grids holds: the layers above answer there")
}

func TestTheLampThatNamesNobody(t *testing.T) {
	w := town()
	w.Areas[2].Department = ""
	k := geo.CategoryKey{Standard: "S", Kind: geo.Component, Code: "03001"}
	w.Categories = []geo.Category{{CategoryKey: k, Name: "路灯", Parent: "03"}}
	lamp := func(id geo.AssetID, x int, maintainer geo.DepartmentCode) {
		w.Assets = append(w.Assets, geo.Asset{Version: geo.AssetVersion(x), ID: id, Category: k, Point: at(x, 50), Maintainer: maintainer})
	}
	lamp("kept", 120, "lamps")
	lamp("also kept", 130, "lamps")
	lamp("lost", 140, "")
	lamp("elsewhere", 40, "")
	a := audited(t, w)
	a.tells(t,
		"hole: nobody answers for component 03001 路灯 in grids g2 (1.1 m²): without an asset at hand",
		"hole: nobody answers for component 03001 路灯 in grids g2 (1.1 m², 1 asset): asset with nobody named")
}

func TestNobodyAnsweredWhetherItIsOnTheKerb(t *testing.T) {
	w := town()
	w.Areas[2].Department = ""
	above, below := rowOf("above", "01001", "department:police"), rowOf("below", "01001", "department:lamps")
	above.Where, below.Where = "kerb=above", "kerb=below"
	w.Duty.Rules = []geo.DutyRow{above, below, rowOf("b", "01002", "department:parks"), rowOf("c", "02001", "department:parks")}
	audited(t, w).tells(t, "hole: nobody answers for matter 01001 in grids g2 (1.1 m²): without an answer that a row names")
}

func TestTheRoadAnswersOnItsOwnSide(t *testing.T) {
	w := town()
	w.layer(geo.Layer{Name: "roads", Kind: geo.Lines, Reach: 0.2})
	w.area(geo.Area{Layer: "roads", Code: "r", Department: "police", Side: geo.Left, Shape: geo.Shape{Lines: geo.MultiLine{{at(-50, 50), at(250, 50)}}}})
	r := everybody("layer:roads")
	r.Layer, r.Priority = "roads", 0
	w.Duty.Rules = []geo.DutyRow{r, everybody("department:lamps")}
	w.Duty.Rules[1].ID = "others"
	a := audited(t, w)
	a.tells(t)
	var names []string
	for i := range a.Grounds {
		names = append(names, fmt.Sprintf("%s %.2f", a.Grounds[i].name(a.chain), a.Grounds[i].SquareMetres))
	}
	if want := []string{"grids g1 0.88", "grids g1 + roads r 0.19", "grids g2 0.88", "grids g2 + roads r 0.19", "roads r 0.26"}; !slices.Equal(names, want) {
		t.Errorf("the places are %q, want %q", names, want)
	}
}
