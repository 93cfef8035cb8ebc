package impact_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"gridwarden/geo"
	"gridwarden/geo/impact"
	"gridwarden/geo/index"
	"gridwarden/geo/routing"
	"gridwarden/geo/testsize"
)

// TestTheEffectIsCountedNotGuessed compares every number with what comes of locating and
// deciding every asset and every report of the town in both states.
func TestTheEffectIsCountedNotGuessed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		was := newTown()
		before := was.first(t, things(r, testsize.N(300, 3000)))
		is := was.clone()
		for range 1 + r.IntN(5) {
			is.edit(r, r.IntN(5) == 0)
		}
		after := is.next(t, before)
		records := reports(r, testsize.N(150, 1000))
		got, err := impact.Of(t.Context(), before, after, records, impact.Options{Now: now, Limit: 10_000})
		if err != nil {
			rt.Fatal(err)
		}
		p := &plainly{before: before, after: after, engines: [2]*routing.Engine{routing.New(before, routing.Settings{}), routing.New(after, routing.Settings{})}}
		p.assets(rt, got)
		p.reports(rt, got, records)
		p.ground(rt, got, was, is)
		p.loads(rt, got, records)
	})
}

// fataler is a test of whatever kind.
type fataler interface {
	Fatalf(format string, args ...any)
}

// plainly works an impact out by looking at everything.
type plainly struct {
	before, after *index.Snapshot
	engines       [2]*routing.Engine
}

// moves tells whether areas or leads differ for a request.
func (p *plainly) moves(request routing.Request) (area bool, leads [2]geo.DepartmentCode, held [2]int) {
	var areas [2]string
	for k, e := range p.engines {
		d := e.Decide(request)
		if d.Department != nil {
			leads[k] = d.Department.Code
		}
		place := e.Snapshot().Locate(request.At)
		held[k] = len(place.Areas)
		for _, h := range place.Areas {
			areas[k] += fmt.Sprint(h.Area.Layer, h.Area.Code, " ")
		}
		var lines []string
		for _, h := range place.Lines {
			lines = append(lines, fmt.Sprint(h.Area.Layer, h.Area.Code))
		}
		slices.Sort(lines)
		areas[k] += fmt.Sprint(lines)
	}
	return areas[0] != areas[1], leads, held
}

// count takes one thing into an expected count.
func count(m *impact.Moved, id string, area bool, leads [2]geo.DepartmentCode, held [2]int) {
	if !area && leads[0] == leads[1] {
		return
	}
	m.Total++
	if area {
		m.Area++
	}
	if leads[0] != leads[1] {
		m.Department++
	}
	if held[0] > 0 && held[1] == 0 {
		m.LostAreas++
	}
	if leads[0] != "" && leads[1] == "" {
		m.LostDepartment++
	}
	m.Listed = append(m.Listed, impact.Thing{ID: id, From: leads[0], To: leads[1]})
}

func compare(rt fataler, what string, got, want impact.Moved) {
	if got.Total != want.Total || got.Area != want.Area || got.Department != want.Department || got.LostAreas != want.LostAreas || got.LostDepartment != want.LostDepartment {
		rt.Fatalf("%s: %d change (%d area, %d department, %d and %d lost), plainly %d (%d, %d, %d and %d)", what, got.Total, got.Area, got.Department, got.LostAreas, got.LostDepartment,
			want.Total, want.Area, want.Department, want.LostAreas, want.LostDepartment)
	}
	directions := map[[2]geo.DepartmentCode]int{}
	for _, d := range got.Directions {
		directions[[2]geo.DepartmentCode{d.From, d.To}] = d.Count
	}
	for i, w := range want.Listed {
		if g := got.Listed[i]; g.ID != w.ID || g.From != w.From || g.To != w.To {
			rt.Fatalf("%s: listed is %+v, plainly %+v", what, g, w)
		}
		directions[[2]geo.DepartmentCode{w.From, w.To}]--
	}
	for d, n := range directions {
		if n != 0 {
			rt.Fatalf("%s: from %q to %q the count is off by %d", what, d[0], d[1], n)
		}
	}
}

