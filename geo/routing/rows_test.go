package routing_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gridwarden/geo"
	"gridwarden/geo/calendar"
	"gridwarden/geo/duty"
	"gridwarden/geo/index"
	"gridwarden/geo/routing"
)

// The town of these tests, in metres east and north of a corner at 120 E 30 N:
//
//	0       100       200       300
//	+--------+---------+---------+ 100   grids g1, g2 in community c1, g3 in c2,
//	|  g1    |   g2    |   g3    |       both in the street s
//	|   [ park ]       | [site]  |       park (overlay parks) 60–140, 30–70
//	+========+=========+=========+ 0     site (overlay sites) 220–260, 20–60
//	            road R, reach 80 m, along the southern border and beyond
const metre = 100 // units, roughly

func at(east, north int32) geo.Coord {
	return geo.Coord{X: 1_200_000_000 + east*metre, Y: 300_000_000 + north*metre}
}

func rectangle(west, south, east, north int32) geo.Shape {
	return geo.Shape{Polygons: geo.MultiPolygon{{{at(west, south), at(east, south), at(east, north), at(west, north)}}}}
}

const standard = "GB/T 47678.5-2026"

func matter(code string) geo.CategoryKey {
	return geo.CategoryKey{Standard: standard, Kind: geo.Matter, Code: code}
}

func component(code string) geo.CategoryKey {
	return geo.CategoryKey{Standard: standard, Kind: geo.Component, Code: code}
}

func townChanges(rows []geo.DutyRow, assets []geo.Asset) *geo.Changes {
	bodies := []string{"city", "street", "grid1", "grid2", "park-office", "builder", "police", "wardens", "roads", "rain", "sewer", "telecom"}
	c := &geo.Changes{
		To:      geo.Position{Sequence: 1},
		Edition: geo.EditionInfo{Number: 1},
		Layers: []geo.Layer{
			{Name: "roads", Kind: geo.Lines, Reach: 80, Rank: 100},
			{Name: "parks", Kind: geo.Overlay, Rank: 200},
			{Name: "sites", Kind: geo.Overlay, Rank: 210},
			{Name: "grids", Kind: geo.Coverage, Parent: "communities", Rank: 300},
			{Name: "communities", Kind: geo.Coverage, Parent: "streets", Rank: 310},
			{Name: "streets", Kind: geo.Coverage, Rank: 320},
		},
		Areas: []*geo.Area{
			{ID: 1, Layer: "grids", Code: "g1", Parent: "c1", Department: "grid1", Shape: rectangle(0, 0, 100, 100)},
			{ID: 2, Layer: "grids", Code: "g2", Parent: "c1", Department: "grid2", Shape: rectangle(100, 0, 200, 100)},
			{ID: 3, Layer: "grids", Code: "g3", Parent: "c2", Shape: rectangle(200, 0, 300, 100)},
			{ID: 4, Layer: "communities", Code: "c1", Parent: "s", Shape: rectangle(0, 0, 200, 100)},
			{ID: 5, Layer: "communities", Code: "c2", Parent: "s", Shape: rectangle(200, 0, 300, 100)},
			{ID: 6, Layer: "streets", Code: "s", Department: "street", Shape: rectangle(0, 0, 300, 100)},
			{ID: 7, Layer: "parks", Code: "P1", Name: "百井坊公园", Department: "park-office", Shape: rectangle(60, 30, 140, 70)},
			{ID: 8, Layer: "sites", Code: "W1", Name: "体育场路工地", Department: "builder", Shape: rectangle(220, 20, 260, 60)},
			{ID: 9, Layer: "roads", Code: "R", Name: "体育场路", Department: "roads", Shape: geo.Shape{Lines: geo.MultiLine{{at(-50, 0), at(350, 0)}}}},
		},
		Categories: []geo.Category{
			{CategoryKey: matter("06001"), Name: "暴露垃圾", Parent: "06"},
			{CategoryKey: matter("09001"), Name: "机动车乱停放", Parent: "09"},
			{CategoryKey: component("01002"), Name: "污水井盖", Family: "井盖", Parent: "01"},
			{CategoryKey: component("01003"), Name: "雨水井盖", Family: "井盖", Parent: "01"},
			{CategoryKey: component("01007"), Name: "通信井盖", Family: "井盖", Parent: "01"},
			{CategoryKey: matter("01003"), Name: "雨水井盖异常", Family: "井盖", Parent: "01"},
		},
		Assets: assets,
		Duty:   geo.DutyTables{Rules: rows, Groups: []geo.Group{{Kind: "duty", Code: "ZR-1", Name: "责任网格一", Layer: "grids", Members: []geo.AreaCode{"g1", "g2"}}}},
	}
	for _, b := range bodies {
		d := geo.Department{Code: geo.DepartmentCode(b), Name: b}
		if b != "city" {
			d.Parent = "city"
		}
		c.Departments = append(c.Departments, d)
	}
	return c
}

