package calendar

import (
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"gridwarden/geo"

	"pgregory.net/rapid"
)

func date(text string) geo.Date {
	d, err := geo.ParseDate(text)
	if err != nil {
		panic(err)
	}
	return d
}

// state2026 are the holidays of 2026 as the State Council's office set them, and a summer
// season as northern cities have it.
var state2026 = []geo.CalendarRow{
	{Kind: geo.Holiday, From: date("2026-01-01"), Until: date("2026-01-03"), Note: "元旦"},
	{Kind: geo.MakeUpWork, From: date("2026-01-04")},
	{Kind: geo.MakeUpWork, From: date("2026-02-14")},
	{Kind: geo.Holiday, From: date("2026-02-15"), Until: date("2026-02-23"), Note: "春节"},
	{Kind: geo.MakeUpWork, From: date("2026-02-28")},
	{Kind: geo.Holiday, From: date("2026-05-01"), Until: date("2026-05-05"), Note: "劳动节"},
	{Kind: geo.MakeUpWork, From: date("2026-05-09")},
	{Kind: geo.MakeUpWork, From: date("2026-09-20")},
	{Kind: geo.Holiday, From: date("2026-10-01"), Until: date("2026-10-07"), Note: "国庆"},
	{Kind: geo.MakeUpWork, From: date("2026-10-10")},
	{Kind: geo.Season, From: date("2026-06-01"), Until: date("2026-08-31"), Hours: "workday 08:00-12:00;workday 15:00-18:00", Note: "夏季"},
}

