package routing

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// The city of the benchmarks: side × side grids of 36 vertices in communities, streets and
// districts, with assets strewn over it, parks, roads and 1,000 duty rows. With
// GRIDWARDEN_BENCH=full 90,000 grids and 2,000,000 assets, else a tenth.
const (
	benchCell     = 10_000
	benchStandard = "GB/T 47678.5-2026"
)

func benchBlock(i, j, n int) geo.Shape {
	var ring geo.Ring
	side := int32(n * benchCell)
	west, south := 1_200_000_000+int32(i*benchCell), 300_000_000+int32(j*benchCell)
	for k := range int32(9) {
		ring = append(ring, geo.Coord{X: west + side*k/9, Y: south})
	}
	for k := range int32(9) {
		ring = append(ring, geo.Coord{X: west + side, Y: south + side*k/9})
	}
	for k := range int32(9) {
		ring = append(ring, geo.Coord{X: west + side - side*k/9, Y: south + side})
	}
	for k := range int32(9) {
		ring = append(ring, geo.Coord{X: west, Y: south + side - side*k/9})
	}
	return geo.Shape{Polygons: geo.MultiPolygon{{ring}}}
}

func benchCode(i, j, n int) geo.AreaCode {
	return geo.AreaCode(fmt.Sprintf("%d-%03d-%03d", n, i/n, j/n))
}

func benchAssetID(i int) geo.AssetID { return geo.AssetID(fmt.Sprintf("330103%010d", i)) }

func benchCity(side, assets int) *index.Snapshot {
	r := rand.New(rand.NewPCG(1, 2))
	c := &geo.Changes{To: geo.Position{Sequence: 1}, Edition: geo.EditionInfo{Number: 1}}
	names, sizes := []geo.LayerName{"grids", "communities", "streets", "districts"}, []int{1, 5, 20, 100}
	for level, n := range sizes {
		l := geo.Layer{Name: names[level], Kind: geo.Coverage, Rank: 300 + level}
		if level < 3 {
			l.Parent = names[level+1]
		}
		c.Layers = append(c.Layers, l)
		for i := 0; i < side; i += n {
			for j := 0; j < side; j += n {
				a := &geo.Area{ID: geo.AreaID(len(c.Areas) + 1), Layer: l.Name, Code: benchCode(i, j, n), Shape: benchBlock(i, j, n), Department: geo.DepartmentCode(fmt.Sprint("D", (i/20+j/20)%100))}
				if level < 3 {
					a.Parent = benchCode(i, j, sizes[level+1])
				}
				c.Areas = append(c.Areas, a)
			}
		}
	}
	c.Layers = append(c.Layers, geo.Layer{Name: "parks", Kind: geo.Overlay, Rank: 200})
	for k := range 200 {
		i, j := r.IntN(side), r.IntN(side)
		c.Areas = append(c.Areas, &geo.Area{ID: geo.AreaID(len(c.Areas) + 1), Layer: "parks", Code: geo.AreaCode(fmt.Sprint("P", k)), Department: "D7", Shape: benchBlock(i, j, 2)})
	}
	for i := range 100 {
		c.Departments = append(c.Departments, geo.Department{Code: geo.DepartmentCode(fmt.Sprint("D", i)), Name: fmt.Sprint("部门", i)})
	}
	for i := range 60 {
		for _, kind := range []geo.CategoryKind{geo.Component, geo.Matter} {
			c.Categories = append(c.Categories, geo.Category{CategoryKey: geo.CategoryKey{Standard: benchStandard, Kind: kind, Code: fmt.Sprintf("%02d%03d", 1+i/10, i)}, Parent: "01"})
		}
	}
	for i := range assets {
		c.Assets = append(c.Assets, geo.Asset{
			Version: geo.AssetVersion(i + 1), ID: benchAssetID(i), Category: c.Categories[2*r.IntN(60)].CategoryKey,
			Maintainer: geo.DepartmentCode(fmt.Sprint("D", r.IntN(100))),
			Point:      geo.Coord{X: 1_200_000_000 + r.Int32N(int32(side*benchCell)), Y: 300_000_000 + r.Int32N(int32(side*benchCell))},
		})
	}
	for _, k := range c.Categories {
		c.Duty.Standards = append(c.Duty.Standards, geo.FilingStandard{CategoryKey: k.CategoryKey, Limit: 4, Unit: geo.WorkHour})
	}
	c.Duty.Rules = benchRows(r, c.Categories, side)
	view, err := index.Empty().Apply(c)
	if err != nil {
		panic(err)
	}
	return view
}