func town(t interface {
	Helper()
	Fatal(...any)
}, rows []geo.DutyRow, assets ...geo.Asset) *index.Snapshot {
	t.Helper()
	view, err := index.Empty().Apply(townChanges(rows, assets))
	if err != nil {
		t.Fatal(err)
	}
	return view
}

// noon is a Wednesday's, in UTC as these settings have it.
var noon = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

func report(east, north int32, c geo.CategoryKey, answers ...string) routing.Request {
	r := routing.Request{At: at(east, north), Category: c, Reported: noon, Accuracy: 1, Answers: map[string]string{}}
	for _, a := range answers {
		key, value, _ := strings.Cut(a, "=")
		r.Answers[key] = value
	}
	return r
}

func lid(id string, code string, east, north int32, owner geo.DepartmentCode) geo.Asset {
	return geo.Asset{Version: geo.AssetVersion(len(id)*1000) + geo.AssetVersion(id[0]), ID: geo.AssetID(id), Category: component(code), Owner: owner, Point: at(east, north)}
}

// The table of the worked examples.
func townRows() []geo.DutyRow {
	return []geo.DutyRow{
		{ID: "road", Priority: 100, Layer: "roads", Area: "R", Category: "06001", Standard: standard, Kind: geo.Matter, Assign: "layer:roads"},
		{ID: "park", Priority: 50, Layer: "parks", Assign: "layer:parks", Basis: "公园条例"},
		{ID: "site-in", Priority: 40, Layer: "sites", Standard: standard, Category: "06*", Where: "inside_fence=yes", Assign: "layer:sites"},
		{ID: "kerb-up", Priority: 60, Standard: standard, Category: "09001", Where: "position=pavement", Assign: "department:wardens", Helpers: []geo.DepartmentCode{"police"}},
		{ID: "kerb-down", Priority: 60, Standard: standard, Category: "09001", Where: "position=carriageway", Assign: "department:police"},
		{ID: "night", Priority: 10, Standard: standard, Category: "09001", Hours: "22:00-06:00", Assign: "department:police"},
		{ID: "cover", Priority: 90, Kind: geo.Component, Category: "井盖", Asset: "must", Assign: "asset.owner", Deadline: 2, DeadlineUnit: geo.UrgentHour},
	}
}

