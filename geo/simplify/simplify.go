package simplify

import (
	"slices"

	"gridwarden/geo"
)

// Simplifier tells from which zoom on vertices are drawn. It keeps its memory from call to
// call; the zero value is ready. It is used by one goroutine at a time.
type Simplifier struct {
	points []point
	zooms  []uint8 // of points
}

// Line fills in the zooms of an open line's vertices, as many as there are; its ends are
// drawn at every zoom. The line turned round gets the same, turned round.
func (s *Simplifier) Line(line []geo.Coord, zooms []uint8) {
	if len(line) == 0 {
		return
	}
	s.take(line)
	s.arc(0, len(line)-1)
	copy(zooms, s.zooms)
}

// Ring fills in the zooms of the vertices of a ring, as many as there are. It is cut into
// arcs at the nodes, places in the ring that only grow, each of which is drawn at every zoom.
// A ring without nodes is cut at its least vertex and the one furthest from that. Each
// arc depends on its own vertices alone: wherever a ring begins, and whichever way it
// goes, its vertices get the same, and so do those of a neighbour on the same arc.
func (s *Simplifier) Ring(ring []geo.Coord, nodes []int, zooms []uint8) {
	if len(ring) == 0 {
		return
	}
	s.take(ring)
	if len(nodes) == 0 {
		nodes = s.anchors()
	}
	// From the first node round to itself, so that no arc goes across the end.
	first := nodes[0]
	s.turn(first)
	s.points = append(s.points, s.points[0])
	s.zooms = append(s.zooms, 0)
	for i, node := range nodes {
		to := len(ring)
		if i+1 < len(nodes) {
			to = nodes[i+1] - first
		}
		s.arc(node-first, to)
	}
	copy(zooms[first:], s.zooms)
	copy(zooms[:first], s.zooms[len(ring)-first:])
}

// take takes the vertices of a path in.
func (s *Simplifier) take(path []geo.Coord) {
	s.points = s.points[:0]
	for _, c := range path {
		s.points = append(s.points, project(c))
	}
	s.zooms = slices.Grow(s.zooms[:0], len(path)+1)[:len(path)]
}

// turn makes the vertex at a place in a ring the first.
func (s *Simplifier) turn(first int) {
	slices.Reverse(s.points[:first])
	slices.Reverse(s.points[first:])
	slices.Reverse(s.points)
}

// anchors are the places where a ring without nodes is cut: those of its least vertex and
// of the one furthest from it, of equally far ones the least.
func (s *Simplifier) anchors() []int {
	least := 0
	for i, p := range s.points {
		if p.less(s.points[least]) {
			least = i
		}
	}
	far, most := least, 0.0
	for i, p := range s.points {
		square := p.square(s.points[least])
		if square > most || square == most && p.less(s.points[far]) {
			far, most = i, square
		}
	}
	if far == least {
		return []int{least} // all vertices are one
	}
	return []int{min(least, far), max(least, far)}
}

// arc fills in the zooms from one node to the next. It goes along the arc in the direction
// in which its points come first in order, so that nothing hangs on the way a ring goes.
func (s *Simplifier) arc(from, to int) {
	points, zooms := s.points[from:to+1], s.zooms[from:to+1]
	zooms[0], zooms[len(zooms)-1] = 0, 0
	if !backward(points) {
		split(points, zooms, 0, 0)
		return
	}
	slices.Reverse(points)
	split(points, zooms, 0, 0)
	slices.Reverse(points)
	slices.Reverse(zooms)
}

// backward tells whether the points, turned round, come first in order.
func backward(points []point) bool {
	for i, j := 0, len(points)-1; i < j; i, j = i+1, j-1 {
		if points[i] != points[j] {
			return points[j].less(points[i])
		}
	}
	return false
}

// deep is how many splits may lie over one another. On a border made to be hard each may cut
// off a single vertex, which would take the square of their number; what lies deeper is cut in
// half instead, and takes as little as sorting. The coasts of the world stay above.
const deep = 64

// split fills in the zooms between the ends of a path, none less than that of the split
// above it: the vertex furthest from the line between the ends is drawn from the zoom on
// at which it is too far from it, and parts the others. Where that is cut in half instead,
// the vertex in the middle is drawn from then on, and so the others stay as near to the line.
func split(points []point, zooms []uint8, above uint8, depth int) {
	for len(points) > 2 {
		at, square := furthest(points)
		if depth++; depth > deep {
			at = len(points) / 2
		}
		above = max(above, zoomOf(square))
		if above == EveryVertex {
			for i := 1; i < len(zooms)-1; i++ {
				zooms[i] = above
			}
			return
		}
		zooms[at] = above
		split(points[:at+1], zooms[:at+1], above, depth)
		points, zooms = points[at:], zooms[at:]
	}
}

// furthest is the place of the first of the points furthest from the segment between the
// ends, and the square of how far it is.
func furthest(points []point) (at int, square float64) {
	a, b := points[0], points[len(points)-1]
	dx, dy := b.x-a.x, b.y-a.y
	length := b.square(a)
	if length == 0 {
		length = 1 // and all are nearest to a
	}
	at, square = 1, -1
	for i, p := range points[1 : len(points)-1] {
		// All squares are told times that of the length, to divide once. A conversion keeps
		// a product from being fused with a sum, which only some machines do.
		x, y := p.x-a.x, p.y-a.y
		along := float64(x*dx) + float64(y*dy)
		var far float64
		switch {
		case along <= 0:
			far = p.square(a) * length
		case along >= length:
			far = p.square(b) * length
		default:
			across := float64(x*dy) - float64(y*dx)
			far = across * across
		}
		if far > square {
			at, square = i+1, far
		}
	}
	return at, square / length
}

// square is that of the distance to q.
func (p point) square(q point) float64 {
	dx, dy := p.x-q.x, p.y-q.y
	return float64(dx*dx) + float64(dy*dy)
}
