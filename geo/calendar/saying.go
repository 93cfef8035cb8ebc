package calendar

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// saying is a set of moments ready to be said in any language.
type saying struct {
	always  bool
	week    []Span // see moments.week
	special []special
}

// maxParts bounds a sentence.
const maxParts = 24

func (s saying) in(l *words) string {
	parts := l.ordinary(s.week)
	for _, sp := range s.special {
		parts = append(parts, l.special(sp))
	}
	switch {
	case s.always:
		return l.always
	case len(parts) == 0:
		return l.never
	}
	if more := len(parts) - maxParts; more > 0 {
		parts = append(parts[:maxParts], fmt.Sprintf(l.more, more))
	}
	return strings.Join(parts, l.parts)
}

// weekdaySet has bit i for week[i].
type weekdaySet uint8

const allWeekdays weekdaySet = 1<<7 - 1

func (s weekdaySet) has(w time.Weekday) bool { return s>>((w+6)%7)&1 == 1 }

// ordinary says the spans of an ordinary week: those up to a day long by their days, longer
// ones from and to.
func (l *words) ordinary(spans []Span) (parts []string) {
	type timed struct {
		span Span
		days weekdaySet
	}
	var short []timed
	var long []string
	add := func(day int, span Span) {
		i := slices.IndexFunc(short, func(t timed) bool { return t.span == span })
		if i < 0 {
			i = len(short)
			short = append(short, timed{span: span})
		}
		short[i].days |= 1 << (day % 7)
	}
	for _, s := range spans {
		day, from, length := s.From/minutesADay, s.From%minutesADay, s.Until-s.From
		switch {
		case from == 0 && length%minutesADay == 0:
			for ; length > 0; length -= minutesADay {
				add(day, Span{0, minutesADay})
				day++
			}
		case length <= minutesADay:
			add(day, Span{from, from + length})
		default:
			long = append(long, l.long(s))
		}
	}
	for len(short) > 0 {
		days := short[0].days
		var times []Span
		short = slices.DeleteFunc(short, func(t timed) bool {
			if t.days == days {
				times = append(times, t.span)
			}
			return t.days == days
		})
		parts = append(parts, l.days(days)+l.daysTimes+l.spans(times))
	}
	return append(parts, long...)
}

// long says Sat 18:00 to Mon 08:00.
func (l *words) long(s Span) string {
	until := (s.Until - 1) / minutesADay // the day of its last minute
	return fmt.Sprintf(l.fromTo,
		l.weekdays[week[s.From/minutesADay]], clock(s.From%minutesADay),
		l.weekdays[week[until%7]], clock(s.Until-until*minutesADay))
}

// days says Mon-Fri,Sun, or daily.
func (l *words) days(set weekdaySet) string {
	if set == allWeekdays {
		return l.everyDay
	}
	var names []string
	for _, run := range weekdayRuns(set.has) {
		switch name := l.weekdays[run[0]]; len(run) {
		case 1:
			names = append(names, name)
		default:
			names = append(names, name+l.dayRange+l.weekdays[run[len(run)-1]])
		}
	}
	return strings.Join(names, l.dayList)
}

// spans says 08:00-12:00, 14:00-18:00, or all day.
func (l *words) spans(spans []Span) string {
	if slices.Equal(spans, []Span{{0, minutesADay}}) {
		return l.wholeDay
	}
	var texts []string
	for _, s := range spans {
		format := l.times
		if s.Until > minutesADay {
			format = l.overnight
		}
		texts = append(texts, fmt.Sprintf(format, clock(s.From), clock(s.Until)))
	}
	return strings.Join(texts, l.timeList)
}

// special says holidays on Mon-Fri after a workday 00:00-02:00, or not on holidays.
func (l *words) special(s special) string {
	name := l.kinds[s.kind]
	if s.weekdays != weekdaysThatCan(s.kind, s.roles) {
		name = fmt.Sprintf(l.onDays, name, l.days(s.weekdays))
	}
	var befores []string
	for i, text := range l.roles {
		if s.roles>>i&1 == 1 {
			befores = append(befores, text)
		}
	}
	if len(befores) > 0 {
		name = fmt.Sprintf(l.after, name, strings.Join(befores, l.or))
	}
	if len(s.spans) == 0 {
		return fmt.Sprintf(l.notOn, name)
	}
	return name + l.daysTimes + l.spans(s.spans)
}

// weekdaysThatCan are those that can be of a kind and come after days of these roles.
func weekdaysThatCan(kind DayKind, roles role) (set weekdaySet) {
	for i, w := range week {
		if slices.Contains(kindsOf(w), kind) && rolesOf(w)&roles == roles {
			set |= 1 << i
		}
	}
	return set
}
