package routing_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/routing"
	"gridwarden/geo/testsize"
)

func view(t testing.TB, change func(*geo.Changes), rows []geo.DutyRow, assets ...geo.Asset) *index.Snapshot {
	t.Helper()
	c := townChanges(rows, assets)
	change(c)
	v, err := index.Empty().Apply(c)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func code(d *routing.Decision) geo.DepartmentCode {
	if d.Department == nil {
		return ""
	}
	return d.Department.Code
}

func paragraph(d *routing.Decision, l geo.Language) string {
	return routing.NewRecord(d).In(l).Paragraph
}

func TestAnAnswerOfAnotherKindOfLayerMovesNothing(t *testing.T) {
	t.Parallel()
	engine := routing.New(town(t, townRows()), routing.Settings{})
	for _, answer := range []string{"area:parks=P1", "area:roads=R", "in:grids:g2=yes", "in:roads:R=no", "line:parks:P1=yes", "in:grids:g1=no", "area:=", "in:=yes", "line::="} {
		r := report(59, 50, matter("06001"), answer)
		plain := engine.Decide(report(59, 50, matter("06001")))
		r.Accuracy = 60
		d := engine.Decide(r)
		if got, want := fmt.Sprint(len(d.Place.Areas), len(d.Place.Lines)), fmt.Sprint(len(plain.Place.Areas), len(plain.Place.Lines)); got != want {
			t.Errorf("%s: %s areas and lines, %s without: %s", answer, got, want, paragraph(&d, geo.English))
		}
	}
}

func TestEveryCityIsAnswered(t *testing.T) {
	t.Parallel()
	engine := routing.New(index.Empty(), routing.Settings{Chain: "none", ClassLayer: "none", ClassField: "x"})
	d := engine.Decide(routing.Request{Level: 9, Whistle: []geo.DepartmentCode{"x", ""}, Family: "?", Answers: map[string]string{"asset": "x", "area:x": "y"}})
	if d.Department != nil || d.Rule != routing.Unrouted {
		t.Fatal(d)
	}
	t.Log(paragraph(&d, geo.English))
	t.Log(paragraph(&d, geo.Chinese))
}

func TestNobodyIsRaisedToABodyThatReturnedItOrEnded(t *testing.T) {
	t.Parallel()
	engine := routing.New(town(t, nil), routing.Settings{})
	r := report(20, 90, matter("06001"))
	r.Level, r.Without = 1, []geo.DepartmentCode{"city"}
	if d := engine.Decide(r); code(&d) == "city" {
		t.Error("back to who returned it:", paragraph(&d, geo.English))
	}
	ended := view(t, func(c *geo.Changes) {
		for i := range c.Departments {
			if c.Departments[i].Code == "city" {
				c.Departments[i].ValidUntil = geo.Date{Year: 2020, Month: 1, Day: 1}
			}
		}
	}, nil)
	r = report(20, 90, matter("06001"))
	r.Level = 1
	if d := routing.New(ended, routing.Settings{}).Decide(r); code(&d) == "city" {
		t.Error("to a body that ended:", paragraph(&d, geo.English))
	}
}

func TestALevelThatIsNotThereIsTold(t *testing.T) {
	t.Parallel()
	r := report(20, 90, matter("06001"))
	r.Level = 7
	d := routing.New(town(t, nil), routing.Settings{}).Decide(r)
	if code(&d) != "grid1" || !strings.Contains(paragraph(&d, geo.English), "level 7") {
		t.Error(paragraph(&d, geo.English))
	}
}

func TestTheContestIsBetweenTheBodiesOfTheLevel(t *testing.T) {
	t.Parallel()
	r := report(99, 90, matter("06001"))
	r.Accuracy, r.Level = 5, 1
	d := routing.New(town(t, nil), routing.Settings{}).Decide(r)
	if code(&d) != "city" || d.Contested != nil {
		t.Errorf("both sides are the city's: %+v", d.Contested)
	}
}

func TestWordsBeginWithWholeLetters(t *testing.T) {
	t.Parallel()
	v := view(t, func(c *geo.Changes) {
		c.Departments = append(c.Departments, geo.Department{Code: "GA", Name: "公安分局"})
	}, nil)
	r := report(20, 90, matter("06001"))
	r.Whistle = []geo.DepartmentCode{"GA"}
	d := routing.New(v, routing.Settings{}).Decide(r)
	if p := paragraph(&d, geo.English); !utf8.ValidString(p) || strings.ContainsRune(p, utf8.RuneError) || !strings.Contains(p, "公安分局") {
		t.Error(p)
	}
}

func TestAFamilyIsFoundInTheRowsOfItsStandard(t *testing.T) {
	t.Parallel()
	rows := []geo.DutyRow{{ID: "covers", Priority: 1, Standard: standard, Kind: geo.Component, Category: "井盖", Assign: "department:sewer"}}
	r := report(20, 90, geo.CategoryKey{})
	r.Family = "井盖"
	d := routing.New(town(t, rows), routing.Settings{}).Decide(r)
	if code(&d) != "sewer" {
		t.Error(paragraph(&d, geo.English))
	}
}

func TestAHelperThatReturnedItIsSaidTo(t *testing.T) {
	t.Parallel()
	r := report(20, 90, matter("06001"))
	r.Whistle, r.Without = []geo.DepartmentCode{"police"}, []geo.DepartmentCode{"police"}
	d := routing.New(town(t, nil), routing.Settings{}).Decide(r)
	if p := paragraph(&d, geo.English); !strings.Contains(p, "returned") {
		t.Error(p)
	}
}

func TestAStandardWithoutConditionIsForAny(t *testing.T) {
	t.Parallel()
	v := view(t, func(c *geo.Changes) {
		c.Duty.Standards = []geo.FilingStandard{{CategoryKey: matter("06001"), Limit: 2, Unit: geo.NaturalDay}}
	}, nil)
	r := report(20, 90, matter("06001"))
	r.Condition = "3"
	if d := routing.New(v, routing.Settings{}).Decide(r); d.Deadline == nil {
		t.Error("no deadline for a condition that the only line leaves open")
	}
	v = view(t, func(c *geo.Changes) {
		c.Duty.Standards = []geo.FilingStandard{
			{CategoryKey: matter("06001"), Condition: "old", Limit: 9, Unit: geo.NaturalDay, ValidUntil: geo.Date{Year: 2020, Month: 1, Day: 1}},
			{CategoryKey: matter("06001"), Condition: "1", Limit: 2, Unit: geo.NaturalDay, ValidFrom: geo.Date{Year: 2020, Month: 1, Day: 2}},
		}
	}, nil)
	if d := routing.New(v, routing.Settings{}).Decide(report(20, 90, matter("06001"))); d.Deadline == nil {
		t.Error("a line that is over hides the only condition in force")
	}
}

func TestManyOpenAnswersAreAskedAboutQuickly(t *testing.T) {
	t.Parallel()
	v := view(t, func(c *geo.Changes) {
		for i := range testsize.N(2_000, 100_000) {
			id := fmt.Sprintf("d%04d", i)
			if i < 2000 {
				c.Departments = append(c.Departments, geo.Department{Code: geo.DepartmentCode(id), Name: id})
			}
			c.Duty.Rules = append(c.Duty.Rules, geo.DutyRow{ID: geo.RuleID(id), Priority: 1, Standard: standard, Category: "06001", Where: fmt.Sprintf("type%d=%s", i%50, id), Assign: fmt.Sprintf("department:d%04d", i%2000)})
		}
	}, nil)
	d := routing.New(v, routing.Settings{}).Decide(report(20, 90, matter("06001"))) // rows times bodies would not end
	if d.Contested == nil || len(d.Contested.Candidates) < 2 {
		t.Errorf("nothing is open: %+v", d.Contested)
	}
}

func TestAGroupKindOfALayersNameIsNotMatchedAsBoth(t *testing.T) {
	t.Parallel()
	rows := []geo.DutyRow{{ID: "x", Priority: 1, Layer: "communities", Area: "c9", Assign: "department:sewer"}}
	v := view(t, func(c *geo.Changes) {
		c.Duty.Groups = append(c.Duty.Groups, geo.Group{Kind: "communities", Code: "c9", Layer: "grids", Members: []geo.AreaCode{"g1"}})
	}, rows)
	if d := routing.New(v, routing.Settings{}).Decide(report(20, 90, matter("06001"))); code(&d) == "sewer" {
		t.Error("a row about a layer holds by a group of the same name")
	}
}

func TestAnOldCodeOfAnOldCodeIsTodays(t *testing.T) {
	t.Parallel()
	v := view(t, func(c *geo.Changes) {
		c.Duty.Crosswalk = []geo.Crosswalk{{From: matter("a"), To: matter("b")}, {From: matter("b"), To: matter("06001")}, {From: matter("r"), To: matter("s")}, {From: matter("s"), To: matter("r")}}
	}, nil)
	e := routing.New(v, routing.Settings{})
	if d := e.Decide(report(20, 90, matter("a"))); d.Category != matter("06001") {
		t.Error(d.Category)
	}
	if d := e.Decide(report(20, 90, matter("r"))); code(&d) != "grid1" {
		t.Error(d.Category)
	}
}

func TestARulingWhoseDepartmentEndedHidesNoOther(t *testing.T) {
	t.Parallel()
	ground := rectangle(0, 0, 300, 100)
	v := view(t, func(c *geo.Changes) {
		c.Departments = append(c.Departments, geo.Department{Code: "gone", Name: "gone", ValidUntil: geo.Date{Year: 2020, Month: 1, Day: 1}})
		c.Duty.Rulings = []geo.Ruling{{ID: "1", Department: "sewer", Ground: &ground}, {ID: "2", Department: "gone", Ground: &ground}}
	}, nil)
	r := report(20, 90, matter("06001"))
	if d := routing.New(v, routing.Settings{}).Decide(r); code(&d) != "sewer" {
		t.Error(paragraph(&d, geo.English))
	}
	r.Rulings = []geo.Ruling{{ID: "9", Department: "gone"}}
	if d := routing.New(v, routing.Settings{}).Decide(r); code(&d) != "sewer" {
		t.Error(paragraph(&d, geo.English))
	}
}

func TestARulingForOneLidLeavesOpenWhichLidIsMeant(t *testing.T) {
	t.Parallel()
	v := view(t, func(c *geo.Changes) {
		c.Duty.Rulings = []geo.Ruling{{ID: "1", Department: "roads", Asset: &geo.AssetKey{Standard: standard, ID: "1rain"}}}
	}, nil, lid("1rain", "01003", 20, 90, "rain"), lid("2tele", "01003", 22, 90, "telecom"))
	r := report(20, 90, component("01003"))
	r.Accuracy = 10
	d := routing.New(v, routing.Settings{}).Decide(r)
	if code(&d) != "roads" || d.Contested == nil || d.Contested.Question == nil || d.Contested.Question.ID != "asset" {
		t.Errorf("%v %+v", code(&d), d.Contested)
	}
}

func TestADueTimeBeyondTheCalendarIsNoCrash(t *testing.T) {
	t.Parallel()
	rows := []geo.DutyRow{{ID: "x", Priority: 1, Assign: "department:sewer", Deadline: 87600, DeadlineUnit: geo.NaturalDay}}
	for _, year := range []int{-3000, 1, 1700, 9800, 9999, 20000} {
		for _, unit := range []geo.TimeUnit{geo.NaturalDay, geo.WorkDay, geo.WorkHour, geo.UrgentHour} {
			rows[0].DeadlineUnit = unit
			r := report(20, 90, matter("06001"))
			r.Reported = time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
			d := routing.New(town(t, rows), routing.Settings{}).Decide(r) // it ends: nobody counts ten thousand years by the day
			routing.NewRecord(&d).JSON()
		}
	}
}

// hostileTown is the town with everything that can be half there: bodies that ended, groups
// of layers' names, standards without condition, rulings, rings of old codes.
func hostileTown(t *rapid.T) *index.Snapshot {
	c := townChanges(drawRows(t), lids)
	for i := range c.Departments {
		d := &c.Departments[i]
		switch rapid.IntRange(0, 5).Draw(t, "office of "+d.Name) {
		case 0:
			d.ValidUntil = geo.Date{Year: 2020, Month: 1, Day: 1}
		case 1:
			d.ValidUntil, d.Successor = geo.Date{Year: 2020, Month: 1, Day: 1}, rapid.SampledFrom([]geo.DepartmentCode{"police", "city", "ghost"}).Draw(t, "successor")
		}
	}
	body := rapid.SampledFrom([]geo.DepartmentCode{"police", "grid1", "ghost", "city"})
	ground := rectangle(0, 0, 150, 100)
	c.Duty.Rulings = []geo.Ruling{{ID: "1", Department: body.Draw(t, "ruled"), Ground: &ground, Category: matter("09001")}, {ID: "2", Department: body.Draw(t, "ruled"), Asset: &geo.AssetKey{Standard: standard, ID: "1rain"}}}
	c.Duty.Crosswalk = []geo.Crosswalk{{From: matter("old"), To: matter("06001")}, {From: matter("r"), To: matter("s")}, {From: matter("s"), To: matter("r")}}
	c.Duty.Standards = []geo.FilingStandard{{CategoryKey: matter("06001"), Limit: 1.5, Unit: geo.WorkDay}, {CategoryKey: matter("06001"), Condition: "1", Limit: 2, Unit: geo.UrgentHour}}
	v, err := index.Empty().Apply(c)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func drawHostile(t *rapid.T) routing.Request {
	r := drawReport(t)
	r.Level = rapid.IntRange(0, 4).Draw(t, "level")
	code := rapid.SampledFrom([]geo.DepartmentCode{"police", "grid1", "ghost", "city", "park-office", ""})
	r.Without = rapid.SliceOfN(code, 0, 3).Draw(t, "without")
	r.Whistle = rapid.SliceOfN(code, 0, 3).Draw(t, "whistle")
	if rapid.Bool().Draw(t, "own ruling") {
		r.Rulings = []geo.Ruling{{ID: "own", Department: code.Draw(t, "own")}}
	}
	if rapid.Bool().Draw(t, "old") {
		r.Category = matter(rapid.SampledFrom([]string{"old", "r", "unknown", ""}).Draw(t, "code"))
	}
	id := rapid.SampledFrom([]string{"asset", "area:grids", "area:parks", "area:ghosts", "in:parks:P1", "in:grids:g1", "line:roads:R", "line:parks:P1", "in:", "position", ""})
	value := rapid.SampledFrom([]string{"", "yes", "no", "g1", "g2", "P1", "none", "1rain", "%s", "pavement"})
	for k, v := range rapid.MapOfN(id, value, 0, 4).Draw(t, "answers") {
		if r.Answers == nil {
			r.Answers = map[string]string{}
		}
		r.Answers[k] = v
	}
	return r
}

// Whatever is asked of whatever town: one lead in office that has not returned it, others
// that could be right beside it, each once, and words for everything.
func TestNothingAskedLeadsToAnAnswerThatCannotBe(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		town, r := hostileTown(t), drawHostile(t)
		engine := routing.New(town, routing.Settings{})
		d := engine.Decide(r)
		checkWords(t, &d)
		if again := routing.New(town, routing.Settings{}).Decide(r); string(routing.NewRecord(&again).JSON()) != string(routing.NewRecord(&d).JSON()) {
			t.Fatal("two answers")
		}
		lead := code(&d)
		if lead != "" && (slices.Contains(r.Without, lead) || d.Path[0].Code != lead || !d.Department.ValidUntil.IsZero()) {
			t.Fatalf("%s cannot be the lead: %s", lead, paragraph(&d, geo.English))
		}
		for i, h := range d.Helpers {
			if h.Code == lead || slices.Contains(r.Without, h.Code) || !h.ValidUntil.IsZero() || slices.ContainsFunc(d.Helpers[:i], func(o geo.Department) bool { return o.Code == h.Code }) {
				t.Fatalf("%s cannot be a helper: %+v", h.Code, d.Helpers)
			}
		}
		if d.Contested != nil {
			checkContest(t, &d)
		}
	})
}

