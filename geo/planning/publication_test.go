package planning

import (
	"testing"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// viewOf is a view of layers of overlays with areas and duty rows.
func viewOf(t *testing.T, edition geo.Edition, rules []geo.DutyRow, areas ...*geo.Area) *index.Snapshot {
	t.Helper()
	c := &geo.Changes{
		To: geo.Position{Sequence: geo.Sequence(edition)}, Edition: geo.EditionInfo{Number: edition},
		Layers: []geo.Layer{{Name: "grids", Kind: geo.Coverage}}, Areas: areas,
		Duty: geo.DutyTables{Rules: rules},
	}
	for i, a := range areas {
		a.ID = geo.AreaID(int(edition)*100 + i)
	}
	view, err := index.Empty().Apply(c)
	if err != nil {
		t.Fatal(err)
	}
	return view
}

func TestWhatWasDecidedStaysDecidedWhenAnEditionIsTakenBack(t *testing.T) {
	t.Parallel()
	old := geo.DutyRow{ID: "r1", Assign: "department:D1"}
	ruled := geo.DutyRow{ID: geo.RulingID("7").Row(), Layer: "grids", Area: "R", Assign: "department:D2"}
	then := viewOf(t, 1, []geo.DutyRow{old}, block("A", 0, 0, 9, 9))
	now := viewOf(t, 2, []geo.DutyRow{old, ruled}, block("A", 0, 0, 9, 9), block("R", 20, 0, 29, 9))
	p, err := Return(t.Context(), now, then)
	if err != nil || p != nil {
		t.Errorf("with nothing but a ruling since, it takes back %+v, %v", p, err)
	}
	other := geo.DutyRow{ID: "r2", Assign: "department:D3"}
	now = viewOf(t, 3, []geo.DutyRow{other, ruled}, block("B", 0, 0, 9, 9), block("R", 20, 0, 29, 9))
	p, err = Return(t.Context(), now, then)
	if err != nil {
		t.Fatal(err)
	}
	if r := p.Duty.Rules; len(r) != 2 || r[0].ID != old.ID || r[1].ID != ruled.ID || p.Duty.Groups != nil {
		t.Errorf("the tables become %+v", p.Duty)
	}
	if len(p.Areas) != 1 || p.Areas[0].Code != "A" || p.Areas[0].ID != 0 || len(p.Ended) != 1 || p.Ended[0] != 300 {
		t.Errorf("%v end, and begin %+v", p.Ended, p.Areas)
	}
	if len(p.Lineage) != 1 || p.Lineage[0].From != "B" || p.Lineage[0].To != "A" {
		t.Errorf("the lineage is %+v", p.Lineage)
	}
}
