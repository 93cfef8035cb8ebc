package duty

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"gridwarden/geo"
)

// MaxID is the most characters that the id of a row may have.
const MaxID = 64

const (
	maxCode = 250   // bytes of a code
	maxText = 4_000 // characters of any other cell
)

// CellError is what is wrong with one cell of a row.
type CellError struct {
	Column string // as in [RuleColumns] and its like
	Err    error  // a sentence
}

func (e CellError) Error() string { return e.In(geo.English) }

// In is the sentence in a language.
func (e CellError) In(l geo.Language) string {
	return geo.Say("column %q: %s", e.Column, geo.SentenceIn(e.Err, l)).In(l)
}

func (e CellError) Unwrap() error { return e.Err }

// reader takes the cells of one row and collects everything that is wrong with them. What
// cannot be read is left zero.
type reader struct {
	cell   func(column string) string
	faults []CellError
}

func (r *reader) fail(column, format string, args ...any) {
	r.faults = append(r.faults, CellError{column, geo.Errorf(geo.Faulty, format, args...)})
}

func (r *reader) add(column string, err error) {
	if err != nil {
		r.faults = append(r.faults, CellError{column, geo.Errorf(geo.Faulty, "%w", err)})
	}
}

// text is a cell as it was written, without the space round it.
func (r *reader) text(column string) string {
	s := strings.TrimSpace(r.cell(column))
	if utf8.RuneCountInString(s) > maxText {
		r.fail(column, "the text has more than %d characters, the most that is kept", maxText)
		return ""
	}
	return s
}

// code is a cell that holds a code or name: in half-width forms where nothing else is in
// it, on one line.
func (r *reader) code(column string) string {
	s := plain(r.text(column))
	switch {
	case len(s) > maxCode:
		r.fail(column, "the code has %d bytes where %d are the most", len(s), maxCode)
		return ""
	case strings.ContainsFunc(s, unseen):
		r.fail(column, "%q holds a sign that cannot be seen, such as a line break; take it out", s)
		return ""
	}
	return s
}

// needed is a code that may not be blank.
func (r *reader) needed(column string) string {
	n := len(r.faults)
	s := r.code(column)
	if s == "" && n == len(r.faults) {
		r.fail(column, "the cell is blank: every row needs it")
	}
	return s
}

// pattern is a code, or a prefix with * at its end. A * alone is any, written empty.
func (r *reader) pattern(column string) string {
	s := r.code(column)
	switch i := strings.IndexByte(s, '*'); {
	case s == "*":
		return ""
	case i >= 0 && i < len(s)-1:
		r.fail(column, "%q has * within it: write it once, at the end of a prefix such as 330103*", s)
		return ""
	}
	return s
}

// list are names separated by ; , | or their full-width forms, or by line breaks. A name
// that comes twice is refused.
func (r *reader) list(column string) []string {
	var names []string
	for name := range strings.FieldsFuncSeq(r.text(column), func(c rune) bool { return strings.ContainsRune(";,|；，｜、\r\n", c) }) {
		switch name = plain(strings.TrimSpace(name)); {
		case name == "":
		case strings.ContainsFunc(name, unseen):
			r.fail(column, "%q holds a sign that cannot be seen; take it out", name)
		case slices.Contains(names, name):
			r.fail(column, "%q is named twice: name it once", name)
		default:
			names = append(names, name)
		}
	}
	return names
}

// clauses is a cell of several parts joined by ; which may also stand on lines of their own.
func (r *reader) clauses(column string) string {
	var parts []string
	for part := range strings.FieldsFuncSeq(r.text(column), func(c rune) bool { return strings.ContainsRune(";；\r\n", c) }) {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ";")
}

// word is one of the words of a column, which may also be said in Chinese; empty when the
// cell is.
func word[T ~string](r *reader, column string, words map[string]T) T {
	s := strings.ToLower(half(r.text(column)))
	if s == "" {
		return ""
	}
	if w, known := words[s]; known {
		return w
	}
	var all []string
	for _, w := range words {
		if !slices.Contains(all, string(w)) {
			all = append(all, string(w))
		}
	}
	slices.Sort(all)
	r.fail(column, "%q is not known here: write one of %s", s, strings.Join(all, ", "))
	return ""
}