func newCalendar(t testing.TB, rows []geo.CalendarRow, zone string) *Calendar {
	t.Helper()
	c, err := New(rows, zoneNamed(zone))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestDeadlinesOverNightsWeekendsHolidaysAndMakeUpDays(t *testing.T) {
	c := newCalendar(t, state2026, "Asia/Shanghai")
	for _, e := range []struct {
		start string
		limit float64
		unit  geo.TimeUnit
		due   string
	}{
		{"2026-02-13 17:30", 2, geo.UrgentHour, "2026-02-13 19:30"},
		{"2026-02-14 23:00", 2, geo.UrgentHour, "2026-02-15 01:00"},   // in the night of the holiday
		{"2026-03-06 16:00", 4, geo.WorkHour, "2026-03-09 10:00"},     // over a weekend
		{"2026-03-06 11:00", 2, geo.WorkHour, "2026-03-06 15:00"},     // over the midday break
		{"2026-03-06 08:00", 4, geo.WorkHour, "2026-03-06 12:00"},     // not 14:00
		{"2026-03-07 10:00", 4, geo.WorkHour, "2026-03-09 12:00"},     // begun on a Saturday
		{"2026-02-13 17:00", 2, geo.WorkHour, "2026-02-14 09:00"},     // a Saturday that is worked
		{"2026-02-14 17:00", 2, geo.WorkHour, "2026-02-24 09:00"},     // over Spring Festival
		{"2026-03-05 10:00", 1, geo.WorkDay, "2026-03-06 10:00"},      //
		{"2026-03-06 10:00", 1, geo.WorkDay, "2026-03-09 10:00"},      // over a weekend
		{"2026-02-13 10:00", 1, geo.WorkDay, "2026-02-14 10:00"},      // a make-up day counts
		{"2026-02-13 10:00", 2, geo.WorkDay, "2026-02-24 10:00"},      // holidays do not
		{"2026-02-27 10:00", 5, geo.WorkDay, "2026-03-05 10:00"},      // with the make-up Saturday
		{"2026-03-07 10:00", 1, geo.WorkDay, "2026-03-09 18:00"},      // Monday is the day
		{"2026-03-06 20:00", 2, geo.WorkDay, "2026-03-10 18:00"},      //
		{"2026-03-05 08:00", 0.5, geo.WorkDay, "2026-03-05 12:00"},    // half of the day's working time
		{"2026-03-05 10:00", 0.5, geo.WorkDay, "2026-03-05 16:00"},    //
		{"2026-03-05 16:00", 1.5, geo.WorkDay, "2026-03-09 10:00"},    //
		{"2026-05-29 16:00", 1, geo.WorkDay, "2026-06-01 16:15"},      // 6 of 8 hours become 5:15 of 7
		{"2026-08-31 18:30", 1, geo.WorkHour, "2026-09-01 09:00"},     // out of the season
		{"2026-07-01 13:00", 1, geo.WorkHour, "2026-07-01 16:00"},     // within it
		{"2026-02-14 17:00", 3, geo.NaturalDay, "2026-02-17 17:00"},   // holidays too
		{"2026-02-14 17:00", 0.5, geo.NaturalDay, "2026-02-15 05:00"}, //
		{"2026-03-06 16:00", 0.25, geo.WorkHour, "2026-03-06 16:15"},  //
		{"2026-03-06 12:00", 0.0001, geo.WorkHour, "2026-03-06 14:00:00.36"},
	} {
		expect(t, c, e.start, e.limit, e.unit, e.due)
	}
}

const shown = "2006-01-02 15:04:05.999999999"

func expect(t *testing.T, c *Calendar, start string, limit float64, unit geo.TimeUnit, want string) {
	t.Helper()
	from, err := time.ParseInLocation("2006-01-02 15:04", start, c.zone)
	if err != nil {
		t.Fatal(err)
	}
	due, err := c.Due(from, limit, unit)
	if err != nil {
		t.Error(err)
		return
	}
	if got := due.Format(shown); got != want && got != want+":00" {
		t.Errorf("%s and %v %s: due %s, want %s", start, limit, unit, got, want)
	}
}

func TestDeadlinesOverAChangeOfTheClock(t *testing.T) {
	night := []geo.CalendarRow{{Kind: geo.Season, From: date("2026-01-01"), Until: date("2026-12-31"), Hours: "00:00-08:00"}}
	for _, e := range []struct {
		zone, start string
		limit       float64
		unit        geo.TimeUnit
		due         string
	}{
		{"America/New_York", "2026-03-08 01:30", 2, geo.UrgentHour, "2026-03-08 04:30"},
		{"America/New_York", "2026-11-01 00:30", 2, geo.UrgentHour, "2026-11-01 01:30"},
		{"America/New_York", "2026-03-08 00:00", 7, geo.WorkHour, "2026-03-08 08:00"},
		{"America/New_York", "2026-11-01 00:00", 9, geo.WorkHour, "2026-11-01 08:00"},
		{"America/New_York", "2026-11-01 00:00", 1, geo.WorkDay, "2026-11-01 08:00"},
		{"America/New_York", "2026-03-07 02:30", 1, geo.NaturalDay, "2026-03-08 03:00"},
		{"America/New_York", "2026-03-07 02:30", 2, geo.NaturalDay, "2026-03-09 02:30"},
		{"America/New_York", "2026-10-31 01:30", 1, geo.NaturalDay, "2026-11-01 01:30"},
		{"Europe/Berlin", "2026-03-28 02:30", 1, geo.NaturalDay, "2026-03-29 03:00"},
		{"Europe/Berlin", "2026-03-27 10:00", 3, geo.NaturalDay, "2026-03-30 10:00"},
		{"Europe/Berlin", "2026-10-25 00:00", 4, geo.WorkHour, "2026-10-25 03:00"},
		{"Australia/Lord_Howe", "2026-04-05 01:00", 1, geo.UrgentHour, "2026-04-05 01:30"},
		{"Australia/Lord_Howe", "2026-04-05 00:00", 8.5, geo.WorkHour, "2026-04-05 08:00"},
		{"Australia/Lord_Howe", "2026-10-04 00:00", 7.5, geo.WorkHour, "2026-10-04 08:00"},
		{"Australia/Lord_Howe", "2026-10-03 02:10", 1, geo.NaturalDay, "2026-10-04 02:30"},
	} {
		c := newCalendar(t, night, e.zone)
		expect(t, c, e.start, e.limit, e.unit, e.due)
	}
	// The first of the two half past ones.
	c := newCalendar(t, nil, "America/New_York")
	due, err := c.Due(time.Date(2026, 10, 31, 1, 30, 0, 0, c.zone), 1, geo.NaturalDay)
	if want := time.Date(2026, 11, 1, 5, 30, 0, 0, time.UTC); err != nil || !due.Equal(want) {
		t.Errorf("due %v, %v, want %v", due, err, want)
	}
}

func TestADeadlineThatNeverComesIsAnErrorNotALoop(t *testing.T) {
	idle := []geo.CalendarRow{{Kind: geo.Holiday, From: date("2026-01-01"), Until: date("2028-12-31")}}
	thin := []geo.CalendarRow{{Kind: geo.Season, From: date("0001-01-01"), Until: date("9999-12-31"), Hours: "Mon 08:00-08:01"}}
	start := time.Date(2026, 3, 6, 10, 0, 0, 0, shanghai)
	for _, e := range []struct {
		rows  []geo.CalendarRow
		limit float64
		unit  geo.TimeUnit
		want  string
	}{
		{idle, 1, geo.WorkHour, "no working time"},
		{idle, 1, geo.WorkDay, "no working time"},
		{thin, 10_000, geo.WorkHour, "hundred years"},
		{thin, 10_000, geo.WorkDay, "hundred years"},
		{nil, 1e6, geo.UrgentHour, "too long"},
		{nil, 0, geo.WorkDay, "none"},
		{nil, -1, geo.WorkDay, "none"},
		{nil, 1, "fortnight", "fortnight"},
	} {
		c := newCalendar(t, e.rows, "Asia/Shanghai")
		due, err := c.Due(start, e.limit, e.unit)
		if geo.KindOf(err) != geo.Faulty || !strings.Contains(err.Error(), e.want) {
			t.Errorf("%v %s: %v, %v, want an error that says %q", e.limit, e.unit, due, err, e.want)
		}
	}
	c := newCalendar(t, nil, "Asia/Shanghai")
	if _, err := c.Due(start, 10_000, geo.WorkDay); err != nil {
		t.Error(err)
	}
}

// drawn is a calendar and what it was made of, for a judge who counts minutes.
type drawn struct {
	calendar *Calendar
	zone     *time.Location
	kinds    map[geo.Date]DayKind
	seasons  []drawnSeason
}

type drawnSeason struct {
	until geo.Date
	spans []drawnSpan
}

type drawnSpan struct {
	word        string
	from, until int
}

// drawCalendar draws a year of 2026 with special days about the changes of the clock.
func drawCalendar(t *rapid.T, zone *time.Location) *drawn {
	d := &drawn{zone: zone, kinds: map[geo.Date]DayKind{}}
	var rows []geo.CalendarRow
	for _, first := range []string{"2026-02-20", "2026-09-20"} {
		day := date(first).Time(time.UTC)
		for range rapid.IntRange(0, 8).Draw(t, "special days") {
			day = day.AddDate(0, 0, rapid.IntRange(1, 8).Draw(t, "days later"))
			row := geo.CalendarRow{Kind: geo.Holiday, From: geo.DateOf(day, time.UTC)}
			d.kinds[row.From] = Holiday
			if ordinary(day.Weekday()) == Weekend && rapid.Bool().Draw(t, "make-up") {
				row.Kind, d.kinds[row.From] = geo.MakeUpWork, MakeUp
			}
			rows = append(rows, row)
		}
	}
	from := date("2026-01-01")
	for _, until := range []string{"2026-03-10", "2026-04-01", "2026-10-28", "2026-12-31"} {
		s := drawnSeason{until: date(until)}
		var parts []string
		for range rapid.IntRange(1, 3).Draw(t, "spans") {
			span := drawnSpan{word: rapid.SampledFrom([]string{"workday", "Mon-Sun", "Sat,Sun", "holiday"}).Draw(t, "days"), from: 30 * rapid.IntRange(0, 47).Draw(t, "from")}
			span.until = span.from + 30*rapid.IntRange(1, 30).Draw(t, "length")
			s.spans = append(s.spans, span)
			parts = append(parts, fmt.Sprintf("%s %s-%s", span.word, clock(span.from), clock(span.until)))
		}
		d.seasons = append(d.seasons, s)
		rows = append(rows, geo.CalendarRow{Kind: geo.Season, From: from, Until: s.until, Hours: strings.Join(parts, ";")})
		from = geo.DateOf(s.until.Time(time.UTC).AddDate(0, 0, 1), time.UTC)
	}
	var err error
	if d.calendar, err = New(rows, zone); err != nil {
		t.Fatal(err)
	}
	return d
}

// owner is the day whose working time a moment is; zero when nobody works.
func (d *drawn) owner(at time.Time) geo.Date {
	at = at.In(d.zone)
	minute := at.Hour()*60 + at.Minute()
	for _, back := range []int{1, 0} {
		day := time.Date(at.Year(), at.Month(), at.Day()-back, 0, 0, 0, 0, time.UTC)
		if d.works(day, minute+back*minutesADay) {
			return geo.DateOf(day, time.UTC)
		}
	}
	return geo.Date{}
}

func (d *drawn) works(day time.Time, minute int) bool {
	on := geo.DateOf(day, time.UTC)
	kind, special := d.kinds[on]
	weekend := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
	for _, s := range d.seasons {
		if s.until.Before(on) {
			continue
		}
		for _, span := range s.spans {
			fits := map[string]bool{
				"workday": special && kind == MakeUp || !special && !weekend,
				"Mon-Sun": true,
				"Sat,Sun": weekend,
				"holiday": special && kind == Holiday,
			}[span.word]
			if fits && span.from <= minute && minute < span.until {
				return true
			}
		}
		return false
	}
	return false
}

// full is how many minutes of working time a day has.
func (d *drawn) full(day geo.Date) (n int64) {
	noon := day.Time(d.zone)
	for at := noon.Add(-26 * time.Hour); at.Before(noon.Add(52 * time.Hour)); at = at.Add(time.Minute) {
		if d.owner(at) == day {
			n++
		}
	}
	return n
}

// count goes minute by minute until the limit is spent; ok is false after some weeks.
func (d *drawn) count(start time.Time, limit *big.Rat, unit geo.TimeUnit) (due time.Time, ok bool) {
	left, full := new(big.Rat).Set(limit), map[geo.Date]int64{}
	for at := start; at.Before(start.AddDate(0, 0, 25)); at = at.Add(time.Minute) {
		day := d.owner(at)
		if day.IsZero() {
			continue
		}
		parts := int64(60)
		if unit == geo.WorkDay {
			if full[day] == 0 {
				full[day] = d.full(day)
			}
			parts = full[day]
		}
		if minute := big.NewRat(1, parts); left.Cmp(minute) > 0 {
			left.Sub(left, minute)
			continue
		}
		rest := left.Mul(left, big.NewRat(parts*int64(time.Minute), 1))
		ns, _ := rest.Float64()
		return at.Add(time.Duration(ns)), true
	}
	return time.Time{}, false
}

var clocks = []string{"Asia/Shanghai", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Havana", "Asia/Beirut"}

// drawStart draws a whole minute of the weeks in which clocks change.
func drawStart(t *rapid.T) time.Time {
	first := rapid.SampledFrom([]time.Time{time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC), time.Date(2026, 3, 25, 0, 0, 0, 0, time.UTC), time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 10, 22, 0, 0, 0, 0, time.UTC)}).Draw(t, "weeks")
	return first.Add(time.Duration(rapid.IntRange(0, 14*minutesADay).Draw(t, "minute")) * time.Minute)
}

