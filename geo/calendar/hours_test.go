package calendar

import "testing"

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
		"周一至周五8：00－18：00；工作日 20:00—次日02:00；节假日全天":        "Mon-Fri 08:00-18:00;workday 20:00-02:00;holiday",
		"星期六、日":                        "Sat-Sun",
		"周一、三、五 8:00-12:00,14:00-18:00": "Mon,Wed,Fri 08:00-12:00;Mon,Wed,Fri 14:00-18:00",
		"SAT-MON":                      "Mon,Sat-Sun",
		"08:00-24:00":                  "08:00-24:00",
		"20:00-00:00":                  "20:00-24:00",
		" ":                            "",
		"00:00-24:00":                  "",
		"workday;holiday;weekend":      "",
		"Mon-Sun 00:00-12:00; 12:00-24:00;": "",
		"weekend,makeup,Sat": "Sat,weekend,makeup",
	} {
		if got := mustHours(t, text).String(); got != want {
			t.Errorf("%s: read as %q, want %q", text, got, want)
		}
	}
}
