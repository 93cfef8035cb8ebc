package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"gridwarden/api"
	"gridwarden/geo"
	"gridwarden/geo/drafts"
	"gridwarden/geo/index"
	"gridwarden/geo/postgis"
)

// openPlanning is the town's desk where drafts are worked on, with borders that match.
func openPlanning(t testing.TB, settings ...func(*api.Config)) *desk {
	t.Helper()
	d := openDesk(t, nil, append([]func(*api.Config){planningDesk}, settings...)...)
	d.matchBorders(t)
	return d
}

// planningDesk lets drafts be worked on.
func planningDesk(c *api.Config) {
	store := c.Reports.(*postgis.Store)
	c.Drafts, c.Records = newDesk(store, c.Live), store
}

func newDesk(store *postgis.Store, live *index.Live) *drafts.Desk {
	return drafts.New(drafts.Config{Store: store, Live: live, Past: func(ctx context.Context, e geo.Edition) (*index.Snapshot, error) {
		m, err := store.Moment(ctx, time.Time{}, e, false)
		if err != nil {
			return nil, err
		}
		now := live.Load()
		back, err := store.Past(ctx, now.Position(), m.Sequence)
		if err != nil {
			return nil, err
		}
		return now.InHistory(back.History).Apply(back)
	}})
}

// matchBorders publishes, as edition 2, borders of communities that have a node wherever
// those of grids do.
func (d *desk) matchBorders(t testing.TB) {
	t.Helper()
	p := &geo.Publication{Base: 1}
	for code, corners := range map[geo.AreaCode][]float64{
		"C1": {0, 0, 1, 0, 2, 0, 2, 1, 2, 2, 1, 2, 0, 2, 0, 1},
		"C2": {2, 0, 3, 0, 4, 0, 4.5, 0, 4.5, 2, 4, 2, 3, 2, 2, 2, 2, 1},
	} {
		next := *d.live.Load().Area("communities", code)
		p.Ended = append(p.Ended, next.ID)
		next.ID, next.Shape = 0, geo.Shape{Polygons: geo.MultiPolygon{{ring(corners...)}}}
		p.Areas = append(p.Areas, &next)
	}
	_, _, err := d.store.Publish(t.Context(), p)
	must(t, err)
	d.catchUp(t)
}

// ring is a ring through places of the town.
func ring(places ...float64) (r geo.Ring) {
	for i := 0; i < len(places); i += 2 {
		r = append(r, at(places[i], places[i+1]))
	}
	return r
}

// draftJSON is a draft as it is told.
type draftJSON struct {
	ID, Name, State, Author string
	Base, Behind, Published int
	Version                 int64
	Head, Edits             int
	Editors                 []string
	Forgotten               bool
	Schedule                *struct{ At, Note string }
	Approvals               []struct{ Layer, Document string }
}

func (d draftJSON) path(rest string) string { return "/v1/drafts/" + d.ID + rest }

func (d draftJSON) tag() string { return fmt.Sprintf("%q", fmt.Sprint(d.Version)) }

type featuresJSON struct {
	Features []struct {
		ID         string
		Geometry   struct{ Type string }
		Properties struct {
			Layer, Kind, Severity, Message, Parent, Name string
			Mend                                         json.RawMessage
		}
	}
}

// ids are layer/code of areas.
func (f featuresJSON) ids() string {
	var all []string
	for _, feature := range f.Features {
		all = append(all, feature.Properties.Layer+"/"+feature.ID)
	}
	return strings.Join(all, " ")
}

// outcomeOf is what an edit did.
type doneJSON struct {
	Draft draftJSON
	Edit  struct {
		Number  int
		InForce bool `json:"in_force"`
		Author  string
		Reason  string
		Needs   []string
		Ended   []struct{ Layer, Code string }
		Recodes []struct{ Layer, Old, New string }
		Groups  []struct{ Code string }
	}
	Areas, Faults featuresJSON
}

// draft begins a draft.
func (d *desk) draft(t testing.TB, headers ...string) (draft draftJSON) {
	t.Helper()
	got := d.post(t, "/v1/drafts", `{"name":"河道改线"}`, headers...)
	if got.status != 201 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	got.json(t, &draft)
	return draft
}

// edit does an edit, which has to succeed.
func (d *desk) edit(t testing.TB, draft draftJSON, body string, headers ...string) (done doneJSON) {
	t.Helper()
	got := d.post(t, draft.path("/edits"), body, headers...)
	if got.status != 200 {
		t.Fatalf("%s: %d %s", body, got.status, got.body)
	}
	got.json(t, &done)
	return done
}

