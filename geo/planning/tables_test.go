package planning_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gridwarden/geo"
	"gridwarden/geo/planning"
	"gridwarden/geo/testsize"
)

func day(year int, month time.Month, d int) geo.Date {
	return geo.Date{Year: year, Month: month, Day: d}
}

// town is a base with 3 × 3 grids in two streets of one district, departments and
// categories, and tables of duty.
func town(t testing.TB) *geo.Base {
	t.Helper()
	s := newStore(t,
		geo.Department{Code: "D1", Name: "城管局", Aliases: []string{"城管"}},
		geo.Department{Code: "D2", Name: "交警大队"},
		geo.Department{Code: "OLD", Name: "旧局", ValidUntil: day(2026, 6, 30)},
		geo.Department{Code: "GONE", Name: "前局", ValidUntil: day(2026, 6, 30), Successor: "D1"},
	)
	s.must(
		fabric("grids", "streets", board(3)...),
		fabric("streets", "districts", drawn("W", block(0, 0, 2, 3)), drawn("E", block(2, 0, 3, 3))),
		fabric("districts", "", drawn("X", block(0, 0, 3, 3))),
	)
	base := s.base
	for _, a := range s.open {
		base.Areas = append(base.Areas, a)
	}
	base.Categories = []geo.Category{
		{CategoryKey: geo.CategoryKey{Standard: "S", Kind: geo.Component, Code: "01001"}, Family: "井盖"},
		{CategoryKey: geo.CategoryKey{Standard: "S", Kind: geo.Matter, Code: "06001"}},
		{CategoryKey: geo.CategoryKey{Standard: "S", Kind: geo.Matter, Code: "06002"}},
	}
	return &base
}

func today() geo.Date { return day(2026, 11, 22) }

// after is the base with a publication in force.
func after(base *geo.Base, p *geo.Publication) *geo.Base {
	next := *base
	next.Edition++
	put(&next.Duty.Rules, p.Duty.Rules)
	put(&next.Duty.Groups, p.Duty.Groups)
	return &next
}

func put[T any](table *[]T, changed []T) {
	if changed != nil {
		*table = changed
	}
}

func planned(t testing.TB, base *geo.Base, given geo.DutyTables, o planning.TableOptions) *planning.TablesOutcome {
	t.Helper()
	o.Today = today()
	out, err := planning.Tables(base, given, o)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func refusedTables(t *testing.T, base *geo.Base, given geo.DutyTables, o planning.TableOptions, kind geo.Kind, parts ...string) {
	t.Helper()
	o.Today = today()
	out, err := planning.Tables(base, given, o)
	if geo.KindOf(err) != kind || err == nil || out == nil || out.Publication != nil {
		t.Fatalf("%v of kind %d, want %d; %+v", err, geo.KindOf(err), kind, out)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("it does not say %q:\n%v", part, err)
		}
	}
	if n := strings.Count(err.Error(), "\n") + 1; kind == geo.Faulty && n != len(parts) {
		t.Errorf("%d sentences, want %d:\n%v", n, len(parts), err)
	}
}

func rows(n int) []geo.DutyRow {
	all := make([]geo.DutyRow, n)
	for i := range all {
		all[i] = geo.DutyRow{ID: geo.RuleID(fmt.Sprintf("R%03d", i)), Priority: 100, Assign: "fallback"}
	}
	return all
}

