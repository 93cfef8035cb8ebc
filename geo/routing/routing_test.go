package routing_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/routing"
)

// The city of these tests: two grids side by side in one community in one street.
//
//	0      10      20
//	+-------+-------+ 10     grids g1, g2; g2 names no department
//	|  g1   |  g2   |        community c (names none) in street s (street office)
//	+-------+-------+ 0
func city(t interface {
	Helper()
	Fatal(...any)
}, assets ...geo.Asset) *index.Snapshot {
	t.Helper()
	square := func(west, east int32) geo.Shape {
		return geo.Shape{Polygons: geo.MultiPolygon{{{{X: west}, {X: east}, {X: east, Y: 10}, {X: west, Y: 10}}}}}
	}
	view, err := index.Empty().Apply(&geo.Changes{
		To:      geo.Position{Sequence: 1},
		Edition: geo.EditionInfo{Number: 1},
		Layers: []geo.Layer{
			{Name: "grids", Kind: geo.Coverage, Parent: "communities", Rank: 1},
			{Name: "communities", Kind: geo.Coverage, Parent: "streets", Rank: 2},
			{Name: "streets", Kind: geo.Coverage, Rank: 3},
		},
		Areas: []*geo.Area{
			{ID: 1, Layer: "grids", Code: "g1", Parent: "c", Department: "grid-team", Shape: square(0, 10)},
			{ID: 2, Layer: "grids", Code: "g2", Parent: "c", Shape: square(10, 20)},
			{ID: 3, Layer: "communities", Code: "c", Parent: "s", Shape: square(0, 20)},
			{ID: 4, Layer: "streets", Code: "s", Department: "street-office", Shape: square(0, 20)},
		},
		Departments: []geo.Department{
			{Code: "city", Name: "市城管局"},
			{Code: "street-office", Name: "街道办", Parent: "city"},
			{Code: "grid-team", Name: "网格队", Parent: "street-office"},
			{Code: "lamps", Name: "路灯所", Parent: "city"},
			{Code: "old-lamps", Name: "老路灯所", Successor: "lamps", ValidUntil: geo.Date{Year: 2020, Month: time.June, Day: 30}},
			{Code: "gone", Name: "撤销", ValidUntil: geo.Date{Year: 2020, Month: time.June, Day: 30}},
			{Code: "ring-a", Successor: "ring-b", ValidUntil: geo.Date{Year: 2020, Month: time.June, Day: 30}},
			{Code: "ring-b", Successor: "ring-a", ValidUntil: geo.Date{Year: 2020, Month: time.June, Day: 30}},
		},
		Assets: assets,
	})
	if err != nil {
		t.Fatal(err)
	}
	return view
}

var (
	lampCategory = geo.CategoryKey{Standard: "GB/T 47678.5-2026", Kind: geo.Component, Code: "01037"}
	lampMatter   = geo.CategoryKey{Standard: "GB/T 47678.5-2026", Kind: geo.Matter, Code: "01037"}
	today        = geo.Date{Year: 2026, Month: time.July, Day: 1}
)

// decide decides as the settings are when nobody sets them.
func decide(s *index.Snapshot, r routing.Request) routing.Decision {
	return routing.New(s, routing.Settings{}).Decide(r)
}

func lamp(maintainer, owner, authority geo.DepartmentCode) geo.Asset {
	return geo.Asset{
		Version: 1, ID: "L1", Category: lampCategory, Point: geo.Coord{X: 5, Y: 5},
		Maintainer: maintainer, Owner: owner, Authority: authority,
	}
}

