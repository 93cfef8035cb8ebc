package postgis_test

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gridwarden/geo"
	"gridwarden/geo/testsize"
)

// words is any text the database can hold.
func words() *rapid.Generator[string] {
	return rapid.Map(rapid.String(), func(s string) string { return strings.ReplaceAll(s, "\x00", "") })
}

// write puts words into cells.
func write(t *rapid.T, cells ...*string) {
	for _, cell := range cells {
		*cell = words().Draw(t, "cell")
	}
}

func dates() *rapid.Generator[geo.Date] {
	return rapid.Custom(func(t *rapid.T) geo.Date {
		if rapid.Bool().Draw(t, "none") {
			return geo.Date{}
		}
		return geo.DateOf(time.Unix(86400*rapid.Int64Range(0, 40_000).Draw(t, "day"), 0), time.UTC)
	})
}

// spans are two days in their order.
func spans(t *rapid.T) (from, until geo.Date) {
	from, until = dates().Draw(t, "from"), dates().Draw(t, "until")
	if !until.IsZero() && until.Before(from) {
		return until, from
	}
	return from, until
}

func keys(t *rapid.T) geo.CategoryKey {
	return geo.CategoryKey{
		Standard: rapid.SampledFrom([]string{"GB", "CJ"}).Draw(t, "standard"),
		Kind:     rapid.SampledFrom([]geo.CategoryKind{geo.Component, geo.Matter}).Draw(t, "kind"),
		Code:     rapid.SampledFrom([]string{"01", "02", "é"}).Draw(t, "code"),
	}
}

func codes[T ~string](t *rapid.T) []T {
	all := rapid.SliceOfN(rapid.SampledFrom([]T{"A", "B", "甲", ""}), 0, 3).Draw(t, "codes")
	if len(all) == 0 {
		return nil
	}
	return all
}

func rules() *rapid.Generator[geo.DutyRow] {
	units := []geo.TimeUnit{geo.UrgentHour, geo.WorkHour, geo.WorkDay, geo.NaturalDay}
	return rapid.Custom(func(t *rapid.T) geo.DutyRow {
		r := geo.DutyRow{
			ID: geo.RuleID(rapid.SampledFrom([]string{"r", "R", "é", "z", "10", "9"}).Draw(t, "id")), Priority: rapid.Int().Draw(t, "priority"),
			Kind: rapid.SampledFrom([]geo.CategoryKind{"", geo.Component, geo.Matter}).Draw(t, "kind"), Category: words().Draw(t, "category"),
			Where: words().Draw(t, "where"), Asset: rapid.SampledFrom([]string{"", "must", "no"}).Draw(t, "asset"),
			AssetWhere: rapid.SampledFrom([]string{"", "", "material=铁", "name=x;size=2|3", "not one"}).Draw(t, "asset_where"),
			Assign:     "fallback", Helpers: codes[geo.DepartmentCode](t), Deadline: rapid.Float64Range(0, 1e9).Draw(t, "deadline"),
			DeadlineUnit: rapid.SampledFrom(units).Draw(t, "unit"), Note: words().Draw(t, "note"),
		}
		write(t, &r.Standard, &r.Condition, &r.Layer, &r.Area, &r.Hours, &r.Basis)
		r.ValidFrom, r.ValidUntil = spans(t)
		return r
	})
}

func standards() *rapid.Generator[geo.FilingStandard] {
	return rapid.Custom(func(t *rapid.T) geo.FilingStandard {
		f := geo.FilingStandard{
			CategoryKey: keys(t), Condition: rapid.StringMatching(`[ab]?`).Draw(t, "condition"), Class: rapid.StringMatching(`[AB]?`).Draw(t, "class"),
			ConditionText: words().Draw(t, "text"), Limit: rapid.Float64Range(0, 90).Draw(t, "limit"), Unit: geo.WorkDay,
		}
		write(t, &f.CloseCondition, &f.Basis)
		f.ValidFrom, f.ValidUntil = spans(t)
		return f
	})
}

