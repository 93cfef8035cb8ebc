package duty

import (
	"strings"

	"gridwarden/geo"
)

// ParseStandard reads a line of the filing standards; cells and faults as in [ParseRule].
func ParseStandard(cell func(column string) string) (geo.FilingStandard, []CellError) {
	r := &reader{cell: cell}
	s := geo.FilingStandard{
		CategoryKey:    r.category("standard", "kind", "category"),
		Condition:      r.code("condition"),
		ConditionText:  r.text("condition_text"),
		Class:          r.code("class"),
		CloseCondition: r.text("close_condition"),
		Basis:          r.text("basis"),
	}
	s.ValidFrom, s.ValidUntil = r.span("valid_from", "valid_until")
	n := len(r.faults)
	if s.Limit, s.Unit = r.limit("limit", "unit"); s.Limit == 0 && n == len(r.faults) {
		r.fail("limit", "the cell is blank: every row needs it")
	}
	if strings.Contains(s.Code, "*") {
		r.fail("category", "%q is no code: a filing standard names one category", s.Code)
	}
	return s, r.faults
}

// FormatStandard is the row as cells in the order of [StandardColumns].
func FormatStandard(s geo.FilingStandard) []string {
	return []string{
		s.Standard, string(s.Kind), s.Code, s.Condition, s.ConditionText, s.Class, number(s.Limit), string(s.Unit),
		s.CloseCondition, s.Basis, s.ValidFrom.String(), s.ValidUntil.String(),
	}
}

// category is a whole category key.
func (r *reader) category(standard, kind, code string) geo.CategoryKey {
	n := len(r.faults)
	k := geo.CategoryKey{Standard: r.needed(standard), Kind: word(r, kind, kinds), Code: r.needed(code)}
	if k.Kind == "" && !failed(r.faults[n:], kind) {
		r.fail(kind, "the cell is blank: write component or matter")
	}
	return k
}

func failed(faults []CellError, column string) bool {
	for _, f := range faults {
		if f.Column == column {
			return true
		}
	}
	return false
}

// ParseCalendarRow reads a line of the working calendar; cells and faults as in
// [ParseRule]. A single day may leave until blank. Only a season has hours, and needs them.
func ParseCalendarRow(cell func(column string) string) (geo.CalendarRow, []CellError) {
	r := &reader{cell: cell}
	c := geo.CalendarRow{Kind: word(r, "kind", calendarKinds), Hours: r.hours("hours"), Note: r.text("note")}
	c.From, c.Until = r.span("from", "until")
	if c.Until.IsZero() && !failed(r.faults, "until") && c.Kind != geo.Season {
		c.Until = c.From
	}
	needed := func(column string, blank bool) {
		if blank && !failed(r.faults, column) {
			r.fail(column, "the cell is blank: every row needs it")
		}
	}
	needed("kind", c.Kind == "")
	needed("from", c.From.IsZero())
	needed("until", c.Until.IsZero() && !failed(r.faults, "from"))
	switch {
	case c.Kind == geo.Season && c.Hours == "" && !failed(r.faults, "hours"):
		r.fail("hours", "a season says when is worked: write hours such as workday 08:00-12:00;workday 14:00-18:00")
	case c.Kind != geo.Season && c.Kind != "" && c.Hours != "":
		r.fail("hours", "only a season has hours: a %s is whole days", c.Kind)
	}
	return c, r.faults
}

// FormatCalendarRow is the row as cells in the order of [CalendarColumns].
func FormatCalendarRow(c geo.CalendarRow) []string {
	return []string{string(c.Kind), c.From.String(), c.Until.String(), c.Hours, c.Note}
}

// ParseGroupMember reads one member of a group: a group with that one. Cells and faults as
// in [ParseRule].
func ParseGroupMember(cell func(column string) string) (geo.Group, []CellError) {
	r := &reader{cell: cell}
	kind := strings.ToLower(r.needed("kind"))
	if known, ok := groupKinds[kind]; ok {
		kind = known
	}
	return geo.Group{
		Kind: kind, Code: r.needed("code"), Name: r.text("name"),
		Layer: geo.LayerName(r.needed("member_layer")), Members: []geo.AreaCode{geo.AreaCode(r.needed("member"))},
	}, r.faults
}

// FormatGroup is a group as rows of cells in the order of [GroupColumns], one a member.
func FormatGroup(g geo.Group) [][]string {
	rows := make([][]string, len(g.Members))
	for i, m := range g.Members {
		rows[i] = []string{g.Kind, g.Code, g.Name, string(g.Layer), string(m)}
	}
	return rows
}

// ParseCrosswalk reads what an old code means today; cells and faults as in [ParseRule].
func ParseCrosswalk(cell func(column string) string) (geo.Crosswalk, []CellError) {
	r := &reader{cell: cell}
	c := geo.Crosswalk{
		From: r.category("from_standard", "from_kind", "from_code"),
		To:   r.category("to_standard", "to_kind", "to_code"),
	}
	if c.From == c.To && c.From != (geo.CategoryKey{}) {
		r.fail("to_code", "the row refers to itself: the old code and the new are the same")
	}
	return c, r.faults
}

// FormatCrosswalk is the row as cells in the order of [CrosswalkColumns].
func FormatCrosswalk(c geo.Crosswalk) []string {
	return []string{
		c.From.Standard, string(c.From.Kind), c.From.Code,
		c.To.Standard, string(c.To.Kind), c.To.Code,
	}
}

// ParsePost reads who is on duty where; cells and faults as in [ParseRule]. Exactly one of
// group (kind:code), area and line (layer:code) is filled.
func ParsePost(cell func(column string) string) (geo.Post, []CellError) {
	r := &reader{cell: cell}
	p := geo.Post{Role: r.needed("role"), Person: r.needed("person"), Phone: r.code("phone"), Shift: r.hours("shift")}
	p.ValidFrom, p.ValidUntil = r.span("valid_from", "valid_until")
	filled := 0
	for _, column := range []string{"group", "area", "line"} {
		place := r.code(column)
		if place == "" {
			continue
		}
		filled++
		layer, code, found := strings.Cut(strings.Replace(place, "：", ":", 1), ":")
		p.Layer, p.Code = plain(strings.TrimSpace(layer)), plain(strings.TrimSpace(code))
		if column == "group" && groupKinds[p.Layer] != "" {
			p.Layer = groupKinds[p.Layer]
		}
		if !found || p.Layer == "" || p.Code == "" {
			r.fail(column, "%q is no place: write the kind of group or the layer, a colon, and the code, such as duty:Z-7 or grids:330103001001001", place)
		}
	}
	if filled != 1 {
		r.fail("group", "%d of group, area and line are filled: a post is at exactly one", filled)
	}
	return p, r.faults
}
