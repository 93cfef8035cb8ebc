package api_test

import (
	"strings"
	"testing"

	"gridwarden/geo/access"
)

func TestASecondCallIsMergedAsItIsStored(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil)
	first := d.report(t, report(.5, .5, lampJSON))
	before := d.feed(t, "").After
	body := report(.5, .5, lampJSON+`,"description":"又一个","merged_into":"`+first.ID+`"`)
	second := d.report(t, body, "Idempotency-Key", "call-2")
	if second.State != "merged" || len(second.Assignments) != 0 || second.Department != nil {
		t.Errorf("answered is %+v", second)
	}
	d.do(t, "POST", "/v1/reports/"+first.ID+"/events", `{"kind":"closed","at":"2026-07-02T08:00:00Z"}`, "Content-Type", "application/json")
	if again := d.report(t, body, "Idempotency-Key", "call-2"); again.ID != second.ID || again.State != "merged" {
		t.Errorf("a retry after the first was closed is %+v", again)
	}
	var kept caseJSON
	d.get(t, "/v1/reports/"+second.ID).json(t, &kept)
	if kept.State != "merged" || kept.Open || kept.MergedInto != first.ID || kept.Description != "又一个" || kept.Round != 0 || len(kept.Events) != 1 {
		t.Errorf("kept is %+v", kept)
	}
	if after := d.feed(t, "").After; after != before {
		t.Errorf("somebody is sent there twice: the feed went from %d to %d", before, after)
	}
	if metrics := d.get(t, "/metrics").body; !strings.Contains(metrics, `gridwarden_reports_total{became="merged"} 1`) {
		t.Error("the metrics do not count it")
	}
}

func TestAReportThatCannotBeMergedIsNotStored(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil)
	closed := d.report(t, report(.5, .5, lampJSON))
	d.do(t, "POST", "/v1/reports/"+closed.ID+"/events", `{"kind":"closed","at":"2026-07-02T08:00:00Z"}`, "Content-Type", "application/json")
	d.refusals(t, "POST", "/v1/reports", []refusal{
		{report(.5, .5, lampJSON+`,"merged_into":"none"`), 422, "there is no report none to merge into"},
		{report(.5, .5, lampJSON+`,"merged_into":"`+closed.ID+`"`), 422, "is closed and takes no other"},
	})
	var all struct{ Reports []caseJSON }
	if d.get(t, "/v1/reports").json(t, &all); len(all.Reports) != 1 {
		t.Errorf("kept are %+v", all.Reports)
	}
}

func TestMergingTakesTheRightToDispatch(t *testing.T) {
	t.Parallel()
	d, key := keyed(t)
	first := d.report(t, report(.5, .5, lampJSON), "Authorization", key("dispatcher"))
	body := report(.5, .5, lampJSON+`,"merged_into":"`+first.ID+`"`)
	if got := d.post(t, "/v1/reports", body, "Authorization", key(access.Reporter)); got.status != 403 || !strings.Contains(got.detail(t), "dispatch") {
		t.Errorf("%d %s", got.status, got.body)
	}
}