func TestTheTableIsReadAsItIsWritten(t *testing.T) {
	t.Parallel()
	view := town(t, townRows(), lid("rain1", "01003", 20, 90, "rain"))
	engine := routing.New(view, routing.Settings{})
	for name, c := range map[string]struct {
		report routing.Request
		want   geo.DepartmentCode
		by     string
	}{
		"rubbish within 80 m of the road is the road's":           {report(20, 50, matter("06001")), "roads", "road"},
		"rubbish 81 m away is the grid's":                         {report(20, 90, matter("06001")), "grid1", "territory"},
		"in the park the park answers before road and district":   {report(80, 50, matter("06001")), "park-office", "park"},
		"inside the fence the builder":                            {report(240, 40, matter("06001"), "inside_fence=yes"), "builder", "site-in"},
		"outside the fence the road":                              {report(240, 40, matter("06001"), "inside_fence=no"), "roads", "road"},
		"a car above the kerb: the wardens 城管":                    {report(20, 20, matter("09001"), "position=pavement"), "wardens", "kerb-up"},
		"a car below the kerb: the police 交警":                     {report(20, 20, matter("09001"), "position=carriageway"), "police", "kerb-down"},
		"a rain cover to the drains, not to the grid":             {report(20, 90, component("01003")), "rain", "cover"},
		"the matter of a cover finds the cover, the grid answers": {report(20, 90, matter("01003")), "grid1", "territory"},
		"where the grid names nobody the street does":             {report(280, 90, matter("09001"), "position=lawn"), "street", "fallback"},
	} {
		d := engine.Decide(c.report)
		by := string(d.Rule)
		if d.Row != nil {
			by = string(d.Row.ID)
		}
		if d.Department == nil || d.Department.Code != c.want || by != c.by {
			t.Errorf("%s: %v by %s, want %s by %s\n%s", name, d.Department, by, c.want, c.by, routing.NewRecord(&d).In(geo.English).Paragraph)
		}
	}
	night := report(20, 20, matter("09001"), "position=pavement")
	night.Reported = time.Date(2026, 7, 2, 1, 0, 0, 0, time.UTC) // the span of the evening before
	if d := engine.Decide(night); d.Row == nil || d.Row.ID != "night" {
		t.Errorf("at one in the morning %+v decides", d.Row)
	}
}

func TestACarAtTheKerbIsAskedAbout(t *testing.T) {
	t.Parallel()
	engine := routing.New(town(t, townRows()), routing.Settings{})
	asked := report(20, 20, matter("09001"))
	d := engine.Decide(asked)
	if d.Department.Code != "grid1" || d.Contested == nil || d.Contested.Question == nil || d.Contested.Question.ID != "position" {
		t.Fatalf("%+v %+v", d.Department, d.Contested)
	}
	q := routing.NewRecord(&d).In(geo.Chinese).Contested.Question
	if len(q.Options) != 3 || q.Text == "" {
		t.Fatalf("%+v", q)
	}
	for _, o := range q.Options {
		asked.Answers = map[string]string{q.ID: o.Value}
		again := engine.Decide(asked)
		if again.Contested != nil || again.Department.Code != *o.Department {
			t.Errorf("answered %s: %s, told %s; still open: %+v", o.Value, again.Department.Code, *o.Department, again.Contested)
		}
	}
}

func TestACitizenCannotTellOneLidFromAnother(t *testing.T) {
	t.Parallel()
	view := town(t, townRows(), lid("1rain", "01003", 20, 90, "rain"), lid("2sewer", "01002", 25, 90, "sewer"), lid("3telecom", "01007", 20, 97, "telecom"))
	engine := routing.New(view, routing.Settings{})
	r := routing.Request{At: at(21, 90), Family: "井盖", Accuracy: 10, Reported: noon}
	d := engine.Decide(r)
	if d.Department.Code != "rain" || len(d.Candidates) != 3 || d.Contested == nil || d.Contested.Question.ID != "asset" || len(d.Contested.Candidates) != 4 {
		t.Fatalf("%v of %d; %+v", d.Department, len(d.Candidates), d.Contested)
	}
	if d.Deadline == nil || !d.Deadline.DueAt.Equal(noon.Add(2*time.Hour)) {
		t.Errorf("due %+v, want two hours on", d.Deadline)
	}
	r.Answers = map[string]string{"asset": "2sewer"}
	if d = engine.Decide(r); d.Department.Code != "sewer" || d.Contested != nil {
		t.Errorf("the sewer lid goes to %v, still open %+v", d.Department, d.Contested)
	}
}