// now is a draft as it is.
func (d *desk) now(t testing.TB, id string) (draft draftJSON) {
	t.Helper()
	got := d.get(t, "/v1/drafts/"+id)
	if got.status != 200 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	got.json(t, &draft)
	return draft
}

// line is a line through places of the town.
func line(places ...float64) string {
	var points []string
	for i := 0; i < len(places); i += 2 {
		c := at(places[i], places[i+1])
		points = append(points, fmt.Sprintf("[%.7f,%.7f]", c.Lon(), c.Lat()))
	}
	return "[" + strings.Join(points, ",") + "]"
}

// bulge moves the border between G11 and G12 east, in the middle.
func bulge() string {
	return `{"edit":"move-border","reason":"河道改线","layer":"grids","areas":["G11","G12"],"line":` + line(1, .2, 1.2, .5, 1, .8) + `,"tolerance_m":1}`
}

// gridAt is the grid at a place, in a draft where one is named.
func (d *desk) gridAt(t testing.TB, columns, rows float64, draft string) string {
	t.Helper()
	path := "/v1/locate?layers=grids&" + query(columns, rows)
	if draft != "" {
		path += "&draft=" + draft
	}
	got := d.get(t, path)
	var place struct{ Areas []struct{ Code string } }
	got.json(t, &place)
	if got.status != 200 || len(place.Areas) != 1 {
		t.Fatalf("%s: %d %s", path, got.status, got.body)
	}
	return place.Areas[0].Code
}

func TestADraftIsReadAsIfItWerePublished(t *testing.T) {
	t.Parallel()
	d := openPlanning(t)
	draft := d.draft(t)
	tile := tilePath("grids", 15)
	if d.get(t, tile+"?draft="+draft.ID).header.Get("ETag") != d.get(t, tile).header.Get("ETag") {
		t.Error("a draft without edits is drawn otherwise than its base")
	}
	done := d.edit(t, draft, bulge(), "If-Match", draft.tag())
	if done.Edit.Number != 1 || done.Draft.Head != 1 || done.Draft.Version <= draft.Version || done.Edit.Reason != "河道改线" {
		t.Errorf("%+v", done)
	}
	if ids := done.Areas.ids(); !strings.Contains(ids, "grids/G11") || !strings.Contains(ids, "grids/G12") {
		t.Errorf("changed: %s", ids)
	}
	if was, is := d.gridAt(t, 1.1, .5, ""), d.gridAt(t, 1.1, .5, draft.ID); was != "G12" || is != "G11" {
		t.Errorf("before %s, in the draft %s", was, is)
	}
	for _, path := range []string{
		"/v1/layers", "/v1/layers/grids", "/v1/layers/grids/areas", "/v1/layers/grids/areas/G11", "/v1/assets", "/v1/assets/L002", "/v1/departments", "/v1/categories", "/v1/groups",
		"/v1/rules", "/tiles/grids.json", tile, "/v1/responsibility",
	} {
		of := path + "?draft=" + draft.ID
		got := d.get(t, of)
		if got.status != 200 || !strings.Contains(got.header.Get("Cache-Control"), "private") && got.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %s %.200s", of, got.status, got.header.Get("Cache-Control"), got.body)
		}
	}
	got := d.get(t, tile+"?draft="+draft.ID)
	if etag := got.header.Get("ETag"); etag == d.get(t, tile).header.Get("ETag") || d.get(t, tile+"?draft="+draft.ID, "If-None-Match", etag).status != 304 {
		t.Error("the tile of a draft is not its own, or not known again")
	}
	if routed := d.post(t, "/v1/route?draft="+draft.ID, report(1.1, .5, dirtJSON)); routed.status != 200 || !strings.Contains(routed.body, "G11") {
		t.Errorf("%d %s", routed.status, routed.body)
	}
	for _, c := range []struct {
		path   string
		status int
		says   string
	}{
		{"/v1/layers?draft=nobody", 404, "nobody"},
		{"/v1/layers?edition=1&draft=" + draft.ID, 400, "give one of them"},
		{tile + "?fields=assets&draft=" + draft.ID, 400, "newest state only"},
	} {
		if got := d.get(t, c.path); got.status != c.status || !strings.Contains(got.detail(t), c.says) {
			t.Errorf("%s: %d %s", c.path, got.status, got.body)
		}
	}
}

