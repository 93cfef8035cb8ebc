package api_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gridwarden/api"
	"gridwarden/geo"
	"gridwarden/geo/access"
)

// changesJSON is what a change of many rows does, as it is told.
type changesJSON struct {
	Edition               int
	Added, Changed, Ended []string
	Problems              []struct {
		Row, Column, Message string
		Line                 int
	}
	Impact *struct {
		Layer string
		Cells []struct {
			Category       struct{ Code string }
			Area, From, To string
			Metres2        float64 `json:"area_m2"`
		}
		Assets           movedJSON
		Open             movedJSON `json:"open_reports"`
		HolesBefore      int       `json:"holes_before"`
		HolesAfter       int       `json:"holes_after"`
		CollisionsBefore int       `json:"collisions_before"`
		CollisionsAfter  int       `json:"collisions_after"`
	}
	Untold string
}

// changeRules sends a change of many rows.
func (d *desk) changeRules(t *testing.T, query, kind, body string, status int, headers ...string) (c changesJSON) {
	t.Helper()
	got := d.do(t, "POST", "/v1/rules"+query, body, append([]string{"Content-Type", kind}, headers...)...)
	if got.status != status {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if status == 200 {
		got.json(t, &c)
	}
	return c
}

const asJSON, asCSV = "application/json", "text/csv"

func TestManyRowsChangeInOneEdition(t *testing.T) {
	t.Parallel()
	d := openDesk(t, []geo.DutyRow{parkDuty})
	body := `{"rows":[{"id":"a","layer":"communities","area":"C1","assign":"department:D3","helpers":["D2"]},
		{"id":"b","layer":"grids","area":"G1*","assign":"养护公司"},{"id":"c","assign":"department:D2","kind":"matter","priority":200}],"note":"二季度调整"}`
	d.changeRules(t, "", asJSON, body, 428)
	d.changeRules(t, "", asJSON, body, 412, "If-Match", `"7"`)
	body = strings.Replace(body, "养护公司", "department:养护公司", 1)
	c := d.changeRules(t, "", asJSON, body, 200, "If-Match", `"1"`)
	if c.Edition != 2 || !slices.Equal(c.Added, []string{"a", "b", "c"}) || len(c.Changed)+len(c.Ended)+len(c.Problems) > 0 || c.Impact != nil {
		t.Errorf("%+v", c)
	}
	d.catchUp(t)
	if got := d.get(t, "/v1/rules/b"); !strings.Contains(got.body, `"department:D3"`) {
		t.Errorf("a department named is kept as %s", got.body)
	}
	c = d.changeRules(t, "", asJSON, `{"rows":[{"id":"c","assign":"department:D1"},{"id":"a","layer":"communities","area":"C1","assign":"department:D3","helpers":["D2"]}],"ended":["b"]}`, 200, "If-Match", `"2"`)
	if c.Edition != 3 || !slices.Equal(c.Changed, []string{"c"}) || !slices.Equal(c.Ended, []string{"b"}) || len(c.Added) > 0 {
		t.Errorf("%+v", c)
	}
	d.catchUp(t)
	if c = d.changeRules(t, "", asJSON, `{}`, 200, "If-Match", `"3"`); c.Edition != 3 {
		t.Errorf("changing nothing makes an edition: %+v", c)
	}
}

func TestTheTableComesBackAsItWasHandedOut(t *testing.T) {
	t.Parallel()
	d := openDesk(t, []geo.DutyRow{parkDuty})
	d.changeRules(t, "", asJSON, `{"rows":[{"id":"a,\"1\"","layer":"communities","area":"C1","assign":"department:D3","helpers":["D2","D1"],"note":"一，\n二"}]}`, 200, "If-Match", `"1"`)
	d.catchUp(t)
	table := d.get(t, "/v1/rules.csv")
	if table.status != 200 || table.header.Get("ETag") != `"2"` || !strings.HasPrefix(table.body, "\ufeffid,priority,") || !strings.Contains(table.header.Get("Content-Type"), "text/csv") {
		t.Fatalf("%+v", table)
	}
	if c := d.changeRules(t, "", asCSV, table.body, 200, "If-Match", `"2"`); c.Edition != 2 || len(c.Added)+len(c.Changed)+len(c.Ended) > 0 {
		t.Errorf("the same table changes %+v", c)
	}
	c := d.changeRules(t, "", asCSV, "编号,责任单位\nz,fallback\n", 200, "If-Match", `"2"`)
	if c.Edition != 3 || !slices.Equal(c.Added, []string{"z"}) || len(c.Ended) != 2 {
		t.Errorf("%+v", c)
	}
}

func TestEveryProblemOfATableIsToldByLineAndColumn(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil)
	table := "编号,图层,区域,责任单位,时段\n" +
		"a,communities,C1,department:D1,25:00\n" +
		"b,communities,C9,department:NOBODY,\n" +
		"a,grids,1.20E+11,fallback,\n"
	c := d.changeRules(t, "?dry_run=1", asCSV, table, 200)
	var told []string
	for _, p := range c.Problems {
		told = append(told, fmt.Sprint(p.Line, p.Row, " ", p.Column))
	}
	slices.Sort(told)
	want := []string{"2a hours", "3b area", "3b assign", "4a ", "4a area", "4a area"}
	if !slices.Equal(told, want) || c.Impact != nil {
		t.Errorf("told of %q, want %q: %+v", told, want, c.Problems)
	}
	got := d.do(t, "POST", "/v1/rules", table, "Content-Type", asCSV, "If-Match", `"1"`)
	if detail := got.detail(t); got.status != 422 || !strings.Contains(detail, `line 3, row b, column "area": communities has no area "C9"`) || strings.Count(detail, "\n") != len(want)-1 {
		t.Errorf("%d %s", got.status, detail)
	}
	c = d.changeRules(t, "?dry_run=1", asJSON, `{"rows":[{"id":"a","assign":"nobody"},{"assign":"fallback"},{"id":"b","assign":"department:D1"},{"id":"b","assign":"fallback"}],"ended":["b","x"]}`, 200)
	told = nil
	for _, p := range c.Problems {
		told = append(told, p.Row+" "+p.Column)
	}
	for _, want := range []string{"a assign", " id", "b ", "x "} {
		if !slices.Contains(told, want) {
			t.Errorf("%q is not told: %+v", want, c.Problems)
		}
	}
	for _, wrong := range []struct {
		kind, body string
		status     int
		says       string
	}{
		{asCSV, "id;assign;colour\na;fallback;red\n", 422, "colour"},
		{asCSV, "", 400, "empty"}, {asCSV, "id,assign\n", 422, "no rows"}, {asCSV, "PK\x03\x04[Content_Types].xml", 400, "spreadsheet"},
		{asJSON, `{"rows":[{"colour":1}]}`, 400, "row 1: unknown field"}, {asJSON, `{"row":[]}`, 400, "rows, ended, note"},
		{"text/plain", "x", 415, "text/csv"},
	} {
		got := d.do(t, "POST", "/v1/rules", wrong.body, "Content-Type", wrong.kind, "If-Match", `"1"`)
		if got.status != wrong.status || !strings.Contains(got.detail(t), wrong.says) {
			t.Errorf("%q: %d %s", wrong.body, got.status, got.body)
		}
	}
}

