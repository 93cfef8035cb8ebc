package calendar

import (
	"slices"
	"strings"
	"testing"
	"time"

	"gridwarden/geo"

	"pgregory.net/rapid"
)

func TestTheCalendarKnowsHolidaysAndMakeUpDays(t *testing.T) {
	c := newCalendar(t, state2026, "Asia/Shanghai")
	for day, want := range map[string]DayKind{
		"2026-01-02": Holiday, "2026-01-04": MakeUp, "2026-01-05": Weekday, "2026-01-10": Weekend,
		"2026-02-14": MakeUp, "2026-02-15": Holiday, "2026-02-23": Holiday, "2026-02-24": Weekday,
		"2025-12-31": Weekday, "2026-12-27": Weekend, "1969-12-31": Weekday, "1969-12-28": Weekend,
	} {
		if got := c.Day(date(day)); got != want {
			t.Errorf("%s: kind %d, want %d", day, got, want)
		}
	}
}

func TestTheMomentIsThatOfTheCitysOwnClock(t *testing.T) {
	c := newCalendar(t, state2026, "Asia/Shanghai")
	// 17:59:59 UTC on Friday the 13th is past midnight of a Saturday that is worked.
	got := c.Moment(time.Date(2026, 2, 13, 17, 59, 59, 0, time.UTC))
	if want := (Moment{time.Saturday, MakeUp, Weekday, 119}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestTheMomentAgreesWithTheClock(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawCalendar(t, zoneNamed(rapid.SampledFrom(clocks).Draw(t, "zone")))
		at := time.Unix(rapid.Int64Range(-1e11, 1e11).Draw(t, "unix"), 0).In(d.zone)
		if rapid.Bool().Draw(t, "of the year") {
			at = drawStart(t).In(d.zone)
		}
		yesterday := time.Date(at.Year(), at.Month(), at.Day()-1, 12, 0, 0, 0, time.UTC)
		want := Moment{at.Weekday(), kindShown(d, at), kindShown(d, yesterday), at.Hour()*60 + at.Minute()}
		if got := d.calendar.Moment(at); got != want {
			t.Fatalf("%v: %+v, want %+v", at, got, want)
		}
	})
}

// kindShown is the kind of the day shown.
func kindShown(d *drawn, shown time.Time) DayKind {
	year, month, day := shown.Date()
	if kind, special := d.kinds[geo.Date{Year: year, Month: month, Day: day}]; special {
		return kind
	}
	return ordinary(shown.Weekday())
}

func TestWorkingTimeFollowsTheSeason(t *testing.T) {
	night := geo.CalendarRow{Kind: geo.Season, From: date("2026-11-02"), Until: date("2026-11-03"), Hours: "20:00-04:00;00:00-06:00"}
	c := newCalendar(t, append([]geo.CalendarRow{night}, state2026...), "Asia/Shanghai")
	usual := []Span{{480, 720}, {840, 1080}}
	for day, want := range map[string][]Span{
		"2026-05-29": usual,
		"2026-06-01": {{480, 720}, {900, 1080}},
		"2026-08-30": nil, // a Sunday
		"2026-09-01": usual,
		"2026-10-10": usual, // a Saturday that is worked
		"2026-10-05": nil,
		"2026-11-02": {{0, 360}, {1200, 1680}},
		"2026-11-03": {{240, 360}, {1200, 1680}}, // until 04:00 it is the evening's before
		"2026-11-04": usual,
	} {
		if got := c.Working(date(day)); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", day, got, want)
		}
	}
}

func TestAllThatIsWrongWithACalendarIsToldAtOnce(t *testing.T) {
	rows := []geo.CalendarRow{
		{Kind: geo.Season, From: date("2026-05-01"), Until: date("2026-09-30"), Hours: "workday 08:00-12:00", Note: "summer"},
		{Kind: geo.Season, From: date("2026-09-30"), Until: date("2026-12-31"), Hours: "workday 09:00-12:00"},
		{Kind: geo.Holiday, From: date("2026-10-01"), Until: date("2026-10-07")},
		{Kind: geo.MakeUpWork, From: date("2026-10-04")},
		{Kind: geo.MakeUpWork, From: date("2026-10-13")},
		{Kind: "feast", From: date("2026-10-13")},
		{Kind: geo.Holiday},
		{Kind: geo.Holiday, From: date("2026-10-09"), Until: date("2026-10-08")},
		{Kind: geo.Season, From: date("2027-01-01"), Until: date("2027-12-31"), Hours: "25:00-26:00"},
		{Kind: geo.Season, From: date("2028-01-01"), Until: date("2028-12-31")},
		{Kind: geo.Season, From: date("2029-01-01"), Hours: "workday"},
		{Kind: geo.Holiday, From: date("2026-12-25"), Hours: "08:00-12:00"},
		{Kind: geo.Holiday, From: date("2026-10-05"), Until: date("2026-10-08")}, // holidays may overlap
	}
	want := []string{
		"row 2, from: 2026-09-30 is both in the season 2026-05-01 to 2026-09-30 (summer) of row 1 and in the season 2026-09-30 to 2026-12-31 of row 2",
		"row 4, from: 2026-10-04 is both in the holiday 2026-10-01 to 2026-10-07 of row 3 and in the workday 2026-10-04 of row 4",
		"row 5, from: 2026-10-13 is a Tuesday",
		`row 6, kind: "feast"`,
		"row 7, from: the first day is missing",
		"row 8, until: 2026-10-08 is before 2026-10-09",
		`row 9, hours: "25:00-26:00" is no span`,
		"row 10, hours: the working hours are missing",
		"row 11, until: the last day of the season is missing",
		"row 12, hours: only a season has hours",
	}
	_, err := New(rows, shanghai)
	if geo.KindOf(err) != geo.Faulty {
		t.Fatalf("error %v", err)
	}
	lines := strings.Split(err.Error(), "\n")
	if !slices.EqualFunc(lines, want, strings.HasPrefix) {
		t.Errorf("told:\n%s", strings.Join(lines, "\n"))
	}
}

func TestAThousandWrongRowsMakeAShortSentence(t *testing.T) {
	err := Check(make([]geo.CalendarRow, 1000))
	if lines := strings.Split(err.Error(), "\n"); len(lines) != maxTold+1 || lines[maxTold] != "and 950 more" {
		t.Error(len(lines), lines[len(lines)-1])
	}
}

func TestACalendarNeedsAZone(t *testing.T) {
	if _, err := New(nil, nil); geo.KindOf(err) != geo.Invalid {
		t.Error(err)
	}
}

func BenchmarkMoment(b *testing.B) {
	c := newCalendar(b, state2026, "America/New_York")
	at := time.Date(2026, 9, 30, 16, 20, 0, 0, time.UTC)
	b.ReportAllocs()
	for b.Loop() {
		c.Moment(at)
	}
}
