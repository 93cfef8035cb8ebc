package postgis_test

import (
	"reflect"
	"sync"
	"testing"
	"time"

	"gridwarden/geo"
)

func notMine(id geo.ReportID, department geo.DepartmentCode) geo.Return {
	return geo.Return{Report: id, Department: department, Reason: "不归我", At: noon, Area: "G2", Neighbour: "G1"}
}

func TestAReturnNeedsAReasonAndAPart(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	id := add(t, store, pothole("P-1"))
	kept, err := store.AddReturn(t.Context(), notMine(id, "roads"))
	check(t, err)
	want := notMine(id, "roads")
	want.ID, want.Feed, want.Round, want.State, want.Row = kept.ID, 4, 1, geo.Asked, "R1"
	if !reflect.DeepEqual(kept, want) {
		t.Errorf("got  %+v\nwant %+v", kept, want)
	}
	_, err = store.AddReturn(t.Context(), notMine(id, "roads"))
	refused(t, err, geo.Conflict, "roads", "dispatcher")
	_, err = store.AddReturn(t.Context(), notMine(id, "parks"))
	refused(t, err, geo.Conflict, "parks")
	_, err = store.AddReturn(t.Context(), notMine("nobody's", "roads"))
	refused(t, err, geo.NotFound, "nobody's")
	_, err = store.AddReturn(t.Context(), geo.Return{Report: id, Department: "police"})
	refused(t, err, geo.Invalid, "reason")
	_, err = store.AddReturn(t.Context(), geo.Return{Report: id, Reason: "x"})
	refused(t, err, geo.Invalid, "department")
	again, err := store.Return(t.Context(), kept.ID)
	check(t, err)
	if !reflect.DeepEqual(again, kept) {
		t.Errorf("got  %+v\nwant %+v", again, kept)
	}
	_, err = store.Return(t.Context(), kept.ID+1)
	refused(t, err, geo.NotFound)
}

func TestAReturnIsDecidedOnce(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	id := add(t, store, pothole("P-1"))
	asked, err := store.AddReturn(t.Context(), notMine(id, "roads"))
	check(t, err)
	no := geo.Return{ID: asked.ID, State: geo.Refused, DecidedBy: "派遣员", DecidedAt: noon.Add(time.Hour), Note: "是你的"}
	yes := geo.Return{ID: asked.ID, State: geo.Granted, DecidedBy: "值班长"}
	var all sync.WaitGroup
	var refusal, grant error
	all.Go(func() { _, refusal = store.DecideReturn(t.Context(), no) })
	all.Go(func() {
		grant = store.Reassign(t.Context(), &geo.Reassignment{Report: id, Round: 2, Reason: "returned", Assignments: leads("parks"), Return: &yes})
	})
	all.Wait()
	c := caseOf(t, store, id)
	if (refusal == nil) == (grant == nil) || len(c.Returns) != 1 {
		t.Fatalf("refusal %v, grant %v, %+v", refusal, grant, c.Returns)
	}
	got := c.Returns[0]
	if refusal == nil && (got.State != geo.Refused || c.Round != 1 || got.Note != "是你的" || got.Feed != 5) {
		t.Errorf("refused: %+v", c)
	}
	if grant == nil && (got.State != geo.Granted || c.Round != 2 || got.DecidedAt.IsZero() || got.Feed != 8) {
		t.Errorf("granted: %+v", c)
	}
	_, err = store.DecideReturn(t.Context(), no)
	refused(t, err, geo.Conflict, string(got.State))
	_, err = store.DecideReturn(t.Context(), geo.Return{ID: 99, State: geo.Refused})
	refused(t, err, geo.NotFound, "99")
	_, err = store.DecideReturn(t.Context(), yes)
	refused(t, err, geo.Invalid)
}

func TestAnAutomaticReturnIsKeptWithTheNewRound(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	id := add(t, store, pothole("P-1"))
	granted := notMine(id, "roads")
	granted.State, granted.DecidedBy = geo.Granted, "gridwarden"
	check(t, store.Reassign(t.Context(), &geo.Reassignment{Report: id, Round: 2, Reason: "returned", Assignments: leads("parks"), Return: &granted}))
	c := caseOf(t, store, id)
	if len(c.Returns) != 1 || c.Returns[0].State != geo.Granted || c.Returns[0].Round != 1 || c.Returns[0].Row != "R1" || c.Round != 2 {
		t.Errorf("%+v", c)
	}
	if granted.ID != 0 {
		t.Error("the caller's return was written to")
	}
}

