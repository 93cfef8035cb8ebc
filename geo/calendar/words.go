package calendar

// words are what people read, in one language.
type words struct {
	weekdays [7]string // by time.Weekday
}

var english = words{weekdays: [7]string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"}}
