package api_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"gridwarden/api"
	"gridwarden/geo"
	"gridwarden/geo/access"
	"gridwarden/geo/drafts"
	"gridwarden/geo/planning"
)

// split cuts G11.
func split(places ...float64) string {
	return `{"edit":"split","reason":"r","layer":"grids","areas":["G11"],"line":` + line(places...) + `,"tolerance_m":1}`
}

func TestAWrongEditIsASentenceAndTheDraftIsAsItWas(t *testing.T) {
	t.Parallel()
	d := openPlanning(t)
	draft := d.draft(t)
	first := d.edit(t, draft, bulge()).Draft
	areas := d.get(t, "/v1/layers/grids/areas?draft="+draft.ID).body
	d.refusals(t, "POST", draft.path("/edits"), []refusal{
		{split(5, 5, 6, 6), 400, "misses"},                                                        // misses
		{split(.2, -.1, .8, .6, .2, .6, .8, -.1), 400, "crosses itself"},                          // crosses itself
		{split(0, 0, 0, 1), 400, "border"},                                                        // runs along a border
		{split(.1, -.1, .1, 1.1, .3, 1.1, .3, -.1, .5, -.1, .5, 1.1, .7, 1.1, .7, -.1), 400, "5"}, // cuts it into five
		{split(.2, .2, .8, .2, .8, .8, .2, .8, .2, .2), 400, ""},                                  // leaves a hole
		{`{"edit":"merge","reason":"r","layer":"grids","areas":["G11","G14"]}`, 409, "do not touch"},
		{`{"edit":"move-node","reason":"r","layer":"grids","at":` + spot(1, 1) + `,"to":` + spot(3.5, .5) + `,"tolerance_m":1}`, 400, ""},
		{`{"edit":"split","reason":"r","layer":"grids","areas":["G11"],"line":` + line(.5, -.1, .5, 1.1) + `,"codes":["G12","G99"]}`, 409, "G12"},
		{`{"edit":"move-border","reason":"r","layer":"communities","areas":["C1","C2"],"line":` + line(2, .2, 2.1, .5, 2, .8) + `}`, 409, "in layer grids"},
		{`{"edit":"merge","reason":"r","layer":"grids","areas":["G11","X"]}`, 404, "X"},
		{`{"edit":"merge","reason":"r","layer":"trams","areas":["a","b"]}`, 404, "trams"},
		{`{"edit":"melt","reason":"r","layer":"grids"}`, 400, "melt"},
		{`{"edit":"merge","reason":"r","layer":"grids","areas":["G11","G12"],"line":` + line(0, 0, 1, 1) + `}`, 400, "line"},
		{`{"reason":"r","layer":"grids"}`, 400, "edit is missing"},
		{`{"edit":"merge","layer":"grids","areas":["G11","G12"]}`, 400, "reason is missing"},
		{`{"edit":"merge","reason":"` + strings.Repeat("x", drafts.MaxReason+1) + `"}`, 400, "at most 1000"},
		{`{"edit":"merge","reason":"r","area":"G11"}`, 400, "unknown field"},
		{`{"edit":"split","reason":"r","layer":"grids","areas":["G11"],"line":[[120.17],[120.18,30]]}`, 400, "[longitude, latitude]"},
		{`{"edit":"split","reason":"r","layer":"grids","areas":["G11"],"line":[[30.28,120.17],[30.28,120.18]]}`, 400, "no position"},
		{`{"edit":"split","reason":"r","layer":"grids","areas":["G11"],"line":"x"}`, 400, "line"},
		{`[]`, 400, "send an object"}, {`{`, 400, "ends in the middle"}, {``, 400, "empty"},
		{`{"edit":"set","reason":"r","name":"` + strings.Repeat("x", 17<<20) + `"}`, 413, "larger than"},
	})
	d.refusals(t, "POST", draft.path("/edits"), []refusal{{bulgeIn(2, .2, ""), 412, "read it again"}}, "If-Match", draft.tag())
	d.refusals(t, "POST", draft.path("/edits"), []refusal{{bulgeIn(2, .2, ""), 400, "If-Match"}}, "If-Match", `"x"`)
	d.refusals(t, "POST", "/v1/drafts/nobody/edits", []refusal{{bulge(), 404, "nobody"}})
	d.refusals(t, "POST", "/v1/drafts", []refusal{
		{`{"name":"x","base":99}`, 404, "99"}, {`{"name":" "}`, 400, "needs a name"}, {`{"name":"x","base":-1}`, 400, "base"}, {`{"title":"x"}`, 400, "unknown field"},
	})
	now := d.now(t, draft.ID)
	if now.Version != first.Version || now.Head != 1 || now.Edits != 1 || d.get(t, "/v1/layers/grids/areas?draft="+draft.ID).body != areas {
		t.Errorf("the draft is not as it was: %+v, was %+v", now, first)
	}
}

