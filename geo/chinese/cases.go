package chinese

// cases are the sentences of gridwarden/geo/cases.
var cases = map[string]string{
	"%q is no kind of event: write one of %s":                                  "没有 %q 这种经过，可用的有 %s",
	"the event %s has no time: say when it happened":                           "“%s”缺少时间，请填写何时发生",
	"the event extended does not say until when: give the new due time":        "延期请填写延至何时",
	"the event merged does not say into which report":                          "并入请填写并入哪一件",
	"the event merged refers to itself: a report cannot be merged into itself": "不能并入自身，请填写另一件",
	"the event %s names no report: give our id, or the source and its own":     "“%s”没有指明是哪一件，请给出本系统的编号，或来源及其编号",

	"%q is no kind of event":                                     "没有 %q 这种经过",
	"%s by %s, which has no part in the report: the state stays": "%[2]s登记了“%[1]s”，但该单位与此件无关，状态不变",
	"%s after it was %s: the state stays":                        "案件已%[2]s，又登记了“%[1]s”，状态不变",
	"%s, and it was not told that it was filed before":           "登记了“%s”，但此前没有立案记录",
	"suspended while it was suspended already":                   "案件已挂起，又登记了挂起",
	"resumed, and it was not suspended":                          "案件没有挂起，却登记了恢复",
}
