package api_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"gridwarden/api"
	"gridwarden/geo"
	"gridwarden/geo/cases"
)

// settled is the answer to a return and to what was decided on one.
type settled struct {
	Return returnJSON
	Ruling *rulingJSON
	Report *caseJSON
}

type rulingJSON struct {
	ID, Report, Basis, Scope, Until string
	Asset                           string `json:"asset_id"`
	Department                      struct{ Code string }
	Proposed                        *struct {
		ID, Standard, Kind, Category, Layer, Area, Asset, Assign, Note string
		AssetWhere                                                     string `json:"asset_where"`
		Priority                                                       int
	}
}

// returned returns a report and gives the answer.
func (d *desk) returned(t testing.TB, id, body string) (s settled) {
	t.Helper()
	got := d.post(t, "/v1/reports/"+id+"/returns", body)
	if got.status != 201 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	got.json(t, &s)
	return s
}

// decide settles a return and gives the answer.
func (d *desk) decide(t testing.TB, id int64, body string) (s settled) {
	t.Helper()
	got := d.post(t, fmt.Sprintf("/v1/returns/%d", id), body)
	if got.status != 200 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	got.json(t, &s)
	return s
}

// groundJSON is a rectangle of the town as GeoJSON.
func groundJSON(c0, r0, c1, r1 float64) string {
	p, q := at(c0, r0), at(c1, r1)
	return fmt.Sprintf(`{"type":"Polygon","coordinates":[[[%[1]f,%[2]f],[%[1]f,%[4]f],[%[3]f,%[4]f],[%[3]f,%[2]f],[%[1]f,%[2]f]]]}`, p.Lon(), p.Lat(), q.Lon(), q.Lat())
}

func TestAReturnWaitsForADispatcher(t *testing.T) {
	t.Parallel()
	d := openDesk(t, []geo.DutyRow{parkDuty})
	c := d.report(t, report(1.002, .9, dirtJSON)) // in the park, 20 m from nothing but the border of G11 and G12
	s := d.returned(t, c.ID, `{"reason":"不在公园红线内"}`)
	if s.Report != nil || s.Return.State != "asked" || s.Return.Department.Code != "D3" || s.Return.Row != "R-park" || s.Return.Area != "G12" || s.Return.Neighbour != "G11" {
		t.Fatalf("returned: %+v", s)
	}
	d.refusals(t, "POST", "/v1/reports/"+c.ID+"/returns", []refusal{
		{`{"reason":"again"}`, 409, "already"},
		{`{"reason":""}`, 400, "reason is missing"},
		{`{"department":"D2","reason":"x"}`, 422, "D3, D1"},
		{`{"reason":"` + strings.Repeat("x", 2001) + `"}`, 400, "2001"},
	})
	path := fmt.Sprintf("/v1/returns/%d", s.Return.ID)
	d.refusals(t, "POST", path, []refusal{
		{`{}`, 400, "accept, refuse or rule"},
		{`{"decision":"accept","department":"D1"}`, 400, "belong to a ruling"},
		{`{"decision":"rule","department":"D1"}`, 400, "basis is missing"},
		{`{"decision":"rule","basis":"x"}`, 400, "department is missing"},
		{`{"decision":"rule","basis":"x","department":"D9"}`, 422, "D9"},
		{`{"decision":"rule","basis":"x","department":"D1","until":"2020-01-01"}`, 400, "is over"},
		{`{"decision":"rule","basis":"x","department":"D1","until":"soon"}`, 400, "not a date"},
		{`{"decision":"rule","basis":"x","department":"D1","scope":"world"}`, 400, "report, asset or ground"},
		{`{"decision":"rule","basis":"x","department":"D1","scope":"asset"}`, 422, "no asset"},
		{`{"decision":"rule","basis":"x","department":"D1","scope":"ground"}`, 400, "ground is missing"},
		{`{"decision":"rule","basis":"x","department":"D1","ground":` + groundJSON(0, 0, 1, 1) + `}`, 400, "write scope ground"},
		{`{"decision":"rule","basis":"x","department":"D1","scope":"ground","ground":` + groundJSON(3, 0, 4, 1) + `}`, 422, "does not hold the place"},
		{`{"decision":"rule","basis":"x","department":"D1","scope":"ground","ground":{"type":"Point","coordinates":[1,2]}}`, 400, "Polygon"},
		{`{"decision":"rule","basis":"x","department":"D1","scope":"ground","ground":{"type":"Polygon","coordinates":[[[1,2],[2,3],[1,2]]]}}`, 400, "four positions"},
		{`{"decision":"rule","basis":"x","department":"D1","scope":"ground","ground":{"type":"Polygon","coordinates":7}}`, 400, "coordinates"},
		{`{"decision":"rule","basis":"x","department":"D1","scope":"ground","ground":{"type":"Polygon","coordinates":[[[120.17,30.28],[120.18,30.29],[120.18,30.28],[120.17,30.29],[120.17,30.28]]]}}`, 400, "encloses nothing"},
	})
	d.refusals(t, "POST", "/v1/returns/999", []refusal{{`{"decision":"accept"}`, 404, "999"}})
	d.refusals(t, "POST", "/v1/returns/x", []refusal{{`{"decision":"accept"}`, 404, "numbers"}})
	if kept := d.read(t, c.ID); kept.Round != 1 || len(kept.Returns) != 1 {
		t.Fatalf("what was refused left something behind: %+v", kept)
	}
	done := d.decide(t, s.Return.ID, `{"decision":"accept","by":"值班长","note":"属实"}`)
	if done.Return.State != "accepted" || done.Report == nil || done.Report.Department.Code != "D11" || done.Report.Round != 2 {
		t.Errorf("accepted: %+v", done)
	}
	if got := d.post(t, path, `{"decision":"refuse"}`); got.status != 409 || !strings.Contains(got.detail(t), "accepted") {
		t.Errorf("decided twice: %d %s", got.status, got.body)
	}
}