func TestTheOneWhoAnswers(t *testing.T) {
	at := geo.Coord{X: 5, Y: 5}
	for name, c := range map[string]struct {
		asset geo.Asset
		kind  geo.CategoryKey
		at    geo.Coord
		want  geo.DepartmentCode
		rule  routing.Rule
	}{
		"a component goes to its maintainer before the territory 先属主后属地": {lamp("lamps", "city", "city"), lampCategory, at, "lamps", routing.Maintainer},
		"without a maintainer to its owner":                              {lamp("", "city", "lamps"), lampCategory, at, "city", routing.Owner},
		"without an owner to its authority":                              {lamp("", "", "lamps"), lampCategory, at, "lamps", routing.Authority},
		"a component nobody keeps goes to the territory":                 {lamp("", "", ""), lampCategory, at, "grid-team", routing.Territory},
		"a matter goes to the territory first 先属地后属主":                    {lamp("lamps", "city", "city"), lampMatter, at, "grid-team", routing.Territory},
		"a matter where the grid names nobody goes to the owner":         {lamp("lamps", "city", ""), lampMatter, geo.Coord{X: 15, Y: 5}, "city", routing.Owner},
		"where nothing else answers the street does 属地兜底":                {geo.Asset{}, lampMatter, geo.Coord{X: 15, Y: 5}, "street-office", routing.Fallback},
		"a body that ended hands over to its successor":                  {lamp("old-lamps", "", ""), lampCategory, at, "lamps", routing.Maintainer},
		"a body that ended without successor is passed over":             {lamp("gone", "city", ""), lampCategory, at, "city", routing.Owner},
		"successors in a ring find nobody":                               {lamp("ring-a", "", ""), lampCategory, at, "grid-team", routing.Territory},
		"a body nobody knows is passed over":                             {lamp("ghost", "", ""), lampCategory, at, "grid-team", routing.Territory},
	} {
		t.Run(name, func(t *testing.T) {
			r := routing.Request{At: c.at, Category: c.kind, Reported: today.Time(time.UTC)}
			var assets []geo.Asset
			if c.asset.ID != "" {
				assets, r.Asset = append(assets, c.asset), c.asset.ID
			}
			d := decide(city(t, assets...), r)
			if d.Department == nil || d.Department.Code != c.want || d.Rule != c.rule {
				t.Fatalf("%v by %s, want %s by %s; explained: %+v", d.Department, d.Rule, c.want, c.rule, d.Explanation)
			}
			if last := d.Explanation[len(d.Explanation)-1]; !last.Decided || last.Department != c.want {
				t.Errorf("the explanation ends with %+v", last)
			}
			if top := d.Path[len(d.Path)-1]; top.Code != "city" {
				t.Errorf("the path ends at %s, want city", top.Code)
			}
		})
	}
}

func TestOutsideEveryAreaIsUnroutedNotAnError(t *testing.T) {
	d := decide(city(t), routing.Request{At: geo.Coord{X: 500, Y: 500}, Category: lampMatter, Reported: today.Time(time.UTC)})
	if d.Department != nil || d.Rule != routing.Unrouted || len(d.Explanation) == 0 {
		t.Fatalf("got %+v", d)
	}
}

func TestAnAssetIsTheOneMeantOnlyWithinTheAccuracy(t *testing.T) {
	far := lamp("lamps", "", "")
	far.Point = geo.Coord{X: 5 + 3000, Y: 5} // about 33 m east of the point
	view := city(t, far)
	for accuracy, want := range map[float64]geo.DepartmentCode{0: "grid-team", 20: "grid-team", 50: "lamps"} {
		d := decide(view, routing.Request{At: geo.Coord{X: 5, Y: 5}, Category: lampCategory, Accuracy: accuracy, Reported: today.Time(time.UTC)})
		if d.Department == nil || d.Department.Code != want {
			t.Errorf("accuracy %g m: %v, want %s", accuracy, d.Department, want)
		}
	}
}

// Whatever the request, there is one answer, the same twice, whose explanation ends with
// what decided.
func TestThereIsAlwaysOneAnswer(t *testing.T) {
	bodies := []geo.DepartmentCode{"", "lamps", "old-lamps", "gone", "ring-a", "ghost"}
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.SampledFrom(bodies)
		view := city(t, lamp(body.Draw(t, "maintainer"), body.Draw(t, "owner"), body.Draw(t, "authority")))
		r := routing.Request{
			At:       geo.Coord{X: rapid.Int32Range(-5, 25).Draw(t, "x"), Y: rapid.Int32Range(-5, 15).Draw(t, "y")},
			Category: rapid.SampledFrom([]geo.CategoryKey{lampCategory, lampMatter}).Draw(t, "category"),
			Asset:    rapid.SampledFrom([]geo.AssetID{"", "L1", "unknown"}).Draw(t, "asset"),
			Reported: today.Time(time.UTC),
		}
		a, b := decide(view, r), decide(view, r)
		if fmt.Sprint(a.Explanation) != fmt.Sprint(b.Explanation) || a.Rule != b.Rule {
			t.Fatalf("two answers: %+v and %+v", a, b)
		}
		decided := 0
		for _, s := range a.Explanation {
			if s.Decided {
				decided++
			}
		}
		if routed := a.Department != nil; routed != (decided == 1) || routed == (a.Rule == routing.Unrouted) {
			t.Fatalf("department %v by %s with %d deciding steps", a.Department, a.Rule, decided)
		}
	})
}
