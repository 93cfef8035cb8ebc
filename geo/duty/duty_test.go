package duty_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gridwarden/geo"
	"gridwarden/geo/duty"
)

// cells gives the cells of a row by column, from pairs.
func cells(pairs ...string) func(string) string {
	row := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		row[pairs[i]] = pairs[i+1]
	}
	return func(column string) string { return row[column] }
}

// under gives cells written in the order of columns.
func under(columns, values []string) func(string) string {
	return func(column string) string {
		if i := slices.Index(columns, column); i >= 0 {
			return values[i]
		}
		return ""
	}
}

// told fails unless the faults are of exactly these columns and say these things.
func told(t *testing.T, faults []duty.CellError, want ...string) {
	t.Helper()
	var lines []string
	for _, f := range faults {
		lines = append(lines, f.Error())
	}
	all := strings.Join(lines, "\n")
	if len(faults) != len(want) {
		t.Errorf("%d faults, want %d:\n%s", len(faults), len(want), all)
	}
	for _, w := range want {
		column, part, _ := strings.Cut(w, ": ")
		if !slices.ContainsFunc(lines, func(l string) bool {
			return strings.HasPrefix(l, fmt.Sprintf("column %q: ", column)) && strings.Contains(l, part)
		}) {
			t.Errorf("not told of column %q that %q:\n%s", column, part, all)
		}
	}
}

func TestARowIsReadAsOfficialsTypeIt(t *testing.T) {
	t.Parallel()
	row, faults := duty.ParseRule(cells(
		"id", "　Ｒ－１ ", "priority", "１０", "standard", "ＧＢ", "kind", "事件", "category", "０１０＊", "layer", "parks", "area", "公园（东）",
		"where", "position＝pavement｜kerb；inside_fence=yes", "asset", "有", "asset_where", "material=iron\nsize=big", "valid_from", "2026/7/1", "valid_until", "2027年6月30日",
		"hours", "Mon-Fri 08:00-18:00；\n节假日", "assign", "部门：城管局", "helpers", "交警大队、 园林中心；A1", "deadline", "４.5", "deadline_unit", "工作时", "basis", "《条例》，第3条", "note", "a；b",
	))
	told(t, faults)
	want := geo.DutyRow{
		ID: "R-1", Priority: 10, Standard: "GB", Kind: geo.Matter, Category: "010*", Layer: "parks", Area: "公园（东）",
		Where: "position＝pavement｜kerb;inside_fence=yes", Asset: "must", AssetWhere: "material=iron;size=big",
		ValidFrom: geo.Date{Year: 2026, Month: time.July, Day: 1}, ValidUntil: geo.Date{Year: 2027, Month: time.June, Day: 30},
		Hours: "Mon-Fri 08:00-18:00;节假日", Assign: "department:城管局", Helpers: []geo.DepartmentCode{"交警大队", "园林中心", "A1"},
		Deadline: 4.5, DeadlineUnit: geo.WorkHour, Basis: "《条例》，第3条", Note: "a；b",
	}
	if !reflect.DeepEqual(row, want) {
		t.Errorf("read\n%+v, want\n%+v", row, want)
	}
	plain, faults := duty.ParseRule(cells("id", "1", "assign", "属地兜底", "category", "*", "layer", "责任网格"))
	told(t, faults)
	if !reflect.DeepEqual(plain, geo.DutyRow{ID: "1", Priority: duty.DefaultPriority, Layer: geo.DutyGroup, Assign: "fallback"}) {
		t.Errorf("read %+v", plain)
	}
}

