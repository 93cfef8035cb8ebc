package calendar

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func drawHours(t *rapid.T, least, most int) (list []Hours) {
	for _, text := range rapid.SliceOfN(cells, least, most).Draw(t, "list") {
		h, err := ParseHours(text)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, h)
	}
	return list
}

func TestEveryMomentIsOfOneClassThatAgreesWithAllHours(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := drawHours(t, 0, 5)
		classes := Classes(list)
		minutes := 0
		for _, c := range classes {
			minutes += c.Minutes
		}
		if minutes != minutesAWeek {
			t.Fatalf("the classes hold %d minutes of an ordinary week", minutes)
		}
		for m := range everyMoment(30) {
			agree(t, list, classes, m)
		}
		seen := map[string]bool{}
		for _, c := range classes {
			key := ""
			for _, h := range list {
				key += map[bool]string{true: "y", false: "n"}[h.Holds(c.Moment)]
			}
			if seen[key] {
				t.Fatalf("two classes that no hours tell apart: %s", c.Label().English)
			}
			seen[key] = true
		}
	})
}

func agree(t *rapid.T, list []Hours, classes []Class, m Moment) {
	n := ClassOf(classes, m)
	if n < 0 {
		t.Fatalf("%+v is of no class", m)
	}
	for _, h := range list {
		if h.Holds(m) != h.Holds(classes[n].Moment) {
			t.Fatalf("%+v and %+v are of one class, %q tells them apart", m, classes[n].Moment, h)
		}
	}
}

// Every minute of real weeks, with holidays and make-up days anywhere.
func TestEveryMinuteOfARealCalendarHasItsClass(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := drawHours(t, 1, 4)
		classes := Classes(list)
		c := drawCalendar(t, shanghai)
		start := time.Date(2026, 9, rapid.IntRange(1, 30).Draw(t, "day"), 0, 0, 0, 0, shanghai)
		for minute := 0; minute < 4*minutesADay; minute += 3 {
			agree(t, list, classes, c.calendar.Moment(start.Add(time.Duration(minute)*time.Minute)))
		}
	})
}

// held are the classes in which any of the hours holds.
func held(hours ...Hours) (in, out []Class) {
	for _, c := range Classes(hours) {
		if slices.ContainsFunc(hours, func(h Hours) bool { return h.Holds(c.Moment) }) {
			in = append(in, c)
		} else {
			out = append(out, c)
		}
	}
	return in, out
}

func TestAHoleIsToldInTheWordsOfPeople(t *testing.T) {
	for _, c := range []struct {
		hours, in, out, outChinese string
	}{
		{"Mon-Fri 08:00-18:00", "Mon-Fri 08:00-18:00", "Mon-Thu 18:00-08:00 next day; Fri 18:00 to Mon 08:00",
			"周一至周四18:00-次日08:00；周五18:00至周一08:00"},
		{"Mon 08:00-24:00;Tue-Fri;Sat 00:00-18:00", "Mon 08:00 to Sat 18:00", "Sat 18:00 to Mon 08:00", "周六18:00至周一08:00"},
		{"workday 08:00-18:00", "Mon-Fri 08:00-18:00; not on holidays; make-up days 08:00-18:00",
			"Mon-Thu 18:00-08:00 next day; Fri 18:00 to Mon 08:00; holidays all day; make-up days 00:00-08:00, 18:00-24:00",
			"周一至周四18:00-次日08:00；周五18:00至周一08:00；节假日全天；补班日00:00-08:00、18:00-24:00"},
		{"holiday", "holidays all day", "daily all day; not on holidays", "每天全天；节假日除外"},
		{"workday 20:00-02:00", "Mon-Fri 20:00-02:00 next day; not on holidays; make-up days 20:00-02:00 next day",
			"Tue-Fri 02:00-20:00; Sat 02:00 to Mon 20:00; holidays 02:00-02:00 next day; make-up days 02:00-20:00",
			"周二至周五02:00-20:00；周六02:00至周一20:00；节假日02:00-次日02:00；补班日02:00-20:00"},
		{"Mon-Fri", "Mon-Fri all day", "Sat-Sun all day", "周六至周日全天"},
		{"08:00-18:00", "daily 08:00-18:00", "daily 18:00-08:00 next day", "每天18:00-次日08:00"},
		{"Sat,Sun 10:00-16:00", "Sat-Sun 10:00-16:00", "Sat 16:00-10:00 next day; Sun 16:00 to Sat 10:00", "周六16:00-次日10:00；周日16:00至周六10:00"},
		{"", "always", "never", "从不"},
		{"weekend;makeup 09:00-12:00", "Sat-Sun all day; not on holidays; make-up days 09:00-12:00",
			"Mon-Fri all day; holidays all day; make-up days 00:00-09:00, 12:00-24:00", "周一至周五全天；节假日全天；补班日00:00-09:00、12:00-24:00"},
	} {
		in, out := held(mustHours(t, c.hours))
		if got := Describe(in).English; got != c.in {
			t.Errorf("%s: described as %q, want %q", c.hours, got, c.in)
		}
		if got := Describe(out); got.English != c.out || got.Chinese != c.outChinese {
			t.Errorf("outside %s:\n%q, want\n%q\n%q, want\n%q", c.hours, got.English, c.out, got.Chinese, c.outChinese)
		}
	}
}

// A sentence that would fit two different holes hides one of them.
func TestDifferentMomentsAreNotToldTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		classes := Classes(drawHours(t, 1, 3))
		a, b := drawSome(t, classes), drawSome(t, classes)
		la, lb := Describe(a), Describe(b)
		if slices.EqualFunc(a, b, func(x, y Class) bool { return x.Moment == y.Moment }) || strings.Contains(la.English, " more") {
			return
		}
		if la.English == lb.English || la.Chinese == lb.Chinese {
			t.Fatalf("two sets of moments are both %q, %q", la.English, la.Chinese)
		}
	})
}

func drawSome(t *rapid.T, classes []Class) (some []Class) {
	for _, c := range classes {
		if rapid.Bool().Draw(t, "in") {
			some = append(some, c)
		}
	}
	return some
}

func BenchmarkClasses(b *testing.B) {
	var list []Hours
	for _, text := range []string{"Mon-Fri 08:00-18:00", "workday 20:00-02:00;holiday", "workday 08:30-12:00;workday 13:30-17:30", "weekend 06:00-22:00", "05:00-23:00"} {
		list = append(list, mustHours(b, text))
	}
	for b.Loop() {
		Classes(list)
	}
}

var shanghai = zoneNamed("Asia/Shanghai")

func zoneNamed(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return zone
}
