package tiles

import (
	"slices"

	"github.com/paulmach/orb/maptile"

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

// redrawn are the areas of a layer that may be drawn otherwise; where they are too many to be
// looked at one by one there is the box round them instead.
type redrawn struct {
	pairs []pair
	many  bool
	box   geo.Box
}

// marks are where a layer of areas differs from before, in a frame.
type marks struct {
	lines *marker // its borders are drawn otherwise, or what they enclose
	words *marker // other things are said of its areas
}

// areas adds the tiles of the layers of areas in a frame.
func (d *Dirty) areas(x *step, f Frame) {
	all := map[geo.LayerName]marks{}
	for _, n := range x.layers {
		all[n] = x.marks(f, n)
	}
	for _, n := range x.layers {
		if x.relaid(n) {
			d.add(ground{f, n, false}, everything)
			continue
		}
		usual, asked := x.compose(f, n, all)
		d.add(ground{f, n, false}, usual.set())
		d.add(ground{f, n, true}, asked.set())
	}
}

// compose is where the tiles of a layer differ. At each zoom that is where the layer drawn
// there differs, see [standInAt], and when that is one above, where it stands for others
// than before. A tile with too much in it draws layers further up, without what is said of
// them: so their lines count at every zoom.
func (x *step) compose(f Frame, n geo.LayerName, all map[geo.LayerName]marks) (usual, asked *marker) {
	usual, asked = &marker{frame: f}, &marker{frame: f}
	merged := map[geo.LayerName][]maptile.Zoom{}
	for z := range MaxZoom + 1 {
		was, is := standInAt(x.before, n, z), standInAt(x.after, n, z)
		if was.layer != is.layer {
			for _, l := range []geo.LayerName{was.layer, is.layer} {
				usual.box(x.before.Bounds(l).Union(x.after.Bounds(l)), z)
			}
			continue
		}
		usual.include(z, all[is.layer].lines)
		usual.include(z, all[is.layer].words)
		for _, up := range is.above {
			usual.include(z, all[up].lines)
		}
		if is.layer != n {
			merged[is.layer] = append(merged[is.layer], z)
		}
	}
	for up, zooms := range merged {
		x.markMerged(usual, asked, n, up, zooms)
	}
	return usual, asked
}

// markMerged marks, at zooms where the areas of a layer above stand for those of a layer,
// those that stand for others than before; asked where they do for who filters.
func (x *step) markMerged(usual, asked *marker, n, up geo.LayerName, zooms []maptile.Zoom) {
	chain := x.after.Chain(n)
	for _, l := range chain[slices.Index(chain, n):slices.Index(chain, up)] {
		if x.redrawn[l].many {
			for _, z := range zooms {
				usual.box(x.redrawn[l].box, z)
			}
			continue
		}
		for _, p := range x.redrawn[l].pairs {
			was, is := holder(x.before, p.was, up), holder(x.after, p.is, up)
			switch {
			case was == nil || is == nil || was.Code != is.Code || was.Layer != is.Layer:
				usual.whole(x.before, was, zooms)
				usual.whole(x.after, is, zooms)
			case was.Layer != up: // it is drawn itself
				usual.whole(x.before, p.was, zooms)
				usual.whole(x.after, p.is, zooms)
			case !sameWords(p.was, p.is):
				asked.whole(x.after, is, zooms)
			}
		}
	}
}

// holder is what is drawn of an area where a layer above stands for its layer: its area
// there, itself when it has none; nil for nil.
func holder(s *index.Snapshot, a *geo.Area, up geo.LayerName) *geo.Area {
	if a == nil {
		return nil
	}
	if h := ancestor(s, a, up); h != nil {
		return h
	}
	return a
}

// relaid tells whether a layer is drawn otherwise as a whole: it came or went, is joined
// otherwise, or a department has another name.
func (x *step) relaid(name geo.LayerName) bool {
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
func (x *step) renamedDepartments() map[geo.DepartmentCode]bool {
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

// look finds the areas of a layer that may be drawn otherwise.
func (x *step) look(name geo.LayerName) redrawn {
	r, vertices := redrawn{box: geo.EmptyBox()}, 0
	for was, is := range x.after.Redrawn(x.before, name) {
		r.pairs = append(r.pairs, pair{was, is})
		for _, a := range []*geo.Area{was, is} {
			if a != nil {
				vertices += a.Shape.Vertices()
				r.box = r.box.Union(a.Shape.Box())
			}
		}
		r.many = r.many || len(r.pairs) > maxPairs || vertices > maxVertices
	}
	return r
}

// marks are where the areas of a layer differ.
func (x *step) marks(f Frame, n geo.LayerName) marks {
	m := marks{&marker{frame: f}, &marker{frame: f}}
	if x.redrawn[n].many {
		for z := range MaxZoom + 1 {
			m.lines.box(x.redrawn[n].box, z)
		}
		return m
	}
	for _, p := range x.redrawn[n].pairs {
		c := contrast{was: traceOf(f, x.before, p.was), is: traceOf(f, x.after, p.is), count: map[stroke]int{}}
		said := p.was == nil || p.is == nil || sameWords(p.was, p.is)
		for z := range MaxZoom + 1 {
			m.lines.touch(z, c.at(z), c.is.borders+c.was.borders > 0)
			if !said {
				m.words.touch(z, c.is.all(c.now[:0], z), c.is.borders > 0)
			}
		}
	}
	return m
}

// whole marks all tiles of an area of a view at some zooms; none for nil.
func (m *marker) whole(s *index.Snapshot, a *geo.Area, zooms []maptile.Zoom) {
	t := traceOf(m.frame, s, a)
	for _, z := range zooms {
		m.touch(z, t.all(nil, z), t.borders > 0)
	}
}

// box marks the tiles of a zoom that a box lies in.
func (m *marker) box(b geo.Box, z maptile.Zoom) {
	if b.IsEmpty() {
		return
	}
	if m.frame == GCJ02 { // corners move as places do, but sides do not stay straight
		const margin = int32(shiftLimit * geo.Scale)
		b.Min, b.Max = geo.Coord{X: b.Min.X - margin, Y: b.Min.Y - margin}, geo.Coord{X: b.Max.X + margin, Y: b.Max.Y + margin}
	}
	p := gridPoint(m.frame.project(geo.Coord{X: b.Min.X, Y: b.Max.Y}), z)
	q := gridPoint(m.frame.project(geo.Coord{X: b.Max.X, Y: b.Min.Y}), z)
	ne, sw := plane.Point{X: q.X, Y: p.Y}, plane.Point{X: p.X, Y: q.Y}
	m.touch(z, []stroke{{p, ne}, {ne, q}, {q, sw}, {sw, p}}, true)
}

// sameWords tells whether the same is said of an area as before; see [areaFields].
func sameWords(a, b *geo.Area) bool {
	return a.Name == b.Name && a.Department == b.Department && a.Parent == b.Parent && a.Class == b.Class
}
