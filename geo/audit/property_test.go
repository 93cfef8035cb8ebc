package audit

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gridwarden/geo"
	"gridwarden/geo/calendar"
	"gridwarden/geo/routing"
	"gridwarden/geo/testsize"
)

// bodies are the departments of random worlds: two in office, one that ended and has a
// successor, one that ended without, one that ends soon, and one that nobody knows.
func bodies() []geo.DepartmentCode {
	return []geo.DepartmentCode{"", "", "a", "b", "c", "old", "gone", "soon", "ghost", "d", "e"}
}

func (w *world) offices() {
	for _, code := range []geo.DepartmentCode{"a", "b", "c", "d", "e", "new"} {
		w.Departments = append(w.Departments, geo.Department{Code: code, Name: string(code)})
	}
	w.Departments = append(w.Departments,
		geo.Department{Code: "old", Successor: "new", ValidUntil: date(2020, 1, 1)},
		geo.Department{Code: "gone", ValidUntil: date(2020, 1, 1)},
		geo.Department{Code: "soon", Successor: "a", ValidUntil: date(2026, 7, 10)})
}

func (w *world) categories() []geo.CategoryKey {
	var keys []geo.CategoryKey
	for _, kind := range []geo.CategoryKind{geo.Component, geo.Matter} {
		w.Categories = append(w.Categories, geo.Category{CategoryKey: geo.CategoryKey{Standard: "S", Kind: kind, Code: "01"}})
		for _, code := range []string{"01001", "01002", "02001"} {
			k := geo.CategoryKey{Standard: "S", Kind: kind, Code: code}
			family := ""
			if code[:2] == "01" && kind == geo.Component {
				family = "covers"
			}
			w.Categories = append(w.Categories, geo.Category{CategoryKey: k, Parent: code[:2], Family: family})
			keys = append(keys, k)
		}
	}
	return keys
}

// name gives random departments to the areas, so that a good many are all different.
func (w *world) name(t *rapid.T) {
	for i, a := range w.Areas {
		if rapid.Bool().Draw(t, "own department") {
			a.Department = geo.DepartmentCode(fmt.Sprint("own", i))
			w.Departments = append(w.Departments, geo.Department{Code: a.Department})
			continue
		}
		a.Department = rapid.SampledFrom(bodies()).Draw(t, "department")
	}
}

func (w *world) things(t *rapid.T, keys []geo.CategoryKey) {
	for i := range rapid.IntRange(0, 12).Draw(t, "assets") {
		body := func(what string) geo.DepartmentCode { return rapid.SampledFrom(bodies()).Draw(t, what) }
		w.Assets = append(w.Assets, geo.Asset{
			Version: geo.AssetVersion(i + 1), ID: geo.AssetID(fmt.Sprint("asset", i)),
			Category: rapid.SampledFrom(keys[:3]).Draw(t, "category"), Point: anywhere(t),
			State:     rapid.SampledFrom([]string{"", "good", "broken"}).Draw(t, "state"),
			Authority: body("authority"), Owner: body("owner"), Maintainer: body("maintainer"),
		})
	}
}

func pick(t *rapid.T, what string, values ...string) string {
	return rapid.SampledFrom(values).Draw(t, what)
}

func (w *world) duties(t *rapid.T) {
	for i := range rapid.IntRange(0, 10).Draw(t, "rows") {
		r := geo.DutyRow{
			ID:       geo.RuleID(fmt.Sprint("row", i)),
			Priority: rapid.IntRange(0, 1).Draw(t, "priority"),
			Standard: pick(t, "standard", "", "S"), Kind: geo.CategoryKind(pick(t, "kind", "", "component", "matter")),
			Category:  pick(t, "category", "", "01001", "01*", "covers", "02001"),
			Condition: pick(t, "condition", "", "", "", "1", "2"),
			Layer:     pick(t, "layer", "", "grids", "parks", "roads", "duty"),
			Where:     pick(t, "where", "", "", "", "kerb=above", "kerb=above|below;wet=yes"),
			Asset:     pick(t, "asset", "", "", "must", "no"),
			Hours:     pick(t, "hours", "", "", "Mon-Fri 08:00-18:00", "Sat 20:00-02:00", "workday"),
			Assign: pick(t, "assign", "department:a", "department:b", "department:gone", "department:soon", "layer:parks", "layer:roads",
				"layer:streets", "asset.maintainer", "asset.owner", "fallback"),
		}
		switch r.Layer {
		case "grids":
			r.Area = pick(t, "area", "", "g1*", "g11", "g0*")
		case "parks":
			r.Area = pick(t, "area", "", "p0", "p1")
		case "roads":
			r.Area = pick(t, "area", "", "r0", "r1")
		case "duty":
			r.Area = pick(t, "area", "", "east")
		}
		if r.Asset == "must" {
			r.AssetWhere = pick(t, "asset where", "", "", "state=broken", "maintainer=a|b", "id=asset0")
		}
		if rapid.IntRange(0, 3).Draw(t, "ends") == 0 {
			r.ValidUntil = date(2026, 7, rapid.IntRange(1, 20).Draw(t, "until"))
		}
		if rapid.IntRange(0, 3).Draw(t, "begins") == 0 {
			r.ValidFrom = date(2026, 6, rapid.IntRange(20, 40).Draw(t, "from"))
		}
		w.Duty.Rules = append(w.Duty.Rules, r)
	}
	w.Duty.Groups = []geo.Group{{Kind: "duty", Code: "east", Layer: "grids", Members: []geo.AreaCode{"g20", "g21", "g30", "g31"}}}
}