func checkContest(t *rapid.T, d *routing.Decision) {
	all := d.Contested.Candidates
	if d.Department != nil && all[0].Department.Code != code(d) {
		t.Fatalf("the lead does not come first: %+v", all)
	}
	seen := map[geo.DepartmentCode]bool{}
	for _, c := range all {
		if seen[c.Department.Code] {
			t.Fatalf("%s is told twice", c.Department.Code)
		}
		seen[c.Department.Code] = true
	}
	if q := d.Contested.Question; q != nil {
		values := map[string]bool{}
		for _, o := range q.Options {
			if values[o.Value] {
				t.Fatalf("%s: %s is offered twice", q.ID, o.Value)
			}
			values[o.Value] = true
			if o.Department != nil && !seen[*o.Department] {
				t.Fatalf("%s=%s leads to %s, which is no candidate", q.ID, o.Value, *o.Department)
			}
		}
	}
}

// With a level asked for, each answer still leads where its option says.
func TestAQuestionAtALevelIsSettledByItsAnswer(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		engine := routing.New(hostileTown(t), routing.Settings{})
		r := drawHostile(t)
		for range 12 {
			d := engine.Decide(r)
			if d.Contested == nil || d.Contested.Question == nil {
				return
			}
			q := d.Contested.Question
			o := rapid.SampledFrom(q.Options).Draw(t, "answer")
			if r.Answers == nil {
				r.Answers = map[string]string{}
			}
			r.Answers[q.ID] = o.Value
			after := engine.Decide(r)
			want := geo.DepartmentCode("")
			if o.Department != nil {
				want = *o.Department
			}
			if code(&after) != want {
				t.Fatalf("%s=%s should lead to %q: %s", q.ID, o.Value, want, paragraph(&after, geo.English))
			}
			if next := after.Contested; next != nil && next.Question != nil && next.Question.ID == q.ID {
				t.Fatalf("%s is asked again: %+v", q.ID, r.Answers)
			}
		}
		t.Fatal("twelve answers and still a question")
	})
}

