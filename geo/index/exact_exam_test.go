package index

import (
	"slices"

	"pgregory.net/rapid"

	"gridwarden/geo"
	"gridwarden/geo/testsize"
)

// exam asks every way of looking up what is at points and compares with the court.
type exam struct {
	rapid.TB
	view     *Snapshot
	court    *court
	layers   []geo.LayerName // the coverages, as in the court
	asked    []geo.LayerName // names that never answer, the same, one of them again
	finder   *Finder
	alone    []*Finder // of one layer each
	verdicts []verdict
	found    []*geo.Area
	clean    bool // no two areas of a layer overlap
	wrong    int
}

func newExam(t rapid.TB, view *Snapshot, areas []*geo.Area, clean bool) *exam {
	x := &exam{TB: t, view: view, court: newCourt(view.Layers(), areas), clean: clean}
	for _, l := range x.court.layers {
		x.layers = append(x.layers, l.Name)
		x.alone = append(x.alone, view.Finder(l.Name))
	}
	x.asked = append([]geo.LayerName{"nowhere"}, x.layers...)
	x.asked = append(x.asked, x.layers[len(x.layers)-1])
	x.finder = view.Finder(x.asked...)
	x.verdicts = make([]verdict, len(x.layers))
	return x
}

// ask asks for many points at once and one by one.
func (x *exam) ask(points []geo.Coord) {
	x.Helper()
	n := len(x.asked)
	x.found = slices.Grow(x.found[:0], n*len(points))[:n*len(points)]
	x.finder.All(points, x.found)
	one, single := make([]*geo.Area, n), make([]*geo.Area, 1)
	for i, p := range points {
		x.court.at(p, x.verdicts)
		x.finder.At(p, one)
		if !slices.Equal(one, x.found[i*n:(i+1)*n]) {
			x.fail(p, "one by one the answers are %v, in bulk %v", names(one), names(x.found[i*n:(i+1)*n]))
		}
		if one[0] != nil {
			x.fail(p, "a layer answers that is not there")
		}
		for k, area := range one[1:] {
			if want := x.verdicts[min(k, len(x.layers)-1)]; area != want.area {
				x.fail(p, "%s: the finder says %v, want %v", x.asked[k+1], names([]*geo.Area{area}), names([]*geo.Area{want.area}))
			}
		}
		for k, f := range x.alone {
			if f.At(p, single); single[0] != one[k+1] {
				x.fail(p, "%s asked alone says %v, among others %v", x.layers[k], names(single), names(one[k+1:k+2]))
			}
		}
		x.place(p, x.view.Locate(p))
	}
}

// place compares what Locate tells of all layers.
func (x *exam) place(p geo.Coord, place Place) {
	for k, n := range x.layers {
		want := x.verdicts[k]
		at := slices.IndexFunc(place.Areas, func(h Hit) bool { return h.Area.Layer == n })
		switch {
		case x.clean && want.holding > 1:
			x.fail(p, "%s: %d areas hold one point of a clean coverage", n, want.holding)
		case (at < 0) != (want.area == nil):
			x.fail(p, "%s: %d is the place of the answer, want %v", n, at, names([]*geo.Area{want.area}))
		case at < 0:
		case place.Areas[at].Area != want.area || place.Areas[at].OnEdge != want.onEdge:
			x.fail(p, "%s: Locate says %s, on the edge %v; want %s, %v", n, place.Areas[at].Area.Code, place.Areas[at].OnEdge, want.area.Code, want.onEdge)
		case !slices.Equal(place.Areas[at].Neighbours, without(want.touching, want.area)):
			x.fail(p, "%s: the neighbours are %v, want %v", n, names(place.Areas[at].Neighbours), names(want.touching))
		}
	}
}

// fail tells the first few and stops.
func (x *exam) fail(p geo.Coord, format string, args ...any) {
	x.Helper()
	x.Errorf("at %d, %d units: "+format, append([]any{p.X, p.Y}, args...)...)
	if x.wrong++; x.wrong >= 5 {
		x.FailNow()
	}
}

func names(areas []*geo.Area) (codes []geo.AreaCode) {
	for _, a := range areas {
		if a == nil {
			codes = append(codes, "-")
			continue
		}
		codes = append(codes, a.Code)
	}
	return codes
}

// sizes say how many points of each kind an exam asks for.
type sizes struct{ anywhere, vertices, borders, lines int }

// sit asks for points of every kind.
func (x *exam) sit(p *probes, n sizes) {
	x.Helper()
	x.many(n.anywhere, p.anywhere)
	x.many(n.borders, p.nearBorder)
	x.many(n.lines, p.onCellLine)
	x.many(min(n.vertices, len(p.vertices)), p.vertex)
	step := max(1, len(p.vertices)/max(1, n.vertices))
	next := -step
	x.many(min(n.vertices, len(p.vertices)), func() geo.Coord {
		next += step
		return p.vertices[next]
	})
	x.onBorders(p, n.borders)
	x.plainly(p)
}

func (x *exam) many(n int, next func() geo.Coord) {
	x.Helper()
	points := make([]geo.Coord, 0, 4096)
	for n > 0 {
		points = points[:0]
		for range min(n, cap(points)) {
			points = append(points, next())
		}
		n -= len(points)
		x.ask(points)
	}
}

// onBorders asks for points exactly on shared borders. In a clean coverage exactly one
// area of the two holds each.
func (x *exam) onBorders(p *probes, n int) {
	x.Helper()
	x.many(n, func() geo.Coord {
		c, between := p.onBorder()
		if between && x.clean {
			x.court.at(c, x.verdicts)
			for k, v := range x.verdicts {
				if len(v.touching) > 1 && v.area == nil {
					x.fail(c, "%s: nobody answers between %v", x.layers[k], names(v.touching))
				}
				if low := len(x.court.below[k]) == 0; low && len(v.touching) == 2 && v.holding != 1 && !p.isVertex(c) {
					x.fail(c, "%s: %d areas hold a point between %v", x.layers[k], v.holding, names(v.touching))
				}
			}
		}
		return c
	})
}

func (p *probes) isVertex(c geo.Coord) bool {
	_, is := slices.BinarySearchFunc(p.vertices, c, geo.Coord.Compare)
	return is
}

// plainly holds the judges themselves to a walk over all areas, at a few points.
func (x *exam) plainly(p *probes) {
	x.Helper()
	for _, j := range x.court.judges {
		areas := make([]*geo.Area, len(j.areas))
		for i, g := range j.areas {
			areas[i] = g.area
		}
		for range testsize.N(30, 100) {
			c := []geo.Coord{p.anywhere(), p.vertex(), p.nearBorder()}[p.random.IntN(3)]
			area, touching := holder(areas, c)
			if v := j.at(c); v.area != area || !slices.Equal(v.touching, touching) {
				x.fail(c, "the judge says %v, a plain walk %v", names([]*geo.Area{v.area}), names([]*geo.Area{area}))
			}
		}
	}
}