func TestAtABorderBothSidesAreTold(t *testing.T) {
	t.Parallel()
	engine := routing.New(town(t, nil), routing.Settings{})
	r := report(97, 90, matter("06001"))
	r.Accuracy = 10
	d := engine.Decide(r)
	if d.Department.Code != "grid1" || d.Contested == nil || d.Contested.Question == nil || d.Contested.Question.ID != "area:grids" {
		t.Fatalf("%v %+v", d.Department, d.Contested)
	}
	r.Answers = map[string]string{"area:grids": "g2"}
	if d = engine.Decide(r); d.Department.Code != "grid2" || d.Contested != nil {
		t.Fatalf("%v %+v", d.Department, d.Contested)
	}
	r.Answers["area:grids"] = "g3" // a hundred metres away
	if d = engine.Decide(r); d.Department.Code != "grid1" {
		t.Fatalf("an answer moved the place 100 m: %v", d.Department)
	}
}

func TestRowsThatEqualOneAnotherCollide(t *testing.T) {
	t.Parallel()
	rows := []geo.DutyRow{
		{ID: "a", Priority: 5, Layer: "parks", Assign: "department:rain"},
		{ID: "b", Priority: 5, Layer: "parks", Assign: "department:sewer"},
	}
	d := routing.New(town(t, rows), routing.Settings{}).Decide(report(80, 50, matter("06001")))
	if d.Department.Code != "rain" || d.Contested == nil || d.Contested.Question != nil || len(d.Contested.Candidates) != 2 || d.Contested.Candidates[1].Department.Code != "sewer" {
		t.Fatalf("%v %+v", d.Department, d.Contested)
	}
}

func TestWhoReturnedItIsNotAskedAgain(t *testing.T) {
	t.Parallel()
	r := report(80, 50, matter("06001"))
	r.Without = []geo.DepartmentCode{"park-office", "roads"}
	d := routing.New(town(t, townRows()), routing.Settings{}).Decide(r)
	if d.Department.Code != "grid1" {
		t.Fatal(routing.NewRecord(&d).In(geo.English).Paragraph)
	}
}

func TestARulingEndsTheDispute(t *testing.T) {
	t.Parallel()
	c := townChanges(townRows(), nil)
	ground := rectangle(70, 40, 90, 60)
	c.Duty.Rulings = []geo.Ruling{{ID: "1", Department: "sewer", Ground: &ground, Category: matter("06001"), Basis: "会议纪要", Until: geo.Date{Year: 2026, Month: 7, Day: 31}}}
	view, err := index.Empty().Apply(c)
	if err != nil {
		t.Fatal(err)
	}
	engine := routing.New(view, routing.Settings{})
	if d := engine.Decide(report(80, 50, matter("06001"))); d.Department.Code != "sewer" || d.Rule != routing.ByRuling || routing.NewRecord(&d).Basis != "会议纪要" {
		t.Errorf("%v by %s", d.Department, d.Rule)
	}
	later := report(80, 50, matter("06001"))
	later.Reported = noon.AddDate(0, 1, 0)
	if d := engine.Decide(later); d.Department.Code != "park-office" {
		t.Errorf("after its last day the ruling still holds: %v", d.Department)
	}
}

func TestOneLevelUpAnswersWhenAskedFor(t *testing.T) {
	t.Parallel()
	r := report(20, 90, matter("06001"))
	r.Level, r.Whistle = 1, []geo.DepartmentCode{"police", "police", "city"}
	d := routing.New(town(t, nil), routing.Settings{}).Decide(r)
	if d.Department.Code != "city" || len(d.Helpers) != 1 || d.Helpers[0].Code != "police" || d.Verifier == nil || d.Verifier.Code != "ZR-1" {
		t.Fatalf("%v with %v verified by %v", d.Department, d.Helpers, d.Verifier)
	}
}

