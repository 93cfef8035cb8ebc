package calendar

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"gridwarden/geo"
)

// Fault is what is wrong with one row of a calendar.
type Fault struct {
	Row    int    // its place among the rows, from 0
	Column string // kind, from, until or hours
	Text   string // a sentence
}

// maxTold bounds the sentence of [Check].
const maxTold = 50

// Check tells all that is wrong with the rows in one error, a line each; nil when they make
// a calendar.
func Check(rows []geo.CalendarRow) error {
	faults := Faults(rows)
	if len(faults) == 0 {
		return nil
	}
	var lines []string
	for _, f := range faults[:min(len(faults), maxTold)] {
		lines = append(lines, fmt.Sprintf("row %d, %s: %s", f.Row+1, f.Column, f.Text))
	}
	if more := len(faults) - maxTold; more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	return geo.Errorf(geo.Faulty, "%s", strings.Join(lines, "\n"))
}

// Faults finds what is wrong with the rows, by row: a kind that there is none of, days that
// are none, hours that cannot be read, a make-up day in the week, a day that is both a
// holiday and made up, two seasons on one day.
func Faults(rows []geo.CalendarRow) []Fault {
	var faults []Fault
	var sound []int
	for i, row := range rows {
		if column, text := faultOf(row); text != "" {
			faults = append(faults, Fault{i, column, text})
			continue
		}
		sound = append(sound, i)
	}
	faults = append(faults, clashes(rows, sound)...)
	slices.SortStableFunc(faults, func(a, b Fault) int { return cmp.Compare(a.Row, b.Row) })
	return faults
}

// faultOf looks at one row by itself.
func faultOf(row geo.CalendarRow) (column, text string) {
	from, until := daysOf(row)
	switch {
	case row.Kind != geo.Season && row.Kind != geo.Holiday && row.Kind != geo.MakeUpWork:
		return "kind", fmt.Sprintf("%q is no kind of row: write season, holiday or workday", row.Kind)
	case row.From.IsZero():
		return "from", "the first day is missing"
	case row.Until.IsZero() && row.Kind == geo.Season:
		return "until", "the last day of the season is missing"
	case until < from:
		return "until", fmt.Sprintf("%s is before %s: the last day comes first", row.Until, row.From)
	case row.Kind != geo.Season && row.Hours != "":
		return "hours", "only a season has hours: leave them empty"
	case row.Kind == geo.Season && strings.TrimSpace(row.Hours) == "":
		return "hours", "the working hours are missing: write workday 08:00-12:00;workday 14:00-18:00"
	}
	if row.Kind == geo.Season {
		if _, err := ParseHours(row.Hours); err != nil {
			return "hours", geo.Sentence(err)
		}
	}
	if row.Kind == geo.MakeUpWork {
		for day := from; day <= until; day++ {
			if w := weekdayOf(day); ordinary(w) == Weekday {
				return "from", fmt.Sprintf("%s is a %s and worked anyway: a make-up day is a Saturday or Sunday", dateOf(day), w)
			}
		}
	}
	return "", ""
}

// clashes finds rows that contradict an earlier one; each is told once.
func clashes(rows []geo.CalendarRow, sound []int) (faults []Fault) {
	order := slices.Clone(sound)
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(dayNumber(rows[a].From), dayNumber(rows[b].From)) })
	last := map[geo.CalendarKind]int{} // the row of each kind that ends last so far
	for _, i := range order {
		from, until := daysOf(rows[i])
		for _, kind := range []geo.CalendarKind{geo.Season, geo.Holiday, geo.MakeUpWork} {
			j, found := last[kind]
			if !found || !contradict(rows[i].Kind, kind) {
				continue
			}
			if _, end := daysOf(rows[j]); end >= from {
				faults = append(faults, clash(rows, i, j, dateOf(from)))
			}
		}
		j, found := last[rows[i].Kind]
		if found {
			if _, end := daysOf(rows[j]); end >= until {
				continue
			}
		}
		last[rows[i].Kind] = i
	}
	return faults
}

func contradict(a, b geo.CalendarKind) bool {
	return a == geo.Season && b == geo.Season ||
		a == geo.Holiday && b == geo.MakeUpWork || a == geo.MakeUpWork && b == geo.Holiday
}

func clash(rows []geo.CalendarRow, i, j int, day geo.Date) Fault {
	row, other := max(i, j), min(i, j)
	return Fault{row, "from", fmt.Sprintf("%s is both in the %s and in the %s: let it be in one only",
		day, told(rows[other], other), told(rows[row], row))}
}

// told names a row: season 2026-05-01 to 2026-09-30 (summer) of row 3.
func told(row geo.CalendarRow, i int) string {
	name := fmt.Sprintf("%s %s", row.Kind, row.From)
	if !row.Until.IsZero() && row.Until != row.From {
		name += " to " + row.Until.String()
	}
	if row.Note != "" {
		name += " (" + row.Note + ")"
	}
	return fmt.Sprintf("%s of row %d", name, i+1)
}

// daysOf are the first and last day of a row; without a last day it is the first.
func daysOf(row geo.CalendarRow) (from, until int) {
	from = dayNumber(row.From)
	if row.Until.IsZero() {
		return from, from
	}
	return from, dayNumber(row.Until)
}

func dateOf(day int) geo.Date {
	return geo.DateOf(time.Unix(int64(day)*secondsADay, 0), time.UTC)
}
