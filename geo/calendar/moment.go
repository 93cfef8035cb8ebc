package calendar

import "time"

// DayKind is what the calendar says of a day. Every day is of exactly one kind: Monday to
// Friday are Weekday or Holiday; Saturday and Sunday are Weekend, Holiday or MakeUp.
type DayKind uint8

const (
	Weekday DayKind = iota // Monday to Friday, no holiday
	Weekend                // Saturday and Sunday, neither a holiday nor made up
	Holiday                // a day of a holiday row, whatever its weekday
	MakeUp                 // a Saturday or Sunday that is worked instead (调休)
)

// Worked tells whether such a day is a workday.
func (k DayKind) Worked() bool { return k == Weekday || k == MakeUp }

// Moment is all that hours look at.
type Moment struct {
	Weekday   time.Weekday
	Day       DayKind // of this day
	DayBefore DayKind // of the day before: a span over midnight belongs to the day it starts
	Minute    int     // of the day on the clock, 0..1439
}

// minutesADay is the length of a day on the clock; what a change of the clock does to it
// is the calendar's.
const minutesADay = 24 * 60

// days is a set of weekday × kind of day, one bit each.
type days uint32

func dayOf(w time.Weekday, k DayKind) days { return 1 << (4*uint(w) + uint(k)) }

// everyDay holds all that can be; a Tuesday of kind Weekend cannot.
var everyDay = func() (all days) {
	for w := time.Sunday; w <= time.Saturday; w++ {
		for _, k := range kindsOf(w) {
			all |= dayOf(w, k)
		}
	}
	return all
}()

// kindsOf are the kinds a weekday can be of, the ordinary one first.
func kindsOf(w time.Weekday) []DayKind {
	if w == time.Saturday || w == time.Sunday {
		return []DayKind{Weekend, Holiday, MakeUp}
	}
	return []DayKind{Weekday, Holiday}
}

// ordinary is the kind of a weekday when no row of the calendar names it.
func ordinary(w time.Weekday) DayKind { return kindsOf(w)[0] }

// before is the weekday of the day before.
func before(w time.Weekday) time.Weekday { return (w + 6) % 7 }

func after(w time.Weekday) time.Weekday { return (w + 1) % 7 }

// week is the order in which people read a week.
var week = [7]time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}

// dated is a day as hours see it: with the day before.
type dated struct {
	weekday        time.Weekday
	day, dayBefore DayKind
}

func (d dated) at(minute int) Moment { return Moment{d.weekday, d.day, d.dayBefore, minute} }

// ordinaryDay is that weekday in a week without special days.
func ordinaryDay(w time.Weekday) dated { return dated{w, ordinary(w), ordinary(before(w))} }

// ordinary tells whether no row of the calendar names the day or the one before.
func (d dated) ordinary() bool {
	return d == ordinaryDay(d.weekday)
}

// possible are all days that can be: those of an ordinary week first, from Monday.
var possible = func() (all []dated) {
	for _, w := range week {
		all = append(all, ordinaryDay(w))
	}
	for _, w := range week {
		for _, k := range kindsOf(w) {
			for _, b := range kindsOf(before(w)) {
				if d := (dated{w, k, b}); !d.ordinary() {
					all = append(all, d)
				}
			}
		}
	}
	return all
}()
