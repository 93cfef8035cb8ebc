package calendar

import (
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"gridwarden/geo"

	"pgregory.net/rapid"
)

func mustHours(t testing.TB, text string) Hours {
	t.Helper()
	h, err := ParseHours(text)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// The same hours in the words of an office in Hangzhou.
func TestHoursAreReadAsOfficialsWriteThem(t *testing.T) {
	for text, want := range map[string]string{
		"Mon-Fri 08:00-18:00;workday 20:00-02:00;holiday": "Mon-Fri 08:00-18:00;workday 20:00-02:00;holiday",
		"周一至周五8：00－18：00；工作日 20:00—次日02:00；节假日全天":         "Mon-Fri 08:00-18:00;workday 20:00-02:00;holiday",
		"星期六、日": "Sat-Sun",
		"周一、三、五 8:00-12:00,14:00-18:00": "Mon,Wed,Fri 08:00-12:00;Mon,Wed,Fri 14:00-18:00",
		"SAT-MON":                           "Mon,Sat-Sun",
		"08:00-24:00":                       "08:00-24:00",
		"20:00-00:00":                       "20:00-24:00",
		" ":                                 "",
		"00:00-24:00":                       "",
		"workday;holiday;weekend":           "",
		"Mon-Sun 00:00-12:00; 12:00-24:00;": "",
		"weekend,makeup,Sat":                "Sat,weekend,makeup",
	} {
		if got := mustHours(t, text).String(); got != want {
			t.Errorf("%s: read as %q, want %q", text, got, want)
		}
	}
}

func TestWrongHoursAreRefusedInASentence(t *testing.T) {
	for text, want := range map[string]string{
		"25:00-26:00":                          "25:00-26:00",
		"08:00-25:00":                          "08:00-25:00",
		"08:60-09:00":                          "08:60-09:00",
		"24:00-08:00":                          "24:00-08:00",
		"08:00-08:00":                          "same time",
		"Mon 08:00-次日09:00":                    "longer than a day",
		"8-18":                                 "8-18",
		"08:00":                                "08:00",
		"Mon-":                                 "mon-",
		"Mon-holiday":                          "no day",
		"Funday 08:00-9:00":                    "funday",
		"Mon Tue":                              "mon tue",
		"Mon-Fri,":                             "no day",
		";":                                    "names no hours",
		"08:00-09:00x":                         "08:00-09:00x",
		"-08:00-09:00":                         "no day",
		strings.Repeat("Mon 08:00-09:00;", 65): "64 spans",
	} {
		_, err := ParseHours(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one that names %q", text, err, want)
		}
		if k := geo.KindOf(err); k != geo.Faulty && k != geo.TooLarge {
			t.Errorf("%s: kind %v", text, k)
		}
	}
}

func TestASpanOverMidnightBelongsToTheDayItStarts(t *testing.T) {
	h := mustHours(t, "Mon-Fri 08:00-18:00;workday 20:00-02:00;holiday")
	for _, c := range []struct {
		at   Moment
		want bool
	}{
		{Moment{time.Monday, Weekday, Weekend, 8 * 60}, true},
		{Moment{time.Monday, Weekday, Weekend, 18 * 60}, false},
		{Moment{time.Monday, Weekday, Weekend, 60}, false},    // Sunday's night
		{Moment{time.Saturday, Weekend, Weekday, 60}, true},   // Friday's night
		{Moment{time.Saturday, Weekend, Weekday, 120}, false}, // its end is not within it
		{Moment{time.Saturday, Weekend, Holiday, 60}, false},  // a Friday that was a holiday
		{Moment{time.Sunday, MakeUp, Weekend, 21 * 60}, true}, // a Sunday that is worked
		{Moment{time.Monday, Weekday, MakeUp, 60}, true},      // and its night
		{Moment{time.Tuesday, Holiday, Weekday, 12 * 60}, true},
		{Moment{time.Tuesday, Holiday, Weekday, 21 * 60}, true},
		{Moment{time.Sunday, Weekend, Weekend, 12 * 60}, false},
	} {
		if got := h.Holds(c.at); got != c.want {
			t.Errorf("%+v: %v", c.at, got)
		}
	}
}

// Mon-Fri names weekdays, not workdays.
func TestAWeekdayHoldsThoughItIsAHoliday(t *testing.T) {
	for _, k := range []DayKind{Weekday, Holiday} {
		if !mustHours(t, "Mon-Fri 08:00-18:00").Holds(Moment{time.Tuesday, k, k, 9 * 60}) {
			t.Errorf("not on a Tuesday of kind %d", k)
		}
	}
}

// cells draws hours as a person may write them.
var cells = rapid.Custom(func(t *rapid.T) string {
	names := []string{"Mon", "Tue", "Wed", "Sat", "Sun", "Mon-Fri", "Fri-Mon", "Sat-Sun", "workday", "holiday", "weekend", "makeup", "周一至周三", "节假日"}
	part := rapid.Custom(func(t *rapid.T) string {
		days := strings.Join(rapid.SliceOfN(rapid.SampledFrom(names), 0, 3).Draw(t, "days"), ",")
		if days != "" && rapid.Bool().Draw(t, "all day") {
			return days
		}
		from := rapid.IntRange(0, 47).Draw(t, "from") * 30
		until := (from + rapid.IntRange(1, 47).Draw(t, "length")*30) % minutesADay
		return fmt.Sprintf("%s %s-%s", days, clock(from), clock(until))
	})
	return strings.Join(rapid.SliceOfN(part, 1, 4).Draw(t, "parts"), ";")
})

// everyMoment are all moments there can be, by steps of minutes.
func everyMoment(step int) iter.Seq[Moment] {
	return func(yield func(Moment) bool) {
		for _, d := range possible {
			for minute := 0; minute < minutesADay; minute += step {
				if !yield(d.at(minute)) {
					return
				}
			}
		}
	}
}

func TestHoursWrittenAndReadAgainMeanTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { sameAgain(t, cells.Draw(t, "hours")) })
}

func sameAgain(t interface{ Fatalf(string, ...any) }, text string) {
	h, err := ParseHours(text)
	if err != nil {
		return
	}
	again, err := ParseHours(h.String())
	if err != nil || again.String() != h.String() {
		t.Fatalf("%q is written %q and read as %q, %v", text, h, again, err)
	}
	always := true
	for m := range everyMoment(15) {
		if h.Holds(m) != again.Holds(m) {
			t.Fatalf("%q is written %q: at %+v %v became %v", text, h, m, h.Holds(m), again.Holds(m))
		}
		always = always && h.Holds(m)
	}
	if h.Always() && !always {
		t.Fatalf("%q holds always but does not", text)
	}
}

func FuzzHours(f *testing.F) {
	for _, text := range []string{"Mon-Fri 08:00-18:00;workday 20:00-02:00;holiday", "周一至周五8：00－18：00；节假日全天", "25:00", "--", "周", "Sat-Mon,次日", "\xff08:00"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { sameAgain(t, text) })
}

func BenchmarkHolds(b *testing.B) {
	h := mustHours(b, "Mon-Fri 08:00-18:00;workday 20:00-02:00;holiday")
	at := Moment{time.Sunday, Weekend, Weekend, 720}
	b.ReportAllocs()
	for b.Loop() {
		if h.Holds(at) {
			b.Fatal("held")
		}
	}
}
