package calendar

import (
	"math"
	"time"

	"gridwarden/geo"
)

// walk goes over the days with working time from a start on.
type walk struct {
	calendar *Calendar
	start    time.Time
	day      int // the next to be looked at
	last     int // where it gives up
	seg      segment
	spans    []Span
	pieces   []piece       // working time of the day, what is left of it after start
	before   time.Duration // how much of it was over at start
	room     struct {      // for the spans and pieces of usual days
		spans  [8]Span
		pieces [8]piece
	}
}

// piece is working time without a break, since the walk's start.
type piece struct{ from, until time.Duration }

// walk begins with the day before, whose working time may go over midnight.
func (c *Calendar) walk(start time.Time) *walk {
	_, offset := start.Zone()
	day, _ := floorDiv(start.Unix()+int64(offset), secondsADay)
	w := &walk{calendar: c, start: start, day: day - 1, last: day + maxDays}
	w.spans, w.pieces = w.room.spans[:0], w.room.pieces[:0]
	return w
}

// next goes to the next day with working time left.
func (w *walk) next() error {
	for idle := 0; idle <= maxIdleDays && w.day <= w.last; idle++ {
		w.look()
		w.day++
		if len(w.pieces) > 0 {
			return nil
		}
	}
	if w.day > w.last {
		return geo.Errorf(geo.Faulty, "the limit runs out more than a hundred years after %s: shorten it, or give the calendar more working hours", geo.DateOf(w.start, w.calendar.zone))
	}
	return geo.Errorf(geo.Faulty, "the calendar has no working time in the %d days from %s on: give it a season with working hours", maxIdleDays, dateOf(w.day-maxIdleDays-1))
}

// total is the working time of the day that is left.
func (w *walk) total() (sum time.Duration) {
	for _, p := range w.pieces {
		sum += p.until - p.from
	}
	return sum
}

// at is the moment, since start, at which so much of what is left is over; worked is not
// more than the total.
func (w *walk) at(worked time.Duration) time.Duration {
	for _, p := range w.pieces {
		if length := p.until - p.from; worked > length {
			worked -= length
			continue
		}
		return p.from + worked
	}
	return 0
}

// widestOffset is more than the clock of any zone has been away from UTC, in seconds.
const widestOffset = 16 * 60 * 60

// look finds the working time of the day: every moment at which the clock shows it, also
// when it shows it twice or passes over a part.
func (w *walk) look() {
	w.pieces, w.before = w.pieces[:0], 0
	w.spans = w.calendar.appendWorking(w.spans[:0], w.day)
	if len(w.spans) == 0 {
		return
	}
	midnight := int64(w.day) * secondsADay
	at := midnight + int64(w.spans[0].From)*60 - widestOffset
	end := midnight + int64(w.spans[len(w.spans)-1].Until)*60 + widestOffset
	for ; at < end; at = w.seg.until {
		if at < w.seg.from || at >= w.seg.until {
			w.seg = segmentAt(w.calendar.zone, at)
		}
		for _, s := range w.spans {
			from := max(w.seg.from, midnight+int64(s.From)*60-w.seg.offset)
			until := min(w.seg.until, midnight+int64(s.Until)*60-w.seg.offset)
			if from < until {
				w.add(from, until)
			}
		}
	}
}

// add takes working time up, in Unix seconds: before the start, or left.
func (w *walk) add(from, until int64) {
	p := piece{w.since(from), w.since(until)}
	if p.from < 0 {
		w.before += min(p.until, 0) - p.from
		p.from = 0
	}
	if p.from < p.until {
		w.pieces = append(w.pieces, p)
	}
}

func (w *walk) since(unix int64) time.Duration {
	return time.Duration(unix-w.start.Unix())*time.Second - time.Duration(w.start.Nanosecond())
}

// segment is a time during which a zone's clock keeps its offset from UTC, in Unix seconds.
type segment struct{ from, until, offset int64 }

func segmentAt(zone *time.Location, unix int64) segment {
	t := time.Unix(unix, 0).In(zone)
	from, until := t.ZoneBounds()
	_, offset := t.Zone()
	seg := segment{math.MinInt64, math.MaxInt64, int64(offset)}
	if !from.IsZero() {
		seg.from = from.Unix()
	}
	if !until.IsZero() {
		seg.until = until.Unix()
	}
	return seg
}
