package calendar

import "time"

// Class is a set of moments that none of some hours tell apart.
type Class struct {
	Moment    Moment    // one of them, of an ordinary week when there is one
	Minutes   int       // how many minutes of an ordinary week (no holiday, no make-up day) they are; 0: only special days
	Stretches []Stretch // all of them, apart; ordinary days first, from Monday
}

// Label names the moments of the class, for people; [Describe] those of several.
func (c Class) Label() Label { return Describe([]Class{c}) }

// Stretch is some minutes of one kind of day: From <= minute < Until <= 1440.
type Stretch struct {
	Weekday        time.Weekday
	Day, DayBefore DayKind
	From, Until    int
}

func (s Stretch) holds(m Moment) bool {
	return s.Weekday == m.Weekday && s.Day == m.Day && s.DayBefore == m.DayBefore && s.From <= m.Minute && m.Minute < s.Until
}

// Classes divides all moments there can be (weekday, kind of day and of the day before,
// minute) into classes: two moments are of one class when each of the hours holds at both
// or at neither. Every moment is of exactly one class; without hours there is one.
func Classes(hours []Hours) []Class {
	hours = distinct(hours)
	marks := append(boundaries(hours), minutesADay)
	var classes []Class
	known := map[string]int{} // by what holds
	pattern := make([]byte, (len(hours)+7)/8)
	for _, d := range possible {
		for i, from := range marks[:len(marks)-1] {
			clear(pattern)
			for n, h := range hours {
				if h.Holds(d.at(from)) {
					pattern[n/8] |= 1 << (n % 8)
				}
			}
			n, found := known[string(pattern)]
			if !found {
				n = len(classes)
				known[string(pattern)] = n
				classes = append(classes, Class{Moment: d.at(from)})
			}
			classes[n].add(d, from, marks[i+1])
		}
	}
	return classes
}

// add takes a stretch in, joined to the one before it.
func (c *Class) add(d dated, from, until int) {
	if d.ordinary() {
		c.Minutes += until - from
	}
	if last := len(c.Stretches) - 1; last >= 0 {
		s := &c.Stretches[last]
		if s.Until == from && (dated{s.Weekday, s.Day, s.DayBefore}) == d {
			s.Until = until
			return
		}
	}
	c.Stretches = append(c.Stretches, Stretch{d.weekday, d.day, d.dayBefore, from, until})
}

// distinct leaves out hours that are written the same, and those that hold always.
func distinct(hours []Hours) []Hours {
	seen := map[string]bool{"": true}
	var out []Hours
	for _, h := range hours {
		if text := h.String(); !seen[text] {
			seen[text] = true
			out = append(out, h)
		}
	}
	return out
}

// ClassOf finds the class of a moment; -1 when there can be no such moment, a Tuesday of
// kind Weekend for one.
func ClassOf(classes []Class, m Moment) int {
	for i, c := range classes {
		for _, s := range c.Stretches {
			if s.holds(m) {
				return i
			}
		}
	}
	return -1
}