func TestEveryFaultOfARowIsToldAtOnce(t *testing.T) {
	t.Parallel()
	_, faults := duty.ParseRule(cells(
		"id", strings.Repeat("长", 65), "priority", "first", "kind", "thing", "category", "01001", "area", "33*01", "where", "position", "asset", "maybe",
		"asset_where", "a=1;a=2", "valid_from", "46203", "valid_until", "next year", "hours", "25:00", "assign", "somebody",
		"helpers", "a;a", "deadline", "-1", "deadline_unit", "weeks", "note", strings.Repeat("x", 4001),
	))
	told(t, faults, "id: 65 characters", "priority: first", "kind: component, matter", "standard: is a code", "area: at the end", "where: key=value",
		"asset: must, no", "asset_where: twice", "valid_from: serial number", "valid_until: next year", "hours: 25:00", "assign: names nobody",
		"helpers: twice", "deadline: above 0", "deadline_unit: natural_day, urgent_hour, work_day, work_hour", "note: 4000 characters")

	for _, c := range []struct {
		row  []string
		want []string
	}{
		{[]string{}, []string{"id: blank", "assign: blank"}},
		{[]string{"id", "1", "assign", "department:D1", "helpers", "D2;D1"}, []string{"helpers: refers to itself"}},
		{[]string{"id", "1", "assign", "layer:parks", "layer", "parks", "area", "A"}, nil},
		{[]string{"id", "1", "assign", "fallback", "area", "A"}, []string{"layer: name that too"}},
		{[]string{"id", "1", "assign", "fallback", "condition", "2"}, []string{"condition: name that too"}},
		{[]string{"id", "1", "assign", "fallback", "category", "井盖"}, nil},
		{[]string{"id", "1", "assign", "fallback", "category", "井盖*"}, []string{"category: whole"}},
		{[]string{"id", "1", "assign", "fallback", "category", "010*"}, []string{"standard: is a code"}},
		{[]string{"id", "1", "assign", "fallback", "deadline", "2"}, []string{"deadline_unit: without its unit"}},
		{[]string{"id", "1", "assign", "fallback", "deadline_unit", "工作日"}, []string{"deadline: no number"}},
		{[]string{"id", "1", "assign", "fallback", "deadline", "NaN", "deadline_unit", "work_day"}, []string{"deadline: above 0"}},
		{[]string{"id", "1", "assign", "fallback", "valid_from", "2026-07-02", "valid_until", "2026-07-01"}, []string{"valid_until: before"}},
		{[]string{"id", "1", "assign", "asset.owner", "asset", "no", "asset_where", "id=7"}, []string{"assign: without an asset", "asset_where: without an asset"}},
		{[]string{"id", "a\u200bb", "assign", "layer:"}, []string{"id: cannot be seen", "assign: names nobody"}},
		{[]string{"id", "1", "assign", "fallback", "hours", "Funday"}, []string{"hours: funday"}},
	} {
		_, faults := duty.ParseRule(cells(c.row...))
		told(t, faults, c.want...)
	}
}

func TestTheOtherTablesAreReadAndRefused(t *testing.T) {
	t.Parallel()
	_, faults := duty.ParseStandard(cells("kind", "matter", "category", "010*", "unit", "hour"))
	told(t, faults, "standard: blank", "category: is no code", "unit: natural_day")
	_, faults = duty.ParseStandard(cells("standard", "S", "kind", "matter", "category", "01"))
	told(t, faults, "limit: blank")
	c, faults := duty.ParseCalendarRow(cells("kind", "节假日", "from", "2026/10/1"))
	if told(t, faults); c.Kind != geo.Holiday || c.Until != c.From {
		t.Errorf("read %+v", c)
	}
	_, faults = duty.ParseCalendarRow(cells("kind", "season", "from", "2026-01-01"))
	told(t, faults, "until: blank", "hours: a season says")
	_, faults = duty.ParseCalendarRow(cells("kind", "holiday", "from", "never", "hours", "08:00-12:00"))
	told(t, faults, "from: not a date", "hours: whole days")
	_, faults = duty.ParseCalendarRow(cells())
	told(t, faults, "kind: blank", "from: blank")
	g, faults := duty.ParseGroupMember(cells("kind", "责任网格", "code", "Z1", "member_layer", "grids", "member", "330103001001001"))
	if told(t, faults); g.Kind != geo.DutyGroup || len(g.Members) != 1 {
		t.Errorf("read %+v", g)
	}
	_, faults = duty.ParseGroupMember(cells("kind", "duty"))
	told(t, faults, "code: blank", "member_layer: blank", "member: blank")
	_, faults = duty.ParseCrosswalk(cells("from_standard", "A", "from_kind", "部件", "from_code", "1", "to_standard", "A", "to_kind", "component", "to_code", "1"))
	told(t, faults, "to_code: refers to itself")
	_, faults = duty.ParseCrosswalk(cells("from_kind", "x"))
	told(t, faults, "from_standard: blank", "from_kind: component, matter", "from_code: blank", "to_standard: blank", "to_kind: write component", "to_code: blank")
	p, faults := duty.ParsePost(cells("group", "责任网格：Z1", "role", "采集员", "person", "王某", "shift", "Mon-Fri 08:00-18:00"))
	if told(t, faults); p.Layer != "duty" || p.Code != "Z1" {
		t.Errorf("read %+v", p)
	}
	_, faults = duty.ParsePost(cells("group", "duty:Z1", "area", "grids:1", "role", "r", "person", "p", "shift", "25:00"))
	told(t, faults, "group: exactly one", "shift: 25:00")
	_, faults = duty.ParsePost(cells("line", "Z1"))
	told(t, faults, "line: is no place", "role: blank", "person: blank")
}

