package democity

import (
	"context"
	"encoding/csv"
	"fmt"

	"gridwarden/geo"
)

// dutyHead is the columns of rules.csv.
var dutyHead = []string{
	"id", "priority", "standard", "kind", "category", "condition", "layer", "area", "where", "asset", "asset_where",
	"valid_from", "valid_until", "hours", "assign", "helpers", "deadline", "deadline_unit", "basis", "note",
}

// dutyRow is a row of it by the names of its columns.
type dutyRow map[string]string

// rules writes rules.csv, the duty list (责任清单): parks before the street, the kerb
// between wardens and police, sweeping and parking by district, the night, and whoever
// keeps a cover within two hours.
func (w *writer) rules(context.Context) error {
	rows := []dutyRow{
		{"id": "公园", "priority": "50", "kind": "matter", "layer": "parks", "assign": "layer:parks", "basis": "云川市公园管理办法", "note": "公园内的事项由园林负责"},
		{"id": "井盖", "priority": "60", "kind": "component", "category": "井盖", "asset": "must", "assign": "asset.maintainer", "deadline": "2", "deadline_unit": "urgent_hour", "basis": "窨井盖管理办法", "note": "井盖缺损两小时内到场"},
		{"id": "停车-路面", "priority": "70", "category": "09009", "where": "位置=车行道", "assign": "department:JJ", "basis": "道路交通安全法", "note": "路缘石以下由交警负责"},
		{"id": "夜间施工", "priority": "40", "category": "08001", "hours": "22:00-06:00", "assign": "department:CG", "basis": "噪声污染防治法", "note": "夜间由市局值班队负责"},
		{"id": "道路破损", "priority": "80", "category": "06013", "layer": "roads", "assign": "layer:roads", "note": "道路八十米内归道路养护单位"},
	}
	for _, d := range w.city.districts {
		rows = append(rows,
			dutyRow{"id": "停车-人行道-" + d.code, "priority": "70", "category": "09009", "layer": "districts", "area": d.code, "where": "位置=人行道", "assign": "department:CG-" + d.code, "helpers": "JJ", "note": "路缘石以上由城管负责"},
			dutyRow{"id": "保洁-" + d.code, "priority": "100", "category": "06012", "layer": "districts", "area": d.code, "assign": "department:HW-" + d.code, "note": "道路保洁归环卫"},
			dutyRow{"id": "绿地-" + d.code, "priority": "100", "category": "06017", "layer": "districts", "area": d.code, "assign": "department:YL-" + d.code},
		)
	}
	table := [][]string{dutyHead}
	for _, row := range rows {
		if row["category"] != "" && row["category"] != "井盖" {
			row["standard"], row["kind"] = standard, "matter"
		}
		cells := make([]string, len(dutyHead))
		for i, column := range dutyHead {
			cells[i] = row[column]
		}
		table = append(table, cells)
	}
	return w.table("rules.csv", table)
}

// standards writes standards.csv, a few filing standards (立案标准).
func (w *writer) standards(context.Context) error {
	return w.table("standards.csv", [][]string{
		{"standard", "kind", "category", "condition", "condition_text", "class", "limit", "unit", "close_condition", "basis", "valid_from", "valid_until"},
		{standard, "component", "01037", "1", "路灯不亮", "", "1", "work_day", "恢复照明", "云川市立案标准", "", ""},
		{standard, "component", "01037", "2", "灯杆倾斜、倒塌", "", "2", "urgent_hour", "扶正或更换", "云川市立案标准", "", ""},
		{standard, "matter", "06010", "1", "成堆成片垃圾未入容器", "", "4", "work_hour", "清除", "云川市立案标准", "", ""},
		{standard, "matter", "06012", "1", "路面有明显污物", "", "2", "work_hour", "清扫干净", "云川市立案标准", "", ""},
		{standard, "matter", "06001", "1", "未经审批私自搭建", "", "15", "work_day", "拆除", "云川市立案标准", "", ""},
		{standard, "matter", "09009", "1", "机动车占道停放", "", "30", "natural_day", "驶离", "云川市立案标准", "", ""},
	})
}

// calendar writes calendar.csv: two seasons, the holidays and make-up days of one year.
func (w *writer) calendar(context.Context) error {
	const summer, winter = "workday 08:00-12:00;workday 14:00-18:00", "workday 08:30-12:00;workday 13:30-17:30"
	return w.table("calendar.csv", [][]string{
		{"kind", "from", "until", "hours", "note"},
		{"season", "2026-01-01", "2026-04-30", winter, "冬令"},
		{"season", "2026-05-01", "2026-09-30", summer, "夏令"},
		{"season", "2026-10-01", "2027-04-30", winter, "冬令"},
		{"holiday", "2026-10-01", "2026-10-07", "", "国庆节（示例）"},
		{"workday", "2026-10-10", "2026-10-10", "", "国庆节调休上班（示例）"},
		{"holiday", "2027-01-01", "2027-01-01", "", "元旦（示例）"},
	})
}

// perBeat is how many unit grids one person walks at most.
const perBeat = 4

// groups writes groups.csv: the duty grids (责任网格), up to four unit grids of one
// community that touch, and posts.csv, who walks them.
func (w *writer) groups(ctx context.Context) error {
	groups := [][]string{{"kind", "code", "name", "member_layer", "member"}}
	posts := [][]string{{"group", "role", "person", "phone", "shift", "valid_from", "valid_until"}}
	codes := map[cell]string{}
	for _, g := range w.city.grids() {
		codes[g.cell] = g.code
	}
	for i := range w.city.communities {
		if err := ctx.Err(); err != nil {
			return err
		}
		m := &w.city.communities[i]
		for n, beat := range beats(m.cells) {
			code := fmt.Sprintf("ZR-%s-%02d", m.code, n+1)
			for _, c := range beat {
				groups = append(groups, []string{"duty", code, fmt.Sprintf("%s%d号责任网格", m.name, n+1), "grids", codes[c]})
			}
			posts = append(posts, []string{
				"duty:" + code, "网格员", fmt.Sprintf("网格员%d号", len(posts)), fmt.Sprintf("0571-5550%04d", len(posts)%10_000),
				"workday 08:00-18:00", "2026-01-01", "",
			})
		}
	}
	if err := w.table("groups.csv", groups); err != nil {
		return err
	}
	return w.table("posts.csv", posts)
}

// beats parts cells into lists of at most perBeat that touch, each begun at the first cell
// left.
func beats(cells []cell) [][]cell {
	var all [][]cell
	left := map[cell]bool{}
	for _, c := range cells {
		left[c] = true
	}
	for _, first := range cells {
		if !left[first] {
			continue
		}
		delete(left, first)
		beat := []cell{first}
		for i := 0; i < len(beat); i++ {
			c := beat[i]
			for _, next := range []cell{{row: c.row, col: c.col + 1}, {row: c.row + 1, col: c.col}, {row: c.row, col: c.col - 1}, {row: c.row - 1, col: c.col}} {
				if left[next] && len(beat) < perBeat {
					delete(left, next)
					beat = append(beat, next)
				}
			}
		}
		all = append(all, beat)
	}
	return all
}

// table writes a CSV file.
func (w *writer) table(name string, rows [][]string) error {
	f, err := create(w.path(name))
	if err != nil {
		return err
	}
	defer f.discard()
	if err := csv.NewWriter(f).WriteAll(rows); err != nil {
		return geo.Errorf(geo.Unavailable, "cannot write %s: %w", f.path, err)
	}
	return f.done()
}
