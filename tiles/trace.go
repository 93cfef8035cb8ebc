package tiles

import (
	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/plane"
)

// trace is an area on the square of a frame, projected once for all zooms. Its paths at a
// zoom are those of [Frame.paths].
type trace struct {
	paths   [][]vertex
	borders int // so many of the paths are rings, the others lines
}

// vertex is one of a path and the zoom from which it is drawn.
type vertex struct {
	at   world
	from uint8
}

func traceOf(f Frame, s *index.Snapshot, a *geo.Area) *trace {
	t := &trace{}
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

// path appends the strokes of a path at a zoom, in its direction; a ring's are closed.
func (t *trace) path(strokes []stroke, i int, z maptile.Zoom) []stroke {
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

// at are the strokes of one trace that the other has not, in either direction of looking.
func (c *contrast) at(z maptile.Zoom) []stroke {
	clear(c.count)
	c.differ = c.differ[:0]
	paths := max(len(c.was.paths), len(c.is.paths))
	for i := range paths {
		c.old, c.now = c.was.pathOrNone(c.old[:0], i, z), c.is.pathOrNone(c.now[:0], i, z)
		old, now := unlike(c.old, c.now)
		if len(old)+len(now) == 0 {
			continue
		}
		if thin(c.old) || thin(c.now) { // drawn by its shape as a whole
			c.differ = append(append(c.differ, c.old...), c.now...)
			continue
		}
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
	return c.differ
}

func (t *trace) pathOrNone(strokes []stroke, i int, z maptile.Zoom) []stroke {
	if i >= len(t.paths) {
		return strokes
	}
	return t.path(strokes, i, z)
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

// thin tells whether a ring may be drawn as a hairline; see [isHairline].
func thin(ring []stroke) bool {
	if len(ring) == 0 {
		return false
	}
	west, east, north, south := ring[0].a.X, ring[0].a.X, ring[0].a.Y, ring[0].a.Y
	sum, o := 0.0, ring[0].a
	for _, s := range ring {
		west, east, north, south = min(west, s.b.X), max(east, s.b.X), min(north, s.b.Y), max(south, s.b.Y)
		sum += float64(s.a.X-o.X)*float64(s.b.Y-o.Y) - float64(s.b.X-o.X)*float64(s.a.Y-o.Y)
	}
	return max(sum, -sum) <= float64(2*(east-west+south-north))
}
