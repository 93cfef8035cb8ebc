package calendar

import (
	"sort"
	"time"

	"gridwarden/geo"
)

// usualHours are worked on days of no season.
const usualHours = "workday 08:00-12:00;workday 14:00-18:00"

// Calendar knows the days and working hours of a city. It does not change.
type Calendar struct {
	zone    *time.Location
	kinds   []dayRange // days that are not ordinary; sorted, apart
	seasons []season   // sorted, apart
	usual   workTable
}

// dayRange is some days of one kind.
type dayRange struct {
	from, until int // day numbers, until included
	kind        DayKind
}

// season is some days with their working hours.
type season struct {
	from, until int
	work        workTable
}

// Span is a stretch of working time of one day, in minutes from its midnight on the clock:
// From <= minute < Until. Until is over 1440 when it ends on the day after.
type Span struct{ From, Until int }

// workTable are the working hours begun on each weekday and kind of day, sorted and apart.
type workTable [7][4][]Span

// New makes the calendar of a zone. Without rows Monday to Friday are worked, 08:00 to
// 12:00 and 14:00 to 18:00; these are also the hours on days of no season. Rows that
// [Check] finds wrong are refused with its error.
func New(rows []geo.CalendarRow, zone *time.Location) (*Calendar, error) {
	if zone == nil {
		return nil, geo.Errorf(geo.Invalid, "the calendar needs a time zone, such as Asia/Shanghai")
	}
	if err := Check(rows); err != nil {
		return nil, err
	}
	usual, err := ParseHours(usualHours)
	if err != nil {
		return nil, err
	}
	c := &Calendar{zone: zone, usual: newWorkTable(usual)}
	for _, row := range rows {
		from, until := daysOf(row)
		switch row.Kind {
		case geo.Season:
			hours, err := ParseHours(row.Hours)
			if err != nil {
				return nil, err
			}
			c.seasons = append(c.seasons, season{from, until, newWorkTable(hours)})
		case geo.Holiday:
			c.kinds = append(c.kinds, dayRange{from, until, Holiday})
		case geo.MakeUpWork:
			c.kinds = append(c.kinds, dayRange{from, until, MakeUp})
		}
	}
	sort.Slice(c.seasons, func(i, j int) bool { return c.seasons[i].from < c.seasons[j].from })
	c.kinds = merged(c.kinds)
	return c, nil
}

// merged sorts the ranges and joins those that overlap, which are of one kind.
func merged(ranges []dayRange) []dayRange {
	sort.Slice(ranges, func(i, j int) bool { return ranges[i].from < ranges[j].from })
	out := ranges[:0]
	for _, r := range ranges {
		if last := len(out) - 1; last >= 0 && r.from <= out[last].until {
			out[last].until = max(out[last].until, r.until)
			continue
		}
		out = append(out, r)
	}
	return out
}

// newWorkTable writes out the spans that begin on each kind of day.
func newWorkTable(h Hours) (t workTable) {
	spans := h.spans
	if h.Always() {
		spans = []span{{everyDay, 0, minutesADay}}
	}
	for _, w := range week {
		for _, k := range kindsOf(w) {
			for _, s := range spans {
				if s.days&dayOf(w, k) != 0 {
					t[w][k] = append(t[w][k], Span{int(s.from), int(s.until)})
				}
			}
			t[w][k] = joined(t[w][k])
		}
	}
	return t
}

// joined sorts the spans and joins those that touch.
func joined(spans []Span) []Span {
	sort.Slice(spans, func(i, j int) bool { return spans[i].From < spans[j].From })
	out := spans[:0]
	for _, s := range spans {
		if last := len(out) - 1; last >= 0 && s.From <= out[last].Until {
			out[last].Until = max(out[last].Until, s.Until)
			continue
		}
		out = append(out, s)
	}
	return out
}

// Zone is the time zone in which days begin and hours are read.
func (c *Calendar) Zone() *time.Location { return c.zone }

// Day is the kind of a day.
func (c *Calendar) Day(d geo.Date) DayKind { return c.kind(dayNumber(d)) }

// Moment is what hours look at, of the clock in the calendar's zone.
func (c *Calendar) Moment(t time.Time) Moment {
	_, offset := t.In(c.zone).Zone()
	day, second := floorDiv(t.Unix()+int64(offset), secondsADay)
	return Moment{weekdayOf(day), c.kind(day), c.kind(day - 1), second / 60}
}

// Working is the working time that begins on a day, in order. What an earlier day's span
// over midnight already covers is that day's.
func (c *Calendar) Working(d geo.Date) []Span {
	return c.appendWorking(nil, dayNumber(d))
}

func (c *Calendar) appendWorking(spans []Span, day int) []Span {
	tail := 0
	if yesterday := c.begun(day - 1); len(yesterday) > 0 {
		tail = yesterday[len(yesterday)-1].Until - minutesADay
	}
	for _, s := range c.begun(day) {
		if s.Until > tail {
			spans = append(spans, Span{max(s.From, tail), s.Until})
		}
	}
	return spans
}

// begun are the spans that begin on a day.
func (c *Calendar) begun(day int) []Span {
	work := &c.usual
	if i := sort.Search(len(c.seasons), func(i int) bool { return c.seasons[i].until >= day }); i < len(c.seasons) && c.seasons[i].from <= day {
		work = &c.seasons[i].work
	}
	return work[weekdayOf(day)][c.kind(day)]
}

// kind finds the kind of a day by its number.
func (c *Calendar) kind(day int) DayKind {
	low, high := 0, len(c.kinds)
	for low < high {
		middle := int(uint(low+high) / 2)
		if c.kinds[middle].until < day {
			low = middle + 1
		} else {
			high = middle
		}
	}
	if low < len(c.kinds) && c.kinds[low].from <= day {
		return c.kinds[low].kind
	}
	return ordinary(weekdayOf(day))
}

const secondsADay = 24 * 60 * 60

// dayNumber counts the days since 1970-01-01.
func dayNumber(d geo.Date) int {
	day, _ := floorDiv(d.Time(time.UTC).Unix(), secondsADay)
	return day
}

func weekdayOf(day int) time.Weekday {
	_, w := floorDiv(int64(day)+int64(time.Thursday), 7)
	return time.Weekday(w)
}

// floorDiv divides downwards; the remainder is never negative.
func floorDiv(n, by int64) (quotient, remainder int) {
	q, r := n/by, n%by
	if r < 0 {
		q, r = q-1, r+by
	}
	return int(q), int(r)
}
