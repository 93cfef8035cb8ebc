package calendar

import (
	"math"
	"math/bits"
	"time"

	"gridwarden/geo"
)

// Bounds of a deadline: what is beyond is a slip of the pen, and nothing waits for it.
const (
	maxLimit    = 10_000 // of any unit
	maxIdleDays = 400    // without working time, one after the other
	maxDays     = 36_525 // a hundred years
)

// Due is when a limit that begins at start has run out: the first moment at which so much
// time has gone by. Fractions of every unit are allowed.
//
//   - urgent_hour: by the clock of physics, 3600 seconds each, whatever the calendar and
//     the time zone do.
//   - work_hour: only seconds count at which the clock shows working time.
//   - work_day: each day with working time counts 1, spread over its working time: begun on
//     a working day at 10:00, one work day is up on the next working day at 10:00 (where
//     the hours differ between the two, at the same part of them). What begins outside
//     working hours counts from the next working moment, and one day later is the end of
//     that day's working time, not the beginning of the next.
//   - natural_day: the same time on the clock so many days later. A time that the clock
//     passes over is the first one after the gap; of a time it shows twice the first counts.
//     A fraction is that part of the way to the next day's.
//
// The answer is in the calendar's zone. A later start or a greater limit is never due
// earlier; except for natural_day when it begins within an hour that the clock shows twice.
func (c *Calendar) Due(start time.Time, limit float64, unit geo.TimeUnit) (time.Time, error) {
	if !(limit > 0) {
		return time.Time{}, geo.Errorf(geo.Faulty, "a limit of %v is none: write a number above 0", limit)
	}
	if limit > maxLimit {
		return time.Time{}, geo.Errorf(geo.Faulty, "a limit of %v is too long: %d of any unit is the most", limit, maxLimit)
	}
	start = start.In(c.zone)
	switch unit {
	case geo.UrgentHour:
		return start.Add(hours(limit)), nil
	case geo.NaturalDay:
		return c.naturalDays(start, limit), nil
	case geo.WorkHour:
		return c.workHours(start, limit)
	case geo.WorkDay:
		return c.workDays(start, limit)
	}
	return time.Time{}, geo.Errorf(geo.Faulty, "%q is no unit of time: write urgent_hour, work_hour, work_day or natural_day", unit)
}

func hours(n float64) time.Duration { return time.Duration(math.Round(n * float64(time.Hour))) }

// naturalDays goes whole days on the clock, then the rest of the way to the next one.
func (c *Calendar) naturalDays(start time.Time, limit float64) time.Time {
	whole, part := math.Modf(limit)
	due := start
	if whole > 0 {
		due = c.sameTime(start, int(whole))
	}
	if part > 0 {
		next := c.sameTime(start, int(whole)+1)
		due = due.Add(time.Duration(math.Round(part * float64(next.Sub(due)))))
	}
	return due
}

// sameTime is the first moment, days later, at which the clock shows the time of start or
// a later one.
func (c *Calendar) sameTime(start time.Time, later int) time.Time {
	_, offset := start.Zone()
	shown := start.Unix() + int64(offset) + int64(later)*secondsADay
	for seg := segmentAt(c.zone, shown-widestOffset); ; seg = segmentAt(c.zone, seg.until) {
		// Within a segment the clock runs evenly: it shows this at one moment, or all of
		// it is later (a gap came before).
		switch at := shown - seg.offset; {
		case at < seg.from:
			return time.Unix(seg.from, 0).In(c.zone)
		case at < seg.until:
			return time.Unix(at, int64(start.Nanosecond())).In(c.zone)
		}
	}
}

// workHours spends the limit on working time.
func (c *Calendar) workHours(start time.Time, limit float64) (time.Time, error) {
	left := hours(limit)
	w := c.walk(start)
	for {
		if err := w.next(); err != nil {
			return time.Time{}, err
		}
		if worked := w.total(); worked < left {
			left -= worked
			continue
		}
		return start.Add(w.at(left)), nil
	}
}

// workDays goes to the day, then to the same part of its working time.
func (c *Calendar) workDays(start time.Time, limit float64) (time.Time, error) {
	w := c.walk(start)
	if err := w.next(); err != nil {
		return time.Time{}, err
	}
	first := w.total() + w.before
	whole, part := math.Modf(limit)
	days, position := int(whole), w.before+time.Duration(math.Round(part*float64(first)))
	if position > first {
		days, position = days+1, position-first
	}
	if position == 0 && days > 0 { // the end of a day, not the beginning of the next
		days, position = days-1, first
	}
	for range days {
		if err := w.next(); err != nil {
			return time.Time{}, err
		}
	}
	full := w.total() + w.before
	return start.Add(w.at(scale(position, full, first) - w.before)), nil
}

// scale is d·by/of without overflow, downwards, for d <= of.
func scale(d, by, of time.Duration) time.Duration {
	high, low := bits.Mul64(uint64(d), uint64(by))
	quotient, _ := bits.Div64(high, low, uint64(of))
	return time.Duration(quotient)
}
