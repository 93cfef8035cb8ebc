package api_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// bulgeIn moves a border of the lower row in its middle, by so much of a grid: that between
// columns 0 and 1, 1 and 2 …
func bulgeIn(column int, by float64, parents string) string {
	x := float64(column + 1)
	body := fmt.Sprintf(`{"edit":"move-border","reason":"r","layer":"grids","areas":["G1%d","G1%d"],"line":%s,"tolerance_m":1`,
		column+1, column+2, line(x, .2, x+by, .5, x, .8))
	if parents != "" {
		body += `,"parents":"` + parents + `"`
	}
	return body + "}"
}

type publishedJSON struct {
	Edition int
	Draft   draftJSON
	Note    string
}

// publish publishes a draft, which has to succeed, and waits until it is served.
func (d *desk) publish(t testing.TB, draft draftJSON, edition string) (p publishedJSON) {
	t.Helper()
	got := d.post(t, draft.path("/publish"), `{"note":"n"}`, "If-Match", edition)
	if got.status != 201 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	d.catchUp(t)
	got.json(t, &p)
	return p
}

func TestADraftBecomesTheNextEditionAndIsTakenBack(t *testing.T) {
	t.Parallel()
	d := openPlanning(t)
	draft, late := d.draft(t), d.draft(t)
	d.refusals(t, "POST", draft.path("/publish"), []refusal{{`{}`, 409, "nothing to publish"}}, "If-Match", `"2"`)
	d.edit(t, draft, bulge())
	d.refusals(t, "POST", draft.path("/publish"), []refusal{{`{}`, 428, "If-Match is missing"}})
	d.refusals(t, "POST", draft.path("/publish"), []refusal{{`{}`, 400, "newest edition"}}, "If-Match", "*")
	d.refusals(t, "POST", draft.path("/publish"), []refusal{{`{}`, 412, "the newest is 2"}}, "If-Match", `"1"`)
	d.refusals(t, "POST", draft.path("/publish"), []refusal{
		{`{"version":1}`, 412, "changed meanwhile"}, {`{"effective_from":"2026-01-01T00:00:00Z"}`, 400, "document"},
		{`{"effective_from":"tomorrow"}`, 400, "effective_from"}, {`{"at":1}`, 400, "unknown field"},
	}, "If-Match", `"2"`)
	p := d.publish(t, draft, `"2"`)
	if p.Edition != 3 || p.Draft.State != "published" || p.Draft.Published != 3 || p.Note != "n" {
		t.Errorf("%+v", p)
	}
	if code := d.gridAt(t, 1.1, .5, ""); code != "G11" {
		t.Errorf("published, and it is %s", code)
	}
	d.edit(t, late, bulgeIn(2, .2, ""))
	d.refusals(t, "POST", late.path("/publish"), []refusal{{`{}`, 412, "/rebase"}}, "If-Match", `"3"`)
	late = d.now(t, late.ID)
	if late.Behind != 1 || d.gridAt(t, 1.1, .5, late.ID) != "G12" {
		t.Errorf("a draft on an old base is not on it: %+v", late)
	}
	got := d.post(t, late.path("/rebase"), `{}`, "If-Match", late.tag())
	if got.status != 200 || d.gridAt(t, 1.1, .5, late.ID) != "G11" || d.gridAt(t, 3.1, .5, late.ID) != "G13" {
		t.Fatalf("%d %s", got.status, got.body)
	}
	d.publish(t, late, `"3"`)
	d.refusals(t, "POST", "/v1/editions/take-back", []refusal{{`{"equal_to":2}`, 412, "newest now"}}, "If-Match", `"3"`)
	d.refusals(t, "POST", "/v1/editions/take-back", []refusal{{`{"equal_to":2}`, 428, "If-Match"}})
	d.refusals(t, "POST", "/v1/editions/take-back", []refusal{{`{}`, 400, "equal_to"}, {`{"equal_to":4}`, 400, "editions before"}}, "If-Match", `"4"`)
	if got := d.post(t, "/v1/editions/take-back", `{"equal_to":2,"note":"退回"}`, "If-Match", `"4"`); got.status != 201 || got.header.Get("ETag") != `"5"` {
		t.Fatalf("%d %s", got.status, got.body)
	}
	d.catchUp(t)
	if a, b := d.gridAt(t, 1.1, .5, ""), d.gridAt(t, 3.1, .5, ""); a != "G12" || b != "G14" {
		t.Errorf("taken back, and it is %s and %s", a, b)
	}
}

