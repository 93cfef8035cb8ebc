package calendar

import (
	"strings"
	"time"

	"gridwarden/geo"
)

// Bounds of one cell, so that no decision waits for it.
const (
	maxSpans  = 64
	maxLength = 8192 // bytes
)

// ParseHours reads the hours of a duty row or of a season:
//
//	Mon-Fri 08:00-18:00;workday 20:00-02:00;holiday
//
// Parts joined by ; hold one or the other. A part names days, then times; either may be
// missing: no days is every day, no times the whole day; empty text is always. Days are
// Mon … Sun, a range (Mon-Fri, also round the week: Sat-Mon), or a kind of day; several are
// joined by commas, and so are times. A weekday holds whatever the calendar says of that
// day. The kinds are
//
//	workday  工作日       a day that is worked: Monday to Friday without a holiday, or a make-up day
//	holiday  节假日 假日   a day of the calendar's holidays; an ordinary Sunday is none
//	weekend  周末 休息日   a Saturday or Sunday that is neither a holiday nor made up
//	makeup   补班日       a Saturday or Sunday that is worked instead
//
// A time that ends before it begins goes over midnight and belongs to the day it begins;
// 24:00 is the end of the day; the end is not within the span. Letters may be of either
// case; 周一至周五 8:00－18:00；节假日 with the signs of Chinese is read too, and 次日
// before the end of a span over midnight.
func ParseHours(text string) (Hours, error) {
	if len(text) > maxLength {
		return Hours{}, geo.Errorf(geo.TooLarge, "the hours are %d bytes long, %d are the most: write several rows", len(text), maxLength)
	}
	var h Hours
	for part := range strings.SplitSeq(plain(text), ";") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		spans, err := parsePart(part)
		if err != nil {
			return Hours{}, err
		}
		if h.spans = append(h.spans, spans...); len(h.spans) > maxSpans {
			return Hours{}, geo.Errorf(geo.TooLarge, "the hours have more than %d spans: join some, or write several rows", maxSpans)
		}
	}
	switch {
	case len(h.spans) == 0 && strings.TrimSpace(text) != "":
		return Hours{}, geo.Errorf(geo.Faulty, "%q names no hours: write Mon-Fri 08:00-18:00, or nothing for always", text)
	case h.holdsAlways():
		return Hours{}, nil
	}
	return h, nil
}

// parsePart reads one part: days up to the first digit, times from there on.
func parsePart(part string) ([]span, error) {
	names, times := part, ""
	if at := strings.IndexAny(part, "0123456789"); at >= 0 {
		names, times = part[:at], part[at:]
	}
	names = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(names), "全天"))
	set := everyDay
	if names != "" {
		var err error
		if set, err = parseDays(names); err != nil {
			return nil, err
		}
	}
	if times == "" {
		return []span{{set, 0, minutesADay}}, nil
	}
	var spans []span
	for text := range strings.SplitSeq(times, ",") {
		from, until, err := parseTimes(strings.TrimSpace(text))
		if err != nil {
			return nil, err
		}
		spans = append(spans, span{set, int16(from), int16(until)})
	}
	return spans, nil
}

// parseDays reads Mon-Fri,Sun,holiday.
func parseDays(names string) (set days, err error) {
	for name := range strings.SplitSeq(names, ",") {
		name = strings.TrimSpace(name)
		first, last, isRange := strings.Cut(name, "-")
		from, ok := weekdayNamed(strings.TrimSpace(first))
		until := from
		if isRange {
			var ends bool
			until, ends = weekdayNamed(strings.TrimSpace(last))
			ok = ok && ends
		}
		word, isWord := dayWords[name]
		switch {
		case isWord:
			set |= word
		case !ok:
			return 0, geo.Errorf(geo.Faulty, "%q is no day: write Mon … Sun, Mon-Fri, workday, holiday, weekend or makeup (周一 … 周日, 工作日, 节假日, 周末, 补班日)", name)
		default:
			for w := from; ; w = (w + 1) % 7 {
				set |= weekdays(w)
				if w == until {
					break
				}
			}
		}
	}
	return set, nil
}

