package api_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/access"
)

// parkDuty is a duty row for dirt in the park.
var parkDuty = geo.DutyRow{
	ID: "R-park", Priority: 100, Standard: dirtKey.Standard, Kind: geo.Matter, Category: dirtKey.Code, Layer: "parks",
	Assign: "department:D3", Helpers: []geo.DepartmentCode{"D1"}, Deadline: 4, DeadlineUnit: geo.UrgentHour, Basis: "公园管理办法",
}

func TestAReportIsAnsweredByRouteAndKept(t *testing.T) {
	t.Parallel()
	d := openDesk(t, []geo.DutyRow{parkDuty})
	body := report(1, .9, dirtJSON+`,"source":"12345","external_id":"A-1","description":"垃圾 0571-8888","answers":{"side":"left"}`)
	taken := d.report(t, body)
	var routed decision
	d.post(t, "/v1/route", report(1, .9, dirtJSON)).json(t, &routed)
	if taken.Department.Code != routed.Department.Code || taken.Rule != "duty-row" || taken.State != "received" || taken.Round != 1 {
		t.Fatalf("taken %+v, routed %+v", taken, routed)
	}
	if taken.parts() != "1:lead:D3 1:helper:D1 1:verifier:W1" {
		t.Errorf("the assignments are %s", taken.parts())
	}
	kept := d.read(t, taken.ID, "Accept-Language", "zh-CN,zh;q=0.9")
	if kept.Decision == nil || !strings.Contains(kept.Decision.Paragraph, "养护公司") || kept.Description != "垃圾 0571-8888" || kept.Answers["side"] != "left" {
		t.Errorf("kept as %+v", kept)
	}
	if !kept.Open || kept.Source != "12345" || kept.ExternalID != "A-1" || kept.parts() != taken.parts() || kept.Assignments[0].Feed != 1 {
		t.Errorf("kept as %+v", kept)
	}
	if strings.Contains(d.log.String(), "垃圾") || strings.Contains(d.log.String(), "8888") {
		t.Error("the log holds the description")
	}
	if again := d.post(t, "/v1/reports", body); again.status != 409 || !strings.Contains(again.detail(t), taken.ID) {
		t.Errorf("the same external id again: %d %s", again.status, again.body)
	}
}

func TestAReportIsNeverLostForWantOfAPlaceOrADepartment(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil)
	outside := d.report(t, `{"lon":10,"lat":10}`)
	if outside.parts() != "1:lead:" || outside.Department != nil || outside.Rule != "unrouted" {
		t.Errorf("outside everything: %+v", outside)
	}
	lost := d.report(t, `{"address":"庆春路 1 号"}`)
	if lost.State != "unlocated" || lost.Department != nil || lost.Round != 0 || lost.parts() != "" {
		t.Errorf("an address alone: %+v", lost)
	}
	got := d.patch(t, lost.ID, `"0"`, report(.5, .5, ""))
	var found caseJSON
	got.json(t, &found)
	if got.status != 200 || found.State != "received" || found.parts() != "1:lead:D10 1:verifier:W1" || got.header.Get("ETag") != `"1"` {
		t.Errorf("located: %d %s", got.status, got.body)
	}
	metrics := d.get(t, "/metrics").body
	for _, want := range []string{
		`gridwarden_reports_total{became="unrouted"} 1`, `gridwarden_reports_total{became="unlocated"} 1`, `gridwarden_reports_unrouted 1`,
		`gridwarden_reports_open{state="received"} 2`,
	} {
		if !strings.Contains(metrics, want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
}

func TestARetryMakesNoSecondReport(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil)
	body := report(.5, .5, lampJSON)
	const tries = 8
	ids := make([]string, tries)
	var all sync.WaitGroup
	for i := range tries {
		all.Go(func() {
			for range 100 {
				got := d.post(t, "/v1/reports", body, "Idempotency-Key", "call-1")
				if got.status == 409 { // the first still runs
					time.Sleep(5 * time.Millisecond)
					continue
				}
				var c caseJSON
				got.json(t, &c)
				ids[i] = fmt.Sprint(got.status, c.ID, c.parts(), c.Rule)
				return
			}
		})
	}
	all.Wait()
	for _, id := range ids {
		if id != ids[0] || !strings.HasPrefix(id, "201") {
			t.Fatalf("%q and %q for one request", id, ids[0])
		}
	}
	first := d.report(t, body, "Idempotency-Key", "call-1")
	if got := d.post(t, "/v1/reports/"+first.ID+"/events", `{"kind":"closed","at":"2026-01-01T00:00:00Z"}`); got.status != 200 {
		t.Fatal(got)
	}
	if again := d.report(t, body, "Idempotency-Key", "call-1"); again.ID != first.ID || again.State != "received" {
		t.Errorf("the answer to a retry is another after an event: %+v", again)
	}
	if other := d.report(t, body, "Idempotency-Key", "call-2"); other.ID == first.ID {
		t.Error("another key gave the same report")
	}
	got := d.post(t, "/v1/reports", report(.6, .5, lampJSON), "Idempotency-Key", "call-1")
	if got.status != 422 || !strings.Contains(got.detail(t), "another request") {
		t.Errorf("another body under the key: %d %s", got.status, got.body)
	}
	for _, key := range []string{"键", strings.Repeat("k", 256)} {
		if got := d.post(t, "/v1/reports", body, "Idempotency-Key", key); got.status != 400 || !strings.Contains(got.detail(t), "Idempotency-Key") {
			t.Errorf("%.10q: %d %s", key, got.status, got.body)
		}
	}
}