func TestOfTwoWhoPublishAtOnceOneIsToldTheWayOn(t *testing.T) {
	t.Parallel()
	d := openPlanning(t)
	var drafts []draftJSON
	for column := range 2 {
		draft := d.draft(t)
		d.edit(t, draft, bulgeIn(2*column, .2, ""))
		drafts = append(drafts, draft)
	}
	answers := make([]answer, len(drafts))
	var all sync.WaitGroup
	for i := range drafts {
		all.Go(func() { answers[i] = d.post(t, drafts[i].path("/publish"), `{}`, "If-Match", `"2"`) })
	}
	all.Wait()
	slices.SortFunc(answers, func(a, b answer) int { return a.status - b.status })
	if answers[0].status != 201 || answers[1].status != 412 || !strings.Contains(answers[1].detail(t), "/rebase") {
		t.Errorf("%d %s\n%d %s", answers[0].status, answers[0].body, answers[1].status, answers[1].body)
	}
}

func TestAConflictIsDrawnEditByEditAndChosen(t *testing.T) {
	t.Parallel()
	d := openPlanning(t)
	theirs, ours := d.draft(t), d.draft(t)
	d.edit(t, theirs, bulge())
	d.edit(t, ours, bulgeIn(0, -.2, ""))
	d.edit(t, ours, bulgeIn(2, .2, ""))
	d.publish(t, theirs, `"2"`)
	got := d.post(t, ours.path("/rebase"), `{}`, "If-Match", d.now(t, ours.ID).tag())
	var told struct {
		Conflicts []struct {
			Number             int
			Reason             string
			Base, Theirs, Ours featuresJSON
		}
	}
	got.json(t, &told)
	if got.status != 409 || len(told.Conflicts) != 1 || told.Conflicts[0].Number != 1 || !strings.Contains(told.Conflicts[0].Theirs.ids(), "grids/G11") || !strings.Contains(got.detail(t), "drop") {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if got = d.post(t, ours.path("/rebase"), `{}`, "If-Match", d.now(t, ours.ID).tag(), "Accept-Language", "zh-CN"); got.header.Get("Content-Language") != "zh" {
		t.Errorf("a Chinese reader is told in %v", got.header)
	}
	if got.json(t, &told); told.Conflicts[0].Reason != "所移动的图层 grids 边界期间已被改动" {
		t.Errorf("a Chinese reader is told %q", told.Conflicts[0].Reason)
	}
	if now := d.now(t, ours.ID); now.Base != 2 || now.Head != 2 {
		t.Errorf("the draft is not as it was: %+v", now)
	}
	tag := d.now(t, ours.ID).tag()
	d.refusals(t, "POST", ours.path("/rebase"), []refusal{
		{`{"choices":{"x":"drop"}}`, 400, "numbers of edits"}, {`{"choices":{"1":"theirs"}}`, 400, "drop or mine"}, {`{"choices":{"7":"drop"}}`, 400, "from 1 to 2"},
	}, "If-Match", tag)
	if got := d.post(t, ours.path("/rebase"), `{"choices":{"1":"drop"}}`, "If-Match", tag); got.status != 200 || d.now(t, ours.ID).Head != 1 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	d.publish(t, ours, `"3"`)
	if a, b := d.gridAt(t, 1.1, .5, ""), d.gridAt(t, 3.1, .5, ""); a != "G11" || b != "G13" {
		t.Errorf("%s %s", a, b)
	}
}

func TestADraftIsScheduledAndTakenOff(t *testing.T) {
	t.Parallel()
	d := openPlanning(t)
	draft := d.draft(t)
	d.edit(t, draft, bulge())
	at := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	got := d.post(t, draft.path("/publish"), fmt.Sprintf(`{"effective_from":%q,"note":"下月起"}`, at), "If-Match", `"2"`)
	var p publishedJSON
	if got.json(t, &p); got.status != 202 || p.Draft.State != "scheduled" || p.Draft.Schedule == nil || p.Draft.Schedule.Note != "下月起" || p.Edition != 0 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	d.refusals(t, "POST", draft.path("/edits"), []refusal{{bulge(), 409, "off its schedule"}})
	got = d.do(t, "DELETE", draft.path("/schedule"), "", "If-Match", p.Draft.tag())
	var open draftJSON
	if got.json(t, &open); got.status != 200 || open.State != "open" || open.Schedule != nil {
		t.Errorf("%d %s", got.status, got.body)
	}
}
