package index

import (
	"cmp"
	"slices"

	"gridwarden/geo"
)

// LineHit is a line that has a point within its reach.
type LineHit struct {
	Area     *geo.Area
	Distance float64 // metres from the point to the line
	Along    float64 // metres from the start of the line to the place nearest to the point; several lines of one area are taken end to end
	// Side is where the point lies, seen along the line: the exact side of the nearest
	// edge; where a bend is nearest, the outer side of the bend. It is Both exactly on the
	// line and straight ahead of an end. A line of one side answers on it and at Both.
	Side geo.Side
}

// Reach is how far in metres any line of a layer answers; 0 for a layer without lines.
func (s *Snapshot) Reach(n geo.LayerName) float64 {
	if l := s.atlas.layer(n); l != nil {
		return l.reach
	}
	return 0
}

// linesNear are the lines of a line layer that answer at p, nearest first, then by code.
func (l *layer) linesNear(p geo.Coord) []LineHit {
	var hits []LineHit
	l.boxes.tree.meeting(geo.FrameAt(p).Around(l.reach), func(e *entry) bool {
		n, near := e.nearest(p, l.reachOf(e))
		if !near || len(e.shape.Lines) == 0 {
			return true
		}
		hit := e.lineHit(p, n)
		if own := e.area.Side; own == hit.Side || own == geo.Both || own == "" || hit.Side == geo.Both {
			hits = append(hits, hit)
		}
		return true
	})
	slices.SortFunc(hits, func(a, b LineHit) int {
		return cmp.Or(cmp.Compare(a.Distance, b.Distance), cmp.Compare(a.Area.Code, b.Area.Code))
	})
	return hits
}

func (e *entry) lineHit(p geo.Coord, n nearest) LineHit {
	path := n.run.path
	along := n.run.start + pathMetres(path[:n.edge+1]) + n.along*edgeMetres(path[n.edge], path[n.edge+1])
	hit := LineHit{Area: e.area, Distance: n.metres, Along: along, Side: geo.Both}
	if n.metres > 0 {
		line := e.shape.Lines[n.run.line]
		hit.Side = sideOf(line, int(n.run.first)+n.edge, n.along, p)
	}
	return hit
}

// sideOf is the side of a line on which p lies that is not on it; along is the place of
// the nearest point on the nearest edge. Nearest to a bend, p lies in the wedge outside
// it: right of a left bend, left of a right one. Where a line turns straight back there is
// no outside; the edge that arrives there decides.
func sideOf(line geo.Line, edge int, along float64, p geo.Coord) geo.Side {
	a, b := line[edge], line[edge+1]
	bend := 0
	switch {
	case along <= 0:
		if from := before(line, edge); from != a {
			bend = geo.Orient(from, a, b)
			a, b = from, a
		}
	case along >= 1:
		bend = geo.Orient(a, b, after(line, edge+1))
	}
	switch side := cmp.Or(-bend, geo.Orient(a, b, p)); {
	case side > 0:
		return geo.Left
	case side < 0:
		return geo.Right
	}
	return geo.Both
}

// before is the last vertex before the one at i that differs from it, across the joint of
// a closed line; the vertex itself at the start.
func before(line geo.Line, i int) geo.Coord {
	for j := i - 1; j >= 0; j-- {
		if line[j] != line[i] {
			return line[j]
		}
	}
	if last := len(line) - 1; line[0] == line[last] && i < last {
		return before(line, last)
	}
	return line[i]
}

// after is the first vertex after the one at i that differs from it; see before.
func after(line geo.Line, i int) geo.Coord {
	for j := i + 1; j < len(line); j++ {
		if line[j] != line[i] {
			return line[j]
		}
	}
	if last := len(line) - 1; line[0] == line[last] && i > 0 {
		return after(line, 0)
	}
	return line[i]
}