func calendars() *rapid.Generator[geo.CalendarRow] {
	return rapid.Custom(func(t *rapid.T) geo.CalendarRow {
		r := geo.CalendarRow{Kind: rapid.SampledFrom([]geo.CalendarKind{geo.Season, geo.Holiday, geo.MakeUpWork}).Draw(t, "kind"), Hours: words().Draw(t, "hours")}
		write(t, &r.Note)
		r.From, r.Until = spans(t)
		r.From = cmp.Or(r.From, geo.Date{Year: 1969, Month: 1, Day: 1})
		r.Until = cmp.Or(r.Until, r.From)
		return r
	})
}

func groups() *rapid.Generator[geo.Group] {
	return rapid.Custom(func(t *rapid.T) geo.Group {
		return geo.Group{
			Kind: rapid.SampledFrom([]string{"duty", "网格"}).Draw(t, "kind"), Code: rapid.StringMatching(`[a-cA-C]`).Draw(t, "code"),
			Name: words().Draw(t, "name"), Layer: "grids", Members: codes[geo.AreaCode](t),
		}
	})
}

// tables draws tables as a publication has them: in any order, each there or nil.
func tables(t *rapid.T) (d geo.DutyTables) {
	d.Rules = table(t, "rules", rules(), func(r geo.DutyRow) geo.RuleID { return r.ID })
	d.Standards = table(t, "standards", standards(), func(f geo.FilingStandard) string {
		return fmt.Sprint(f.CategoryKey, f.Condition, "/", f.Class, f.ValidFrom)
	})
	d.Calendar = table(t, "calendar", calendars(), func(r geo.CalendarRow) string { return fmt.Sprint(r.Kind, r.From, r.Until) })
	d.Groups = table(t, "groups", groups(), func(g geo.Group) string { return g.Kind + " " + g.Code })
	d.Crosswalk = table(t, "crosswalk", rapid.Custom(func(t *rapid.T) geo.Crosswalk { return geo.Crosswalk{From: keys(t), To: keys(t)} }),
		func(c geo.Crosswalk) geo.CategoryKey { return c.From })
	return d
}

func table[T any, K comparable](t *rapid.T, name string, row *rapid.Generator[T], key func(T) K) []T {
	if !rapid.Bool().Draw(t, name) {
		return nil
	}
	return append([]T{}, rapid.SliceOfNDistinct(row, 0, 4, key).Draw(t, name)...)
}

// update is the tables after a publication, each in its order, none nil.
func update(now, given geo.DutyTables) geo.DutyTables {
	day := func(d geo.Date) int64 { return d.Time(time.UTC).Unix() }
	now.Rules = sorted(now.Rules, given.Rules, func(a, b geo.DutyRow) int { return cmp.Compare(a.ID, b.ID) })
	now.Standards = sorted(now.Standards, given.Standards, func(a, b geo.FilingStandard) int {
		return cmp.Or(compareKeys(a.CategoryKey, b.CategoryKey), cmp.Compare(a.Condition, b.Condition), cmp.Compare(a.Class, b.Class),
			cmp.Compare(day(a.ValidFrom), day(b.ValidFrom)))
	})
	now.Calendar = sorted(now.Calendar, given.Calendar, func(a, b geo.CalendarRow) int {
		return cmp.Or(cmp.Compare(day(a.From), day(b.From)), cmp.Compare(day(a.Until), day(b.Until)), cmp.Compare(a.Kind, b.Kind))
	})
	now.Groups = sorted(now.Groups, given.Groups, func(a, b geo.Group) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Code, b.Code))
	})
	now.Crosswalk = sorted(now.Crosswalk, given.Crosswalk, func(a, b geo.Crosswalk) int { return compareKeys(a.From, b.From) })
	now.Rulings = sorted(now.Rulings, given.Rulings, func(a, b geo.Ruling) int { return cmp.Compare(a.ID, b.ID) })
	return now
}

func compareKeys(a, b geo.CategoryKey) int {
	return cmp.Or(cmp.Compare(a.Standard, b.Standard), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Code, b.Code))
}

func sorted[T any](now, given []T, compare func(a, b T) int) []T {
	if given != nil {
		now = slices.Clone(given)
	}
	if now == nil {
		now = []T{}
	}
	slices.SortFunc(now, compare)
	return now
}

