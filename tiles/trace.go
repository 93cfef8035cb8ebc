package tiles

import (
	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/plane"
)

// trace is an area on the square of a frame, projected once for all zooms. Its paths at a
// zoom are the lines that tiles draw there, on the grid of the whole world: 2^(12+z) units a
// side.
type trace struct {
	paths   [][]vertex
	borders int   // so many of the paths are rings, the others lines
	shells  []int // of the rings, the first of each polygon
}

// vertex is one of a path and the zoom from which it is drawn.
type vertex struct {
	at   world
	from uint8
}

// traceOf is the trace of an area of a view, empty for none.
func traceOf(f Frame, s *index.Snapshot, a *geo.Area) *trace {
	t := &trace{}
	if a == nil {
		return t
	}
	zooms := s.Zooms(a)
	add := func(path []geo.Coord) {
		vertices := make([]vertex, len(path))
		for i, c := range path {
			vertices[i].at = f.project(c)
			if zooms != nil {
				vertices[i].from = zooms[i]
			}
		}
		t.paths, zooms = append(t.paths, vertices), zooms[min(len(path), len(zooms)):]
	}
	for _, p := range a.Shape.Polygons {
		t.shells = append(t.shells, len(t.paths))
		for _, r := range p {
			add(r)
		}
	}
	t.borders = len(t.paths)
	for _, l := range a.Shape.Lines {
		add(l)
	}
	return t
}

// path appends the strokes of a path at a zoom, in its direction; a ring's are closed. There
// are none of a path that is not there.
func (t *trace) path(strokes []stroke, i int, z maptile.Zoom) []stroke {
	if i >= len(t.paths) {
		return strokes
	}
	var first, last plane.Point
	begun := false
	for _, v := range t.paths[i] {
		if v.from > uint8(z) {
			continue
		}
		p := gridPoint(v.at, z)
		switch {
		case !begun:
			first, begun = p, true
		case p != last:
			strokes = append(strokes, stroke{last, p})
		}
		last = p
	}
	if i < t.borders && last != first {
		strokes = append(strokes, stroke{last, first})
	}
	return strokes
}

// all appends the strokes of all paths at a zoom. A path that is a single point there draws
// nothing.
func (t *trace) all(strokes []stroke, z maptile.Zoom) []stroke {
	for i := range t.paths {
		strokes = t.path(strokes, i, z)
	}
	return strokes
}

// contrast compares two traces zoom by zoom. What it gives is lent until the next zoom.
type contrast struct {
	was, is  *trace
	old, now []stroke
	count    map[stroke]int
	differ   []stroke
}

// at are the strokes that only one of the two has.
func (c *contrast) at(z maptile.Zoom) []stroke {
	clear(c.count)
	c.differ = c.differ[:0]
	for i := range max(len(c.was.paths), len(c.is.paths)) {
		c.old, c.now = c.was.path(c.old[:0], i, z), c.is.path(c.now[:0], i, z)
		old, now := unlike(c.old, c.now)
		for _, s := range old {
			c.count[s]--
		}
		for _, s := range now {
			c.count[s]++
		}
	}
	for s, n := range c.count {
		for range max(n, -n) {
			c.differ = append(c.differ, s)
		}
	}
	if len(c.differ) > 0 { // a hairline is drawn by its shape as a whole
		c.differ = c.was.hairlines(c.differ, z)
		c.differ = c.is.hairlines(c.differ, z)
	}
	return c.differ
}

// unlike is what is left of two paths without the strokes that both begin and end with.
func unlike(p, q []stroke) (_, _ []stroke) {
	for len(p) > 0 && len(q) > 0 && p[0] == q[0] {
		p, q = p[1:], q[1:]
	}
	for len(p) > 0 && len(q) > 0 && p[len(p)-1] == q[len(q)-1] {
		p, q = p[:len(p)-1], q[:len(q)-1]
	}
	return p, q
}

// hairlines appends the strokes of the polygons that may be drawn as hairlines at a zoom,
// see [isHairline]. Those that stand among the strokes already stand there twice then: they
// are tiles' to touch, and enclose nothing that is a tile wide.
func (t *trace) hairlines(strokes []stroke, z maptile.Zoom) []stroke {
	for i, first := range t.shells {
		end := t.borders
		if i+1 < len(t.shells) {
			end = t.shells[i+1]
		}
		begun := len(strokes)
		strokes = t.path(strokes, first, z)
		shell := len(strokes)
		for k := first + 1; k < end; k++ {
			strokes = t.path(strokes, k, z)
		}
		if !thin(strokes[begun:shell], strokes[begun:]) {
			strokes = strokes[:begun]
		}
	}
	return strokes
}

// thin tells whether a polygon of a shell may be a hairline.
func thin(shell, all []stroke) bool {
	if len(shell) == 0 {
		return false
	}
	o := shell[0].a
	west, east, north, south, sum := o.X, o.X, o.Y, o.Y, 0.0
	for _, s := range shell {
		west, east, north, south = min(west, s.b.X), max(east, s.b.X), min(north, s.b.Y), max(south, s.b.Y)
	}
	for _, s := range all {
		sum += float64(s.a.X-o.X)*float64(s.b.Y-o.Y) - float64(s.b.X-o.X)*float64(s.a.Y-o.Y)
	}
	return max(sum, -sum) <= float64(2*(east-west+south-north))
}
