package duty

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gridwarden/geo"
	"gridwarden/geo/calendar"
)

// DefaultPriority is that of a row whose cell is blank: there is room before it for
// exceptions and after it for what catches the rest.
const DefaultPriority = 100

// maxPriority bounds priorities on both sides of zero.
const maxPriority = 1_000_000

// ParseRule reads a duty row from its cells, which cell gives by the names of
// [RuleColumns]; a column that is not there is blank. Everything wrong with the row comes
// back at once; the row then holds what could be read.
//
// Full-width forms and Chinese words (部件, 工作日, 有, 无) are taken for their plain ones, so
// that what is kept has one spelling. Departments may be codes, names or aliases here:
// whoever knows the departments turns them into codes.
func ParseRule(cell func(column string) string) (geo.DutyRow, []CellError) {
	r := &reader{cell: cell}
	row := geo.DutyRow{
		ID:         geo.RuleID(r.id()),
		Priority:   r.priority(),
		Standard:   r.code("standard"),
		Kind:       word(r, "kind", kinds),
		Category:   r.pattern("category"),
		Condition:  r.code("condition"),
		Layer:      r.layer(),
		Area:       r.pattern("area"),
		Where:      r.where("where"),
		Asset:      word(r, "asset", assetWords),
		AssetWhere: r.where("asset_where"),
		Hours:      r.hours("hours"),
		Assign:     r.assign(),
		Helpers:    r.helpers(),
		Basis:      r.text("basis"),
		Note:       r.text("note"),
	}
	row.ValidFrom, row.ValidUntil = r.span("valid_from", "valid_until")
	row.Deadline, row.DeadlineUnit = r.limit("deadline", "deadline_unit")
	r.together(&row)
	return row, r.faults
}

// together refuses cells that contradict one another.
func (r *reader) together(row *geo.DutyRow) {
	category := ParsePattern(row.Category)
	switch {
	case row.Category == "" || row.Standard != "":
	case looksLikeCode(category.Text):
		r.fail("standard", "the category %q is a code, and one code means different things in different standards: name the standard", row.Category)
	case category.Prefix:
		r.fail("category", "%q is the beginning of a family's name: name the family whole, or a standard and a prefix of its codes", row.Category)
	}
	if row.Condition != "" && row.Category == "" {
		r.fail("condition", "the condition %q belongs to a category: name that too", row.Condition)
	}
	if row.Area != "" && row.Layer == "" && r.cell("layer") == "" {
		r.fail("layer", "the area %q lies in a layer: name that too", row.Area)
	}
	if row.Asset == "no" && row.AssetWhere != "" {
		r.fail("asset_where", "the row is for places without an asset, and this asks for one")
	}
	if row.Asset == "no" && strings.HasPrefix(row.Assign, "asset.") {
		r.fail("assign", "the row is for places without an asset, and %s is a body of one", row.Assign)
	}
	row.Helpers = slices.DeleteFunc(row.Helpers, func(helper geo.DepartmentCode) bool {
		itself := NamesItself(row, helper)
		if itself {
			r.fail("helpers", "the row refers to itself: %s is the one who answers and cannot be its own helper", helper)
		}
		return itself
	})
}

// NamesItself tells whether a helper of a row is the department that the row names.
func NamesItself(row *geo.DutyRow, helper geo.DepartmentCode) bool {
	a, err := ParseAssign(row.Assign)
	return err == nil && a.To == ToDepartment && a.Department == helper
}

// looksLikeCode tells a code from the name of a family: it has a digit, and nothing but
// ASCII letters, digits, dots, dashes and underscores.
func looksLikeCode(s string) bool {
	digit := false
	for _, c := range s {
		digit = digit || c >= '0' && c <= '9'
		if !strings.ContainsRune("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-_", c) {
			return false
		}
	}
	return digit
}

func (r *reader) id() string {
	id := r.needed("id")
	if n := utf8.RuneCountInString(id); n > MaxID {
		r.fail("id", "the id has %d characters where %d are the most", n, MaxID)
	}
	return id
}

func (r *reader) priority() int {
	s := half(r.text("priority"))
	if s == "" {
		return DefaultPriority
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < -maxPriority || n > maxPriority {
		r.fail("priority", "%q is not a priority: write a whole number between -%d and %d; smaller goes first", s, maxPriority, maxPriority)
		return DefaultPriority
	}
	return n
}

// layer is a layer or a kind of group, which may be said in Chinese.
func (r *reader) layer() string {
	name := r.code("layer")
	return cmp.Or(groupKinds[name], name)
}

func (r *reader) where(column string) string {
	cell := r.clauses(column)
	_, err := ParseWhere(cell)
	r.add(column, err)
	return cell
}

func (r *reader) hours(column string) string {
	cell := half(r.clauses(column))
	_, err := calendar.ParseHours(cell)
	r.add(column, err)
	return cell
}

func (r *reader) assign() string {
	cell := r.needed("assign")
	if cell == "" {
		return ""
	}
	a, err := ParseAssign(cell)
	r.add("assign", err)
	if err != nil {
		return ""
	}
	return a.String()
}

func (r *reader) helpers() []geo.DepartmentCode {
	var codes []geo.DepartmentCode
	for _, name := range r.list("helpers") {
		codes = append(codes, geo.DepartmentCode(name))
	}
	return codes
}

// FormatRule is a duty row as cells in the order of [RuleColumns]. [ParseRule] reads the
// same row from them.
func FormatRule(row geo.DutyRow) []string {
	helpers := make([]string, len(row.Helpers))
	for i, h := range row.Helpers {
		helpers[i] = string(h)
	}
	return []string{
		string(row.ID), strconv.Itoa(row.Priority), row.Standard, string(row.Kind), row.Category, row.Condition, row.Layer, row.Area,
		row.Where, row.Asset, row.AssetWhere, row.ValidFrom.String(), row.ValidUntil.String(), row.Hours, row.Assign,
		strings.Join(helpers, ";"), number(row.Deadline), string(row.DeadlineUnit), row.Basis, row.Note,
	}
}