// drawRow makes rows of everything there is in the town, and of what is not.
func drawRow(t *rapid.T) geo.DutyRow {
	pick := func(label string, values ...string) string { return rapid.SampledFrom(values).Draw(t, label) }
	row := geo.DutyRow{
		ID: geo.RuleID(fmt.Sprint(rapid.IntRange(0, 1<<30).Draw(t, "id"))), Priority: rapid.IntRange(1, 3).Draw(t, "priority"),
		Kind: geo.CategoryKind(pick("kind", "", "", "matter", "component")), Condition: pick("condition", "", "", "1"),
		Where: pick("where", "", "", "", "position=pavement", "position=pavement|lawn;dry=yes"), Asset: pick("asset", "", "", "must", "no"),
		AssetWhere: pick("asset_where", "", "", "owner=rain", "id=1rain"), Hours: pick("hours", "", "", "Mon-Fri 08:00-18:00", "22:00-06:00"),
		Assign:    pick("assign", "asset.owner", "asset.maintainer", "layer:parks", "layer:roads", "layer:grids", "department:police", "department:wardens", "department:ghost", "fallback"),
		ValidFrom: rapid.SampledFrom([]geo.Date{{}, {}, {Year: 2026, Month: 8, Day: 1}}).Draw(t, "from"),
	}
	row.Category = pick("category", "", "06001", "09*", "0*", "井盖", "01003")
	if row.Category != "" && row.Category != "井盖" {
		row.Standard = standard
	}
	switch row.Layer = pick("layer", "", "", "grids", "parks", "roads", "streets", "duty", "nowhere"); row.Layer {
	case "grids":
		row.Area = pick("area", "", "g1", "g*", "g9")
	case "duty":
		row.Area = pick("area", "", "ZR-1", "ZR*", "X")
	case "parks":
		row.Area = pick("area", "", "P1")
	}
	return row
}

func drawRows(t *rapid.T) []geo.DutyRow {
	return rapid.SliceOfNDistinct(rapid.Custom(drawRow), 0, 30, func(r geo.DutyRow) geo.RuleID { return r.ID }).Draw(t, "rows")
}

func drawReport(t *rapid.T) routing.Request {
	r := routing.Request{
		At:       at(rapid.Int32Range(-60, 360).Draw(t, "east"), rapid.Int32Range(-100, 120).Draw(t, "north")),
		Category: rapid.SampledFrom([]geo.CategoryKey{matter("06001"), matter("09001"), component("01003"), matter("01003")}).Draw(t, "category"),
		Accuracy: rapid.SampledFrom([]float64{0, 1, 30}).Draw(t, "accuracy"), Condition: rapid.SampledFrom([]string{"", "1"}).Draw(t, "condition"),
		Reported: noon.Add(time.Duration(rapid.IntRange(0, 60*24*7).Draw(t, "minute")) * time.Minute), Answers: map[string]string{},
	}
	if rapid.Bool().Draw(t, "family") {
		r.Category, r.Family = geo.CategoryKey{}, "井盖"
	}
	for _, key := range []string{"position", "dry"} {
		if v := rapid.SampledFrom([]string{"", "pavement", "lawn", "yes"}).Draw(t, key); v != "" {
			r.Answers[key] = v
		}
	}
	return r
}

var lids = []geo.Asset{lid("1rain", "01003", 20, 90, "rain"), lid("2sewer", "01002", 25, 90, ""), lid("3telecom", "01007", 120, 50, "telecom")}

// plain is the table read the slow way: every row is held against the report, those that
// match are sorted by the words of the rule, and the first that finds somebody answers.
func plain(view *index.Snapshot, rows []geo.DutyRow, d *routing.Decision, r routing.Request) (geo.DepartmentCode, geo.RuleID) {
	days, _ := calendar.New(nil, time.UTC)
	type match struct {
		row  geo.DutyRow
		rank []int
	}
	var matches []match
	var asset *geo.Asset
	if d.Asset != nil {
		asset = &d.Asset.Asset
	}
	for _, row := range rows {
		if rank, ok := holdsPlainly(view, row, d, r, asset, days.Moment(r.Reported)); ok {
			matches = append(matches, match{row, rank})
		}
	}
	slices.SortFunc(matches, func(a, b match) int { return cmp.Or(slices.Compare(a.rank, b.rank), cmp.Compare(a.row.ID, b.row.ID)) })
	for _, m := range matches {
		if code := leadPlainly(view, m.row, d, asset); code != "" {
			return code, m.row.ID
		}
	}
	return "", ""
}