func TestATableEqualsItsFile(t *testing.T) {
	t.Parallel()
	base := town(t)
	out := planned(t, base, geo.DutyTables{Rules: rows(40)}, planning.TableOptions{Note: "first"})
	if p := out.Publication; p == nil || len(p.Duty.Rules) != 40 || p.Base != base.Edition || p.Note != "first" || p.Duty.Groups != nil {
		t.Fatalf("published %+v", p)
	}
	base = after(base, out.Publication)
	if out := planned(t, base, geo.DutyTables{Rules: rows(40)}, planning.TableOptions{}); out.Publication != nil || out.Tables[0].Untouched != 40 {
		t.Errorf("the same again: %+v", out)
	}
	next := rows(40)[2:]
	next[0].Note = "other"
	next = append(next, geo.DutyRow{ID: "A", Assign: "fallback"})
	out = planned(t, base, geo.DutyTables{Rules: next}, planning.TableOptions{})
	r := out.Tables[0]
	if !slices.Equal(r.Added, []string{"A"}) || !slices.Equal(r.Changed, []string{"R002"}) || !slices.Equal(r.Ended, []string{"R000", "R001"}) || r.Untouched != 37 {
		t.Errorf("told %+v", r)
	}
	if is := out.Publication.Duty.Rules; len(is) != 39 || is[0].ID != "A" || is[1].ID != "R002" {
		t.Errorf("published %+v", is)
	}
	refusedTables(t, base, geo.DutyTables{Rules: rows(40)[3:]}, planning.TableOptions{}, geo.Conflict, "3 of the 40 duty rows", "--allow-end")
	if out := planned(t, base, geo.DutyTables{Rules: rows(1)}, planning.TableOptions{AllowEnd: true}); len(out.Publication.Duty.Rules) != 1 {
		t.Errorf("published %+v", out.Publication.Duty)
	}
	if out := planned(t, base, geo.DutyTables{Rules: next[38:]}, planning.TableOptions{Merge: true}); len(out.Publication.Duty.Rules) != 41 || out.Tables[0].Untouched != 40 {
		t.Errorf("merged %+v", out.Tables)
	}
	if out := planned(t, base, geo.DutyTables{Rules: []geo.DutyRow{}}, planning.TableOptions{AllowEnd: true}); out.Publication.Duty.Rules == nil {
		t.Error("a table that was emptied is told as one that did not change")
	}
}

func TestARulingOutlivesTheNextSpreadsheet(t *testing.T) {
	t.Parallel()
	base := town(t)
	ruled := geo.DutyRow{ID: geo.RulingID("7").Row(), Priority: -1, Assign: "department:D1"}
	base.Duty.Rules = append(rows(3), ruled)
	out := planned(t, base, geo.DutyTables{Rules: rows(3)}, planning.TableOptions{})
	if r := out.Tables[0]; out.Publication != nil || !slices.Equal(r.Kept, []string{"ruling-7"}) || len(r.Ended) != 0 {
		t.Errorf("the file without it: %+v", r)
	}
	other := rows(3)
	other[0].Note = "other"
	out = planned(t, base, geo.DutyTables{Rules: other}, planning.TableOptions{})
	if is := out.Publication.Duty.Rules; len(is) != 4 || !reflect.DeepEqual(is[3], ruled) {
		t.Errorf("published %+v", is)
	}
	ruled.Note = "as it was written"
	out = planned(t, base, geo.DutyTables{Rules: append(rows(3), ruled)}, planning.TableOptions{})
	if r := out.Tables[0]; !slices.Equal(r.Changed, []string{"ruling-7"}) || len(r.Kept) != 0 {
		t.Errorf("a file that names it: %+v", r)
	}
	out = planned(t, base, geo.DutyTables{Rules: rows(3)}, planning.TableOptions{AllowEnd: true})
	if r := out.Tables[0]; !slices.Equal(r.Ended, []string{"ruling-7"}) || len(out.Publication.Duty.Rules) != 3 {
		t.Errorf("allowed to end: %+v", r)
	}
}

func TestDepartmentsAreWrittenByNameAndKeptByCode(t *testing.T) {
	t.Parallel()
	given := []geo.DutyRow{{ID: "1", Assign: "department: 城 管", Helpers: []geo.DepartmentCode{"交警大队"}}}
	out := planned(t, town(t), geo.DutyTables{Rules: given}, planning.TableOptions{})
	if row := out.Publication.Duty.Rules[0]; row.Assign != "department:D1" || !slices.Equal(row.Helpers, []geo.DepartmentCode{"D2"}) {
		t.Errorf("kept %+v", row)
	}
	if given[0].Helpers[0] != "交警大队" || given[0].Assign != "department: 城 管" {
		t.Error("the rows given were changed")
	}
}