func TestTimesAreToldToTheSecond(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil)
	c := d.report(t, report(.5, .5, dirtJSON))
	given := d.returned(t, c.ID, `{"reason":"x"}`).Return.ID
	for _, got := range []answer{
		d.post(t, fmt.Sprintf("/v1/returns/%d", given), `{"decision":"accept"}`), d.get(t, "/v1/reports/"+c.ID), d.get(t, "/v1/returns"),
		d.get(t, "/v1/assignments?after=0"), d.get(t, "/v1/duty?"+query(.5, .5)),
	} {
		if fraction := regexp.MustCompile(`"\w+":"[0-9T:-]+\.[^"]*"`).FindString(got.body); got.status != 200 || fraction != "" {
			t.Errorf("%d, %s in %s", got.status, fraction, got.body)
		}
	}
}

func TestARefusedReturnLeavesTheReportWhereItIs(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil)
	c := d.report(t, report(.5, .5, dirtJSON))
	s := d.decide(t, d.returned(t, c.ID, `{"reason":"x"}`).Return.ID, `{"decision":"refuse","note":"就是你们"}`)
	if s.Return.State != "refused" || s.Report != nil || d.read(t, c.ID).Round != 1 {
		t.Errorf("%+v", s)
	}
}

func TestTwiceReturnedIsNeverRoutedByItself(t *testing.T) {
	t.Parallel()
	d := openDesk(t, []geo.DutyRow{parkDuty}, func(c *api.Config) { c.ReturnPolicy = cases.Automatic })
	c := d.report(t, report(1, .9, dirtJSON))
	first := d.returned(t, c.ID, `{"department":"D3","reason":"x"}`)
	if first.Return.State != "accepted" || first.Return.DecidedBy == "" && first.Report == nil || first.Report.Round != 2 || first.Report.Department.Code != "D11" {
		t.Fatalf("the first time: %+v", first)
	}
	second := d.returned(t, c.ID, `{"reason":"y"}`)
	if second.Return.State != "asked" || second.Report != nil || second.Return.Round != 2 {
		t.Errorf("the second time: %+v", second)
	}
	if kept := d.read(t, c.ID); kept.Round != 2 || kept.Department != nil {
		t.Errorf("kept as %+v", kept)
	}
	got := d.post(t, "/v1/reports/"+c.ID+"/events", `{"kind":"void","at":"2026-01-01T00:00:00Z"}`)
	if got.status != 200 {
		t.Fatal(got)
	}
	if got := d.post(t, "/v1/reports/"+c.ID+"/returns", `{"reason":"z"}`); got.status != 409 || !strings.Contains(got.detail(t), "void") {
		t.Errorf("a void report is returned: %d %s", got.status, got.body)
	}
}