func TestBadReportsAreRefusedWithASentence(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil)
	soon := time.Now().Add(time.Hour).Format(time.RFC3339)
	d.refusals(t, "POST", "/v1/reports", []refusal{
		{`{}`, 400, "lon and lat are missing, and the address too"},
		{`{"address":"  "}`, 400, "lon and lat are missing"},
		{`{"lon":120,"address":"x"}`, 400, "lon or lat is missing"},
		{report(.5, .5, `,"caller":"张三"`), 400, `unknown field "caller"`},
		{report(.5, .5, `,"category":{"standard":"x","kind":"matter","code":"1"}`), 422, "/v1/categories"},
		{report(.5, .5, `,"family":"茶壶"`), 422, "family"},
		{report(.5, .5, `,"reported_at":"`+soon+`"`), 400, "still to come"},
		{report(.5, .5, `,"reported_at":"0001-01-01T00:00:00Z"`), 400, "before 1970"},
		{report(.5, .5, `,"whistle":["D99"]`), 422, "D99"},
		{report(.5, .5, `,"description":"`+strings.Repeat("长", 10_001)+`"`), 400, "10001 characters"},
		{report(.5, .5, `,"address":"a\u0000b"`), 400, "NUL"},
		{report(.5, .5, `,"external_id":"`+strings.Repeat("x", 201)+`"`), 400, "external_id has 201"},
		{`{"lon":30,"lat":120}`, 400, "swapped"},
		{report(.5, .5, `,"answers":{"a":1}`), 400, "answers"},
	})
	old := d.report(t, report(.5, .5, `,"reported_at":"1998-05-01T00:00:00Z","description":"`+strings.Repeat("长", 10_000)+`"`))
	if old.Department == nil {
		t.Errorf("a very old report: %+v", old)
	}
	if n, err := d.store.OpenReports(t.Context()); err != nil || n.States[geo.Received] != 1 {
		t.Errorf("what was refused left something behind: %v %v", n, err)
	}
	if got := d.get(t, "/v1/reports/nobody"); got.status != 404 {
		t.Errorf("%d %s", got.status, got.body)
	}
}

func TestACorrectionRoutesAnewAndKeepsWhatWas(t *testing.T) {
	t.Parallel()
	d := openDesk(t, []geo.DutyRow{parkDuty})
	c := d.report(t, report(.1, .1, dirtJSON+`,"description":"in the park","answers":{"side":"left"}`))
	if c.Department.Code != "D10" {
		t.Fatal(c)
	}
	if got := d.patch(t, c.ID, "", `{"level":1}`); got.status != 428 || !strings.Contains(got.detail(t), "If-Match") {
		t.Errorf("without If-Match: %d %s", got.status, got.body)
	}
	if got := d.patch(t, c.ID, `"7"`, `{"level":1}`); got.status != 412 {
		t.Errorf("stale: %d %s", got.status, got.body)
	}
	p := at(1, .9)
	got := d.patch(t, c.ID, `"1"`, fmt.Sprintf(`{"lon":%.7f,"lat":%.7f,"answers":{"position":"kerb"}}`, p.Lon(), p.Lat()))
	var moved caseJSON
	got.json(t, &moved)
	if got.status != 200 || moved.Department.Code != "D3" || moved.Round != 2 || got.header.Get("ETag") != `"2"` {
		t.Fatalf("moved into the park: %d %s", got.status, got.body)
	}
	kept := d.read(t, c.ID)
	if kept.parts() != "2:lead:D3 2:helper:D1 2:verifier:W1 1:lead:D10 1:verifier:W1" || kept.Assignments[0].Reason != "corrected" {
		t.Errorf("the assignments are %s: %+v", kept.parts(), kept.Assignments[0])
	}
	if kept.Description != "in the park" || kept.Answers["side"] != "left" || kept.Answers["position"] != "kerb" {
		t.Errorf("lost by the correction: %+v", kept)
	}
	if got := d.patch(t, c.ID, `"1"`, `{"level":1}`); got.status != 412 {
		t.Errorf("the round seen is over: %d %s", got.status, got.body)
	}
	if got := d.patch(t, c.ID, "*", `{"answers":{"side":null},"category":null}`); got.status != 200 {
		t.Errorf("taking back: %d %s", got.status, got.body)
	}
	if kept := d.read(t, c.ID); len(kept.Answers) != 1 || kept.Round != 3 {
		t.Errorf("after taking back: %+v", kept)
	}
	d.refusals(t, "PATCH", "/v1/reports/"+c.ID, []refusal{
		{`{}`, 400, "empty"},
		{`{"lon":1}`, 400, "lon and lat together"},
		{`{"crs":"GCJ-02"}`, 400, "lon and lat together"},
		{`{"source":"x"}`, 400, `"source" cannot be corrected`},
		{`{"description":"x"}`, 400, `"description" cannot be corrected`},
		{`{"level":"high"}`, 400, "level is a JSON string"},
		{`{"answers":7}`, 400, "answers is an object"},
		{`{"category":{"standard":"a","kind":"matter","code":"b"}}`, 422, "/v1/categories"},
		{`{"lon":null,"lat":null}`, 400, "address too"},
		{`[]`, 400, "array"},
	}, "If-Match", `"3"`)
	if got := d.post(t, "/v1/reports/"+c.ID+"/events", `{"kind":"closed","at":"2026-01-01T00:00:00Z"}`); got.status != 200 {
		t.Fatal(got)
	}
	if got := d.patch(t, c.ID, "*", `{"level":1}`); got.status != 409 || !strings.Contains(got.detail(t), "closed") {
		t.Errorf("a closed report is routed anew: %d %s", got.status, got.body)
	}
}