// spot is one place of the town.
func spot(column, row float64) string { return strings.Trim(line(column, row), "[]") }

func TestALineOfLawMovesOnlyWithItsDocument(t *testing.T) {
	t.Parallel()
	d := openPlanning(t)
	draft := d.draft(t)
	d.refusals(t, "POST", draft.path("/edits"), []refusal{
		{bulgeIn(1, .2, ""), 409, "C1"}, {bulgeIn(1, .2, "follow"), 409, "approval"},
	})
	document := `{"document":"杭政函〔2026〕12号","body":"杭州市人民政府","date":"2026-06-01","effective_day":"2026-07-01","file_sha256":"` + strings.Repeat("ab", 32) + `"}`
	put := func(layer string) string { return draft.path("/approvals/" + layer) }
	d.refusals(t, "PUT", put("trams"), []refusal{{document, 404, "trams"}})
	d.refusals(t, "PUT", put("communities"), []refusal{
		{`{}`, 400, "document is missing"}, {`{"document":"1"}`, 400, "body is missing"}, {`{"document":"1","body":"b"}`, 400, "date is missing"},
		{strings.Replace(document, "2026-07-01", "soon", 1), 400, "effective_day"}, {strings.Replace(document, "abab", "", 1), 400, "64 hexadecimal"},
	})
	got := d.do(t, "PUT", put("communities"), document, "Content-Type", "application/json")
	var now draftJSON
	if got.json(t, &now); got.status != 200 || len(now.Approvals) != 1 || now.Approvals[0].Document != "杭政函〔2026〕12号" {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if done := d.edit(t, draft, bulgeIn(1, .2, "follow")); !strings.Contains(done.Areas.ids(), "communities/C1") {
		t.Errorf("%s", done.Areas.ids())
	}
}

func TestADraftTakesNoMoreThanTenThousandEdits(t *testing.T) {
	t.Parallel()
	d := openPlanning(t)
	draft := d.draft(t)
	d.edit(t, draft, bulge())
	kept, edits, err := d.store.DraftEdits(t.Context(), geo.DraftID(draft.ID), 0)
	must(t, err)
	for len(edits) < drafts.MaxEdits {
		edits = append(edits, planning.DoneEdit{Number: len(edits) + 1, At: time.Now(), Edit: planning.Edit{Kind: planning.Set, Layer: "grids"}})
	}
	kept.Head, kept.Edits = len(edits), len(edits)
	_, err = d.store.RebaseDraft(t.Context(), kept, edits)
	must(t, err)
	d.refusals(t, "POST", draft.path("/edits"), []refusal{{bulgeIn(2, .2, ""), 413, "publish it"}})
	if now := d.now(t, draft.ID); now.Head != drafts.MaxEdits {
		t.Errorf("%+v", now)
	}
}

func TestWhoOnlyReadsNeitherPlansNorPublishes(t *testing.T) {
	t.Parallel()
	keys := map[string]string{}
	held := &fakeStore{keys: map[string]geo.Key{}}
	for name, role := range map[string]string{"张三": access.Planner, "李四": access.Planner, "读者": access.Viewer, "发布": access.Publisher} {
		token, key, err := access.New(name, []string{role}, nil, time.Now(), time.Time{})
		must(t, err)
		held.keys[key.ID], keys[name] = key, "Bearer "+token
	}
	d := openPlanning(t, func(c *api.Config) {
		c.Keys, c.KeysOn, c.Public = held, true, []geo.LayerName{"grids", "communities", "parks", "roads"}
	})
	as := func(name string) []string { return []string{"Authorization", keys[name]} }
	draft := d.draft(t, as("张三")...)
	if draft.Author != "张三" {
		t.Errorf("the author is %q", draft.Author)
	}
	if done := d.edit(t, draft, bulge(), as("张三")...); done.Edit.Author != "张三" {
		t.Errorf("the author of the edit is %q", done.Edit.Author)
	}
	later := fmt.Sprintf(`{"effective_from":%q}`, time.Now().Add(time.Hour).Format(time.RFC3339))
	if got := d.post(t, draft.path("/publish"), later, append(as("发布"), "If-Match", `"2"`)...); got.status != 202 {
		t.Errorf("%d %s", got.status, got.body)
	}
	for who, status := range map[string]int{"读者": 403, "李四": 403, "": 401} {
		headers := []string{"If-Match", "*"}
		if who != "" {
			headers = append(headers, as(who)...)
		}
		if got := d.do(t, "DELETE", draft.path("/schedule"), "", headers...); got.status != status {
			t.Errorf("%s: %d %s", who, got.status, got.body)
		}
	}
	if got := d.do(t, "DELETE", draft.path("/schedule"), "", append(as("发布"), "If-Match", "*")...); got.status != 200 {
		t.Errorf("who scheduled it cannot take it off: %d %s", got.status, got.body)
	}
	for _, c := range []struct {
		who, method, path, body string
		status                  int
		says                    string
	}{
		{"", "GET", "/v1/drafts", "", 401, "key"},
		{"", "GET", "/v1/layers/grids?draft=" + draft.ID, "", 401, "key"},
		{"读者", "GET", "/v1/layers/grids?draft=" + draft.ID, "", 200, ""},
		{"读者", "GET", draft.path(""), "", 200, ""},
		{"读者", "POST", "/v1/drafts", `{"name":"x"}`, 403, "plan"},
		{"读者", "POST", draft.path("/edits"), bulgeIn(2, .2, ""), 403, "plan"},
		{"李四", "POST", draft.path("/edits"), bulgeIn(2, .2, ""), 403, "shared"},
		{"张三", "POST", draft.path("/publish"), `{}`, 403, "publish"},
		{"张三", "POST", "/v1/editions/take-back", `{"equal_to":1}`, 403, "publish"},
		{"发布", "POST", draft.path("/edits"), bulgeIn(2, .2, ""), 403, "plan"},
		{"发布", "POST", draft.path("/publish"), `{}`, 201, ""},
	} {
		headers := []string{"Content-Type", "application/json", "If-Match", `"2"`}
		if c.who != "" {
			headers = append(headers, as(c.who)...)
		}
		got := d.do(t, c.method, c.path, c.body, headers...)
		if got.status != c.status || c.says != "" && !strings.Contains(got.detail(t), c.says) {
			t.Errorf("%s %s %s: %d %s", c.who, c.method, c.path, got.status, got.body)
		}
	}
}

func TestRecodesAreReadByASpreadsheet(t *testing.T) {
	t.Parallel()
	d := openPlanning(t)
	draft := d.draft(t)
	d.edit(t, draft, `{"edit":"set","reason":"r","layer":"grids","areas":["G11"],"codes":["G-11"]}`)
	got := d.get(t, draft.path("/recode.csv"))
	if got.status != 200 || got.header.Get("Content-Type") != "text/csv; charset=utf-8" || got.body != "\ufeffold,new,layer,name\nG11,G-11,grids,网格1-1\n" {
		t.Errorf("%d %v %q", got.status, got.header, got.body)
	}
	got = d.get(t, draft.path("/faults"))
	if !json.Valid([]byte(got.body)) || got.status != 200 {
		t.Errorf("%d %s", got.status, got.body)
	}
}

func TestAnEditInAnothersScopeWaitsForTheirConsent(t *testing.T) {
	t.Parallel()
	keys := map[string]string{}
	held := &fakeStore{keys: map[string]geo.Key{}}
	for name, k := range map[string]struct {
		role  string
		scope geo.AreaCode
	}{"张三": {access.Planner, "C1"}, "李四": {access.Planner, "C2"}, "发布": {access.Publisher, ""}} {
		var scope []geo.AreaCode
		if k.scope != "" {
			scope = append(scope, k.scope)
		}
		token, key, err := access.New(name, []string{k.role}, scope, time.Now(), time.Time{})
		must(t, err)
		held.keys[key.ID], keys[name] = key, "Bearer "+token
	}
	d := openPlanning(t, func(c *api.Config) { c.Keys, c.KeysOn = held, true })
	draft := d.draft(t, "Authorization", keys["张三"])
	document := `{"document":"1","body":"b","date":"2026-06-01","effective_day":"2026-07-01","file_sha256":"` + strings.Repeat("ab", 32) + `"}`
	if got := d.do(t, "PUT", draft.path("/approvals/communities"), document, "Content-Type", "application/json", "Authorization", keys["张三"]); got.status != 200 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	done := d.edit(t, draft, bulgeIn(1, .2, "follow"), "Authorization", keys["张三"])
	if needs := strings.Join(done.Edit.Needs, " "); !strings.Contains(needs, "G13") || strings.Contains(needs, "G12") {
		t.Errorf("it needs %s", needs)
	}
	as := func(name, path, body string) answer {
		return d.post(t, draft.path(path), body, "If-Match", `"2"`, "Authorization", keys[name])
	}
	if got := as("发布", "/publish", `{}`); got.status != 409 || !strings.Contains(got.detail(t), "consent") {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := as("张三", "/consent", `{"number":1}`); got.status < 400 {
		t.Errorf("who drew it consents to it: %d %s", got.status, got.body)
	}
	if got := as("李四", "/consent", `{"number":0}`); got.status != 400 {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := as("李四", "/consent", `{"number":1}`); got.status != 200 {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := as("发布", "/publish", `{}`); got.status != 201 {
		t.Errorf("%d %s", got.status, got.body)
	}
}