// replaced is a view's tables after a change, as a follower has them.
func replaced(now, changed geo.DutyTables) geo.DutyTables {
	into, from := reflect.ValueOf(&now).Elem(), reflect.ValueOf(changed)
	for i := range into.NumField() {
		if !from.Field(i).IsNil() {
			into.Field(i).Set(from.Field(i))
		}
	}
	return now
}

func TestTheTablesOfDutyAreReadBackAsPublished(t *testing.T) {
	t.Parallel()
	store, conn := open(t)
	_, at := publish(t, store, geo.Publication{Layers: []geo.Layer{grids}})
	want, followed := update(geo.DutyTables{}, geo.DutyTables{}), loaded(t, store).Duty
	rapid.Check(t, func(t *rapid.T) {
		before, p := want, geo.Publication{Duty: tables(t)}
		base, err := store.Base(t.Context())
		ok(t, err)
		p.Base = base.Edition
		edition, _, err := store.Publish(t.Context(), &p)
		ok(t, err)
		want = update(want, p.Duty)

		all, err := store.LoadAll(t.Context())
		ok(t, err)
		same(t, "loaded", all.Duty, want)
		news, err := store.Since(t.Context(), at)
		ok(t, err)
		at, followed = news.To, replaced(followed, news.Duty)
		same(t, "followed", followed, want)
		if unchanged := reflect.DeepEqual(before.Rules, want.Rules); unchanged != (news.Duty.Rules == nil) {
			t.Fatalf("the duty rows changed: %v, and came: %v", !unchanged, news.Duty.Rules != nil)
		}
		base, err = store.Base(t.Context())
		ok(t, err)
		base.Duty.Rulings = want.Rulings
		same(t, "base", base.Duty, want)
		var begun int
		ok(t, conn.QueryRow(t.Context(), "SELECT count(*) FROM duty_rows WHERE from_edition = $1 AND until_edition IS NULL", edition.Number).Scan(&begun))
		if fresh := len(without(want.Rules, before.Rules)); begun != fresh {
			t.Fatalf("%d rows begin, %d are new", begun, fresh)
		}
	})
}

// without are the rows that are not among others.
func without(rows, others []geo.DutyRow) []geo.DutyRow {
	return slices.DeleteFunc(slices.Clone(rows), func(r geo.DutyRow) bool {
		return slices.ContainsFunc(others, func(o geo.DutyRow) bool { return reflect.DeepEqual(o, r) })
	})
}

func ok(t *rapid.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func same(t *rapid.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%s: got\n%+v\nwant\n%+v", what, got, want)
	}
}

func TestARefusedTableLeavesNothing(t *testing.T) {
	t.Parallel()
	store, conn := open(t)
	publish(t, store, geo.Publication{Layers: []geo.Layer{grids}})
	row := geo.DutyRow{ID: "1", Assign: "fallback"}
	with := func(change func(*geo.DutyRow)) geo.DutyTables {
		r := row
		change(&r)
		return geo.DutyTables{Rules: []geo.DutyRow{r}}
	}
	for name, c := range map[string]struct {
		d     geo.DutyTables
		words []string
	}{
		"twice": {geo.DutyTables{Rules: []geo.DutyRow{row, row}}, []string{"duty rows: 1 is there twice"}},
		"no id": {with(func(r *geo.DutyRow) { r.ID = "" }), []string{"duty rows"}},
		"kind":  {with(func(r *geo.DutyRow) { r.Kind = "event" }), []string{"word"}},
		"asset": {with(func(r *geo.DutyRow) { r.Asset = "maybe" }), []string{"word"}},
		"unit":  {with(func(r *geo.DutyRow) { r.Deadline, r.DeadlineUnit = 2, "week" }), []string{"word"}},
		"NUL":   {with(func(r *geo.DutyRow) { r.Note = "a\x00" }), []string{"NUL"}},
		"ends before": {with(func(r *geo.DutyRow) {
			r.ValidFrom, r.ValidUntil = geo.Date{Year: 2026, Month: 2, Day: 1}, geo.Date{Year: 2026, Month: 1, Day: 1}
		}), []string{"ends before"}},
		"group of no":    {geo.DutyTables{Groups: []geo.Group{{Kind: "duty", Code: "1", Layer: "beats"}}}, []string{"groups", "layer"}},
		"standard twice": {geo.DutyTables{Standards: []geo.FilingStandard{{}, {}}}, []string{"twice"}},
	} {
		_, _, err := store.Publish(t.Context(), &geo.Publication{Base: 1, Duty: c.d})
		t.Log(name, err)
		refused(t, err, geo.Invalid, c.words...)
	}
	if n := count(t, conn, "SELECT count(*) FROM changes") + count(t, conn, "SELECT count(*) FROM duty_rows") + count(t, conn, "SELECT count(*) FROM editions"); n != 3 {
		t.Error("something was written")
	}
}