func TestAHundredThousandRowsAreTakenAndMoreThan64MBAreNot(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil)
	var table strings.Builder
	table.WriteString("id,layer,area,assign,note\n")
	for i := range 100_000 {
		fmt.Fprintf(&table, "row-%06d,grids,G1%d,department:D%d,一季度核定的责任\n", i, i%4+1, i%4)
	}
	c := d.changeRules(t, "?dry_run=1&impact=0", asCSV, table.String(), 200)
	if len(c.Added) != 100_000 || len(c.Problems) > 0 {
		t.Errorf("%d rows, %v", len(c.Added), c.Problems)
	}
	for kind, body := range map[string]string{
		asCSV:  table.String() + strings.Repeat("x,grids,G11,fallback,"+strings.Repeat("y", 1000)+"\n", 65_000),
		asJSON: `{"note":"` + strings.Repeat("x", 65<<20) + `"}`,
	} {
		got := d.do(t, "POST", "/v1/rules?dry_run=1", body, "Content-Type", kind)
		if detail := got.detail(t); got.status != 413 || !strings.Contains(detail, "64 MB") && !strings.Contains(detail, "67108864 bytes") {
			t.Errorf("%s: %d %s", kind, got.status, detail)
		}
	}
}

func TestADryRunTellsWhatATableWouldDo(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil, recorded)
	taken := d.report(t, report(.5, .5, dirtJSON))
	change := `{"rows":[{"id":"a","layer":"grids","area":"G11","assign":"department:D2"},{"id":"b","layer":"grids","area":"G11","assign":"department:D3"}]}`
	c := d.changeRules(t, "?dry_run=1", asJSON, change, 200)
	got := c.Impact
	if got == nil || c.Edition != 1 || !slices.Equal(c.Added, []string{"a", "b"}) {
		t.Fatalf("%+v", c)
	}
	if got.CollisionsBefore != 0 || got.CollisionsAfter != 1 || got.HolesAfter > got.HolesBefore {
		t.Errorf("%+v", got)
	}
	if got.Assets.Department != 1 || got.Assets.Listed[0].ID != "L001" || got.Open.Total != 1 || got.Open.Listed[0].ID != taken.ID || got.Open.Listed[0].From != "D10" || got.Open.Listed[0].To != "D2" {
		t.Errorf("assets %+v, reports %+v", got.Assets, got.Open)
	}
	if len(got.Cells) < 100 || got.Layer != "communities" || got.Cells[0].Area != "C1" || got.Cells[0].From != "D10" || got.Cells[0].To != "D2" {
		t.Errorf("%d cells, the first %+v", len(got.Cells), got.Cells[0])
	}
	c = d.changeRules(t, "?dry_run=1", asJSON, `{"rows":[{"id":"a","layer":"communities","area":"C2","standard":"CJ/T 214-2007","kind":"matter","category":"0201","assign":"department:D3"}]}`, 200)
	if cells := c.Impact.Cells; len(cells) != 1 || cells[0].Area != "C2" || cells[0].Category.Code != "0201" || cells[0].From != "D2" || cells[0].To != "D3" || cells[0].Metres2 < 1 {
		t.Errorf("%+v", cells)
	}
	if c = d.changeRules(t, "?dry_run=1", asJSON, `{"rows":[{"id":"a","assign":"fallback","asset":"must","asset_where":"material=铸铁"}]}`, 200); c.Impact != nil || c.Untold == "" {
		t.Errorf("assets without the attribute asked for tell %+v", c.Impact)
	}
	if got := d.get(t, "/v1/rules"); !strings.Contains(got.body, `"edition":1,"rows":[]`) && !strings.Contains(got.body, `"rules":[]`) {
		t.Errorf("a dry run writes: %s", got.body)
	}
}