func TestDueAgreesWithCountingMinutes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawCalendar(t, zoneNamed(rapid.SampledFrom(clocks).Draw(t, "zone")))
		start := drawStart(t)
		unit := rapid.SampledFrom([]geo.TimeUnit{geo.WorkHour, geo.WorkDay}).Draw(t, "unit")
		quarters := rapid.Int64Range(1, 20).Draw(t, "quarters")
		want, ok := d.count(start, big.NewRat(quarters, 4), unit)
		due, err := d.calendar.Due(start, float64(quarters)/4, unit)
		if ok && (err != nil || due.Sub(want).Abs() > 2) {
			t.Fatalf("%v and %v/4 %s: due %v, %v; counted %v", start.In(d.zone), quarters, unit, due, err, want)
		}
	})
}

func TestALaterStartOrAGreaterLimitIsNeverDueEarlier(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawCalendar(t, zoneNamed(rapid.SampledFrom(clocks).Draw(t, "zone")))
		unit := rapid.SampledFrom([]geo.TimeUnit{geo.UrgentHour, geo.WorkHour, geo.WorkDay, geo.NaturalDay}).Draw(t, "unit")
		start := drawStart(t)
		later := start.Add(time.Duration(rapid.Int64Range(0, int64(2*time.Hour)).Draw(t, "later")))
		limit := rapid.Float64Range(0.01, 6).Draw(t, "limit")
		more := limit + rapid.Float64Range(0, 2).Draw(t, "more")
		a, errA := d.calendar.Due(start, limit, unit)
		b, errB := d.calendar.Due(later, limit, unit)
		c, errC := d.calendar.Due(start, more, unit)
		if err := errors.Join(errA, errB, errC); err != nil {
			return // a season in which nobody works
		}
		if unit == geo.NaturalDay && (twice(start, d.zone) || twice(later, d.zone)) {
			b = a
		}
		if b.Before(a) || c.Before(a) || a.Before(start) {
			t.Fatalf("%s from %v: %v; from %v: %v; %v: %v; %v: %v", unit, start, a, later, b, limit, a, more, c)
		}
	})
}

