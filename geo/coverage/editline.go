package coverage

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"gridwarden/geo"
	"gridwarden/geo/plane"
)

// maxDrawn is how many places a drawn line may have.
const maxDrawn = 10_000

// lineOf puts a drawn line on the grid. It fails (Invalid) where the line has no two places
// or crosses itself, and (TooLarge) where it has more than maxDrawn. A line that ends where
// it began is no crossing.
func lineOf(line orb.LineString) ([]geo.Coord, error) {
	if len(line) > maxDrawn {
		return nil, geo.Errorf(geo.TooLarge, "the line has %d places; draw one of %d at most", len(line), maxDrawn)
	}
	out := make([]geo.Coord, 0, len(line))
	for _, p := range line {
		c, err := geo.CoordOf(p[0], p[1])
		if err != nil {
			return nil, err
		}
		if len(out) == 0 || out[len(out)-1] != c {
			out = append(out, c)
		}
	}
	if len(out) < 2 {
		return nil, geo.Errorf(geo.Invalid, "the line is a single place; draw it from one place to another")
	}
	if at, crosses := crossesItself(out); crosses {
		return nil, geo.Errorf(geo.Invalid, "the line crosses itself near %s; draw it without loops", at)
	}
	return out, nil
}

// crossesItself finds a place where a line meets itself, but where it is closed.
func crossesItself(line []geo.Coord) (geo.Coord, bool) {
	boxes := make([]plane.Box, len(line)-1)
	for i := range boxes {
		boxes[i] = planeBox(stretch{line[i], line[i+1]}.box())
	}
	tree, found := plane.Pack(boxes), []int32(nil)
	closed := line[0] == line[len(line)-1]
	for i := range boxes {
		found = tree.Search(boxes[i], found[:0])
		for _, k := range found {
			j := int(k)
			if j <= i+1 || closed && i == 0 && j == len(boxes)-1 {
				continue
			}
			if meet(line[i], line[i+1], line[j], line[j+1]) {
				return line[j], true
			}
		}
	}
	return geo.Coord{}, false
}

// meet tells whether two closed segments share a point.
func meet(a, b, c, d geo.Coord) bool {
	if !(stretch{a, b}).box().Intersects(stretch{c, d}.box()) {
		return false
	}
	return geo.Orient(a, b, c)*geo.Orient(a, b, d) <= 0 && geo.Orient(c, d, a)*geo.Orient(c, d, b) <= 0
}

func planeBox(b geo.Box) plane.Box {
	return plane.Box{MinX: int64(b.Min.X), MinY: int64(b.Min.Y), MaxX: int64(b.Max.X), MaxY: int64(b.Max.Y)}
}

// boxAlong is the box of everything within the tolerance of a line.
func boxAlong(line []geo.Coord, o EditOptions) geo.Box {
	box := geo.EmptyBox()
	for _, c := range line {
		box = box.Extend(c)
	}
	return box.Union(around(box.Min, o)).Union(around(box.Max, o))
}

// snapper holds the borders near an edit for lines to snap to.
type snapper struct {
	ctx       context.Context
	tolerance float64
	sides     []stretch
	tree      *plane.Tree
	found     []int32
}

// vertex is a place of a line, and the edge it was snapped to.
type vertex struct {
	at geo.Coord
	on int32 // none: a node, or free
}

// newSnapper gathers the borders that meet the box of the edit.
func (f *fabric) newSnapper() *snapper {
	s := &snapper{ctx: f.ctx, tolerance: f.options.Tolerance}
	known := map[stretch]struct{}{}
	var boxes []plane.Box
	f.eachStretch(func(_ *tier, _ int32, e stretch) {
		if e[0].Compare(e[1]) > 0 {
			e = e.back()
		}
		if _, twice := known[e]; twice || !e.box().Intersects(f.box) {
			return
		}
		known[e] = struct{}{}
		s.sides = append(s.sides, e)
		boxes = append(boxes, planeBox(e.box()))
	})
	s.tree = plane.Pack(boxes)
	return s
}

// near are the borders whose box is within the tolerance of a box.
func (s *snapper) near(b geo.Box) []int32 {
	o := EditOptions{Tolerance: s.tolerance}
	b = b.Union(around(b.Min, o)).Union(around(b.Max, o))
	s.found = s.tree.Search(planeBox(b), s.found[:0])
	slices.Sort(s.found)
	return s.found
}

// line snaps the vertices of a line to nodes and edges within the tolerance, nodes first,
// and leads it through the nodes that it passes as near. Its ends stay when they are fixed.
// The error is ctx's.
func (s *snapper) line(line []geo.Coord, fixed bool) ([]geo.Coord, error) {
	var way []vertex
	for i, c := range line {
		if err := s.ctx.Err(); err != nil {
			return nil, err
		}
		v := vertex{c, none}
		if !fixed || i > 0 && i < len(line)-1 {
			v = s.vertex(c)
		}
		if i > 0 {
			way = append(way, s.passed(way[len(way)-1].at, v.at)...)
		}
		way = append(way, v)
	}
	return s.straight(way), nil
}

// vertex snaps one place.
func (s *snapper) vertex(c geo.Coord) vertex {
	frame := geo.FrameAt(c)
	node, edge := vertex{c, none}, vertex{c, none}
	toNode, toEdge := math.Inf(1), math.Inf(1)
	for _, i := range s.near(geo.EmptyBox().Extend(c)) {
		e := s.sides[i]
		for _, n := range e {
			if d := frame.Distance(n); d < toNode {
				node.at, toNode = n, d
			}
		}
		if d, along := frame.ToSegment(e[0], e[1]); d < toEdge {
			edge, toEdge = vertex{e.at(along), i}, d
		}
	}
	switch {
	case toNode <= s.tolerance:
		return node
	case toEdge <= s.tolerance:
		return edge
	}
	return vertex{c, none}
}

// passed are the nodes that lie within the tolerance of the way between two places, in the
// order one comes by.
func (s *snapper) passed(a, b geo.Coord) []vertex {
	type pass struct {
		node  geo.Coord
		along float64
	}
	var passes []pass
	for _, i := range s.near(stretch{a, b}.box()) {
		for _, n := range s.sides[i] {
			if n == a || n == b {
				continue
			}
			if d, along := geo.FrameAt(n).ToSegment(a, b); d <= s.tolerance && along > 0 && along < 1 {
				passes = append(passes, pass{n, along})
			}
		}
	}
	slices.SortFunc(passes, func(p, q pass) int {
		return cmp.Or(cmp.Compare(p.along, q.along), p.node.Compare(q.node))
	})
	var out []vertex
	for _, p := range slices.Compact(passes) {
		out = append(out, vertex{p.node, none})
	}
	return out
}

// straight is the way without what lies between two others on one edge: that edge is the
// way already.
func (s *snapper) straight(way []vertex) []geo.Coord {
	onEdge := func(v vertex, edge int32) bool {
		return v.on == edge || v.at == s.sides[edge][0] || v.at == s.sides[edge][1]
	}
	var out []vertex
	for i, v := range way {
		last := len(out) - 1
		switch {
		case last >= 0 && out[last].at == v.at:
			continue
		case v.on != none && last >= 0 && i+1 < len(way) && onEdge(out[last], v.on) && onEdge(way[i+1], v.on):
			continue
		}
		out = append(out, v)
	}
	line := make([]geo.Coord, len(out))
	for i, v := range out {
		line[i] = v.at
	}
	return line
}