func TestEverythingWrongWithRulesIsToldAtOnce(t *testing.T) {
	t.Parallel()
	file := func(n int) (all []geo.Source) {
		for i := range n {
			all = append(all, geo.Source{File: "rules.csv", Feature: i + 1, Line: i + 2})
		}
		return all
	}
	given := []geo.DutyRow{
		{ID: "1", Layer: "moon", Assign: "fallback"},
		{ID: "2", Layer: "grids", Area: "z*", Assign: "fallback"},
		{ID: "3", Layer: "grids", Area: "a*", Assign: "layer:mars"},
		{ID: "4", Standard: "S", Kind: geo.Component, Category: "06001", Assign: "fallback"},
		{ID: "5", Category: "灯杆", Assign: "fallback"},
		{ID: "6", Assign: "department:城官局"},
		{ID: "7", Assign: "department:OLD"},
		{ID: "8", Assign: "department:GONE"},
		{ID: "9", Assign: "department:城管", Helpers: []geo.DepartmentCode{"D1"}},
		{ID: "10", Assign: "fallback", Helpers: []geo.DepartmentCode{"城管", "D1"}},
		{ID: "11", Assign: "department:OLD", ValidUntil: day(2026, 6, 30)},
		{ID: "1", Assign: "fallback"},
		{ID: "12", Category: "井盖", Assign: "fallback"},
		{ID: "13", Standard: "T", Assign: "fallback"},
		{ID: "14", Standard: "S", Category: "0600*", Condition: "9", Assign: "fallback"},
	}
	base := town(t)
	base.Duty.Standards = []geo.FilingStandard{{CategoryKey: geo.CategoryKey{Standard: "S", Kind: geo.Matter, Code: "06002"}, Condition: "1", Limit: 1, Unit: geo.WorkDay}}
	refusedTables(t, base, geo.DutyTables{Rules: given}, planning.TableOptions{Sources: file(len(given))}, geo.Faulty,
		`line 2: column "layer": there is no layer and no kind of group "moon"`, `line 3: column "area": grids has no area whose code begins with "z"`,
		`line 4: column "assign": there is no layer "mars"`, `line 5: column "category": S component has no category`, `line 6: column "category": there is no family "灯杆"`,
		`line 7: column "assign": no department has the code, name or alias "城官局"; the nearest is 城管局 (D1)`,
		`line 8: column "assign": the department OLD 旧局 ended on 2026-06-30`, `line 10: column "helpers": the row refers to itself`,
		`line 11: column "helpers": D1 is named twice`, `line 13: the same row, 1, stands already in rules.csv, line 2`, `line 15: column "standard": there is no category of the standard "T"`,
		`line 16: column "condition"`)
	refusedTables(t, base, geo.DutyTables{Rules: given[:1]}, planning.TableOptions{}, geo.Faulty, "the duty row 1: column")
}

func TestTheTablesBesideTheRulesMustAgree(t *testing.T) {
	t.Parallel()
	base := town(t)
	key := func(code string) geo.CategoryKey {
		return geo.CategoryKey{Standard: "S", Kind: geo.Matter, Code: code}
	}
	line := geo.FilingStandard{CategoryKey: key("06001"), Limit: 1, Unit: geo.WorkDay}
	later := line
	later.ValidFrom = day(2027, 1, 1)
	refusedTables(t, base, geo.DutyTables{Standards: []geo.FilingStandard{later, line, {CategoryKey: key("1"), Limit: 1, Unit: geo.WorkDay}}}, planning.TableOptions{}, geo.Faulty,
		`column "category": S has no matter "1"`, `S matter 06001 2027-01-01: column "valid_from": the line before it`)
	line.ValidUntil = day(2026, 12, 31)
	planned(t, base, geo.DutyTables{Standards: []geo.FilingStandard{later, line}}, planning.TableOptions{})

	refusedTables(t, base, geo.DutyTables{Calendar: []geo.CalendarRow{
		{Kind: geo.Holiday, From: day(2026, 10, 1), Until: day(2026, 10, 7)}, {Kind: geo.MakeUpWork, From: day(2026, 10, 3), Until: day(2026, 10, 3)},
	}}, planning.TableOptions{}, geo.Faulty, "2026-10-03")

	refusedTables(t, base, geo.DutyTables{Crosswalk: []geo.Crosswalk{
		{From: key("0601"), To: key("0602")}, {From: key("0602"), To: key("06001")},
	}}, planning.TableOptions{}, geo.Faulty, `column "to_code": S has no matter "0602"`, "is itself an old code")
	planned(t, base, geo.DutyTables{Crosswalk: []geo.Crosswalk{{From: key("0601"), To: key("06001")}}}, planning.TableOptions{})
}