// date is a day, in the forms that spreadsheets write; zero when blank.
func (r *reader) date(column string) geo.Date {
	s := half(r.text(column))
	for _, layout := range []string{"2006-1-2", "2006/1/2", "2006.1.2", "2006年1月2日", "20060102"} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() > 0 {
			return geo.DateOf(t, time.UTC)
		}
	}
	switch n, err := strconv.Atoi(s); {
	case s == "":
	case err == nil && n >= 20_000 && n < 60_000:
		r.fail(column, "%s is the serial number a spreadsheet has for a date: write it as 2026-07-01", s)
	default:
		r.fail(column, "%q is not a date: write 2026-07-01", s)
	}
	return geo.Date{}
}

// span are the first and the last day of a row, in order.
func (r *reader) span(from, until string) (first, last geo.Date) {
	first, last = r.date(from), r.date(until)
	if !last.IsZero() && last.Before(first) {
		r.fail(until, "%s is before %s, where the row begins", last, first)
	}
	return first, last
}

// limit is a number above zero with its unit: both or neither.
func (r *reader) limit(number, unit string) (float64, geo.TimeUnit) {
	n := len(r.faults)
	u := word(r, unit, units)
	s := half(r.text(number))
	if s == "" {
		if u != "" {
			r.fail(number, "a unit stands beside it and no number: write how many")
		}
		return 0, u
	}
	limit, err := strconv.ParseFloat(s, 64)
	switch {
	case err != nil || !(limit > 0) || math.IsInf(limit, 0) || limit > maxLimit:
		r.fail(number, "%q is not a time: write a number above 0, at most %d", s, maxLimit)
		return 0, u
	case u == "" && n == len(r.faults):
		r.fail(unit, "a number without its unit: write one of natural_day, urgent_hour, work_day, work_hour")
	}
	return limit, u
}

// maxLimit is the longest deadline in any unit, as for the calendar.
const maxLimit = 10_000

// The words of cells, with those that are said for them in Chinese.
var (
	units = map[string]geo.TimeUnit{
		"urgent_hour": geo.UrgentHour, "紧急工作时": geo.UrgentHour, "紧急小时": geo.UrgentHour,
		"work_hour": geo.WorkHour, "工作时": geo.WorkHour, "工作小时": geo.WorkHour,
		"work_day": geo.WorkDay, "工作日": geo.WorkDay,
		"natural_day": geo.NaturalDay, "自然日": geo.NaturalDay,
	}
	kinds = map[string]geo.CategoryKind{
		"component": geo.Component, "部件": geo.Component, "管理部件": geo.Component,
		"matter": geo.Matter, "事项": geo.Matter, "事件": geo.Matter, "管理事项": geo.Matter,
	}
	assetWords    = map[string]string{"must": "must", "有": "must", "no": "no", "无": "no"}
	calendarKinds = map[string]geo.CalendarKind{
		"season": geo.Season, "作息": geo.Season, "季节": geo.Season,
		"holiday": geo.Holiday, "节假日": geo.Holiday, "假日": geo.Holiday,
		"workday": geo.MakeUpWork, "调休上班": geo.MakeUpWork, "补班": geo.MakeUpWork,
	}
	groupKinds = map[string]string{"管理网格": "management", "责任网格": geo.DutyGroup, "评价网格": geo.EvaluationGroup}
)

// KindNamed is the kind of category that a cell names, in English or Chinese.
func KindNamed(cell string) (kind geo.CategoryKind, known bool) {
	kind, known = kinds[strings.ToLower(half(cell))]
	return kind, known
}

// half is a text with the full-width forms of ASCII and the full-width space made plain.
func half(s string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c == '\u3000':
			return ' '
		case c >= '！' && c <= '～':
			return c - ('！' - '!')
		}
		return c
	}, s)
}

// plain is half of a code or name when that leaves nothing but ASCII. Else only a * at its
// end is made plain: 公园（东） keeps its brackets.
func plain(s string) string {
	if h := half(s); !strings.ContainsFunc(h, func(c rune) bool { return c >= utf8.RuneSelf }) {
		return strings.TrimSpace(h)
	}
	if before, found := strings.CutSuffix(s, "＊"); found {
		return before + "*"
	}
	return s
}

// unseen tells control and format characters: line breaks, zero-width blanks, marks that
// turn the direction of writing.
func unseen(c rune) bool { return unicode.In(c, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) }

func number(n float64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatFloat(n, 'f', -1, 64)
}
