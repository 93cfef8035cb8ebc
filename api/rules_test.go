package api_test

import (
	"fmt"
	"strings"
	"testing"

	"gridwarden/geo"
)

const parkRow = `{"priority":5,"layer":"communities","area":"C1","assign":"department:D3","basis":"会议纪要","helpers":["D2"]}`

func TestADutyRowWrittenDecidesAtOnce(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil)
	asJSON := []string{"Content-Type", "application/json"}
	if got := d.do(t, "PUT", "/v1/rules/R1", parkRow, asJSON...); got.status != 201 || got.header.Get("ETag") == "" {
		t.Fatalf("%d %s", got.status, got.body)
	}
	var decided struct {
		Department       struct{ Code string }
		Rule, Row, Basis string
		Helpers          []struct{ Code string }
		Edition          int
		Paragraph        string
	}
	route := func() {
		t.Helper()
		got := d.post(t, "/v1/route", report(.5, .5, dirtJSON), "Accept-Language", "zh-CN")
		got.json(t, &decided)
		if got.status != 200 {
			t.Fatal(got.body)
		}
	}
	if route(); decided.Department.Code != "D3" || decided.Rule != "duty-row" || decided.Row != "R1" || decided.Basis != "会议纪要" || len(decided.Helpers) != 1 || decided.Edition != 2 {
		t.Fatalf("%+v", decided)
	}
	if !strings.Contains(decided.Paragraph, "责任清单“R1”行") || !strings.Contains(decided.Paragraph, "依据：会议纪要") {
		t.Error(decided.Paragraph)
	}
	tag := d.get(t, "/v1/rules/R1").header.Get("ETag")
	if got := d.do(t, "PATCH", "/v1/rules/R1", `{"assign":"department:D2","helpers":null}`, append(asJSON, "If-Match", tag)...); got.status != 200 || strings.Contains(got.body, "helpers") {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if route(); decided.Department.Code != "D2" {
		t.Errorf("%+v", decided)
	}
	if got := d.do(t, "PATCH", "/v1/rules/R1", `{"assign":"department:D3"}`, append(asJSON, "If-Match", tag)...); got.status != 412 {
		t.Errorf("a change of a row seen before: %d %s", got.status, got.body)
	}
	if got := d.do(t, "DELETE", "/v1/rules/R1", "", "If-Match", "*"); got.status != 204 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if route(); decided.Rule != "territory" {
		t.Errorf("%+v", decided)
	}
	if got := d.get(t, "/v1/rules"); got.body != `{"edition":4,"rules":[]}`+"\n" {
		t.Error(got.body)
	}
}

func TestABadDutyRowIsToldWholeAndChangesNothing(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil)
	d.refusals(t, "PUT", "/v1/rules/R1", []refusal{
		{`{"assign":"department:NOBODY"}`, 422, "NOBODY"},
		{`{"assign":"department:D3","hours":"25:00","layer":"nowhere"}`, 422, "25:00"},
		{`{"assign":"department:D3","layer":"nowhere"}`, 422, "nowhere"},
		{`{"assign":"somebody"}`, 422, "assign"},
		{`{"assign":"department:D3","area":"G1"}`, 422, "area"},
		{`{"id":"R2","assign":"department:D3"}`, 400, "for ever"},
		{`{"assign":"department:D3","helpers":["D3"]}`, 422, "helpers"},
		{`{"assign":["a",1]}`, 400, "assign"},
		{`{"assing":"x"}`, 400, "assing"},
		{`[]`, 400, "array"},
		{`{}`, 422, "assign"},
	})
	d.refusals(t, "PATCH", "/v1/rules/R1", []refusal{{`{}`, 404, "/v1/rules"}})
	if got := d.get(t, "/v1/rules"); got.body != `{"edition":1,"rules":[]}`+"\n" {
		t.Error(got.body)
	}
	if got := d.do(t, "PUT", "/v1/rules/R1", parkRow, "Content-Type", "application/json"); got.status != 201 {
		t.Fatal(got.body)
	}
	d.refusals(t, "PUT", "/v1/rules/R1", []refusal{{parkRow, 428, "If-Match"}})
	d.refusals(t, "DELETE", "/v1/rules/R1", []refusal{{``, 428, "If-Match"}})
}

func TestPagesOfDutyRowsHoldEachOnce(t *testing.T) {
	t.Parallel()
	rows := make([]geo.DutyRow, 7)
	for i := range rows {
		rows[i] = parkDuty
		rows[i].ID = geo.RuleID(rune('a' + i))
	}
	d := openDesk(t, rows)
	for limit := 1; limit <= 8; limit++ {
		ids, after := "", ""
		for pages := 1; ; pages++ {
			var page struct {
				Rules []struct{ ID string }
				Next  string
			}
			d.get(t, fmt.Sprintf("/v1/rules?limit=%d&after=%s", limit, after)).json(t, &page)
			for _, r := range page.Rules {
				ids += r.ID
			}
			if after = page.Next; after == "" {
				if want := (len(rows) + limit - 1) / limit; ids != "abcdefg" || pages != want {
					t.Errorf("%d at a time: %s in %d pages of %d", limit, ids, pages, want)
				}
				break
			}
		}
	}
}