func TestACityWithoutClassesOfCategoriesIsAuditedToo(t *testing.T) {
	t.Parallel()
	v := view(t, func(c *geo.Changes) {
		c.Categories = append(c.Categories, geo.Category{CategoryKey: matter("06"), Name: "市容"}, geo.Category{CategoryKey: geo.CategoryKey{Standard: "NYC 311", Kind: geo.Matter, Code: "Noise"}, Name: "Noise"})
	}, nil)
	all := map[string]bool{}
	for _, class := range routing.New(v, routing.Settings{}).CategoryClasses() {
		for _, k := range class {
			all[k.Code] = true
		}
	}
	if !all["Noise"] || all["06"] || !all["06001"] {
		t.Error(all)
	}
}

func TestAnOldReportIsNotGivenToABodyThatEndedSince(t *testing.T) {
	t.Parallel()
	v := view(t, func(c *geo.Changes) {
		for i := range c.Departments {
			if c.Departments[i].Code == "grid1" {
				c.Departments[i].ValidUntil, c.Departments[i].Successor = geo.DateOf(noon, time.UTC), "wardens"
			}
		}
	}, nil)
	engine := routing.New(v, routing.Settings{})
	r := report(20, 90, matter("06001"))
	for dispatched, want := range map[time.Time]geo.DepartmentCode{{}: "grid1", noon.Add(time.Hour): "grid1", noon.AddDate(0, 0, 1): "wardens", noon.AddDate(0, 0, -1): "grid1"} {
		r.Dispatched = dispatched
		if d := engine.Decide(r); code(&d) != want {
			t.Errorf("dispatched %v: %s, want %s", dispatched, code(&d), want)
		}
	}
}

