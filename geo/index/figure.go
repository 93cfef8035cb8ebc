package index

import (
	"math"
	"slices"

	"gridwarden/geo"
)

// plainVertices is the size up to which walking all edges beats an outline.
const plainVertices = 64

// figure is a shape made ready to be asked: its box, and an outline when it is a line or
// large.
type figure struct {
	shape   *geo.Shape
	box     geo.Box
	outline *outline // nil for small polygons
}

func newFigure(s *geo.Shape) figure {
	f := figure{shape: s, box: s.Box()}
	if !isPlain(s) {
		f.outline = newOutline(s)
	}
	return f
}

// isPlain tells whether a shape needs no outline.
func isPlain(s *geo.Shape) bool { return len(s.Lines) == 0 && s.Vertices() <= plainVertices }

// locate is [geo.MultiPolygon.Locate], faster for large shapes. Lines hold nothing.
func (f *figure) locate(p geo.Coord) (inside, onEdge bool) {
	switch {
	case len(f.shape.Polygons) == 0 || !f.box.Contains(p):
		return false, false
	case f.outline != nil:
		return f.outline.locate(p)
	}
	return f.shape.Polygons.Locate(p)
}

// hasVertexIn tells whether a vertex of a polygon lies in a box.
func (f *figure) hasVertexIn(b geo.Box) (has bool) {
	if f.outline != nil {
		f.outline.visit(
			func(o *geo.Box) bool { return !has && o.Intersects(b) },
			func(r *run) { has = has || slices.ContainsFunc(r.path, b.Contains) })
		return has
	}
	for _, polygon := range f.shape.Polygons {
		for _, ring := range polygon {
			has = has || slices.ContainsFunc(ring, b.Contains)
		}
	}
	return has
}

// nearest is the place on the edges of a figure closest to a point.
type nearest struct {
	metres float64
	along  float64 // on the edge: 0 at its start, 1 at its end
	run    *run    // nil for small polygons
	edge   int     // of the run
}

// search looks for the nearest edge within a limit that shrinks as it finds.
type search struct {
	frame geo.Frame
	reach geo.Box
	found bool
	best  nearest
}

// nearest finds the edge closest to p, not further than limit metres. Of equally close
// edges the first counts; one without length is no edge. ok is false when none is so near,
// and for an empty shape.
func (f *figure) nearest(p geo.Coord, limit float64) (n nearest, ok bool) {
	s := search{frame: geo.FrameAt(p), best: nearest{metres: limit}}
	s.reach = s.frame.Around(limit)
	if !s.reach.Intersects(f.box) {
		return nearest{}, false
	}
	if f.outline != nil {
		f.outline.visit(func(b *geo.Box) bool { return s.reach.Intersects(*b) }, s.run)
		return s.best, s.found
	}
	for _, polygon := range f.shape.Polygons {
		for _, ring := range polygon {
			for i := range ring {
				s.edge(ring[i], ring[(i+1)%len(ring)], nil, i)
			}
		}
	}
	return s.best, s.found
}

func (s *search) run(r *run) {
	for i := 1; i < len(r.path); i++ {
		s.edge(r.path[i-1], r.path[i], r, i-1)
	}
}

func (s *search) edge(a, b geo.Coord, r *run, i int) {
	if a == b {
		return
	}
	metres, along := s.frame.ToSegment(a, b)
	if metres < s.best.metres || (!s.found && metres == s.best.metres) {
		s.found = true
		s.best = nearest{metres, along, r, i}
		s.reach = s.frame.Around(metres)
	}
}

// distance is how far p is from the figure in metres: 0 on it and inside its polygons. ok
// is false beyond limit.
func (f *figure) distance(p geo.Coord, limit float64) (metres float64, ok bool) {
	if inside, onEdge := f.locate(p); inside || onEdge {
		return 0, true
	}
	n, ok := f.nearest(p, limit)
	return n.metres, ok
}

// pathMetres is the length of a path, each edge measured at its own middle.
func pathMetres(path []geo.Coord) float64 {
	sum := 0.0
	for i := 1; i < len(path); i++ {
		sum += edgeMetres(path[i-1], path[i])
	}
	return sum
}

func edgeMetres(a, b geo.Coord) float64 {
	middle := geo.Coord{
		X: int32((int64(a.X) + int64(b.X)) / 2),
		Y: int32((int64(a.Y) + int64(b.Y)) / 2),
	}
	f := geo.FrameAt(middle)
	ax, ay := f.XY(a)
	bx, by := f.XY(b)
	return math.Hypot(bx-ax, by-ay)
}