func (p *plainly) assets(rt fataler, got *impact.Impact) {
	var want impact.Moved
	for a := range p.after.Assets(geo.AssetKey{}) {
		area, leads, held := p.moves(routing.Request{At: a.Point, Category: a.Category, Asset: a.ID, Reported: now})
		count(&want, string(a.ID), area, leads, held)
	}
	compare(rt, "assets", got.Assets, want)
}

func (p *plainly) reports(rt fataler, got *impact.Impact, records *book) {
	var open, recent impact.Moved
	for i := range records.cases {
		c := &records.cases[i]
		request, _ := routing.RequestOf(&c.Report, now)
		for _, back := range c.Returns {
			request.Without = append(request.Without, back.Department)
		}
		request.Rulings = c.Rulings
		area, leads, held := p.moves(request)
		if c.Report.State.Open() {
			count(&open, string(c.Report.ID), area, leads, held)
		}
		if !c.Report.ReportedAt.Before(now.AddDate(0, 0, -90)) {
			count(&recent, string(c.Report.ID), area, leads, held)
		}
	}
	compare(rt, "open reports", got.Open, open)
	compare(rt, "recent reports", got.Recent, recent)
}

// ground compares sizes and what nobody holds any more with the cells of the board.
func (p *plainly) ground(rt fataler, got *impact.Impact, was, is *town) {
	cell := union([]int{0})
	size := cell.SquareMetres()
	near := func(got float64, cells int) bool {
		return math.Abs(got-size*float64(cells)) < 1e-3*size*float64(cells)+1e-3
	}
	cells := func(t *town, g geo.AreaCode) (n int) {
		for _, o := range t.owner {
			if o == g && g != "" {
				n++
			}
		}
		return n
	}
	for _, l := range got.Layers {
		if l.Layer != "grids" {
			continue
		}
		for _, a := range l.Areas {
			if a.Was != nil && !near(a.WasMetres2, cells(was, a.Was.Code)) || a.Is != nil && !near(a.IsMetres2, cells(is, a.Is.Code)) {
				rt.Fatalf("%+v: the sizes are not those of the board", a)
			}
		}
	}
	lost, told := 0, 0.0
	for i := range was.owner {
		if was.owner[i] != "" && is.owner[i] == "" {
			lost++
		}
	}
	for _, u := range got.Uncovered {
		if u.Layer == "grids" {
			told = u.SquareMetres
		}
	}
	if !near(told, lost) {
		rt.Fatalf("%v m² are uncovered, which are %d cells of %v m²", told, lost, size)
	}
}

// loads counts the work of every area.
func (p *plainly) loads(rt fataler, got *impact.Impact, records *book) {
	var all [2]map[string]*impact.Load
	for k, e := range p.engines {
		all[k] = map[string]*impact.Load{}
		at := func(point geo.Coord, count func(*impact.Load)) {
			for _, h := range e.Snapshot().Locate(point, "grids", "communities").Areas {
				name := fmt.Sprint(h.Area.Layer, h.Area.Code)
				if all[k][name] == nil {
					all[k][name] = &impact.Load{}
				}
				count(all[k][name])
			}
		}
		for asset := range p.after.Assets(geo.AssetKey{}) {
			at(asset.Point, func(l *impact.Load) { l.Assets++ })
		}
		for i := range records.cases {
			r := &records.cases[i].Report
			at(*r.Point, func(l *impact.Load) {
				if r.State.Open() {
					l.Open++
				}
				if !r.ReportedAt.Before(now.AddDate(0, 0, -90)) {
					l.Recent++
				}
			})
		}
	}
	for _, w := range []impact.Workload{got.Grids, got.Parents} {
		for _, a := range w.Areas {
			for k, load := range []impact.Load{a.Before, a.After} {
				if want := all[k][fmt.Sprint(w.Layer, a.Code)]; want == nil && load != (impact.Load{}) || want != nil && load != *want {
					rt.Fatalf("%s %s has %+v in state %d, plainly %+v", w.Layer, a.Code, load, k, want)
				}
			}
		}
	}
}