// parseTimes reads 08:00-18:00; until is over minutesADay when the span ends on the day after.
func parseTimes(text string) (from, until int, err error) {
	first, last, isRange := strings.Cut(text, "-")
	last, nextDay := strings.CutPrefix(strings.TrimSpace(last), "次日")
	from, fromOK := parseClock(strings.TrimSpace(first))
	until, untilOK := parseClock(strings.TrimSpace(last))
	switch {
	case !isRange || !fromOK || !untilOK || from == minutesADay:
		return 0, 0, geo.Errorf(geo.Faulty, "%q is no span of time: write 08:00-18:00, from 00:00 to 24:00 at the latest", text)
	case from == until:
		return 0, 0, geo.Errorf(geo.Faulty, "%q begins and ends at the same time: write 00:00-24:00 for the whole day", text)
	case nextDay && until > from:
		return 0, 0, geo.Errorf(geo.Faulty, "%q is longer than a day: write two spans", text)
	case until < from:
		until += minutesADay
	}
	return from, until, nil
}

// parseClock reads 8:00, 08:00 or 24:00 as minutes of the day.
func parseClock(text string) (minute int, ok bool) {
	hours, minutes, _ := strings.Cut(text, ":")
	if len(hours) < 1 || len(hours) > 2 || len(minutes) != 2 {
		return 0, false
	}
	h, hoursOK := digits(hours)
	m, minutesOK := digits(minutes)
	minute = 60*h + m
	return minute, hoursOK && minutesOK && m < 60 && minute <= minutesADay
}

func digits(text string) (n int, ok bool) {
	for _, r := range text {
		if r < '0' || r > '9' {
			return 0, false
		}
		n = 10*n + int(r-'0')
	}
	return n, true
}

// dayWords are the names of the kinds of day.
var dayWords = map[string]days{
	"workday": daysOfKind(Weekday, MakeUp), "工作日": daysOfKind(Weekday, MakeUp),
	"holiday": daysOfKind(Holiday), "节假日": daysOfKind(Holiday), "假日": daysOfKind(Holiday), "法定节假日": daysOfKind(Holiday),
	"weekend": daysOfKind(Weekend), "周末": daysOfKind(Weekend), "休息日": daysOfKind(Weekend), "双休日": daysOfKind(Weekend),
	"makeup": daysOfKind(MakeUp), "补班日": daysOfKind(MakeUp), "调休上班日": daysOfKind(MakeUp),
	"daily": everyDay, "每天": everyDay, "每日": everyDay,
}

// weekdayNamed reads mon, monday, 周一, 星期一, or the 三 of 周一、三.
func weekdayNamed(name string) (time.Weekday, bool) {
	for _, prefix := range []string{"周", "星期", "礼拜"} {
		if rest, found := strings.CutPrefix(name, prefix); found {
			name = rest
			break
		}
	}
	for w := time.Sunday; w <= time.Saturday; w++ {
		full := strings.ToLower(w.String())
		if name == full || name == full[:3] || name == chineseWeekdays[w] {
			return w, true
		}
	}
	return time.Sunday, name == "天"
}

var chineseWeekdays = [7]string{"日", "一", "二", "三", "四", "五", "六"}

// plain writes the text with ASCII signs and small letters.
func plain(text string) string {
	text = strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' { // the full-width forms
			r -= '！' - '!'
		}
		switch r {
		case '、':
			return ','
		case '–', '—', '―', '‐', '−', '~', '至', '到':
			return '-'
		case '　', ' ', '\t', '\n', '\r':
			return ' '
		}
		return r
	}, text)
	return strings.ReplaceAll(strings.ToLower(text), "--", "-")
}
