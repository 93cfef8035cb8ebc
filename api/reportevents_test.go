package api_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// outcomeJSON is what became of an event.
type outcomeJSON struct {
	Line                             int
	Report, Fate, State, Told, Error string
}

// tell sends lines of events and gives the outcomes.
func (d *desk) tell(t testing.TB, path, lines string) (outcomes []outcomeJSON) {
	t.Helper()
	got := d.post(t, path, lines, "Content-Type", ndjson)
	if got.status != 200 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	s := bufio.NewScanner(strings.NewReader(got.body))
	for s.Scan() {
		var o outcomeJSON
		if err := json.Unmarshal(s.Bytes(), &o); err != nil {
			t.Fatalf("%v in %s", err, s.Text())
		}
		outcomes = append(outcomes, o)
	}
	return outcomes
}

func TestTheLifeOfAReportIsToldInWhateverOrder(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil)
	c := d.report(t, report(.5, .5, dirtJSON))
	path := "/v1/reports/" + c.ID + "/events"
	one := d.post(t, path, `{"id":"e3","kind":"handled","at":"2026-07-01T12:00:00+08:00","author":"长庆街道"}`)
	var o outcomeJSON
	if one.json(t, &o); one.status != 200 || o.Fate != "stored" || o.State != "handled" || o.Told == "" {
		t.Errorf("handled, and not told that it was filed: %d %s", one.status, one.body)
	}
	outcomes := d.tell(t, path, `{"id":"e1","kind":"filed","at":"2026-07-01T08:00:00+08:00"}`+"\n\n"+
		`{"id":"e2","kind":"dispatched","at":"2026-07-01T09:00:00+08:00"}`+"\n"+
		`{"id":"e1","kind":"filed","at":"2026-07-01T08:00:00+08:00"}`+"\n"+
		`nonsense`+"\n"+
		`{"kind":"vanished","at":"2026-07-01T09:00:00+08:00"}`+"\n"+
		`{"kind":"filed"}`+"\n"+
		`{"kind":"filed","at":"2026-07-01T09:00:00+08:00","colour":"red"}`+"\n"+
		`{"id":"e4","kind":"closed","at":"2026-07-01T13:00:00+08:00"}`)
	want := []struct {
		line int
		fate string
		says string
	}{{1, "stored", ""}, {3, "stored", ""}, {4, "repeated", ""}, {5, "", "not JSON"}, {6, "", "vanished"}, {7, "", "no time"}, {8, "", "colour"}, {9, "stored", ""}}
	if len(outcomes) != len(want) {
		t.Fatalf("%d answers for %d lines: %+v", len(outcomes), len(want), outcomes)
	}
	for i, w := range want {
		if o := outcomes[i]; o.Line != w.line || o.Fate != w.fate || !strings.Contains(o.Error, w.says) || (w.says == "") != (o.Error == "") {
			t.Errorf("line %d: %+v", w.line, o)
		}
	}
	kept := d.read(t, c.ID)
	if kept.State != "closed" || kept.Open || len(kept.Events) != 4 || kept.Events[0].ID != "e1" || kept.Assignments[0].State != "closed" {
		t.Errorf("kept as %+v", kept)
	}
}

func TestAnEventOfAReportThatComesLaterWaitsForIt(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil)
	line := `{"source":"12345","external_id":"B-7","id":"e1","kind":"filed","at":"2026-07-01T08:00:00+08:00"}` + "\n"
	if o := d.tell(t, "/v1/events", line); len(o) != 1 || o[0].Fate != "waiting" || o[0].Report != "" {
		t.Errorf("told early: %+v", o)
	}
	c := d.report(t, report(.5, .5, dirtJSON+`,"source":"12345","external_id":"B-7"`))
	if kept := d.read(t, c.ID); kept.State != "filed" || len(kept.Events) != 1 {
		t.Errorf("after it came: %+v", kept)
	}
	if o := d.tell(t, "/v1/events", line+fmt.Sprintf(`{"report":%q,"kind":"closed","at":"2026-07-01T09:00:00+08:00"}`, c.ID)); o[0].Fate != "repeated" || o[1].State != "closed" {
		t.Errorf("told again: %+v", o)
	}
}

func TestAnOutsidersEventMovesNothing(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil)
	c := d.report(t, report(.5, .5, dirtJSON))
	outcomes := d.tell(t, "/v1/reports/"+c.ID+"/events", `{"kind":"filed","at":"2026-07-01T08:00:00+08:00"}`+"\n"+
		`{"kind":"accepted","at":"2026-07-01T09:00:00+08:00","department":"D3"}`+"\n"+
		`{"kind":"accepted","at":"2026-07-01T10:00:00+08:00","department":"D99"}`+"\n"+
		`{"kind":"dispatched","at":"2026-07-01T11:00:00+08:00","department":"D10"}`)
	if o := outcomes[1]; o.Fate != "stored" || o.State == "accepted" || !strings.Contains(o.Told, "D3, which has no part") {
		t.Errorf("a department without an assignment: %+v", o)
	}
	if o := outcomes[2]; o.Fate != "" || !strings.Contains(o.Error, `no department "D99"`) {
		t.Errorf("a department nobody knows: %+v", o)
	}
	if kept := d.read(t, c.ID); kept.State != "dispatched" || len(kept.Events) != 3 {
		t.Errorf("kept as %+v", kept)
	}
}