func holdsPlainly(view *index.Snapshot, row geo.DutyRow, d *routing.Decision, r routing.Request, asset *geo.Asset, m calendar.Moment) ([]int, bool) {
	place, length, layerRank := 4, 0, 0
	if row.Layer != "" {
		found := false
		var codes []string
		for _, h := range d.Place.Areas {
			if string(h.Area.Layer) == row.Layer {
				codes = append(codes, string(h.Area.Code))
			}
			if row.Layer == "duty" && (h.Area.Code == "g1" || h.Area.Code == "g2") {
				codes = append(codes, "ZR-1")
			}
		}
		for _, h := range d.Place.Lines {
			if string(h.Area.Layer) == row.Layer {
				codes = append(codes, string(h.Area.Code))
			}
		}
		for _, c := range codes {
			found = found || duty.ParsePattern(row.Area).Matches(c)
		}
		if !found {
			return nil, false
		}
		l, _ := view.Layer(geo.LayerName(row.Layer))
		if layerRank = l.Rank; row.Layer == "duty" {
			layerRank = 300
		}
		switch p := duty.ParsePattern(row.Area); {
		case p.Any():
			place = 3
		case p.Prefix:
			place, length = 2, -len(p.Text)
		default:
			place = 1
		}
	}
	if strings.HasPrefix(row.AssetWhere, "id=") {
		place, length = 0, 0
	}
	kind, kindLength := 3, 0
	c, family := d.Category, r.Family
	if k, known := view.Category(c); known {
		family = k.Family
	}
	switch {
	case row.Kind != "" && row.Kind != c.Kind && (c.Kind != "" || row.Kind != geo.Component), row.Standard != "" && row.Standard != c.Standard:
		return nil, false
	case row.Category == "":
	case row.Category == "井盖":
		if kind = 2; family != "井盖" {
			return nil, false
		}
	case strings.HasSuffix(row.Category, "*"):
		prefix := strings.TrimSuffix(row.Category, "*")
		if kind, kindLength = 1, -len(prefix); !strings.HasPrefix(c.Code, prefix) {
			return nil, false
		}
	default:
		if kind = 0; row.Category != c.Code {
			return nil, false
		}
	}
	hours, _ := calendar.ParseHours(row.Hours)
	where, _ := duty.ParseWhere(row.Where)
	others := 0
	for _, filled := range []bool{row.Kind != "", row.Condition != "", row.Where != "", row.Asset != "", row.AssetWhere != "", !row.ValidFrom.IsZero(), !row.ValidUntil.IsZero(), row.Hours != ""} {
		if filled {
			others--
		}
	}
	switch {
	case row.Condition != "" && row.Condition != r.Condition,
		!row.ValidFrom.IsZero() && geo.DateOf(r.Reported, time.UTC).Before(row.ValidFrom),
		!hours.Holds(m),
		row.Asset == "must" && asset == nil, row.Asset == "no" && asset != nil,
		row.AssetWhere == "owner=rain" && (asset == nil || asset.Owner != "rain"),
		row.AssetWhere == "id=1rain" && (asset == nil || asset.ID != "1rain"),
		where.Eval(func(k string) (string, bool) { v, ok := r.Answers[k]; return v, ok }) != duty.True:
		return nil, false
	}
	return []int{row.Priority, place, length, layerRank, kind, kindLength, others}, true
}

