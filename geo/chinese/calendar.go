package chinese

// calendar are the sentences of gridwarden/geo/calendar.
var calendar = map[string]string{
	"a limit of %v is none: write a number above 0":                                                              "时限 %v 无效，请填写大于 0 的数",
	"a limit of %v is too long: %d of any unit is the most":                                                      "时限 %v 过长，任何单位最多为 %d",
	"%q is no unit of time: write urgent_hour, work_hour, work_day or natural_day":                               "%q 不是时限单位，请用 urgent_hour（紧急工作时）、work_hour（工作时）、work_day（工作日）或 natural_day（自然日）",
	"the hours are %d bytes long, %d are the most: write several rows":                                           "时段长 %d 字节，最多 %d 字节，请分成几行填写",
	"the hours have more than %d spans: join some, or write several rows":                                        "时段超过 %d 个，请合并一些，或分成几行填写",
	"%q names no hours: write Mon-Fri 08:00-18:00, or nothing for always":                                        "%q 没有写明时段，请写成 Mon-Fri 08:00-18:00；全天有效可不填",
	"%q is no day: write Mon … Sun, Mon-Fri, workday, holiday, weekend or makeup (周一 … 周日, 工作日, 节假日, 周末, 补班日)":   "%q 不是日子，请用 周一 至 周日、周一-周五、工作日、节假日、周末 或 补班日",
	"%q is no span of time: write 08:00-18:00, from 00:00 to 24:00 at the latest":                                "%q 不是时段，请写成 08:00-18:00，最早 00:00，最晚 24:00",
	"%q begins and ends at the same time: write 00:00-24:00 for the whole day":                                   "%q 的起止时间相同，全天请写成 00:00-24:00",
	"%q is longer than a day: write two spans":                                                                   "%q 超过一天，请写成两个时段",
	"the limit runs out more than a hundred years after %s: shorten it, or give the calendar more working hours": "时限自 %s 起超过一百年才届满，请缩短时限，或在工作日历中增加工作时间",
	"the calendar has no working time in the %d days from %s on: give it a season with working hours":            "工作日历自 %[2]s 起 %[1]d 天内没有工作时间，请补充作息时段",
}