func TestASecondReturnTakesARuling(t *testing.T) {
	t.Parallel()
	d := openDesk(t, []geo.DutyRow{parkDuty})
	c := d.report(t, report(1, .9, dirtJSON))
	d.decide(t, d.returned(t, c.ID, `{"reason":"x"}`).Return.ID, `{"decision":"refuse"}`) // does not count
	d.decide(t, d.returned(t, c.ID, `{"reason":"y"}`).Return.ID, `{"decision":"accept"}`)
	second := d.returned(t, c.ID, `{"reason":"z"}`).Return.ID
	d.refusals(t, "POST", fmt.Sprintf("/v1/returns/%d", second), []refusal{{`{"decision":"accept"}`, 409, "decision rule and name the department"}})
	if kept := d.read(t, c.ID); kept.Round != 2 {
		t.Errorf("routed by itself: %+v", kept)
	}
	s := d.decide(t, second, `{"decision":"rule","department":"D2","basis":"会议纪要"}`)
	if s.Return.State != "ruled" || s.Report.Round != 3 || s.Report.Department.Code != "D2" {
		t.Errorf("ruled: %+v %+v", s, s.Report)
	}
}

func TestARulingOnAReportHoldsThroughItsCorrections(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil)
	c := d.report(t, report(.5, .5, dirtJSON))
	s := d.decide(t, d.returned(t, c.ID, `{"reason":"x"}`).Return.ID, `{"decision":"rule","department":"D2","basis":"裁定书 7 号"}`)
	if s.Return.State != "ruled" || s.Ruling.Scope != "report" || s.Ruling.Proposed != nil || s.Report.Department.Code != "D2" || s.Report.Rule != "ruling" {
		t.Fatalf("ruled: %+v %+v", s, s.Report)
	}
	if kept := d.read(t, c.ID, "Accept-Language", "zh"); !strings.Contains(kept.Decision.Paragraph, "裁定书 7 号") || kept.Assignments[0].Reason != "ruled" {
		t.Errorf("the explanation does not cite it: %+v", kept.Decision)
	}
	got := d.patch(t, c.ID, `"2"`, `{"answers":{"a":"b"}}`)
	var after caseJSON
	if got.json(t, &after); after.Department.Code != "D2" {
		t.Errorf("after a correction: %d %s", got.status, got.body)
	}
	if other := d.report(t, report(.5, .5, dirtJSON)); other.Department.Code != "D10" {
		t.Errorf("it holds for another report: %+v", other)
	}
}