func TestFollowersLearnThatAReportLostItsPoint(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil)
	c := d.report(t, report(.1, .1, dirtJSON+`,"address":"庆春路 1 号"`))
	before := d.feed(t, "after=0")
	got := d.patch(t, c.ID, `"1"`, `{"lon":null,"lat":null}`)
	var lost caseJSON
	if got.json(t, &lost); got.status != 200 || lost.Round != 2 || lost.State != "unlocated" || lost.parts() != "2:lead:" || lost.Department != nil {
		t.Fatalf("lost: %d %s", got.status, got.body)
	}
	feed := d.feed(t, fmt.Sprintf("after=%d", before.Assignments[len(before.Assignments)-1].Feed))
	if len(feed.Assignments) != 1 {
		t.Fatalf("the feed has %+v", feed)
	}
	if a := feed.Assignments[0]; a.Report != c.ID || a.Round != 2 || a.Department != nil || a.Rule != "unlocated" || a.Reason != "corrected" {
		t.Errorf("told %+v", a)
	}
	got = d.patch(t, c.ID, `"2"`, report(.1, .1, ""))
	var found caseJSON
	if got.json(t, &found); found.State != "received" || found.Department.Code != "D10" || found.Round != 3 {
		t.Errorf("found again: %d %s", got.status, got.body)
	}
}

func TestOfTwoCorrectionsAtOnceOneIsToldToLookAgain(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil)
	c := d.report(t, report(.1, .1, dirtJSON))
	statuses := make([]int, 8)
	var all sync.WaitGroup
	for i := range statuses {
		all.Go(func() { statuses[i] = d.patch(t, c.ID, `"1"`, fmt.Sprintf(`{"answers":{"n":"%d"}}`, i)).status })
	}
	all.Wait()
	count := map[int]int{}
	for _, s := range statuses {
		count[s]++
	}
	if count[200] != 1 || count[412] != len(statuses)-1 {
		t.Errorf("the answers were %v", count)
	}
}

func TestWhatTheReporterWroteIsForDispatchersOnly(t *testing.T) {
	t.Parallel()
	d, bearer := lockedDesk(t)
	c := d.report(t, report(.1, .1, dirtJSON+`,"description":"张三家门口"`), "Authorization", bearer(access.Dispatcher))
	for role, want := range map[string]string{access.Viewer: "", access.Planner: "", access.Dispatcher: "张三家门口", access.Admin: "张三家门口"} {
		if kept := d.read(t, c.ID, "Authorization", bearer(role)); kept.Description != want || kept.ID != c.ID || kept.Decision == nil {
			t.Errorf("%s reads %q of %+v", role, kept.Description, kept)
		}
	}
}

func TestADescriptionIsBlankedAndTheDecisionStays(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil)
	c := d.report(t, report(.1, .1, dirtJSON+`,"description":"张三家门口"`))
	for range 2 {
		if got := d.do(t, "DELETE", "/v1/reports/"+c.ID+"/description", ""); got.status != 204 {
			t.Fatal(got)
		}
	}
	after := d.get(t, "/v1/reports/"+c.ID)
	var kept caseJSON
	after.json(t, &kept)
	if strings.Contains(after.body, "张三") || kept.Decision == nil || kept.Decision.Paragraph == "" {
		t.Errorf("after blanking: %s", after.body)
	}
	if got := d.do(t, "DELETE", "/v1/reports/nobody/description", ""); got.status != 404 {
		t.Errorf("%d %s", got.status, got.body)
	}
}