func TestHeadingsMayBeChinese(t *testing.T) {
	t.Parallel()
	chinese := strings.Split("编号,优先级,标准,类型,类别,立案条件,图层,区域,条件,部件要求,部件条件,生效日期,失效日期,时段,责任单位,配合单位,时限,时限单位,依据,备注", ",")
	for i, heading := range chinese {
		if got, _ := duty.Column(heading, duty.RuleColumns); got != duty.RuleColumns[i] {
			t.Errorf("%s is %s, want %s", heading, got, duty.RuleColumns[i])
		}
	}
	for heading, want := range map[string]string{"立案条件": "condition_text", "时限": "limit", " Ｌｉｍｉｔ ": "limit", "序号": ""} {
		if got, known := duty.Column(heading, duty.StandardColumns); got != want || known != (want != "") {
			t.Errorf("%s is %s, want %s", heading, got, want)
		}
	}
}

// everywhere is a world that has all there is but what a test takes away.
func everywhere() duty.World {
	return duty.World{
		Today:      geo.Date{Year: 2026, Month: time.November, Day: 22},
		Layer:      func(string) bool { return true },
		GroupKind:  func(string) bool { return false },
		Area:       func(string, duty.Pattern) bool { return true },
		Department: func(geo.DepartmentCode, geo.Date) error { return nil },
		Category:   func(string, geo.CategoryKind, duty.Pattern) bool { return true },
		Family:     func(string, geo.CategoryKind, string) bool { return false },
		Condition:  func(string, geo.CategoryKind, string, string) bool { return true },
	}
}

