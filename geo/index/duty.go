package index

import "gridwarden/geo"

// noDuty is before the first table: nothing is nil.
func noDuty() *geo.DutyTables {
	return &geo.DutyTables{
		Rules: []geo.DutyRow{}, Standards: []geo.FilingStandard{}, Calendar: []geo.CalendarRow{},
		Groups: []geo.Group{}, Crosswalk: []geo.Crosswalk{}, Rulings: []geo.Ruling{},
	}
}

// replaceDuty is the tables with those that changed in place of the old; the old itself
// when none did.
func replaceDuty(now, changed *geo.DutyTables) *geo.DutyTables {
	next, touched := *now, false
	replace(&next.Rules, changed.Rules, &touched)
	replace(&next.Standards, changed.Standards, &touched)
	replace(&next.Calendar, changed.Calendar, &touched)
	replace(&next.Groups, changed.Groups, &touched)
	replace(&next.Crosswalk, changed.Crosswalk, &touched)
	replace(&next.Rulings, changed.Rulings, &touched)
	if !touched {
		return now
	}
	return &next
}

func replace[T any](table *[]T, changed []T, touched *bool) {
	if changed != nil {
		*table, *touched = changed, true
	}
}
