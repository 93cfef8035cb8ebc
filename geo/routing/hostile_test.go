package routing_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/routing"
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

func paragraph(d *routing.Decision, l routing.Language) string {
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
			t.Errorf("%s: %s areas and lines, %s without: %s", answer, got, want, paragraph(&d, routing.English))
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
	t.Log(paragraph(&d, routing.English))
	t.Log(paragraph(&d, routing.Chinese))
}

func TestNobodyIsRaisedToABodyThatReturnedItOrEnded(t *testing.T) {
	t.Parallel()
	engine := routing.New(town(t, nil), routing.Settings{})
	r := report(20, 90, matter("06001"))
	r.Level, r.Without = 1, []geo.DepartmentCode{"city"}
	if d := engine.Decide(r); code(&d) == "city" {
		t.Error("back to who returned it:", paragraph(&d, routing.English))
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
		t.Error("to a body that ended:", paragraph(&d, routing.English))
	}
}

func TestALevelThatIsNotThereIsTold(t *testing.T) {
	t.Parallel()
	r := report(20, 90, matter("06001"))
	r.Level = 7
	d := routing.New(town(t, nil), routing.Settings{}).Decide(r)
	if code(&d) != "grid1" || !strings.Contains(paragraph(&d, routing.English), "level 7") {
		t.Error(paragraph(&d, routing.English))
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
	if p := paragraph(&d, routing.English); !utf8.ValidString(p) || strings.ContainsRune(p, utf8.RuneError) || !strings.Contains(p, "公安分局") {
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
		t.Error(paragraph(&d, routing.English))
	}
}

func TestAHelperThatReturnedItIsSaidTo(t *testing.T) {
	t.Parallel()
	r := report(20, 90, matter("06001"))
	r.Whistle, r.Without = []geo.DepartmentCode{"police"}, []geo.DepartmentCode{"police"}
	d := routing.New(town(t, nil), routing.Settings{}).Decide(r)
	if p := paragraph(&d, routing.English); !strings.Contains(p, "returned") {
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
		for i := range 1000 {
			id := fmt.Sprintf("d%04d", i)
			c.Departments = append(c.Departments, geo.Department{Code: geo.DepartmentCode(id), Name: id})
			c.Duty.Rules = append(c.Duty.Rules, geo.DutyRow{ID: geo.RuleID(id), Priority: 1, Standard: standard, Category: "06001", Where: "type=" + id, Assign: "department:" + id})
		}
	}, nil)
	engine := routing.New(v, routing.Settings{})
	began := time.Now()
	d := engine.Decide(report(20, 90, matter("06001")))
	if took := time.Since(began); took > time.Second {
		t.Errorf("%v for %d candidates", took, len(d.Contested.Candidates))
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
		t.Error(paragraph(&d, routing.English))
	}
	r.Rulings = []geo.Ruling{{ID: "9", Department: "gone"}}
	if d := routing.New(v, routing.Settings{}).Decide(r); code(&d) != "sewer" {
		t.Error(paragraph(&d, routing.English))
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
			began := time.Now()
			d := routing.New(town(t, rows), routing.Settings{}).Decide(r)
			routing.NewRecord(&d).JSON()
			if took := time.Since(began); took > time.Second {
				t.Errorf("%d %s: %v", year, unit, took)
			}
		}
	}
}
