package planning

import (
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/calendar"
	"gridwarden/geo/duty"
)

// checkStandards refuses lines of categories that there are none of, and two lines for one
// thing on the same days.
func (p *tablePlan) checkStandards(given []geo.FilingStandard, w duty.World) {
	t := standards()
	row := rowsOf(t, given)
	for i, s := range given {
		if !w.Category(s.Standard, s.Kind, duty.Pattern{Text: s.Code}) {
			p.absent(t.rows, i, t.name(s), noCategory("category", s.CategoryKey))
		}
	}
	for i, s := range p.after.Standards {
		if i == 0 {
			continue
		}
		last := p.after.Standards[i-1]
		same := last.CategoryKey == s.CategoryKey && last.Condition == s.Condition && last.Class == s.Class
		if same && (last.ValidUntil.IsZero() || !last.ValidUntil.Before(s.ValidFrom)) {
			p.refused.add(row(s), t.name(s), geo.Errorf(geo.Faulty, "column \"valid_from\": the line before it, %s, still holds on %s: end that one with valid_until", t.name(last), s.ValidFrom))
		}
	}
}

func noCategory(column string, k geo.CategoryKey) error {
	return geo.Errorf(geo.Faulty, "column %q: %s has no %s %q: import the categories first, or correct the cell", column, k.Standard, k.Kind, k.Code)
}

// rowsOf finds the place of a row among those given, -1 for one that was there before.
func rowsOf[T any](t table[T], given []T) func(T) int {
	place := make(map[string]int, len(given))
	for i, row := range given {
		if _, known := place[t.id(row)]; !known {
			place[t.id(row)] = i
		}
	}
	return func(row T) int {
		if i, known := place[t.id(row)]; known {
			return i
		}
		return -1
	}
}

// checkCalendar refuses rows that make no calendar with one another.
func (p *tablePlan) checkCalendar(given []geo.CalendarRow) {
	t := days()
	row := rowsOf(t, given)
	for _, f := range calendar.Faults(p.after.Calendar) {
		at := p.after.Calendar[f.Row]
		p.refused.add(row(at), t.name(at), geo.Errorf(geo.Faulty, "column %q: %s", f.Column, f.Text))
	}
}

// checkCrosswalk refuses rows that lead to no category, or to another old code.
func (p *tablePlan) checkCrosswalk(given []geo.Crosswalk, w duty.World) {
	t := crosswalk()
	for i, c := range given {
		if !w.Category(c.To.Standard, c.To.Kind, duty.Pattern{Text: c.To.Code}) {
			p.absent(t.rows, i, t.name(c), noCategory("to_code", c.To))
		}
	}
	row := rowsOf(t, given)
	for _, c := range p.after.Crosswalk {
		if _, old := slices.BinarySearchFunc(p.after.Crosswalk, geo.Crosswalk{From: c.To}, t.order); old {
			p.refused.add(row(c), t.name(c), geo.Errorf(geo.Faulty, "column \"to_code\": %s %s is itself an old code of the table: name the one it leads to", c.To.Standard, c.To.Code))
		}
	}
}