// With eight hours a day it is the same whether hours or days are counted.
func TestADayOfEightHoursIsEightHours(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, err := New(state2026[:10], shanghai) // without the summer's seven hours
		if err != nil {
			t.Fatal(err)
		}
		start, quarters := drawStart(t), float64(rapid.IntRange(1, 40).Draw(t, "quarters"))
		days, errDays := c.Due(start, quarters/4, geo.WorkDay)
		hours, errHours := c.Due(start, quarters*2, geo.WorkHour)
		if errDays != nil || errHours != nil || !days.Equal(hours) {
			t.Fatalf("from %v: %v, %v by days, %v, %v by hours", start, days, errDays, hours, errHours)
		}
	})
}

// twice tells whether the clock shows a moment's time a second time.
func twice(at time.Time, zone *time.Location) bool {
	wall := func(t time.Time) string { return t.In(zone).Format(shown) }
	for _, shift := range []time.Duration{time.Hour, -time.Hour, time.Hour / 2, -time.Hour / 2} {
		if wall(at) == wall(at.Add(shift)) {
			return true
		}
	}
	return false
}

func BenchmarkDue(b *testing.B) {
	c := newCalendar(b, state2026, "Asia/Shanghai")
	start := time.Date(2026, 9, 30, 16, 20, 0, 0, time.UTC)
	for _, e := range []struct {
		limit float64
		unit  geo.TimeUnit
	}{{2, geo.UrgentHour}, {4, geo.WorkHour}, {5, geo.WorkDay}, {3, geo.NaturalDay}} {
		b.Run(fmt.Sprintf("%v %s", e.limit, e.unit), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Due(start, e.limit, e.unit); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