func TestALastDayEndsAtMidnightOfTheCity(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	rows := []geo.DutyRow{ // the clock goes back on 1 November 2026: that day has 25 hours
		{ID: "last", Priority: 1, Assign: "department:sewer", ValidUntil: geo.Date{Year: 2026, Month: 11, Day: 1}, Hours: "20:00-24:00"},
		{ID: "twice", Priority: 2, Assign: "department:rain", Hours: "Sun 01:00-02:00"},
	}
	engine := routing.New(town(t, rows), routing.Settings{Zone: zone})
	for moment, want := range map[string]geo.DepartmentCode{
		"2026-11-01T23:59:59-05:00": "sewer", "2026-11-02T00:00:00-05:00": "grid1", "2026-11-02T20:00:00-05:00": "grid1",
		"2026-11-01T01:30:00-04:00": "rain", "2026-11-01T01:30:00-05:00": "rain", "2026-11-01T02:00:00-05:00": "grid1", "2026-11-01T00:59:59-04:00": "grid1",
	} {
		r := report(20, 90, matter("06001"))
		if r.Reported, err = time.Parse(time.RFC3339, moment); err != nil {
			t.Fatal(err)
		}
		if d := engine.Decide(r); code(&d) != want {
			t.Errorf("%s: %s, want %s", moment, code(&d), want)
		}
	}
}
