package tiles

import (
	"maps"
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/plane"
)

// drawAreas draws a layer of areas, or what stands for it at the zoom and by its thrift. It
// stops when the layer is full.
func drawAreas(l *layer, s *index.Snapshot, w *Want, f frame) {
	in := standInAt(s, geo.LayerName(l.name), f.tile.Z)
	p := newPen(f)
	defer p.done()
	areas := in.gather(s, w, p)
	h := heap{counts: map[plane.Point]uint64{}}
	if l.thrift >= merging {
		steps := int(l.thrift-merging) + 1
		if up := min(steps, len(in.above)); up > 0 {
			areas, steps = climb(s, p, areas, in.above[up-1]), steps-up
		}
		if steps > 0 {
			h.sieve = &sieves()[steps-1]
		}
	}
	d := newDescriber(l, s, w)
	for i := range areas {
		a := &areas[i]
		kind, drawn := p.draw(&a.Shape, a.from)
		if len(drawn) == 0 || h.takes(p.around, a.merged) {
			continue
		}
		d.describe(a)
		l.feature(d.id(a), kind, drawn)
		if l.full() {
			return
		}
	}
	h.draw(l, f.tile)
}

// describer gives features the attributes of areas.
type describer struct {
	*layer
	snapshot *index.Snapshot
	figures  *Figures // nil: not wanted

	// The columns that are not wanted are nil.
	code, name, department, departmentName, parent, class, of *column
	assets, reports                                           bool // are wanted

	kind    geo.Layer // of the areas described last
	numbers ids       // of its areas
	body    geo.Department
}

func newDescriber(l *layer, s *index.Snapshot, w *Want) *describer {
	d := &describer{layer: l, snapshot: s, code: l.column("code"), of: l.column("layer")}
	if l.thrift >= reduced {
		return d
	}
	wanted := func(key string) *column {
		if w.shows(key, true) {
			return l.column(key)
		}
		return nil
	}
	d.name, d.department, d.departmentName = wanted("name"), wanted("department"), wanted("department_name")
	d.parent, d.class = wanted("parent"), wanted("class")
	d.figures, d.assets, d.reports = w.Figures, w.shows("assets", false), w.shows("reports", false)
	return d
}

// turn makes ready for the areas of a layer.
func (d *describer) turn(n geo.LayerName) {
	if d.kind.Name != n {
		d.kind, _ = d.snapshot.Layer(n)
		d.numbers = idsOf(string(n))
	}
}

// id is the number of an area's feature.
func (d *describer) id(a *drawnArea) uint64 {
	d.turn(a.Layer)
	return d.numbers.of(string(a.Code))
}

// describe gives the next feature the attributes of an area; see [areaFields].
func (d *describer) describe(a *drawnArea) {
	d.turn(a.Layer)
	d.unique(d.code, string(a.Code))
	d.set(d.name, a.Name)
	d.set(d.department, string(a.Department))
	if d.departmentName != nil && a.Department != "" {
		if d.body.Code != a.Department {
			d.body, _ = d.snapshot.Department(a.Department)
		}
		d.set(d.departmentName, d.body.Name)
	}
	d.set(d.parent, string(a.Parent))
	d.set(d.class, a.Class)
	d.count(a)
	if a.merged > 0 {
		d.number("merged", a.merged)
		d.set(d.of, string(a.Layer))
	}
	if d.thrift >= reduced {
		d.flag("reduced")
	}
}

// count gives the next feature the numbers by which a map colours it.
func (d *describer) count(a *drawnArea) {
	if d.figures == nil || d.kind.Kind != geo.Coverage {
		return
	}
	f := d.figures.Of(a.Layer, a.Code)
	if f == nil {
		f = &Figure{}
	}
	if d.assets {
		d.numberOf("assets", &f.Assets)
	}
	if d.reports {
		d.numberOf("reports", &f.Reports)
	}
}

// numberOf gives a number and those of each category, of whatever standard, as key.code.
func (d *describer) numberOf(key string, n *Number) {
	d.number(key, n.All)
	byCode := map[string]uint64{}
	for _, o := range n.Of {
		byCode[o.Category.Code] += o.Count
	}
	for _, code := range slices.Sorted(maps.Keys(byCode)) {
		d.number(key+"."+code, byCode[code])
	}
}
