package index

import (
	"gridwarden/geo"
	"gridwarden/geo/simplify"
)

// tracer works out Zooms. It keeps its tools from area to area.
type tracer struct {
	line   simplify.Simplifier
	nodes  []int
	joints []joint
	of     []int32 // the joint of each vertex, ring by ring
	heads  []int32 // a table of joints by their vertex: numbers from 1, 0 is none
}

// joint is where an area of a coverage has a vertex, or several. It is a node when from
// there a border of any area leads to another vertex than the two before and after.
type joint struct {
	at, before, after geo.Coord
	node              bool
}

// antimeridian is where shapes are cut that go on beyond it, X being this or its negative.
// Vertices there are nodes, so that what was cut meets at every zoom.
const antimeridian = 180 * geo.Scale

// zooms are those of an area among the others of its layer.
func (t *tracer) zooms(l *layer, e *entry) []uint8 {
	all := make([]uint8, e.shape.Vertices())
	shared := l.Kind == geo.Coverage
	if shared {
		t.survey(l, e)
	}
	from := 0
	for _, polygon := range e.shape.Polygons {
		for _, ring := range polygon {
			t.nodes = t.nodes[:0]
			for i, c := range ring {
				if shared && t.joints[t.of[from+i]].node || c.X == antimeridian || c.X == -antimeridian {
					t.nodes = append(t.nodes, i)
				}
			}
			t.line.Ring(ring, t.nodes, all[from:from+len(ring)])
			from += len(ring)
		}
	}
	for _, line := range e.shape.Lines {
		t.line.Line(line, all[from:from+len(line)])
		from += len(line)
	}
	return all
}

// survey finds the nodes of an area of a coverage. What is a node for one area is one for
// all that have a vertex there, for each sees the same borders; and from one node to the
// next an area has the whole way in common with a neighbour, or nothing.
func (t *tracer) survey(l *layer, e *entry) {
	t.settle(e.shape)
	l.boxes.tree.meeting(e.box, func(o *entry) bool {
		t.visit(o, e.box)
		return true
	})
}

// settle takes the joints of an area's vertices.
func (t *tracer) settle(s *geo.Shape) {
	size := 64
	for size < 2*s.Vertices() {
		size *= 2
	}
	if cap(t.heads) < size {
		t.heads = make([]int32, size)
	}
	t.heads = t.heads[:size]
	clear(t.heads)
	t.joints, t.of = t.joints[:0], t.of[:0]
	for _, polygon := range s.Polygons {
		for _, ring := range polygon {
			before := len(ring) - 1
			for i, c := range ring {
				head := t.head(c)
				if *head == 0 {
					t.joints = append(t.joints, joint{at: c, before: ring[before], after: ring[(i+1)%len(ring)]})
					*head = int32(len(t.joints))
				}
				t.of = append(t.of, *head-1)
				before = i
			}
		}
	}
}

// head is where in the table the joint of a vertex stands, or would stand.
func (t *tracer) head(c geo.Coord) *int32 {
	hash := (uint32(c.X)*0x9e3779b1 ^ uint32(c.Y)) * 0x85ebca77
	for at := hash ^ hash>>15; ; at++ {
		head := &t.heads[at&uint32(len(t.heads)-1)]
		if *head == 0 || t.joints[*head-1].at == c {
			return head
		}
	}
}

// visit goes along the borders of an area within a box.
func (t *tracer) visit(o *entry, box geo.Box) {
	if o.outline != nil {
		o.outline.visit(func(b *geo.Box) bool { return b.Intersects(box) }, func(r *run) { t.follow(r.path, box) })
		return
	}
	for _, polygon := range o.shape.Polygons {
		for _, ring := range polygon {
			t.follow(ring, box)
			t.follow([]geo.Coord{ring[len(ring)-1], ring[0]}, box)
		}
	}
}

// follow makes a node of each joint from which a path leads elsewhere than its own borders.
func (t *tracer) follow(path []geo.Coord, box geo.Box) {
	for i, c := range path {
		if !box.Contains(c) {
			continue
		}
		head := *t.head(c)
		if head == 0 {
			continue
		}
		p := &t.joints[head-1]
		if i > 0 {
			p.leads(path[i-1])
		}
		if i+1 < len(path) {
			p.leads(path[i+1])
		}
	}
}

// leads tells a joint that a border leads from it to a vertex.
func (p *joint) leads(to geo.Coord) {
	if to != p.before && to != p.after {
		p.node = true
	}
}