func TestARulingOnGroundHoldsThereUntilItIsARow(t *testing.T) {
	t.Parallel()
	d := openDesk(t, []geo.DutyRow{parkDuty})
	c := d.report(t, report(.5, .3, dirtJSON))
	s := d.decide(t, d.returned(t, c.ID, `{"reason":"x"}`).Return.ID,
		`{"decision":"rule","department":"D2","basis":"会议纪要","scope":"ground","until":"2099-12-31","ground":`+groundJSON(.4, .2, .9, .4)+`}`)
	row := s.Ruling.Proposed
	if s.Ruling.Scope != "ground" || row == nil || row.ID != "ruling-"+s.Ruling.ID || row.Layer != "rulings" || row.Assign != "department:D2" || row.Category != dirtKey.Code || row.Priority >= 100 {
		t.Fatalf("ruled: %+v %+v", s.Ruling, row)
	}
	d.catchUp(t)
	there := func() string {
		t.Helper()
		return d.report(t, report(.8, .3, dirtJSON)).Department.Code + " " + d.report(t, report(.8, .1, dirtJSON)).Department.Code
	}
	if got := there(); got != "D2 D10" {
		t.Errorf("inside and outside of the ground: %s", got)
	}
	list := func() (r struct{ Rulings []rulingJSON }) {
		d.get(t, "/v1/rulings").json(t, &r)
		return r
	}
	if l := list(); len(l.Rulings) != 1 || l.Rulings[0].ID != s.Ruling.ID || l.Rulings[0].Until != "2099-12-31" {
		t.Errorf("listed: %+v", l)
	}
	got := d.do(t, "POST", "/v1/rulings/"+s.Ruling.ID+"/publish", "")
	if got.status != 200 || !strings.Contains(got.body, `"edition":2`) {
		t.Fatalf("published: %d %s", got.status, got.body)
	}
	d.catchUp(t)
	if l := list(); len(l.Rulings) != 0 {
		t.Errorf("still listed: %+v", l)
	}
	if got := there(); got != "D2 D10" {
		t.Errorf("published, inside and outside of the ground: %s", got)
	}
	if c := d.report(t, report(.8, .3, dirtJSON)); c.Rule != "duty-row" {
		t.Errorf("published, it is decided by %s", c.Rule)
	}
	if c := d.report(t, report(1, .9, dirtJSON)); c.Department.Code != "D3" {
		t.Errorf("the other rows are gone: %+v", c)
	}
	if got := d.do(t, "POST", "/v1/rulings/"+s.Ruling.ID+"/publish", ""); got.status != 409 || !strings.Contains(got.detail(t), "published already, as the duty row "+row.ID) {
		t.Errorf("published twice: %d %s", got.status, got.body)
	}
	if got := d.do(t, "POST", "/v1/rulings/nothing/publish", ""); got.status != 404 {
		t.Errorf("one that never was: %d %s", got.status, got.body)
	}
	if got, name := d.get(t, "/v1/layers/rulings/areas/"+row.ID), "裁定 "+s.Ruling.ID[28:]; got.status != 200 || !strings.Contains(got.body, name) || strings.Contains(got.body, "会议纪要") {
		t.Errorf("the ground is not called %s: %d %s", name, got.status, got.body)
	}
	if row.Note != "裁定 · report "+c.ID {
		t.Errorf("noted %q", row.Note)
	}
}

func TestARulingNamesNobodyWhoEnded(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil)
	past := geo.Date{Year: 2020, Month: 1, Day: 1}
	_, err := d.store.ImportDepartments(t.Context(), append(townChanges().Departments,
		geo.Department{Code: "D90", Name: "旧所", ValidUntil: past}, geo.Department{Code: "D91", Name: "旧局", ValidUntil: past, Successor: "D2"}), false)
	must(t, err)
	d.catchUp(t)
	given := d.returned(t, d.report(t, report(.5, .5, dirtJSON)).ID, `{"reason":"x"}`).Return.ID
	d.refusals(t, "POST", fmt.Sprintf("/v1/returns/%d", given), []refusal{
		{`{"decision":"rule","basis":"b","department":"D90"}`, 422, "ended on 2020-01-01: name one that is in office"},
		{`{"decision":"rule","basis":"b","department":"D91"}`, 422, "name its successor D2"},
	})
}