func TestARulingHoldsAsFarAsItSays(t *testing.T) {
	t.Parallel()
	store, conn := open(t)
	id := add(t, store, pothole("P-1"))
	key := geo.CategoryKey{Standard: "GB/T 47678.5-2026", Kind: geo.Matter, Code: "02001"}
	alone := geo.Ruling{ID: "ruling-1", Department: "parks", Basis: "会议纪要 1 号", Category: key}
	wide := geo.Ruling{ID: "ruling-2", Department: "water", Basis: "会议纪要 2 号", Category: key, Asset: &geo.AssetKey{ID: "A7", Standard: "S"}, Until: geo.Date{Year: 2027, Month: 1, Day: 31}}
	for i, ruling := range []geo.Ruling{alone, wide} {
		before, _, err := store.Newest(t.Context(), geo.Position{})
		check(t, err)
		check(t, store.Reassign(t.Context(), &geo.Reassignment{Report: id, Round: i + 2, Reason: "ruled", Assignments: leads(ruling.Department), Ruling: &ruling}))
		after, _, err := store.Newest(t.Context(), geo.Position{})
		check(t, err)
		if moved := after.Sequence - before.Sequence; int(moved) != i {
			t.Errorf("the ruling %s moved the sequence by %d", ruling.ID, moved)
		}
	}
	alone.Report, wide.Report = id, id
	if got := caseOf(t, store, id).Rulings; !reflect.DeepEqual(got, []geo.Ruling{alone, wide}) {
		t.Errorf("%+v", got)
	}
	all, err := store.LoadAll(t.Context())
	check(t, err)
	if got := all.Duty.Rulings; !reflect.DeepEqual(got, []geo.Ruling{wide}) {
		t.Errorf("in force: %+v", got)
	}
	twice := geo.Reassignment{Report: id, Round: 4, Reason: "ruled", Assignments: leads("x"), Ruling: &wide}
	refused(t, store.Reassign(t.Context(), &twice), geo.Conflict, "ruling-2")
	if n := count(t, conn, "SELECT max(round) FROM assignments"); n != 3 {
		t.Errorf("half of it was stored: round %d", n)
	}
}

func TestReturnsAreCountedWhereTheyBounce(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	for i, across := range []geo.AreaCode{"G1", "G1", ""} {
		r := notMine(add(t, store, pothole("")), "roads")
		r.Neighbour, r.At = across, noon.Add(time.Duration(i)*time.Hour)
		if i == 1 {
			r.Area, r.Neighbour, r.Row = "G1", "G2", "R2"
		}
		_, err := store.AddReturn(t.Context(), r)
		check(t, err)
	}
	_, err := store.DecideReturn(t.Context(), geo.Return{ID: 1, State: geo.Refused})
	check(t, err)
	got, err := store.ReturnCounts(t.Context(), time.Time{})
	check(t, err)
	want := geo.ReturnCounts{
		Rows:    []geo.RowReturns{{Row: "R1", ReturnCount: geo.ReturnCount{Asked: 1, Refused: 1}}, {Row: "R2", ReturnCount: geo.ReturnCount{Asked: 1}}},
		Borders: []geo.BorderReturns{{Area: "G1", Neighbour: "G2", ReturnCount: geo.ReturnCount{Asked: 1, Refused: 1}}, {Area: "G2", ReturnCount: geo.ReturnCount{Asked: 1}}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	late, err := store.ReturnCounts(t.Context(), noon.Add(2*time.Hour))
	check(t, err)
	if len(late.Rows) != 1 || len(late.Borders) != 1 {
		t.Errorf("%+v", late)
	}
}

func TestReturnsAreListedByPages(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	first := add(t, store, pothole(""))
	for _, id := range []geo.ReportID{first, add(t, store, pothole("")), add(t, store, pothole(""))} {
		_, err := store.AddReturn(t.Context(), notMine(id, "roads"))
		check(t, err)
	}
	for _, c := range []struct {
		filter       geo.ReturnFilter
		after, limit int
		want         int
	}{
		{geo.ReturnFilter{}, 0, 10, 3}, {geo.ReturnFilter{}, 1, 10, 2}, {geo.ReturnFilter{}, 0, 2, 2},
		{geo.ReturnFilter{State: geo.Refused}, 0, 10, 0}, {geo.ReturnFilter{Report: first}, 0, 10, 1},
		{geo.ReturnFilter{Department: "roads", Row: "R1", State: geo.Asked}, 0, 10, 3}, {geo.ReturnFilter{Department: "parks"}, 0, 10, 0},
	} {
		got, err := store.Returns(t.Context(), c.filter, int64(c.after), c.limit)
		check(t, err)
		if len(got) != c.want {
			t.Errorf("%+v: %d, want %d", c, len(got), c.want)
		}
	}
}
