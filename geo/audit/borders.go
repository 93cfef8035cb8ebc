package audit

import (
	"gridwarden/geo"
	"gridwarden/geo/plane"
)

// runEdges is how many edges of a border stand behind one box.
const runEdges = 16

// border is a stretch of the border of an area: neighbours in path are its edges.
type border struct {
	area *geo.Area
	path []geo.Coord
	box  geo.Box
}

// borders finds the borders that run through a box.
type borders struct {
	runs []border
	tree *plane.Tree
}

func (b *borders) add(a *geo.Area) {
	for _, polygon := range a.Shape.Polygons {
		for _, ring := range polygon {
			if len(ring) > 0 {
				b.path(a, ring)
				b.path(a, []geo.Coord{ring[len(ring)-1], ring[0]})
			}
		}
	}
}

func (b *borders) path(a *geo.Area, path []geo.Coord) {
	for from := 0; from+1 < len(path); from += runEdges {
		part := path[from:min(from+runEdges+1, len(path))]
		box := geo.EmptyBox()
		for _, c := range part {
			box = box.Extend(c)
		}
		b.runs = append(b.runs, border{a, part, box})
	}
}

// ready ends the adding.
func (b *borders) ready() {
	boxes := make([]plane.Box, len(b.runs))
	for i := range b.runs {
		boxes[i] = wide(b.runs[i].box)
	}
	b.tree = plane.Pack(boxes)
}

// in calls yield with every edge whose box meets the one given.
func (b *borders) in(box geo.Box, yield func(a *geo.Area, from, to geo.Coord)) {
	for _, i := range b.tree.Search(wide(box), nil) {
		r := &b.runs[i]
		for k := 1; k < len(r.path); k++ {
			if boxOf(r.path[k-1], r.path[k]).Intersects(box) {
				yield(r.area, r.path[k-1], r.path[k])
			}
		}
	}
}

func wide(b geo.Box) plane.Box {
	return plane.Box{MinX: int64(b.Min.X), MinY: int64(b.Min.Y), MaxX: int64(b.Max.X), MaxY: int64(b.Max.Y)}
}

func boxOf(a, b geo.Coord) geo.Box { return geo.Box{Min: a, Max: a}.Extend(b) }

// stretch is an edge without direction, to be found again.
type stretch struct{ a, b geo.Coord }

func stretchOf(a, b geo.Coord) stretch {
	if a.Compare(b) > 0 {
		a, b = b, a
	}
	return stretch{a, b}
}

// outline are edges of which those drawn twice cancel one another: what is left of the
// borders of neighbours is the border of their union, because neighbours share their nodes.
type outline map[stretch]struct{}

func (o outline) toggle(a *geo.Area) {
	for _, polygon := range a.Shape.Polygons {
		for _, ring := range polygon {
			if len(ring) == 0 {
				continue
			}
			from := ring[len(ring)-1]
			for _, to := range ring {
				e := stretchOf(from, to)
				if _, there := o[e]; there {
					delete(o, e)
				} else if from != to {
					o[e] = struct{}{}
				}
				from = to
			}
		}
	}
}

// edges are what is left, and the box round it.
func (o outline) edges() ([]stretch, geo.Box) {
	edges, box := make([]stretch, 0, len(o)), geo.EmptyBox()
	for e := range o {
		edges = append(edges, e)
		box = box.Extend(e.a).Extend(e.b)
	}
	return edges, box
}

// edgesOf are all edges of an area.
func edgesOf(a *geo.Area) []stretch {
	edges := make([]stretch, 0, a.Shape.Vertices())
	for _, polygon := range a.Shape.Polygons {
		for _, ring := range polygon {
			for i := range ring {
				edges = append(edges, stretch{ring[i], ring[(i+1)%len(ring)]})
			}
		}
	}
	return edges
}
