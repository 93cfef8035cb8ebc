package calendar

import (
	"slices"
	"time"

	"gridwarden/geo"
)

// Label is a set of moments in the words of people.
type Label struct{ English, Chinese string }

func (l Label) String() string { return l.English }

// In is the label in a language.
func (l Label) In(language geo.Language) string {
	if language == geo.Chinese {
		return l.Chinese
	}
	return l.English
}

// Describe names all moments of some classes: first those of an ordinary week, neighbouring
// ones joined over midnight and the weekend, then the special days that differ from the
// ordinary day of the same weekday; a special day of which nothing is said is like it. So
// the complement of Mon-Fri 08:00-18:00 reads "Mon-Thu 18:00-08:00 next day; Fri 18:00 to
// Mon 08:00". All moments are "always", no class is "never".
func Describe(classes []Class) Label {
	held := moments{}
	for _, c := range classes {
		for _, s := range c.Stretches {
			d := dated{s.Weekday, s.Day, s.DayBefore}
			held[d] = append(held[d], Span{s.From, s.Until})
		}
	}
	for d, spans := range held {
		held[d] = joined(spans)
	}
	said := saying{held.complete(), held.week(), held.special()}
	return Label{said.in(&english), said.in(&chinese)}
}

// moments are a set of moments: the minutes of each kind of day, sorted and apart.
type moments map[dated][]Span

func (m moments) complete() bool {
	return !slices.ContainsFunc(possible, func(d dated) bool { return !slices.Equal(m[d], []Span{{0, minutesADay}}) })
}

const minutesAWeek = 7 * minutesADay

// week are the moments of an ordinary week in minutes from its Monday 00:00; what goes on
// over its end is one span that ends later.
func (m moments) week() []Span {
	var spans []Span
	for i, w := range week {
		for _, s := range m[ordinaryDay(w)] {
			spans = append(spans, Span{i*minutesADay + s.From, i*minutesADay + s.Until})
		}
	}
	spans = joined(spans)
	if last := len(spans) - 1; last > 0 && spans[0].From == 0 && spans[last].Until == minutesAWeek {
		spans[last].Until += spans[0].Until
		spans = spans[1:]
	}
	return spans
}

// cut is the time of day, in minutes, up to which moments belong to the day before: the
// earliest for which later ones depend on the day only, and earlier ones on the day before
// only. 0 as well when there is none.
func (m moments) cut() int {
	marks := []int{0}
	for _, spans := range m {
		for _, s := range spans {
			marks = append(marks, s.From, s.Until)
		}
	}
	slices.Sort(marks)
	for _, mark := range slices.Compact(marks) {
		if mark < minutesADay && m.dividedAt(mark) {
			return mark
		}
	}
	return 0
}

func (m moments) dividedAt(cut int) bool {
	for _, d := range possible {
		byDay := dated{d.weekday, d.day, ordinary(before(d.weekday))}
		byDayBefore := dated{d.weekday, ordinary(d.weekday), d.dayBefore}
		if !slices.Equal(clip(m[d], cut, minutesADay), clip(m[byDay], cut, minutesADay)) ||
			!slices.Equal(clip(m[d], 0, cut), clip(m[byDayBefore], 0, cut)) {
			return false
		}
	}
	return true
}

// begun are the spans of a day from the cut to the cut of the next day.
func (m moments) begun(d dated, cut int) []Span {
	spans := clip(m[d], cut, minutesADay)
	next := after(d.weekday)
	for _, s := range clip(m[dated{next, ordinary(next), d.day}], 0, cut) {
		spans = append(spans, Span{s.From + minutesADay, s.Until + minutesADay})
	}
	return joined(spans)
}

func clip(spans []Span, from, until int) (out []Span) {
	for _, s := range spans {
		if s = (Span{max(s.From, from), min(s.Until, until)}); s.From < s.Until {
			out = append(out, s)
		}
	}
	return out
}

// role is what the day before is called.
type role uint8

const (
	afterWorkday role = 1 << iota
	afterWeekend
	afterHoliday
)

func roleOf(k DayKind) role {
	return [4]role{Weekday: afterWorkday, MakeUp: afterWorkday, Weekend: afterWeekend, Holiday: afterHoliday}[k]
}

// rolesOf are the roles the day before a weekday can have.
func rolesOf(w time.Weekday) (all role) {
	for _, k := range kindsOf(before(w)) {
		all |= roleOf(k)
	}
	return all
}

// special is what is to be said of some special days: their spans.
type special struct {
	kind     DayKind
	roles    role // of the day before; 0: any
	weekdays weekdaySet
	spans    []Span
}

// special are the days that differ from the ordinary day of their weekday; where one of a
// kind does, all days of that kind with the same spans are named.
func (m moments) special() (all []special) {
	cut := m.cut()
	for _, kind := range []DayKind{Holiday, MakeUp, Weekday, Weekend} {
		for _, same := range m.alike(kind, cut) {
			for i, w := range week {
				roles := same.roles[w]
				if roles == 0 {
					continue
				}
				if roles == rolesOf(w) {
					roles = 0
				}
				if last := slices.IndexFunc(all, func(s special) bool {
					return s.kind == kind && s.roles == roles && slices.Equal(s.spans, same.spans)
				}); last >= 0 {
					all[last].weekdays |= 1 << i
					continue
				}
				all = append(all, special{kind, roles, 1 << i, same.spans})
			}
		}
	}
	return all
}

// alike are days of one kind with the same spans: by weekday, after which days.
type alike struct {
	spans   []Span
	roles   [7]role
	differs bool // one of them from the ordinary day
}

func (m moments) alike(kind DayKind, cut int) (groups []alike) {
	for _, d := range possible {
		if d.day != kind || d.ordinary() {
			continue
		}
		spans := m.begun(d, cut)
		differs := !slices.Equal(spans, m.begun(ordinaryDay(d.weekday), cut))
		if kind == ordinary(d.weekday) && !differs {
			continue
		}
		i := slices.IndexFunc(groups, func(g alike) bool { return slices.Equal(g.spans, spans) })
		if i < 0 {
			i = len(groups)
			groups = append(groups, alike{spans: spans})
		}
		groups[i].roles[d.weekday] |= roleOf(d.dayBefore)
		groups[i].differs = groups[i].differs || differs
	}
	return slices.DeleteFunc(groups, func(g alike) bool { return !g.differs })
}
