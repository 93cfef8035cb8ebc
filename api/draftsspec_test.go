package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/planning"
)

// draftAsks asks everything of drafts, of some made for it. They publish edition 3 and take
// it back.
func draftAsks(t *testing.T, d *desk) []specAsk {
	t.Helper()
	const json = "application/json"
	d.matchBorders(t)
	open, ready, later, gone := d.draft(t), d.draft(t), d.draft(t), d.draft(t)
	d.edit(t, open, bulge())
	d.edit(t, ready, bulgeIn(2, .2, ""))
	d.edit(t, later, bulgeIn(2, -.2, ""))
	scoped := geo.By(t.Context(), geo.Actor{Name: "张三", Scope: []geo.AreaCode{"C2"}})
	name := "口袋"
	done, err := newDesk(d.store, d.live).Edit(scoped, geo.DraftID(open.ID), 0, planning.Edit{Kind: planning.Set, Layer: "grids", Areas: []geo.AreaCode{"G11"}, Name: &name}, "改名")
	must(t, err)
	of := func(rest string) string { return open.path(rest) }
	from := fmt.Sprintf(`{"effective_from":%q}`, time.Now().Add(time.Hour).Format(time.RFC3339))
	return []specAsk{
		{"POST", "/v1/drafts", json, `{"name":"x","base":1}`, 201},
		{"POST", "/v1/drafts", json, `{"name":""}`, 400},
		{"GET", "/v1/drafts?state=open,held&limit=2", "", "", 200},
		{"GET", of(""), "", "", 200},
		{"GET", "/v1/drafts/none", "", "", 404},
		{"PATCH", of(""), json, `{"editors":["李四"]}`, 200},
		{"POST", of("/edits"), json, `{"edit":"split","reason":"r","layer":"grids","areas":["G12"],"line":` + line(1, .6, 2, .6) + `,"tolerance_m":1}`, 200},
		{"POST", of("/edits"), json, `{"edit":"split","reason":"r","layer":"grids","areas":["G12"],"line":[]}`, 400},
		{"GET", of("/edits?limit=2"), "", "", 200},
		{"POST", of("/undo"), json, `{"steps":1}`, 200},
		{"POST", of("/redo"), json, `{"steps":1}`, 200},
		{"POST", of("/consent"), json, fmt.Sprintf(`{"number":%d}`, done.Edit.Number), 200},
		{"PUT", of("/approvals/communities"), json, `{"document":"1","body":"b","date":"2026-06-01","effective_day":"2026-07-01","file_sha256":"` + strings.Repeat("0", 64) + `"}`, 200},
		{"GET", of("/faults"), "", "", 200},
		{"GET", of("/recode.csv"), "", "", 200},
		{"GET", of("/impact"), "", "", 200},
		{"GET", "/v1/locate?draft=" + open.ID + "&" + query(.5, .5), "", "", 200},
		{"GET", "/v1/layers/grids/areas?draft=" + open.ID, "", "", 200},
		{"POST", later.path("/publish"), json, from, 202},
		{"DELETE", later.path("/schedule"), "", "", 200},
		{"POST", ready.path("/publish"), json, `{"note":"n"}`, 201},
		{"POST", open.path("/publish"), json, `{}`, 412},
		{"GET", "/v1/editions/3/impact", "", "", 200},
		{"GET", "/v1/editions/3/affected", "", "", 200},
		{"POST", later.path("/rebase"), json, `{}`, 409},
		{"POST", open.path("/rebase"), json, `{}`, 200},
		{"POST", "/v1/editions/take-back", json, `{"equal_to":2,"note":"x"}`, 201},
		{"DELETE", gone.path(""), "", "", 204},
	}
}

// firstData is the answer of a stream with the data of its first event.
func (d *desk) firstData(t testing.TB, path string) answer {
	t.Helper()
	r := d.watch(t, path)
	for r.lines.Scan() {
		if strings.HasPrefix(r.lines.Text(), "data: ") {
			return answer{200, r.header, r.lines.Text() + "\n"}
		}
	}
	t.Fatal("no event")
	return answer{}
}

// newestFor is the If-Match of a request: the newest edition where it publishes, else whatever
// there is.
func (d *desk) newestFor(path string) string {
	if strings.HasPrefix(path, "/v1/drafts/") && strings.HasSuffix(path, "/publish") || strings.HasSuffix(path, "/take-back") {
		return fmt.Sprintf("%q", fmt.Sprint(d.live.Load().Edition().Number))
	}
	return "*"
}
