package index

import (
	"math"
	"slices"
	"strings"

	"gridwarden/geo"
)

// judge answers for one coverage by the rule and by nothing else: every area whose box
// holds the point is asked, edge by edge. It shares the predicate with the index, which
// has a judge of its own in whole numbers of any size, but no tree and no directory.
type judge struct {
	areas   []*judged // by code
	box     geo.Box
	across  int         // squares to a side
	squares [][]*judged // the areas whose box meets a square of the box, by code
}

// judged is one area, its edges by height where there are many.
type judged struct {
	area   *geo.Area
	box    geo.Box
	strips [][]stretch // nil for small shapes
}

// stretch is an edge from a to b.
type stretch struct{ a, b geo.Coord }

// verdict is what a judge says about a point.
type verdict struct {
	area     *geo.Area
	onEdge   bool
	touching []*geo.Area // by code
	holding  int         // how many hold it: one in a clean coverage
}

func newJudge(areas []*geo.Area) *judge {
	j := &judge{box: geo.EmptyBox(), across: min(1+int(math.Sqrt(float64(len(areas)))), 400)}
	for _, a := range areas {
		g := newJudged(a)
		j.areas, j.box = append(j.areas, g), j.box.Union(g.box)
	}
	slices.SortFunc(j.areas, func(a, b *judged) int { return strings.Compare(string(a.area.Code), string(b.area.Code)) })
	j.squares = make([][]*judged, j.across*j.across)
	for _, a := range j.areas {
		if a.box.IsEmpty() {
			continue
		}
		x0, y0 := j.square(a.box.Min)
		x1, y1 := j.square(a.box.Max)
		for x := x0; x <= x1; x++ {
			for y := y0; y <= y1; y++ {
				j.squares[x*j.across+y] = append(j.squares[x*j.across+y], a)
			}
		}
	}
	return j
}

// square is the place of a coordinate of the box among its squares.
func (j *judge) square(c geo.Coord) (x, y int) {
	return share(c.X, j.box.Min.X, j.box.Max.X, j.across), share(c.Y, j.box.Min.Y, j.box.Max.Y, j.across)
}

// share is which of n equal parts of the closed range a number is in.
func share(at, from, to int32, n int) int {
	return int((int64(at) - int64(from)) * int64(n) / (int64(to) - int64(from) + 1))
}

func newJudged(a *geo.Area) *judged {
	g := &judged{area: a, box: a.Shape.Box()}
	n := a.Shape.Vertices()
	if n <= 64 {
		return g
	}
	g.strips = make([][]stretch, min(n/4, 1<<14))
	eachEdge(a, func(e stretch) {
		from, to := g.strip(min(e.a.Y, e.b.Y)), g.strip(max(e.a.Y, e.b.Y))
		for i := from; i <= to; i++ {
			g.strips[i] = append(g.strips[i], e)
		}
	})
	return g
}

func (g *judged) strip(y int32) int { return share(y, g.box.Min.Y, g.box.Max.Y, len(g.strips)) }

func (g *judged) locate(p geo.Coord) (inside, onEdge bool) {
	switch {
	case !g.box.Contains(p):
		return false, false
	case g.strips == nil:
		return g.area.Shape.Polygons.Locate(p)
	}
	for _, e := range g.strips[g.strip(p.Y)] {
		crosses, on := geo.RayMeets(e.a, e.b, p)
		inside, onEdge = inside != crosses, onEdge || on
	}
	return inside, onEdge
}

// at is the area that holds p, the smallest code first, else the first that p touches.
func (j *judge) at(p geo.Coord) (v verdict) {
	if !j.box.Contains(p) {
		return v
	}
	x, y := j.square(p)
	for _, g := range j.squares[x*j.across+y] {
		inside, onEdge := g.locate(p)
		if inside {
			v.holding++
		}
		if inside && v.area == nil {
			v.area, v.onEdge = g.area, onEdge
		}
		if onEdge {
			v.touching = append(v.touching, g.area)
		}
	}
	if v.area == nil && len(v.touching) > 0 {
		v.area, v.onEdge = v.touching[0], true
	}
	return v
}

// court judges all coverages of a view: within a chain the lowest layer that has an
// answer decides, and those above follow by parent.
type court struct {
	layers []geo.Layer // the coverages, each before the one above it
	judges []*judge
	byCode []map[geo.AreaCode]*judged
	below  [][]int // the layers whose parent it is, in their own order
}

func newCourt(layers []geo.Layer, areas []*geo.Area) *court {
	k := &court{}
	parent := map[geo.LayerName]geo.LayerName{}
	for _, l := range layers {
		if l.Kind == geo.Coverage {
			k.layers = append(k.layers, l)
			parent[l.Name] = l.Parent
		}
	}
	depth := func(l geo.Layer) (n int) {
		for at := l.Parent; at != ""; at = parent[at] {
			n++
		}
		return n
	}
	slices.SortStableFunc(k.layers, func(a, b geo.Layer) int { return depth(b) - depth(a) })
	for i, l := range k.layers {
		own := slices.DeleteFunc(slices.Clone(areas), func(a *geo.Area) bool { return a.Layer != l.Name })
		j, codes := newJudge(own), map[geo.AreaCode]*judged{}
		for _, g := range j.areas {
			codes[g.area.Code] = g
		}
		k.judges, k.byCode, k.below = append(k.judges, j), append(k.byCode, codes), append(k.below, nil)
		for low := range i {
			if k.layers[low].Parent == l.Name {
				k.below[i] = append(k.below[i], low)
			}
		}
	}
	return k
}

// at is the verdict in each layer.
func (k *court) at(p geo.Coord, verdicts []verdict) {
	for i := range k.layers {
		verdicts[i] = k.follow(i, p, verdicts)
		if verdicts[i].area == nil {
			verdicts[i] = k.judges[i].at(p)
		}
	}
}

// follow is the verdict by parent: none where no layer below answers.
func (k *court) follow(i int, p geo.Coord, verdicts []verdict) (v verdict) {
	for _, low := range k.below[i] {
		below := verdicts[low]
		if below.area == nil || k.byCode[i][below.area.Parent] == nil {
			continue
		}
		up := k.byCode[i][below.area.Parent]
		v.area = up.area
		if below.onEdge {
			if _, v.onEdge = up.locate(p); v.onEdge {
				v.touching = k.judges[i].at(p).touching
			}
		}
		return v
	}
	return v
}

// eachEdge calls do with every edge of the polygons of an area.
func eachEdge(a *geo.Area, do func(stretch)) {
	for _, polygon := range a.Shape.Polygons {
		for _, ring := range polygon {
			for i, c := range ring {
				do(stretch{c, ring[(i+1)%len(ring)]})
			}
		}
	}
}
