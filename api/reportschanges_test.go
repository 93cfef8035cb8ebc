package api_test

import (
	"fmt"
	"strings"
	"testing"
)

func TestWhoLooksAtAReportLearnsOfAllThatBecomesOfIt(t *testing.T) {
	t.Parallel()
	d, key := keyed(t)
	dispatcher := []string{"Authorization", key("dispatcher")}
	of := "/v1/reports/" + d.report(t, report(1, .9, dirtJSON+`,"description":"x"`), dispatcher...).ID
	var settled settled
	s := d.service.follow(t, of+"/changes", dispatcher...)
	said := func(becomes string) {
		t.Helper()
		before := s.id
		if _, ok := s.next(); !ok || s.id == before {
			t.Fatalf("%s: nothing is told after %q", becomes, before)
		}
	}
	do := func(becomes, method, path, body string, headers ...string) {
		t.Helper()
		got := d.do(t, method, path, body, append(headers, dispatcher...)...)
		if got.status >= 300 {
			t.Fatalf("%s: %d %s", becomes, got.status, got.body)
		}
		if strings.HasSuffix(path, "/returns") {
			got.json(t, &settled)
		}
		said(becomes)
	}
	const asJSON = "application/json"
	said("as it is at first")
	do("an event", "POST", of+"/events", `{"kind":"filed","at":"2026-07-01T08:00:00Z"}`, "Content-Type", asJSON)
	do("a return", "POST", of+"/returns", `{"reason":"x"}`, "Content-Type", asJSON)
	do("refused", "POST", fmt.Sprintf("/v1/returns/%d", settled.Return.ID), `{"decision":"refuse"}`, "Content-Type", asJSON)
	do("corrected", "PATCH", of, `{"condition":"2"}`, "Content-Type", asJSON, "If-Match", `"1"`)
	do("blanked", "DELETE", of+"/description", "")

	s.close()
	s = d.service.follow(t, of+"/changes", append([]string{"Last-Event-ID", s.id}, dispatcher...)...)
	do("an event after the break", "POST", of+"/events", `{"kind":"closed","at":"2026-07-02T08:00:00Z"}`, "Content-Type", asJSON)
	if got := d.get(t, "/v1/reports/none/changes", dispatcher...); got.status != 404 {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := d.get(t, of+"/changes"); got.status != 401 {
		t.Errorf("without a key %d", got.status)
	}
}
