package propose

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"gridwarden/geo"
	"gridwarden/geo/duty"
)

// rows are the duty rows of a type, the one that holds everywhere first, and what they do.
func (l *learner) rows(name string, ids ids) ([]geo.DutyRow, Type) {
	told := Type{Name: name, Departments: map[geo.DepartmentCode]int{}, Exceptions: len(l.table) - 1}
	shares := make([]share, len(l.table))
	for _, o := range l.outcomes {
		told.Departments[o.Department] += o.n
		told.Reports += o.n
		i, right := l.decides(o)
		shares[i].n += o.n
		if right {
			told.Right += o.n
			shares[i].right += o.n
		} else {
			shares[i].miss(o)
		}
	}
	last := &shares[len(shares)-1]
	told.Divided = signTest(last.right, last.n-last.right) > Level
	rows := make([]geo.DutyRow, len(l.table))
	for i, r := range l.table {
		rows[i] = l.row(name, r, ids)
		rows[i].Note = shares[i].String()
	}
	slices.Reverse(rows)
	return rows, told
}

func (l *learner) row(name string, r rule, ids ids) geo.DutyRow {
	row := geo.DutyRow{
		ID: ids.of(name, r.cell), Priority: duty.DefaultPriority,
		Standard: l.Standard, Kind: l.Kind, Category: name,
		Layer: string(r.layer), Area: string(r.area), Assign: r.assign.String(),
	}
	if r.subtype != "" {
		row.Where = l.Subtype + "=" + r.subtype
	}
	return row
}

// share is how often a row answered as it happened.
type share struct {
	n, right int
	others   map[geo.DepartmentCode]int // who got the rest
}

func (s *share) miss(o *outcome) {
	if s.others == nil {
		s.others = map[geo.DepartmentCode]int{}
	}
	s.others[o.Department] += o.n
}

// String is "2,310 of 2,318 (99.7 %); DOT 6, DPR 2".
func (s *share) String() string {
	if s.n == 0 {
		return "none of its own: its exceptions answer all"
	}
	text := fmt.Sprintf("%s of %s (%.1f %%)", thousands(s.right), thousands(s.n), 100*float64(s.right)/float64(s.n))
	if len(s.others) > 0 {
		text += "; " + Counts(s.others)
	}
	return text
}

// Counts is departments with their numbers, the most first: "DOT 6, DPR 2".
func Counts(of map[geo.DepartmentCode]int) string {
	order := func(a, b geo.DepartmentCode) int { return cmp.Or(of[b]-of[a], cmp.Compare(a, b)) }
	var parts []string
	for _, d := range slices.SortedFunc(maps.Keys(of), order) {
		parts = append(parts, string(d)+" "+thousands(of[d]))
	}
	return strings.Join(parts, ", ")
}

// thousands writes a count with commas.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// ids gives each row an id that is read easily and stays the same while types do.
type ids map[geo.RuleID]bool

// of is past-noise-residential, past-graffiti/police-report-not-requested or
// past-encampment@borough-1, so that merging proposed rows with those of hand replaces
// none of these; a number follows where two texts would give the same.
func (s ids) of(name string, c cell) geo.RuleID {
	text := "past-" + slug(name)
	if c.layer != "" {
		text += "@" + slug(string(c.layer)+" "+string(c.area))
	}
	if c.subtype != "" {
		text += "/" + slug(c.subtype)
	}
	id := cut(text, duty.MaxID)
	for n := 2; s[geo.RuleID(id)]; n++ {
		number := fmt.Sprintf("-%d", n)
		id = cut(text, duty.MaxID-len(number)) + number
	}
	s[geo.RuleID(id)] = true
	return geo.RuleID(id)
}

func cut(text string, characters int) string {
	runes := []rune(text)
	return string(runes[:min(len(runes), characters)])
}

// slug is a text of any script in small letters and digits, everything else one hyphen.
func slug(text string) string {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
	return strings.Join(words, "-")
}

// usable tells whether a text can be the code of a category and stand in a row as it is.
func (o *Options) usable(name string) bool {
	return o.reads(geo.DutyRow{Category: name}) && !duty.ParsePattern(name).Prefix &&
		!strings.HasPrefix(name, "{") && !strings.HasPrefix(name, "[")
}

// writable tells whether a subtype can stand in a row as it is.
func (o *Options) writable(subtype string) bool {
	row := geo.DutyRow{Where: o.Subtype + "=" + subtype}
	w, err := duty.ParseWhere(row.Where)
	return err == nil && len(w) == 1 && slices.Equal(w[0].Values, []string{subtype}) && o.reads(row)
}

// placeable tells whether an area can stand in a row as it is.
func (o *Options) placeable(at cell) bool {
	return !duty.ParsePattern(string(at.area)).Prefix && o.reads(geo.DutyRow{Layer: string(at.layer), Area: string(at.area)})
}

// reads tells whether a row, filled up to a whole one, is read from a file as it was
// written. Some texts are not: full-width letters, for one, are read as plain ones.
func (o *Options) reads(row geo.DutyRow) bool {
	row.ID, row.Standard, row.Kind, row.Assign = "row", o.Standard, o.Kind, string(duty.ToFallback)
	cells := duty.FormatRule(row)
	back, faults := duty.ParseRule(func(column string) string { return cells[slices.Index(duty.RuleColumns, column)] })
	return len(faults) == 0 && reflect.DeepEqual(back, row)
}