// swift publishes before anybody else does.
type swift struct{ api.Publisher }

func (swift) Publish(context.Context, *geo.Publication) (geo.EditionInfo, geo.Position, error) {
	return geo.EditionInfo{}, geo.Position{}, geo.Errorf(geo.Conflict, "edition 2: %w", geo.ErrPassedOver)
}

func TestWhoIsOvertakenWhilePublishingReadsTheTableAgain(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil, func(c *api.Config) { c.Publisher = swift{c.Publisher} })
	d.changeRules(t, "", asJSON, `{"rows":[{"id":"a","assign":"fallback"}]}`, 412, "If-Match", `"1"`)
}

func TestADistrictsPlannerChangesNoTableBeyondIt(t *testing.T) {
	t.Parallel()
	d, _ := keyed(t)
	token, key, err := access.New("长庆", []string{access.Planner}, []geo.AreaCode{"C1"}, time.Now(), time.Now().Add(time.Hour))
	must(t, err)
	must(t, d.store.CreateKey(t.Context(), key))
	mine := []string{"Authorization", "Bearer " + token, "If-Match", "*"}
	d.changeRules(t, "", asCSV, "id,assign\nz,fallback\n", 403, mine...)
	d.changeRules(t, "", asJSON, `{"rows":[{"id":"a","layer":"grids","area":"G11","assign":"fallback"},{"id":"b","layer":"grids","area":"G14","assign":"fallback"}]}`, 403, mine...)
	d.changeRules(t, "?dry_run=1", asJSON, `{"ended":["R-park"]}`, 403, mine...)
	if c := d.changeRules(t, "", asJSON, `{"rows":[{"id":"a","layer":"grids","area":"G11","assign":"fallback"}]}`, 200, mine...); len(c.Added) != 1 {
		t.Errorf("%+v", c)
	}
}
