package calendar

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Hours are the times at which a duty row holds. The zero Hours hold always.
type Hours struct{ spans []span }

// span is a stretch of minutes of certain days; until is over minutesADay when it ends on
// the day after.
type span struct {
	days        days
	from, until int16 // from <= minute < until
}

// Always tells whether there is no moment at which h does not hold, however that was
// written.
func (h Hours) Always() bool { return len(h.spans) == 0 }

// Holds tells whether m is within the hours. The end of a span is not within it.
func (h Hours) Holds(m Moment) bool {
	if len(h.spans) == 0 {
		return true
	}
	today, yesterday := dayOf(m.Weekday, m.Day), dayOf(before(m.Weekday), m.DayBefore)
	minute := int16(m.Minute)
	for i := range h.spans {
		s := &h.spans[i]
		if s.days&today != 0 && s.from <= minute && minute < s.until ||
			s.days&yesterday != 0 && minute+minutesADay < s.until {
			return true
		}
	}
	return false
}

// holdsAlways looks at every kind of day and every moment at which something begins or ends.
func (h Hours) holdsAlways() bool {
	marks := boundaries([]Hours{h})
	for _, d := range possible {
		for _, minute := range marks {
			if !h.Holds(d.at(minute)) {
				return false
			}
		}
	}
	return true
}

// boundaries are the minutes of the day at which any of the hours begins or ends, sorted,
// midnight among them: between two of them nothing changes.
func boundaries(hours []Hours) []int {
	marks := []int{0}
	for _, h := range hours {
		for _, s := range h.spans {
			marks = append(marks, int(s.from), int(s.until)%minutesADay)
		}
	}
	slices.Sort(marks)
	return slices.Compact(marks)
}

// String writes the hours as [ParseHours] reads them, one span for each part; empty when
// they hold always.
func (h Hours) String() string {
	parts := make([]string, len(h.spans))
	for i, s := range h.spans {
		parts[i] = s.String()
	}
	return strings.Join(parts, ";")
}

func (s span) String() string {
	if s.from == 0 && s.until == minutesADay {
		return s.days.String()
	}
	return strings.TrimSpace(s.days.String() + " " + clock(int(s.from)) + "-" + clock(int(s.until)))
}

// clock writes a minute as 08:00; midnight at the end of a day is 24:00, later ones are of
// the day after.
func clock(minute int) string {
	if minute > minutesADay {
		minute -= minutesADay
	}
	return fmt.Sprintf("%02d:%02d", minute/60, minute%60)
}

// String names the weekdays that are whole, then the kinds of day that add something;
// empty is every day.
func (d days) String() string {
	if everyDay&^d == 0 {
		return ""
	}
	var names []string
	var named days
	for _, run := range weekdayRuns(func(w time.Weekday) bool { return weekdays(w)&everyDay&^d == 0 }) {
		name := english.weekdays[run[0]]
		if len(run) > 1 {
			name += "-" + english.weekdays[run[len(run)-1]]
		}
		names = append(names, name)
		named |= weekdays(run...)
	}
	for _, word := range []string{"workday", "holiday", "weekend", "makeup"} {
		set := dayWords[word] & everyDay
		if set&^d == 0 && set&^named != 0 {
			names = append(names, word)
			named |= set
		}
	}
	return strings.Join(names, ",")
}

// weekdayRuns are the runs of neighbouring weekdays that are in, from Monday.
func weekdayRuns(in func(time.Weekday) bool) (runs [][]time.Weekday) {
	joined := false
	for _, w := range week {
		switch {
		case !in(w):
			joined = false
			continue
		case joined:
			runs[len(runs)-1] = append(runs[len(runs)-1], w)
		default:
			runs = append(runs, []time.Weekday{w})
		}
		joined = true
	}
	return runs
}

// weekdays are whole days of the week, whatever their kind.
func weekdays(ws ...time.Weekday) (set days) {
	for _, w := range ws {
		set |= 0b1111 << (4 * uint(w))
	}
	return set
}

// daysOfKind are all days of these kinds.
func daysOfKind(kinds ...DayKind) (set days) {
	for _, w := range week {
		for _, k := range kinds {
			set |= dayOf(w, k)
		}
	}
	return set
}