// city draws all of it.
func (w *world) city(t *rapid.T) []geo.CategoryKey {
	w.grids(t)
	w.parks(t)
	w.roads(t)
	w.offices()
	w.name(t)
	keys := w.categories()
	w.things(t, keys)
	w.duties(t)
	return keys
}

func TestTheAuditSaysWhatRoutingAnswers(t *testing.T) {
	rounds := 0
	rapid.Check(t, func(t *rapid.T) {
		if rounds++; rounds > testsize.N(30, 1000) {
			return
		}
		w := newWorld()
		keys := w.city(t)
		view := w.view(t)
		today := date(2026, 7, 1)
		a, err := Run(context.Background(), view, Options{At: today.Time(utc)})
		if err != nil {
			t.Fatal(err)
		}
		engine := routing.New(view, routing.Settings{})
		s := newSurveyor(view, engine.Chain(), engine.RelevantLayers())
		grounds := map[string]int32{}
		for i := range a.Grounds {
			grounds[s.setOf(&a.Grounds[i].At)] = int32(i)
		}
		for range 60 {
			r := routing.Request{
				At: anywhere(t), Category: rapid.SampledFrom(keys).Draw(t, "category"), Condition: pick(t, "condition", "", "1", "2", "3"),
				Accuracy: 0.05, Answers: map[string]string{},
				Reported: today.Time(utc).Add(time.Duration(rapid.IntRange(0, 20*24*60).Draw(t, "minute")) * time.Minute),
			}
			if len(w.Assets) > 0 && rapid.Bool().Draw(t, "at an asset") {
				thing := rapid.SampledFrom(w.Assets).Draw(t, "asset")
				r.At, r.Asset = thing.Point, thing.ID
			}
			for _, q := range [][]string{{"kerb", "above", "below", "beside", ""}, {"wet", "yes", "no", ""}} {
				if v := pick(t, q[0], q[1:]...); v != "" {
					r.Answers[q[0]] = v
				}
			}
			here := s.locate(r.At)
			ground, known := grounds[s.setOf(&here)]
			if !known {
				continue // a set of no width, or outside everything
			}
			a.agree(t, engine, r, ground)
		}
	})
}

// agree checks one report against what the audit worked out for its place.
func (a *Audit) agree(t *rapid.T, engine *routing.Engine, r routing.Request, ground int32) {
	d := engine.Decide(r)
	g := &a.Grounds[ground]
	class := int32(slices.IndexFunc(a.x.classes, func(c class) bool { return slices.Contains(c.Categories, r.Category) }))
	o := a.x.options(a.zones[g.zone], class)
	c := combination{condition: int32(len(o.conditions) - 1)}
	if i := slices.Index(o.conditions, r.Condition); i >= 0 {
		c.condition = int32(i)
	}
	if c.asset = assetAt(a.x, &o, &d, r.Category); c.asset < 0 {
		return // the asset stands in another place, or is of a kind not looked for
	}
	most := -1
	for i, answers := range o.answers { // the largest that the report's answers hold
		holds := true
		for k, v := range answers {
			holds = holds && r.Answers[k] == v
		}
		if holds && len(answers) > most {
			most, c.answer = len(answers), int32(i)
		}
	}
	c.time = int32(calendar.ClassOf(o.times, engine.Calendar().Moment(r.Reported)))
	day := geo.DateOf(r.Reported, utc)
	situation := a.x.situation(day, pairOf{g.zone, class}, &o, c, 0)
	outcome := engine.Outcome(&situation)
	want := outcome.Department
	if i := slices.Index(a.zones[g.zone].names, want); i >= 0 {
		want = g.names[i]
	}
	got := geo.DepartmentCode("")
	if d.Department != nil {
		got = d.Department.Code
	}
	if got != want || d.Rule != outcome.Rule {
		t.Fatalf("at %v routing answers %q by %s, the audit says %q by %s", r.At, got, d.Rule, want, outcome.Rule)
	}
	if d.Rule == routing.Unrouted || d.Rule == routing.Fallback {
		if !slices.ContainsFunc(a.Findings, func(f Finding) bool {
			return f.Kind == Hole && f.Rule == d.Rule && slices.Contains(f.Grounds, ground) && slices.Contains(f.Categories, r.Category)
		}) {
			t.Fatalf("at %v (%s) routing answers %s for %v on %v; no finding tells of it: %q", r.At, g.name(a.chain), d.Rule, r.Category, r.Reported, a.told())
		}
	}
	if d.Row != nil {
		if slices.ContainsFunc(a.Findings, func(f Finding) bool { return f.Kind == DeadRow && f.Rows[0] == d.Row.ID }) {
			t.Fatalf("at %v row %s decides, which is told to be dead", r.At, d.Row.ID)
		}
	}
}

// assetAt is the option of the asset at hand; -1 when it is of another category than the
// report, or stands in another place.
func assetAt(x *exam, o *options, d *routing.Decision, category geo.CategoryKey) int32 {
	if d.Asset == nil {
		return 0
	}
	k := x.assets.keyOf(&d.Asset.Asset)
	return int32(slices.IndexFunc(o.assets, func(p assetOption) bool {
		if p.profile < 0 {
			return false
		}
		q := x.assets.profiles[p.profile]
		return slices.Contains(p.categories, category) && q.Authority == k.authority && q.Owner == k.owner && q.Maintainer == k.maintainer && q.Named == k.named
	}))
}
