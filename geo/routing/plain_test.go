package routing

import (
	"cmp"
	"slices"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
	"github.com/tidwall/rtree"

	"gridwarden/geo"
	"gridwarden/geo/calendar"
	"gridwarden/geo/duty"
	"gridwarden/geo/index"
)

// plain decides in the city of the benchmarks as one would write it first: an R-tree over
// boxes, orb's point in polygon, and the rows in their order gone through one by one. It
// tells the lead and nothing else: no reasons, no question, no deadline. Assets it takes
// from the index.
type plain struct {
	view  *index.Snapshot
	areas rtree.RTreeG[plainArea]
	rows  []row
	days  *calendar.Calendar
}

type plainArea struct {
	*geo.Area
	ring orb.Ring
}

func newPlain(view *index.Snapshot) *plain {
	p := &plain{view: view, rows: compile(view, view.Duty().Rules).rows}
	p.days, _ = calendar.New(nil, time.UTC)
	for _, l := range view.Layers() {
		for a := range view.Areas(l.Name, "") {
			var ring orb.Ring
			for _, v := range a.Shape.Polygons[0][0] {
				ring = append(ring, orb.Point{v.Lon(), v.Lat()})
			}
			ring = append(ring, ring[0])
			b := ring.Bound()
			p.areas.Insert(b.Min, b.Max, plainArea{a, ring})
		}
	}
	return p
}

func (p *plain) decide(r *Request) geo.DepartmentCode {
	at := orb.Point{r.At.Lon(), r.At.Lat()}
	var here []*geo.Area
	p.areas.Search(at, at, func(_, _ [2]float64, a plainArea) bool {
		if planar.RingContains(a.ring, at) {
			here = append(here, a.Area)
		}
		return true
	})
	s := Situation{Date: geo.DateOf(r.Reported, time.UTC), Moment: p.days.Moment(r.Reported)}
	if r.Category.Kind == geo.Component {
		if near := p.view.NearestAssets(r.At, r.Category, 20, 1); len(near) > 0 {
			s.Asset = &near[0].Asset
		}
	}
	for i := range p.rows {
		if row := &p.rows[i]; row.fitsPlainly(r.Category, here) {
			if truth, _ := row.holds(&s); truth == duty.True {
				return cmp.Or(row.assign.Department, departmentIn(here, row.assign.Layer))
			}
		}
	}
	if s.Asset != nil {
		return s.Asset.Maintainer
	}
	return departmentIn(here, "grids")
}

func (r *row) fitsPlainly(k geo.CategoryKey, here []*geo.Area) bool {
	return k.Standard == r.Standard && k.Kind == r.Kind && duty.ParsePattern(r.Category).Matches(k.Code) &&
		(r.Layer == "" || slices.ContainsFunc(here, func(a *geo.Area) bool {
			return string(a.Layer) == r.Layer && duty.ParsePattern(r.Area).Matches(string(a.Code))
		}))
}

func departmentIn(here []*geo.Area, layer geo.LayerName) geo.DepartmentCode {
	if i := slices.IndexFunc(here, func(a *geo.Area) bool { return a.Layer == layer }); i >= 0 {
		return here[i].Department
	}
	return ""
}
