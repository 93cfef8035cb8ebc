package audit

import (
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/duty"
)

// turn is a day on which something begins or ended the day before, and what.
type turn struct {
	day         geo.Date
	rows        []int32
	departments map[geo.DepartmentCode]bool
	all         bool // a ruling ended: anything may differ
}

// turns are the days after the one given on which a row, a department or a ruling begins
// to hold or holds no more, in order.
func (b *book) turns(today geo.Date) []turn {
	byDay := map[geo.Date]*turn{}
	at := func(day geo.Date) *turn {
		if !today.Before(day) {
			return nil
		}
		t := byDay[day]
		if t == nil {
			t = &turn{day: day, departments: map[geo.DepartmentCode]bool{}}
			byDay[day] = t
		}
		return t
	}
	for i := range b.rows {
		for _, day := range [...]geo.Date{b.rows[i].ValidFrom, after(b.rows[i].ValidUntil)} {
			if t := at(day); !day.IsZero() && t != nil {
				t.rows = append(t.rows, int32(i))
			}
		}
	}
	for _, d := range b.view.Departments() {
		if day := after(d.ValidUntil); !day.IsZero() {
			if t := at(day); t != nil {
				b.gather(d.Code, t.departments)
			}
		}
	}
	for _, r := range b.view.Duty().Rulings {
		if day := after(r.Until); !day.IsZero() {
			if t := at(day); t != nil {
				t.all = true
			}
		}
	}
	var turns []turn
	for _, t := range byDay {
		turns = append(turns, *t)
	}
	slices.SortFunc(turns, func(a, b turn) int {
		if a.day.Before(b.day) {
			return -1
		}
		return 1
	})
	return turns
}

// after is the day after one; no day after no day.
func after(d geo.Date) geo.Date {
	if d.IsZero() {
		return d
	}
	next := d.Time(utc).AddDate(0, 0, 1)
	return geo.DateOf(next, utc)
}

// gather adds a department and all that hand over to it.
func (b *book) gather(code geo.DepartmentCode, to map[geo.DepartmentCode]bool) {
	if to[code] {
		return
	}
	to[code] = true
	for _, d := range b.view.Departments() {
		if d.Successor == code {
			b.gather(d.Code, to)
		}
	}
}

// touches tells whether what turns in a book can change who answers in a zone for a class.
func (t *turn) touches(x *exam, k int, z *zone, n int32) bool {
	if t.all {
		return true
	}
	b := x.books[k]
	rows := b.rowsFor(z.cells[k], n)
	for _, i := range rows {
		if slices.Contains(t.rows, i) {
			return true
		}
	}
	if len(t.departments) == 0 {
		return false
	}
	for _, code := range z.fixed {
		if t.departments[code] {
			return true
		}
	}
	for _, i := range rows {
		if a := b.rows[i].assign; a.To == duty.ToDepartment && t.departments[a.Department] {
			return true
		}
	}
	for _, o := range x.assetsFor(z, n) {
		if o.profile >= 0 {
			p := &x.assets.profiles[o.profile]
			if t.departments[p.Authority] || t.departments[p.Owner] || t.departments[p.Maintainer] {
				return true
			}
		}
	}
	return false
}