func leadPlainly(view *index.Snapshot, row geo.DutyRow, d *routing.Decision, asset *geo.Asset) geo.DepartmentCode {
	known := func(c geo.DepartmentCode) geo.DepartmentCode {
		if _, ok := view.Department(c); !ok {
			return ""
		}
		return c
	}
	of := func(layers ...string) geo.DepartmentCode {
		for _, layer := range layers {
			for _, h := range d.Place.Areas {
				if string(h.Area.Layer) == layer && (row.Layer != layer || duty.ParsePattern(row.Area).Matches(string(h.Area.Code))) && h.Area.Department != "" {
					return h.Area.Department
				}
			}
			for _, h := range d.Place.Lines {
				if string(h.Area.Layer) == layer && h.Area.Department != "" {
					return h.Area.Department
				}
			}
		}
		return ""
	}
	switch {
	case strings.HasPrefix(row.Assign, "department:"):
		return known(geo.DepartmentCode(row.Assign[len("department:"):]))
	case strings.HasPrefix(row.Assign, "layer:"):
		return of(row.Assign[len("layer:"):])
	case row.Assign == "fallback":
		row.Layer = ""
		return of("communities", "streets")
	case asset == nil:
		return ""
	case row.Assign == "asset.owner":
		return known(asset.Owner)
	}
	return known(asset.Maintainer)
}

func TestTheFastTableDecidesAsTheSlowOne(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rows := drawRows(t)
		view := town(t, rows, lids...)
		engine := routing.New(view, routing.Settings{})
		for range 5 {
			r := drawReport(t)
			d := engine.Decide(r)
			again := engine.Decide(r)
			if a, b := routing.NewRecord(&d).JSON(), routing.NewRecord(&again).JSON(); string(a) != string(b) {
				t.Fatalf("two answers to one report:\n%s\n%s", a, b)
			}
			code, id := plain(view, rows, &d, r)
			switch {
			case code == "" && d.Row != nil:
				t.Fatalf("row %s decides, and none should: %+v", d.Row.ID, r)
			case code != "" && (d.Row == nil || d.Row.ID != id || d.Department.Code != code):
				t.Fatalf("%v by %+v, want %s by row %s: %+v", d.Department, d.Row, code, id, r)
			}
			checkWords(t, &d)
		}
	})
}

// checkWords holds a decision to what every explanation promises.
func checkWords(t *rapid.T, d *routing.Decision) {
	decided := 0
	for _, s := range d.Explanation {
		if s.Decided {
			decided++
		}
		for _, l := range []geo.Language{geo.English, geo.Chinese} {
			if why := s.Why(l); why == string(s.Reason) || strings.Contains(why, "%!") {
				t.Fatalf("%+v has no words: %s", s, why)
			}
		}
	}
	if (d.Department != nil) != (decided == 1) {
		t.Fatalf("%v with %d deciding steps", d.Department, decided)
	}
	kept := routing.NewRecord(d).JSON()
	back, err := routing.ParseRecord(kept)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := json.Marshal(back); string(again) != string(kept) {
		t.Fatalf("kept as %s, read as %s", kept, again)
	}
}

// A question's every answer leads where the option says, or opens the next question.
func TestEveryQuestionIsSettledByItsAnswer(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		view := town(t, drawRows(t), lids...)
		engine := routing.New(view, routing.Settings{})
		r := drawReport(t)
		for range 12 {
			d := engine.Decide(r)
			if d.Contested == nil || d.Contested.Question == nil {
				return
			}
			q := d.Contested.Question
			o := rapid.SampledFrom(q.Options).Draw(t, "answer")
			if _, given := r.Answers[q.ID]; given {
				t.Fatalf("%s is asked again: %+v", q.ID, r.Answers)
			}
			r.Answers[q.ID] = o.Value
			after := engine.Decide(r)
			switch {
			case o.Department == nil && after.Department != nil, o.Department != nil && (after.Department == nil || after.Department.Code != *o.Department):
				t.Fatalf("%s=%s should lead to %v, leads to %v\n%+v", q.ID, o.Value, o.Department, after.Department, after.Explanation)
			}
		}
		t.Fatal("twelve answers and still a question")
	})
}