func TestARulingHoldsUntilItIsPublishedOrEnded(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	publish(t, store, geo.Publication{Layers: []geo.Layer{grids}})
	shape := square("", "", 0, 0).Shape
	for _, r := range []geo.Ruling{
		{ID: "1", Report: "r1", Department: "D1", Basis: "会议纪要", Category: geo.CategoryKey{Standard: "GB", Kind: geo.Matter, Code: "01"}, Ground: &shape, Until: geo.Date{Year: 2027, Month: 1, Day: 31}},
		{ID: "2", Report: "r2", Department: "D2", Asset: &geo.AssetKey{ID: "7", Standard: "GB"}},
		{ID: "3", Report: "r3", Department: "D3"},
	} {
		start := loaded(t, store)
		check(t, store.AddRuling(t.Context(), r))
		now := loaded(t, store)
		if last := now.Duty.Rulings[len(now.Duty.Rulings)-1]; !reflect.DeepEqual(last, r) {
			t.Errorf("got %+v, want %+v", last, r)
		}
		if news, err := store.Since(t.Context(), start.To); err != nil || !reflect.DeepEqual(news.Duty, geo.DutyTables{Rulings: now.Duty.Rulings}) || now.Edition != start.Edition {
			t.Errorf("followed %+v %v", news, err)
		}
	}
	refused(t, store.AddRuling(t.Context(), geo.Ruling{ID: "1", Department: "D"}), geo.Conflict, "made before")
	refused(t, store.AddRuling(t.Context(), geo.Ruling{ID: "4"}), geo.Invalid, "department")
	publish(t, store, geo.Publication{Duty: geo.DutyTables{Rules: []geo.DutyRow{{ID: "ruling-2", Assign: "department:D2"}}}})
	check(t, store.EndRuling(t.Context(), "3", "withdrawn"))
	refused(t, store.EndRuling(t.Context(), "3", ""), geo.NotFound, "no ruling 3")
	if left := loaded(t, store).Duty.Rulings; len(left) != 1 || left[0].ID != "1" {
		t.Errorf("in force: %+v", left)
	}
}

// BenchmarkDuty publishes a large table, and again with one row changed.
func BenchmarkDuty(b *testing.B) {
	n := testsize.N(10_000, 100_000)
	rows := make([]geo.DutyRow, n)
	for i := range rows {
		rows[i] = geo.DutyRow{ID: geo.RuleID(fmt.Sprintf("R%06d", i)), Category: "01*", Layer: "grids", Area: fmt.Sprint(330103, i), Assign: "layer:grids", Helpers: []geo.DepartmentCode{"D1"}}
	}
	for b.Loop() {
		store := benchStore(b)
		for base := range geo.Edition(2) {
			rows[0].Priority++
			started := time.Now()
			_, _, err := store.Publish(b.Context(), &geo.Publication{Base: base, Duty: geo.DutyTables{Rules: rows}})
			must(0, err)(b)
			b.ReportMetric(time.Since(started).Seconds(), []string{"s/first", "s/again"}[base])
		}
		started := time.Now()
		if got := must(store.LoadAll(b.Context()))(b); len(got.Duty.Rules) != n {
			b.Fatal(len(got.Duty.Rules))
		}
		b.ReportMetric(time.Since(started).Seconds(), "s/load")
	}
}
