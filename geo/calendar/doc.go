// Package calendar knows which days are worked and for how long, reads the hours of duty
// rows, and counts deadlines: exactly, over nights, weekends, holidays, make-up days and
// changes of the clock.
package calendar