func TestGroupsAreRefusedOrNoted(t *testing.T) {
	t.Parallel()
	base := town(t)
	group := func(kind, code string, members ...geo.AreaCode) geo.Group {
		return geo.Group{Kind: kind, Code: code, Layer: "grids", Members: members}
	}
	refusedTables(t, base, geo.DutyTables{Groups: []geo.Group{
		group("duty", "1", "a0", "z9"), group("duty", "2", "a0"), group("streets", "3", "a0"), {Kind: "duty", Code: "4", Layer: "moon", Members: []geo.AreaCode{"a1"}},
	}}, planning.TableOptions{}, geo.Faulty, "the group duty 1 lists areas that grids does not have: z9", "the area a0 is in the duty groups 1 and 2", "there is a layer streets", `no layer "moon"`)

	out := planned(t, base, geo.DutyTables{Groups: []geo.Group{
		group("duty", "1", "a0", "a1", "b1"), group("duty", "2", "b0", "a2"), group("duty", "3", "b2", "c2"), group("duty", "4", "c0"),
		group("evaluation", "5", "a0", "a1", "a2", "b0", "b1", "b2", "c0", "c1", "c2"),
	}}, planning.TableOptions{})
	want := []string{
		"the duty group 2 is in 2 pieces that do not touch along a border",
		"the duty group 3 lies in 2 areas of streets: W, E",
		"1 area of grids is in no duty group: c1",
	}
	if !slices.Equal(out.Notes, want) {
		t.Errorf("noted %q, want %q", out.Notes, want)
	}
	base = after(base, out.Publication)
	rules := planned(t, base, geo.DutyTables{Rules: []geo.DutyRow{{ID: "7", Layer: "duty", Area: "4", Assign: "fallback"}}}, planning.TableOptions{})
	base = after(base, rules.Publication)
	out = planned(t, base, geo.DutyTables{Groups: []geo.Group{group("duty", "1", "a0", "a1", "b1")}}, planning.TableOptions{AllowEnd: true})
	if !slices.Contains(out.Notes, "the duty row 7 names duty 4, of which there would be none") {
		t.Errorf("noted %q", out.Notes)
	}
	refusedTables(t, base, geo.DutyTables{Groups: []geo.Group{group("duty", "9", "c0")}}, planning.TableOptions{Merge: true}, geo.Faulty, "the area c0 is in the duty groups 4 and 9")
	refusedTables(t, base, geo.DutyTables{Rules: []geo.DutyRow{{ID: "7", Layer: "duty", Area: "77", Assign: "fallback"}}}, planning.TableOptions{}, geo.Faulty, `duty has no area "77"`)
}

func TestOnlyTheLayersThatMatterAreLoaded(t *testing.T) {
	t.Parallel()
	base := town(t)
	for _, c := range []struct {
		given geo.DutyTables
		want  []geo.LayerName
	}{
		{geo.DutyTables{}, nil},
		{geo.DutyTables{Rules: []geo.DutyRow{{Layer: "grids"}, {Layer: "streets", Area: "W"}, {Layer: "duty", Area: "1"}}}, []geo.LayerName{"duty", "streets"}},
		{geo.DutyTables{Groups: []geo.Group{{Layer: "grids"}, {Layer: "grids"}, {Layer: "moon"}}}, []geo.LayerName{"districts", "grids", "moon", "streets"}},
	} {
		if got := planning.TableLayers(base.Layers, c.given); !slices.Equal(got, c.want) {
			t.Errorf("%v, want %v", got, c.want)
		}
	}
	posts := []geo.Post{{Layer: "grids", Code: "a0"}, {Layer: "grids", Code: "zz"}, {Layer: "moon", Code: "1"}}
	if got := planning.PostLayers(posts); !slices.Equal(got, []geo.LayerName{"grids", "moon"}) {
		t.Errorf("%v", got)
	}
	err := planning.CheckPosts(base, posts, nil)
	if err == nil || !strings.Contains(err.Error(), `grids has no area or group "zz"`) || !strings.Contains(err.Error(), `no kind of group "moon"`) || strings.Contains(err.Error(), "a0") {
		t.Errorf("told %v", err)
	}
}