func TestWhatARowNamesMustExist(t *testing.T) {
	t.Parallel()
	nobody := func(c geo.DepartmentCode, on geo.Date) error {
		return geo.Errorf(geo.Faulty, "nobody %s on %s", c, on)
	}
	day := func(year int) geo.Date { return geo.Date{Year: year, Month: 1, Day: 1} }
	for _, c := range []struct {
		row   geo.DutyRow
		world func(*duty.World)
		want  []string
	}{
		{geo.DutyRow{Layer: "moon", Area: "1"}, func(w *duty.World) { w.Layer = func(string) bool { return false } }, []string{`layer: no layer and no kind of group "moon"`}},
		{geo.DutyRow{Layer: "duty", Area: "1"}, func(w *duty.World) {
			w.Layer, w.GroupKind = func(string) bool { return false }, func(string) bool { return true }
		}, nil},
		{geo.DutyRow{Layer: "grids", Area: "33*"}, func(w *duty.World) { w.Area = func(string, duty.Pattern) bool { return false } }, []string{`area: begins with "33"`}},
		{geo.DutyRow{Standard: "S", Kind: "matter", Category: "01"}, func(w *duty.World) {
			w.Category = func(string, geo.CategoryKind, duty.Pattern) bool { return false }
		}, []string{`category: S matter has no category or family "01"`}},
		{geo.DutyRow{Standard: "S"}, func(w *duty.World) {
			w.Category = func(string, geo.CategoryKind, duty.Pattern) bool { return false }
		}, []string{`standard: no category of the standard "S"`}},
		{geo.DutyRow{Category: "井盖"}, func(*duty.World) {}, []string{"category: no family"}},
		{geo.DutyRow{Standard: "S", Category: "01", Condition: "9"}, func(w *duty.World) {
			w.Condition = func(string, geo.CategoryKind, string, string) bool { return false }
		}, []string{`condition: S 01 have no condition "9"`}},
		{geo.DutyRow{Assign: "layer:moon"}, func(w *duty.World) { w.Layer = func(string) bool { return false } }, []string{"assign: no layer"}},
		{geo.DutyRow{Assign: "department:D", Helpers: []geo.DepartmentCode{"D"}}, func(*duty.World) {}, []string{"helpers: itself"}},
		{geo.DutyRow{Assign: "department:D", Helpers: []geo.DepartmentCode{"E"}}, func(w *duty.World) { w.Department = nobody }, []string{"assign: nobody D on 2026-11-22", "helpers: nobody E"}},
		{geo.DutyRow{Assign: "department:D", ValidFrom: day(2027)}, func(w *duty.World) { w.Department = nobody }, []string{"assign: on 2027-01-01"}},
		{geo.DutyRow{Assign: "department:D", ValidUntil: day(2025)}, func(w *duty.World) { w.Department = nobody }, []string{"assign: on 2025-01-01"}},
	} {
		w := everywhere()
		c.world(&w)
		var faults []duty.CellError
		for _, f := range duty.Check([]geo.DutyRow{{Assign: "fallback"}, c.row}, w) {
			if f.Index != 1 {
				t.Errorf("row %d is at fault: %v", f.Index, f)
			}
			faults = append(faults, f.CellError)
		}
		told(t, faults, c.want...)
	}
}

// anyRule is a sound duty row.
func anyRule() *rapid.Generator[geo.DutyRow] {
	date := rapid.Custom(func(t *rapid.T) geo.Date {
		return geo.DateOf(time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "day"), 0), time.UTC)
	})
	text := rapid.StringMatching(`[a-z0-9_.-]{0,8}|城[管（）a-z]{0,6}`)
	code := rapid.StringMatching(`[A-Z0-9][0-9]{0,14}`)
	pick := func(all []string) *rapid.Generator[string] { return rapid.SampledFrom(all) }
	return rapid.Custom(func(t *rapid.T) geo.DutyRow {
		row := geo.DutyRow{
			ID: geo.RuleID(code.Draw(t, "id")), Priority: rapid.IntRange(-9, 999).Draw(t, "priority"),
			Kind:  rapid.SampledFrom([]geo.CategoryKind{"", geo.Component, geo.Matter}).Draw(t, "kind"),
			Where: pick([]string{"", "position=pavement|kerb", "a=1;城=管"}).Draw(t, "where"),
			Hours: pick([]string{"", "Mon-Fri 08:00-18:00;holiday", "22:00-02:00"}).Draw(t, "hours"),
			Assign: pick([]string{
				"asset.owner", "asset.maintainer", "asset.authority", "layer:parks", "department:D1", "department:城管局", "fallback",
			}).Draw(t, "assign"),
			Basis: text.Draw(t, "basis"), Note: text.Draw(t, "note"),
		}
		if rapid.Bool().Draw(t, "category?") {
			row.Standard, row.Category = code.Draw(t, "standard"), code.Draw(t, "category")+pick([]string{"", "*"}).Draw(t, "star")
			row.Condition = text.Draw(t, "condition")
		}
		if rapid.Bool().Draw(t, "layer?") {
			row.Layer, row.Area = "grids", text.Draw(t, "area")
		}
		if !strings.HasPrefix(row.Assign, "asset.") {
			row.Asset = pick([]string{"", "must", "no"}).Draw(t, "asset")
		}
		if row.Asset != "no" {
			row.AssetWhere = pick([]string{"", "material=iron"}).Draw(t, "asset_where")
		}
		if rapid.Bool().Draw(t, "from?") {
			row.ValidFrom = date.Draw(t, "from")
		}
		if until := date.Draw(t, "until"); !until.Before(row.ValidFrom) {
			row.ValidUntil = until
		}
		for i := range rapid.IntRange(0, 3).Draw(t, "helpers") {
			row.Helpers = append(row.Helpers, geo.DepartmentCode(fmt.Sprintf("H%d", i)))
		}
		if rapid.Bool().Draw(t, "deadline?") {
			row.Deadline = rapid.Float64Range(0.001, 8_000).Draw(t, "deadline")
			row.DeadlineUnit = rapid.SampledFrom([]geo.TimeUnit{geo.UrgentHour, geo.WorkHour, geo.WorkDay, geo.NaturalDay}).Draw(t, "unit")
		}
		return row
	})
}

func TestARowWrittenIsReadTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		row := anyRule().Draw(t, "row")
		again, faults := duty.ParseRule(under(duty.RuleColumns, duty.FormatRule(row)))
		if len(faults) > 0 || !reflect.DeepEqual(again, row) {
			t.Fatalf("read\n%+v\nof\n%+v\n%v", again, row, faults)
		}
	})
}

// What was read once is written and read the same for ever, whatever was typed.
func FuzzRule(f *testing.F) {
	f.Add("id\x00R1\x00priority\x001\x00assign\x00department:城管局\x00helpers\x00a、b\x00hours\x00Mon-Fri 08:00-18:00；节假日")
	f.Add("id\x00Ｒ\x00assign\x00部门：　x＊\x00where\x00a＝b；；c=d\x00deadline\x001e3\x00deadline_unit\x00工作日")
	f.Add("id\x00R\x00assign\x00fallback\x00category\x00井盖＊\x00standard\x00S\x00area\x00＊\x00valid_from\x002026.7.1")
	f.Add("kind\x00部件\x00from\x002026/1/1\x00until\x0020261231\x00code\x001\x00member\x00Ａ\x00member_layer\x00g\x00standard\x00S\x00category\x001\x00limit\x002\x00unit\x00工作时")
	f.Add("group\x00责任网格：1\x00role\x00r\x00person\x00p\x00phone\x00１３８\x00from_standard\x00S")
	f.Fuzz(func(t *testing.T, typed string) {
		cell := cells(strings.Split(typed, "\x00")...)
		again(t, cell, duty.ParseRule, duty.RuleColumns, duty.FormatRule)
		again(t, cell, duty.ParseStandard, duty.StandardColumns, duty.FormatStandard)
		again(t, cell, duty.ParseCalendarRow, duty.CalendarColumns, duty.FormatCalendarRow)
		again(t, cell, duty.ParseCrosswalk, duty.CrosswalkColumns, duty.FormatCrosswalk)
		again(t, cell, duty.ParseGroupMember, duty.GroupColumns, func(g geo.Group) []string { return duty.FormatGroup(g)[0] })
		again(t, cell, duty.ParsePost, duty.PostColumns, cellsOfPost)
	})
}

func again[T any](t *testing.T, cell func(string) string, parse func(func(string) string) (T, []duty.CellError), columns []string, format func(T) []string) {
	t.Helper()
	row, faults := parse(cell)
	for _, f := range faults {
		if !slices.Contains(columns, f.Column) || f.Error() == "" {
			t.Fatalf("a fault of no column: %+v", f)
		}
	}
	if len(faults) > 0 {
		return
	}
	same, faults := parse(under(columns, format(row)))
	if len(faults) > 0 || !reflect.DeepEqual(same, row) {
		t.Fatalf("read\n%+v\nand again\n%+v\n%v", row, same, faults)
	}
}

// cellsOfPost is a post as cells, its place under group: the others read the same.
func cellsOfPost(p geo.Post) []string {
	return []string{p.Layer + ":" + p.Code, "", "", p.Role, p.Person, p.Phone, p.Shift, p.ValidFrom.String(), p.ValidUntil.String()}
}