// benchRows are 1,000 rows of all kinds.
func benchRows(r *rand.Rand, categories []geo.Category, side int) []geo.DutyRow {
	var rows []geo.DutyRow
	for i := range 1000 {
		k := categories[r.IntN(len(categories))]
		row := geo.DutyRow{ID: geo.RuleID(fmt.Sprintf("R%04d", i)), Priority: 100, Standard: k.Standard, Kind: k.Kind, Category: k.Code, Assign: fmt.Sprint("department:D", r.IntN(100))}
		switch i % 10 {
		case 0, 1, 2, 3:
			row.Layer, row.Area = "communities", string(benchCode(r.IntN(side), r.IntN(side), 5))
		case 4:
			row.Layer, row.Area = "streets", fmt.Sprintf("20-%03d*", r.IntN(side/20+1))
		case 5:
			row.Layer, row.Assign = "parks", "layer:parks"
		case 6:
			row.Hours = "Mon-Fri 08:00-18:00"
		case 7:
			row.Where = "position=pavement"
		case 8:
			row.Category, row.Asset = row.Category[:2]+"*", "must"
		}
		rows = append(rows, row)
	}
	return rows
}

var benchView = sync.OnceValue(func() *index.Snapshot {
	if os.Getenv("GRIDWARDEN_BENCH") == "full" {
		return benchCity(300, 2_000_000)
	}
	return benchCity(100, 200_000)
})

// requests are reports: of matters that no asset goes with, at random places, or of
// components, each a few metres from one.
func requests(view *index.Snapshot, kind geo.CategoryKind) []Request {
	r := rand.New(rand.NewPCG(3, 4))
	box := view.Bounds("grids")
	all := make([]Request, 4096)
	for i := range all {
		q := &all[i]
		q.Source, q.Reported = "phone", time.Date(2026, 7, 1, 10, r.IntN(600), 0, 0, time.UTC)
		q.At = geo.Coord{X: box.Min.X + r.Int32N(box.Max.X-box.Min.X), Y: box.Min.Y + r.Int32N(box.Max.Y-box.Min.Y)}
		q.Category = geo.CategoryKey{Standard: benchStandard, Kind: geo.Matter, Code: "06050"}
		if kind == geo.Component {
			a, _ := view.Asset(benchStandard, benchAssetID(r.IntN(view.AssetCount())))
			q.At, q.Category = geo.Coord{X: a.Point.X + r.Int32N(500), Y: a.Point.Y + r.Int32N(500)}, a.Category
		}
	}
	return all
}

// BenchmarkDecide decides reports on one core: with areas and assets already found, whole
// without an asset to match, and whole with one.
func BenchmarkDecide(b *testing.B) {
	view := benchView()
	engine := New(view, Settings{})
	plain := newPlain(view)
	run := func(name string, all []Request, decide func(i int) Decision) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for i := range b.N {
				decide(i % len(all))
			}
			b.StopTimer()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "decisions/s")
			ours, theirs := time.Duration(0), time.Duration(0)
			for i := range all { // by turns, so that what else the machine does slows both
				start := time.Now()
				decide(i)
				between := time.Now()
				plain.decide(&all[i])
				ours, theirs = ours+between.Sub(start), theirs+time.Since(between)
			}
			b.ReportMetric(float64(theirs)/float64(ours), "times-plain")
		})
	}
	matters, things := requests(view, geo.Matter), requests(view, geo.Component)
	for _, r := range slices.Concat(matters, things) {
		if d := engine.Decide(r); d.Department.Code != plain.decide(&r) {
			b.Fatalf("%s by %s, plainly %s: %+v", d.Department.Code, d.Rule, plain.decide(&r), r)
		}
	}
	found := make([]Situation, len(things))
	for i := range things {
		d := engine.Decide(things[i])
		found[i] = Situation{Place: d.Place, Category: d.Category, Date: geo.Date{Year: 2026, Month: 7, Day: 1}, Moment: engine.calendar.Moment(things[i].Reported)}
		if d.Asset != nil {
			found[i].Asset = &d.Asset.Asset
		}
	}
	run("found", things, func(i int) Decision {
		t := trace{steps: make([]Step, 0, 8)}
		v := engine.judge(&found[i], &t)
		return Decision{Department: v.department, Rule: v.rule, Explanation: t.steps}
	})
	run("without-asset", matters, func(i int) Decision { return engine.Decide(matters[i]) })
	run("with-asset", things, func(i int) Decision { return engine.Decide(things[i]) })
}

// BenchmarkCompile makes the engine of a snapshot anew, as after each publication.
func BenchmarkCompile(b *testing.B) {
	view := benchView()
	for b.Loop() {
		New(view, Settings{})
	}
}

// BenchmarkAnswer writes whole decisions as clients get them.
func BenchmarkAnswer(b *testing.B) {
	view := benchView()
	engine := New(view, Settings{})
	all := requests(view, geo.Component)
	b.ReportAllocs()
	for i := range b.N {
		d := engine.Decide(all[i%len(all)])
		NewRecord(&d).In(geo.English).JSON()
	}
}