func TestAHelperAnswersForItsOwnPart(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil)
	c := d.report(t, report(.5, .5, dirtJSON+`,"whistle":["D2","D3"]`))
	if c.parts() != "1:lead:D10 1:helper:D2 1:helper:D3 1:verifier:W1" {
		t.Fatalf("the street called: %s", c.parts())
	}
	d.tell(t, "/v1/reports/"+c.ID+"/events", `{"kind":"filed","at":"2026-07-01T08:00:00+08:00"}`+"\n"+
		`{"kind":"handled","at":"2026-07-01T09:00:00+08:00","department":"D3"}`+"\n"+
		`{"kind":"extended","at":"2026-07-01T09:00:00+08:00","until":"2026-07-02T09:00:00+08:00","department":"D2"}`)
	kept := d.read(t, c.ID)
	states := []string{}
	for _, a := range kept.Assignments {
		states = append(states, a.State+a.ExtendedTo)
	}
	if strings.Join(states, " ") != "filed received2026-07-02T09:00:00+08:00 handled " || kept.State != "filed" {
		t.Errorf("the parts are %q, the report %s", states, kept.State)
	}
}

func TestBadEventsAreRefusedWithASentence(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil)
	c := d.report(t, report(.5, .5, dirtJSON))
	d.refusals(t, "POST", "/v1/reports/"+c.ID+"/events", []refusal{
		{``, 400, "empty"},
		{`{"kind":"filed"}`, 400, "no time"},
		{`{"kind":"lost","at":"2026-07-01T08:00:00Z"}`, 400, "filed"},
		{`{"kind":"filed","at":"soon"}`, 400, "at is \"soon\""},
		{`{"kind":"filed","at":"2099-07-01T08:00:00Z"}`, 400, "still to come"},
		{`{"kind":"extended","at":"2026-07-01T08:00:00Z"}`, 400, "until when"},
		{`{"kind":"merged","at":"2026-07-01T08:00:00Z"}`, 400, "into which"},
		{`{"kind":"filed","at":"2026-07-01T08:00:00Z","report":"x"}`, 400, "names the report already"},
		{`{"kind":"filed","at":"2026-07-01T08:00:00Z","note":"` + strings.Repeat("x", 2001) + `"}`, 400, "note has 2001"},
	})
	d.refusals(t, "POST", "/v1/reports/nobody/events", []refusal{{`{"kind":"filed","at":"2026-07-01T08:00:00Z"}`, 404, "nobody"}})
	d.refusals(t, "POST", "/v1/events", []refusal{
		{`{"kind":"filed","at":"2026-07-01T08:00:00Z"}`, 400, "names no report"},
		{`{"kind":"filed","at":"2026-07-01T08:00:00Z","report":"x","source":"a","external_id":"b"}`, 400, "twice"},
		{`{"kind":"filed","at":"2026-07-01T08:00:00Z","report":"nobody"}`, 422, "nobody"},
	})
	if kept := d.read(t, c.ID); len(kept.Events) != 0 {
		t.Errorf("half of them stored: %+v", kept.Events)
	}
}

func TestManyEventsAreAnsweredWhileTheyStillCome(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil)
	c := d.report(t, report(.5, .5, dirtJSON))
	in, out := io.Pipe()
	r, err := http.NewRequest("POST", d.URL+"/v1/reports/"+c.ID+"/events", in)
	must(t, err)
	r.Header.Set("Content-Type", ndjson)
	go fmt.Fprintln(out, `{"id":"e1","kind":"filed","at":"2026-07-01T08:00:00Z"}`)
	got, err := d.Client().Transport.RoundTrip(r)
	must(t, err)
	defer got.Body.Close()
	lines := bufio.NewScanner(got.Body)
	if !lines.Scan() || !strings.Contains(lines.Text(), `"stored"`) {
		t.Fatalf("the first line: %s", lines.Text())
	}
	for i := range 2000 {
		fmt.Fprintf(out, `{"id":"n%d","kind":"handled","at":"2026-07-01T09:00:00Z"}`+"\n", i)
	}
	fmt.Fprintln(out, strings.Repeat("x", 65<<10))
	out.Close()
	n, last := 0, ""
	for lines.Scan() {
		last = lines.Text()
		n++
	}
	if n != 2001 || !strings.Contains(last, `"line":2002`) || !strings.Contains(last, "longer than") {
		t.Errorf("%d answers, the last %s", n, last)
	}
	if kept := d.read(t, c.ID); len(kept.Events) != 2001 {
		t.Errorf("%d of the events are there", len(kept.Events))
	}
}
