package audit

import (
	"fmt"
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

func TestPlay(t *testing.T) {
	w := town()
	w.layer(geo.Layer{Name: "parks", Kind: geo.Overlay})
	w.area(geo.Area{Layer: "parks", Code: "p", Department: "parks", Shape: rectangle(50, 50, 300, 80)})
	w.Duty.Rules = []geo.DutyRow{
		{ID: "a", Standard: "S", Kind: geo.Matter, Category: "01001", Assign: "department:police", Hours: "Mon-Fri 08:00-18:00"},
		{ID: "b", Standard: "S", Kind: geo.Matter, Category: "01002", Layer: "parks", Assign: "layer:parks"},
		{ID: "c", Standard: "S", Kind: geo.Matter, Category: "01002", Layer: "parks", Assign: "department:police"},
		{ID: "d", Standard: "S", Kind: geo.Matter, Category: "01002", Layer: "parks", Area: "q", Assign: "department:ghost"},
		{ID: "e", Priority: 7, Standard: "S", Kind: geo.Matter, Category: "01001", Hours: "Mon 09:00-10:00", Assign: "department:lamps"},
	}
	a := audited(t, w)
	for _, s := range a.told() {
		t.Log(s)
	}
	for _, g := range a.Grounds {
		t.Log(g.name(a.chain), g.SquareMetres, g.zone)
	}
	for _, r := range a.Matrix.Rows {
		t.Log(r)
	}
}