func TestARulingOnAnAssetFollowsTheAsset(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil)
	c := d.report(t, report(2.5, .5, lampJSON))
	if c.Department.Code != "D3" {
		t.Fatal(c)
	}
	s := d.decide(t, d.returned(t, c.ID, `{"reason":"移交"}`).Return.ID, `{"decision":"rule","department":"D1","basis":"移交单","scope":"asset"}`)
	if s.Ruling.Asset != "L003" || s.Ruling.Proposed.Asset != "must" || s.Ruling.Proposed.AssetWhere != "id=L003;standard=CJ/T 214-2007" {
		t.Fatalf("ruled: %+v %+v", s.Ruling, s.Ruling.Proposed)
	}
	d.catchUp(t)
	who := func(column float64) string { return d.report(t, report(column, .5, lampJSON)).Department.Code }
	if who(2.5) != "D1" || who(1.5) != "D3" {
		t.Errorf("the lamp and its neighbour: %s %s", who(2.5), who(1.5))
	}
	if got := d.do(t, "POST", "/v1/rulings/"+s.Ruling.ID+"/publish", ""); got.status != 200 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	d.catchUp(t)
	if who(2.5) != "D1" || who(1.5) != "D3" {
		t.Errorf("published, the lamp and its neighbour: %s %s", who(2.5), who(1.5))
	}
}

func TestARulingThatEndedHoldsNoLonger(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil)
	c := d.report(t, report(2.5, .5, lampJSON))
	s := d.decide(t, d.returned(t, c.ID, `{"reason":"x"}`).Return.ID, `{"decision":"rule","department":"D1","basis":"b","scope":"asset"}`)
	for _, want := range []int{204, 404} {
		if got := d.do(t, "DELETE", "/v1/rulings/"+s.Ruling.ID, ""); got.status != want {
			t.Errorf("%d %s", got.status, got.body)
		}
	}
	d.catchUp(t)
	if c := d.report(t, report(2.5, .5, lampJSON)); c.Department.Code != "D3" {
		t.Errorf("it still holds: %+v", c)
	}
}

func TestPlannersSeeWhereReportsBounce(t *testing.T) {
	t.Parallel()
	d := openDesk(t, []geo.DutyRow{parkDuty})
	for range 2 {
		d.returned(t, d.report(t, report(1.002, .9, dirtJSON)).ID, `{"reason":"x"}`)
	}
	d.decide(t, d.returned(t, d.report(t, report(.998, .2, dirtJSON)).ID, `{"reason":"x"}`).Return.ID, `{"decision":"refuse"}`)
	var counts struct {
		Rows []struct {
			Row            string
			Asked, Refused int
		}
		Borders []struct {
			Area, Neighbour string
			Asked, Refused  int
		}
	}
	d.get(t, "/v1/returns/counts").json(t, &counts)
	if len(counts.Rows) != 2 || counts.Rows[0].Row != "R-park" || counts.Rows[0].Asked != 2 || counts.Rows[1].Refused != 1 {
		t.Errorf("by row: %+v", counts.Rows)
	}
	if b := counts.Borders; len(b) != 1 || b[0].Area != "G11" || b[0].Neighbour != "G12" || b[0].Asked != 2 || b[0].Refused != 1 {
		t.Errorf("by border: %+v", b)
	}
	later := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	if got := d.get(t, "/v1/returns/counts?since="+later); !strings.Contains(got.body, `"rows":[]`) {
		t.Errorf("since later: %s", got.body)
	}
	var list struct {
		Returns []returnJSON
		After   int64
	}
	d.get(t, "/v1/returns?state=asked&limit=1").json(t, &list)
	if len(list.Returns) != 1 || list.After != list.Returns[0].ID {
		t.Errorf("listed: %+v", list)
	}
	d.get(t, fmt.Sprintf("/v1/returns?state=asked&after=%d", list.After)).json(t, &list)
	if len(list.Returns) != 1 || list.Returns[0].State != "asked" {
		t.Errorf("the next page: %+v", list)
	}
	if got := d.get(t, "/v1/returns?state=lost"); got.status != 400 || !strings.Contains(got.detail(t), "asked, accepted") {
		t.Errorf("%d %s", got.status, got.body)
	}
}
