package tiles

import (
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/plane"
)

// Changes to more areas or vertices of a layer than these are told by the box round them.
const (
	maxPairs    = 1000
	maxVertices = 400_000
)

// pair is an area as it was and as it is; one of them may be nil.
type pair struct{ was, is *geo.Area }

// areas adds the tiles of a layer of areas.
func (d *Dirty) areas(x step, name geo.LayerName, frames []Frame) {
	if x.relaid(name) {
		for _, f := range frames {
			d.add(ground{f, name, false}, everything)
		}
		return
	}
	pairs, box := x.redrawn(name)
	for _, f := range frames {
		m := &marker{frame: f}
		if box.IsEmpty() {
			x.markPairs(m, pairs)
		} else {
			m.box(box)
		}
		d.add(ground{f, name, false}, m.set())
	}
}

// relaid tells whether a layer is drawn otherwise as a whole: it came or went, is joined
// otherwise, or a department has another name.
func (x step) relaid(name geo.LayerName) bool {
	was, there := x.before.Layer(name)
	is, here := x.after.Layer(name)
	if there != here || was.Kind != is.Kind || !slices.Equal(x.before.Chain(name), x.after.Chain(name)) {
		return true
	}
	renamed := x.renamedDepartments()
	if len(renamed) == 0 {
		return false
	}
	for _, n := range x.before.Chain(name) {
		for a := range x.before.Areas(n, "") {
			if renamed[a.Department] {
				return true
			}
		}
	}
	return false
}

// renamedDepartments are those whose name is another than before, in whose tiles it stands.
func (x step) renamedDepartments() map[geo.DepartmentCode]bool {
	renamed := map[geo.DepartmentCode]bool{}
	look := func(code geo.DepartmentCode) {
		was, _ := x.before.Department(code)
		is, _ := x.after.Department(code)
		if was.Name != is.Name {
			renamed[code] = true
		}
	}
	for i := range x.changes.Departments {
		look(x.changes.Departments[i].Code)
	}
	for _, code := range x.changes.DepartmentsEnded {
		look(code)
	}
	return renamed
}

// redrawn are the areas of a layer that may be drawn otherwise; when they are too many to
// be looked at one by one, the box round all of them.
func (x step) redrawn(name geo.LayerName) (pairs []pair, box geo.Box) {
	box = geo.EmptyBox()
	many, vertices := false, 0
	for was, is := range x.after.Redrawn(x.before, name) {
		pairs = append(pairs, pair{was, is})
		for _, a := range []*geo.Area{was, is} {
			if a != nil {
				vertices += a.Shape.Vertices()
				box = box.Union(a.Shape.Box())
			}
		}
		many = many || len(pairs) > maxPairs || vertices > maxVertices
	}
	if !many {
		box = geo.EmptyBox()
	}
	return pairs, box
}

// box marks the tiles that a box lies in, at every zoom.
func (m *marker) box(b geo.Box) {
	if m.frame == GCJ02 { // corners move as places do, but sides do not stay straight
		const margin = int32(shiftLimit * geo.Scale)
		b.Min, b.Max = geo.Coord{X: b.Min.X - margin, Y: b.Min.Y - margin}, geo.Coord{X: b.Max.X + margin, Y: b.Max.Y + margin}
	}
	nw := m.frame.project(geo.Coord{X: b.Min.X, Y: b.Max.Y})
	se := m.frame.project(geo.Coord{X: b.Max.X, Y: b.Min.Y})
	for z := range MaxZoom + 1 {
		shift := worldBits - extentBits - uint(z)
		p, q := plane.Point{X: nw.x >> shift, Y: nw.y >> shift}, plane.Point{X: se.x>>shift + 1, Y: se.y>>shift + 1}
		ne, sw := plane.Point{X: q.X, Y: p.Y}, plane.Point{X: p.X, Y: q.Y}
		m.touch(z, []stroke{{p, ne}, {ne, q}, {q, sw}, {sw, p}}, true)
	}
}

// markPairs marks where areas are drawn otherwise.
func (x step) markPairs(m *marker, pairs []pair) {
	var strokes []stroke
	for _, p := range pairs {
		was, is := x.trace(m.frame, x.before, p.was), x.trace(m.frame, x.after, p.is)
		borders := was.borders+is.borders > 0
		if sameWords(p.was, p.is) {
			c := contrast{was: was, is: is, count: map[stroke]int{}}
			for z := range MaxZoom + 1 {
				m.touch(z, c.at(z), borders)
			}
			continue
		}
		for z := range MaxZoom + 1 {
			strokes = was.all(strokes[:0], z)
			m.touch(z, strokes, borders)
			strokes = is.all(strokes[:0], z)
			m.touch(z, strokes, borders)
		}
	}
}

// trace is that of an area of a view, empty for none.
func (x step) trace(f Frame, s *index.Snapshot, a *geo.Area) *trace {
	if a == nil {
		return &trace{}
	}
	return traceOf(f, s, a)
}

// sameWords tells whether the same is said of an area as before; see [areaFields].
func sameWords(a, b *geo.Area) bool {
	return a != nil && b != nil && a.Name == b.Name && a.Department == b.Department && a.Parent == b.Parent && a.Class == b.Class
}