func TestUndoingGivesTheVeryStateThereWas(t *testing.T) {
	t.Parallel()
	d := openPlanning(t)
	draft := d.draft(t)
	areas := "/v1/layers/grids/areas?draft=" + draft.ID
	before := d.get(t, areas).body
	done := d.edit(t, draft, bulge())
	after := d.get(t, areas).body
	if before == after {
		t.Fatal("nothing changed")
	}
	if got := d.post(t, draft.path("/undo"), `{"steps":1}`); got.status != 428 {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := d.post(t, draft.path("/undo"), `{"steps":1}`, "If-Match", draft.tag()); got.status != 412 || !strings.Contains(got.detail(t), "read it again") {
		t.Errorf("%d %s", got.status, got.body)
	}
	got := d.post(t, draft.path("/undo"), `{"steps":1}`, "If-Match", done.Draft.tag())
	var undone doneJSON
	if got.json(t, &undone); got.status != 200 || undone.Draft.Head != 0 || undone.Draft.Edits != 1 || !strings.Contains(undone.Areas.ids(), "grids/G11") {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if d.get(t, areas).body != before {
		t.Error("undone, it is not what it was")
	}
	if got := d.post(t, draft.path("/undo"), `{"steps":1}`, "If-Match", undone.Draft.tag()); got.status != 409 || !strings.Contains(got.detail(t), "no more can be undone") {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := d.post(t, draft.path("/redo"), `{"steps":1}`, "If-Match", undone.Draft.tag()); got.status != 200 || d.get(t, areas).body != after {
		t.Errorf("done again, it is not what it was: %d", got.status)
	}
	var list struct {
		Head  int
		Edits []struct {
			Number  int
			InForce bool `json:"in_force"`
		}
	}
	d.get(t, draft.path("/edits")).json(t, &list)
	if list.Head != 1 || len(list.Edits) != 1 || !list.Edits[0].InForce {
		t.Errorf("%+v", list)
	}
}

func TestOthersInADraftAreSeen(t *testing.T) {
	t.Parallel()
	d := openPlanning(t)
	draft := d.draft(t)
	s := d.watch(t, draft.path("/changes"))
	if e := s.next(); e.Version != draft.Version || len(e.Done) != 0 {
		t.Errorf("%+v", e)
	}
	done := d.edit(t, draft, bulge())
	if e := s.next(); e.Version != done.Draft.Version || len(e.Done) != 1 || e.Done[0].Reason != "河道改线" || len(e.Done[0].Changed) < 2 {
		t.Errorf("%+v", e)
	}
	d.post(t, draft.path("/undo"), `{"steps":1}`, "If-Match", done.Draft.tag())
	if e := s.next(); len(e.Undone) != 1 || e.Undone[0] != 1 || e.Head != 0 {
		t.Errorf("%+v", e)
	}
	if got := d.do(t, "DELETE", draft.path(""), "", "If-Match", d.now(t, draft.ID).tag()); got.status != 204 {
		t.Errorf("%d %s", got.status, got.body)
	}
	if e := s.next(); e.State != "discarded" {
		t.Errorf("%+v", e)
	}
	for s.lines.Scan() {
		if s.lines.Text() != "" {
			t.Errorf("it goes on after the end: %s", s.lines.Text())
		}
	}
	if got := d.get(t, "/v1/drafts/none/changes"); got.status != 404 {
		t.Errorf("%d", got.status)
	}
}

// draftReader follows what happens to a draft.
type draftReader struct{ *tileReader }

func (d *desk) watch(t testing.TB, path string) draftReader {
	r := d.service.follow(t, path)
	t.Cleanup(r.close)
	return draftReader{r}
}

type draftEventJSON struct {
	Version int64
	State   string
	Head    int
	Done    []struct {
		Number  int
		Reason  string
		Changed []struct{ Layer, Code string }
	}
	Undone []int
}

func (r draftReader) next() (e draftEventJSON) {
	r.Helper()
	r.event("draft", &e)
	return e
}

// event reads the next one of a name.
func (r draftReader) event(name string, into any) {
	r.Helper()
	is := ""
	for r.lines.Scan() {
		if event, begins := strings.CutPrefix(r.lines.Text(), "event: "); begins {
			is = event
		}
		if data, has := strings.CutPrefix(r.lines.Text(), "data: "); has && is == name {
			must(r, json.Unmarshal([]byte(data), into))
			return
		}
	}
	r.Fatal("the stream ended: ", r.lines.Err())
}

// present are the names of those who look at a draft, with a star at the reader's own.
func (r draftReader) present() string {
	r.Helper()
	var e struct {
		Present []struct {
			Name  string
			Since time.Time
			You   bool
		}
	}
	r.event("present", &e)
	var names []string
	for _, p := range e.Present {
		if time.Since(p.Since) > time.Minute {
			r.Errorf("%s is there since %v", p.Name, p.Since)
		}
		if p.You {
			p.Name += "*"
		}
		names = append(names, p.Name)
	}
	return strings.Join(names, " ")
}

func TestPlannersSeeWhoElseLooksAtTheDraft(t *testing.T) {
	t.Parallel()
	d, key := keyed(t, planningDesk)
	bearer := func(role string) []string { return []string{"Authorization", key(role)} }
	watch := func(role, path string) draftReader {
		r := d.service.follow(t, path, bearer(role)...)
		t.Cleanup(r.close)
		return draftReader{r}
	}
	draft := func() string {
		got := d.post(t, "/v1/drafts", `{"name":"改线"}`, bearer("planner")...)
		if got.status != 201 {
			t.Fatalf("%d %s", got.status, got.body)
		}
		return got.header.Get("Location") + "/changes"
	}
	path := draft()
	one := watch("planner", path)
	if got := one.present(); got != "planner*" {
		t.Errorf("alone one sees %q", got)
	}
	elsewhere := watch("admin", draft())
	if got := elsewhere.present(); got != "admin*" {
		t.Errorf("at another draft are %q", got)
	}
	two := watch("viewer", path)
	if got, back := two.present(), one.present(); got != "planner viewer*" || back != "planner* viewer" {
		t.Errorf("two see %q and %q", got, back)
	}
	two.close()
	if got := one.present(); got != "planner*" {
		t.Errorf("after one left there are %q", got)
	}
}

func TestADraftIsRenamedSharedListedAndDiscarded(t *testing.T) {
	t.Parallel()
	d := openPlanning(t)
	draft := d.draft(t)
	const merge = "application/merge-patch+json"
	patch := func(body, tag string) answer {
		return d.do(t, "PATCH", draft.path(""), body, "Content-Type", merge, "If-Match", tag)
	}
	if got := patch(`{"name":"x"}`, ""); got.status != 428 {
		t.Errorf("%d %s", got.status, got.body)
	}
	got := patch(`{"name":"新名","editors":["李四","王五"]}`, draft.tag())
	var now draftJSON
	if got.json(t, &now); got.status != 200 || now.Name != "新名" || len(now.Editors) != 2 || got.header.Get("ETag") != now.tag() {
		t.Fatalf("%d %s", got.status, got.body)
	}
	d.refusals(t, "PATCH", draft.path(""), []refusal{
		{`{}`, 400, "nothing to change"}, {`{"name":"  "}`, 400, "needs a name"}, {`{"state":"open"}`, 400, "unknown field"},
		{`{"name":"` + strings.Repeat("长", 201) + `"}`, 400, "at most 200"},
	}, "If-Match", "*")
	if got := d.get(t, draft.path(""), "If-None-Match", now.tag()); got.status != 304 {
		t.Errorf("%d", got.status)
	}
	other := d.draft(t)
	var list struct {
		Drafts []draftJSON
		Next   string
	}
	d.get(t, "/v1/drafts?limit=1").json(t, &list)
	if len(list.Drafts) != 1 || list.Drafts[0].ID != other.ID || list.Next != other.ID {
		t.Errorf("%+v", list)
	}
	list.Next = ""
	d.get(t, "/v1/drafts?limit=1&after="+other.ID).json(t, &list)
	if len(list.Drafts) != 1 || list.Drafts[0].ID != draft.ID || list.Next != "" {
		t.Errorf("%+v", list)
	}
	if got := d.get(t, "/v1/drafts?state=lost"); got.status != 400 || !strings.Contains(got.detail(t), "open, scheduled") {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := d.do(t, "DELETE", draft.path(""), "", "If-Match", now.tag()); got.status != 204 {
		t.Errorf("%d %s", got.status, got.body)
	}
	d.get(t, "/v1/drafts?state=discarded").json(t, &list)
	if len(list.Drafts) != 1 || list.Drafts[0].State != "discarded" {
		t.Errorf("%+v", list)
	}
	d.refusals(t, "POST", draft.path("/edits"), []refusal{{bulge(), 409, "was discarded"}})
	if m := d.get(t, "/metrics").body; !strings.Contains(m, `gridwarden_drafts{state="open"} 1`) || !strings.Contains(m, "gridwarden_drafts_forgotten 0") {
		t.Error("the metrics do not tell the drafts")
	}
}