func TestRowsThatWentStaleCanBeMendedOneByOne(t *testing.T) {
	t.Parallel()
	base := town(t)
	stale := []geo.DutyRow{{ID: "1", Assign: "department:OLD"}, {ID: "2", Assign: "department:OLD"}, {ID: "3", Layer: "grids", Area: "z9", Assign: "fallback"}}
	base.Duty.Rules = stale
	base.Duty.Groups = []geo.Group{{Kind: "duty", Code: "1", Layer: "grids", Members: []geo.AreaCode{"z9"}}}
	if out := planned(t, base, geo.DutyTables{Rules: stale}, planning.TableOptions{}); out.Publication != nil || len(out.Notes) != 3 {
		t.Errorf("the same again: %+v", out)
	}
	mended := slices.Clone(stale)
	mended[0].Assign = "department:D1"
	out := planned(t, base, geo.DutyTables{Rules: mended}, planning.TableOptions{})
	if out.Publication == nil || len(out.Notes) != 2 || !strings.Contains(out.Notes[0], "the duty row 2: column \"assign\": the department OLD") {
		t.Errorf("one mended: %+v", out)
	}
	mended[1].Note = "touched"
	refusedTables(t, base, geo.DutyTables{Rules: mended}, planning.TableOptions{}, geo.Faulty, "the duty row 2")
	out = planned(t, base, geo.DutyTables{Groups: append(base.Duty.Groups, geo.Group{Kind: "duty", Code: "2", Layer: "grids", Members: []geo.AreaCode{"a0"}})}, planning.TableOptions{})
	if !strings.Contains(strings.Join(out.Notes, "\n"), "lists areas that grids does not have: z9") {
		t.Errorf("noted %q", out.Notes)
	}
}

// Whatever was there, a table is afterwards what was given, and giving it again changes
// nothing.
func TestAnyTableEqualsItsFileAndIsThenUntouched(t *testing.T) {
	t.Parallel()
	base := town(t)
	table := rapid.Custom(func(t *rapid.T) []geo.DutyRow {
		ids := rapid.SliceOfNDistinct(rapid.IntRange(0, 30), 0, 20, rapid.ID[int]).Draw(t, "ids")
		all := make([]geo.DutyRow, len(ids))
		for i, id := range ids {
			all[i] = geo.DutyRow{ID: geo.RuleID(fmt.Sprint(id)), Priority: rapid.IntRange(0, 1).Draw(t, "priority"), Assign: "fallback"}
		}
		return all
	})
	rapid.Check(t, func(t *rapid.T) {
		was, is := table.Draw(t, "was"), table.Draw(t, "is")
		merge := rapid.Bool().Draw(t, "merge")
		before := *base
		before.Duty.Rules = was
		o := planning.TableOptions{AllowEnd: true, Merge: merge}
		out, err := planning.Tables(&before, geo.DutyTables{Rules: is}, o)
		if err != nil {
			t.Fatal(err)
		}
		r := out.Tables[0]
		if n := len(r.Added) + len(r.Changed) + r.Untouched; n != len(was)-len(r.Ended)+len(r.Added) || merge && len(r.Ended) > 0 {
			t.Fatalf("the counts do not add up: %+v", r)
		}
		if out.Publication == nil {
			return
		}
		now := out.Publication.Duty.Rules
		for _, row := range is {
			if !slices.ContainsFunc(now, func(o geo.DutyRow) bool { return reflect.DeepEqual(o, row) }) {
				t.Fatalf("%+v is not in %+v", row, now)
			}
		}
		if !merge && len(now) != len(is) || !slices.IsSortedFunc(now, func(a, b geo.DutyRow) int { return strings.Compare(string(a.ID), string(b.ID)) }) {
			t.Fatalf("%+v of %+v", now, is)
		}
		before.Duty.Rules = now
		if again, err := planning.Tables(&before, geo.DutyTables{Rules: is}, o); err != nil || again.Publication != nil {
			t.Fatalf("again: %+v %v", again.Tables, err)
		}
	})
}

func TestAHundredThousandRulesAreJudgedInSeconds(t *testing.T) {
	base := town(t)
	given := make([]geo.DutyRow, testsize.N(100_000, 1_000_000))
	for i := range given {
		given[i] = geo.DutyRow{ID: geo.RuleID(fmt.Sprint(i)), Standard: "S", Category: "0600*", Layer: "grids", Area: "a*", Assign: "department:城管", Helpers: []geo.DepartmentCode{"D2"}}
	}
	began := time.Now()
	planned(t, base, geo.DutyTables{Rules: given}, planning.TableOptions{})
	took := time.Since(began)
	for i := range given {
		given[i].Assign = fmt.Sprintf("department:没有%d", i)
	}
	began = time.Now()
	out, err := planning.Tables(base, geo.DutyTables{Rules: given}, planning.TableOptions{Today: today()})
	if err == nil || out.Publication != nil || strings.Count(err.Error(), "\n") != 100 {
		t.Errorf("told %v", err)
	}
	t.Logf("%d rows in %v, all refused in %v", len(given), took, time.Since(began))
	if most := time.Duration(len(given)/2_000) * time.Second; took > most || time.Since(began) > most {
		t.Errorf("%d rows took %v", len(given), took)
	}
}
