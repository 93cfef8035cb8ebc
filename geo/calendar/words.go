package calendar

// words are what people read, in one language.
type words struct {
	weekdays             [7]string // by time.Weekday
	kinds                [4]string // by DayKind, many of them
	roles                [3]string // of the day before, by role
	always, never        string
	everyDay, wholeDay   string
	dayRange, dayList    string // between weekdays
	daysTimes            string // between days and times
	times, overnight     string // of a span
	timeList, parts      string // between spans, between parts
	or                   string
	fromTo               string // day, time, day, time
	notOn, onDays, after string // of the name of a kind of day
	more                 string // how many parts are left out
}

var english = words{
	weekdays: [7]string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"},
	kinds:    [4]string{"weekdays", "weekend days", "holidays", "make-up days"},
	roles:    [3]string{"a workday", "a weekend day", "a holiday"},
	always:   "always", never: "never",
	everyDay: "daily", wholeDay: "all day",
	dayRange: "-", dayList: ",", daysTimes: " ",
	times: "%s-%s", overnight: "%s-%s next day",
	timeList: ", ", parts: "; ", or: " or ",
	fromTo: "%s %s to %s %s",
	notOn:  "not on %s", onDays: "%[1]s on %[2]s", after: "%[1]s after %[2]s",
	more: "and %d more",
}

var chinese = words{
	weekdays: [7]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"},
	kinds:    [4]string{"平日", "周末", "节假日", "补班日"},
	roles:    [3]string{"工作日", "周末", "节假日"},
	always:   "任何时间", never: "从不",
	everyDay: "每天", wholeDay: "全天",
	dayRange: "至", dayList: "、", daysTimes: "",
	times: "%s-%s", overnight: "%s-次日%s",
	timeList: "、", parts: "；", or: "或",
	fromTo: "%s%s至%s%s",
	notOn:  "%s除外", onDays: "%[2]s的%[1]s", after: "%[2]s次日的%[1]s",
	more: "另有%d段",
}
