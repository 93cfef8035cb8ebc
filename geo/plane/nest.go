package plane

import (
	"cmp"
	"slices"
)

// nest gives every outline the face it lies in: 0, or the face on the east side of the
// nearest edge west of its westernmost node. Going by westernmost nodes, that edge's own
// outline has its face already.
func (a *Arrangement) nest(outlines []outline) {
	order := make([]int32, len(outlines))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(i, j int32) int { return cmp.Compare(outlines[i].lowest, outlines[j].lowest) })
	var tree *Tree
	var found []int32
	for n, i := range order {
		face := Face(0)
		if n > 0 {
			if tree == nil {
				tree = a.tree()
			}
			p := a.Nodes[outlines[i].lowest]
			found = tree.Search(Box{a.Nodes[0].X, p.Y, p.X, p.Y}, found[:0])
			face = a.faceWestOf(p, found)
		}
		a.fill(outlines[i].half, face)
	}
}

func (a *Arrangement) tree() *Tree {
	boxes := make([]Box, len(a.Edges))
	for i, e := range a.Edges {
		s := newSegment(a.Nodes[e.From], a.Nodes[e.To], 0)
		boxes[i] = s.box()
	}
	return Pack(boxes)
}

// faceWestOf is the face that the westward ray of p, raised infinitely little, sees first
// when it is none of p's own. Among edges is every one it can meet.
func (a *Arrangement) faceWestOf(p Point, edges []int32) Face {
	down, best := int32(-1), [2]Point{}
	for _, e := range edges {
		h := 2 * e // the half-edge that runs down has the east on its left
		if a.Nodes[a.Edges[e].From].Y < a.Nodes[a.Edges[e].To].Y {
			h++
		}
		low, high := a.head(h), a.head(h^1)
		if low.Y > p.Y || high.Y <= p.Y || Orient(low, high, p) >= 0 {
			continue
		}
		if down < 0 || eastOf(low, high, best[0], best[1]) {
			down, best = h, [2]Point{low, high}
		}
	}
	if down < 0 {
		return 0
	}
	return *a.left(down)
}

// eastOf tells whether the upward edge from a to b is east of the one from c to d, where
// both cross one horizontal line and they meet at most in an end.
func eastOf(a, b, c, d Point) bool {
	if a.Y >= c.Y {
		if o := Orient(c, d, a); o != 0 {
			return o < 0
		}
		return Orient(c, d, b) < 0
	}
	if o := Orient(a, b, c); o != 0 {
		return o > 0
	}
	return Orient(a, b, d) > 0
}
