package plane

import "slices"

// Face is the number of a face; 0 is the unbounded one.
type Face = int32

// Edge is a straight edge between two nodes with a face on each side. Crossing it toggles
// the pieces of Set.
type Edge struct {
	From, To    int32 // places in Nodes
	Left, Right Face
	Set         Set
}

// Arrangement is a set of edges that meet only in shared nodes, and the faces between.
// It must not be changed.
type Arrangement struct {
	Sets  *Sets
	Nodes []Point // in order
	Edges []Edge
	Faces []Set   // the pieces that hold each face
	next  []int32 // for half-edge h the next one round the face on its left
}

// Half-edge 2e runs along edge e, 2e+1 against it.
func (a *Arrangement) origin(h int32) int32 {
	if h&1 == 0 {
		return a.Edges[h>>1].From
	}
	return a.Edges[h>>1].To
}

// left is where the face to the left of a half-edge is kept.
func (a *Arrangement) left(h int32) *Face {
	if h&1 == 0 {
		return &a.Edges[h>>1].Left
	}
	return &a.Edges[h>>1].Right
}

func arrange(sets *Sets, segs []segment) *Arrangement {
	a := &Arrangement{Sets: sets, Edges: make([]Edge, len(segs)), Nodes: nodes(segs)}
	for i, s := range segs {
		from, _ := slices.BinarySearchFunc(a.Nodes, s.a, Point.Compare)
		to, _ := slices.BinarySearchFunc(a.Nodes, s.b, Point.Compare)
		a.Edges[i] = Edge{From: int32(from), To: int32(to), Set: s.set}
	}
	a.link()
	outlines := a.trace()
	a.nest(outlines)
	a.label()
	return a
}

// nodes are the end points of segments in order.
func nodes(segs []segment) []Point {
	points := make([]Point, 0, 2*len(segs))
	for i := range segs {
		if i == 0 || segs[i].a != segs[i-1].a {
			points = append(points, segs[i].a)
		}
		points = append(points, segs[i].b)
	}
	slices.SortFunc(points, Point.Compare)
	return slices.Clip(slices.Compact(points))
}

// link finds the next half-edge of each: after arriving at a node, the one that leaves it
// clockwise next to the way back.
func (a *Arrangement) link() {
	start := make([]int32, len(a.Nodes)+1)
	for _, e := range a.Edges {
		start[e.From]++
		start[e.To]++
	}
	for i, sum := 0, int32(0); i < len(start); i++ {
		sum += start[i]
		start[i] = sum
	}
	out := make([]int32, 2*len(a.Edges))
	for h := range int32(len(out)) {
		n := a.origin(h)
		start[n]--
		out[start[n]] = h
	}
	a.next = make([]int32, len(out))
	for n := range len(a.Nodes) {
		fan := out[start[n]:start[n+1]]
		if len(fan) > 2 {
			slices.SortFunc(fan, func(g, h int32) int { return a.angle(a.Nodes[n], a.head(g), a.head(h)) })
		}
		for i, h := range fan {
			a.next[h^1] = fan[(i+len(fan)-1)%len(fan)]
		}
	}
}

func (a *Arrangement) head(h int32) Point { return a.Nodes[a.origin(h^1)] }

// angle orders directions from o counter-clockwise, from east to just below east.
func (a *Arrangement) angle(o, p, q Point) int {
	lower := func(p Point) bool { return p.Y < o.Y || p.Y == o.Y && p.X < o.X }
	switch lp, lq := lower(p), lower(q); {
	case lp && !lq:
		return 1
	case lq && !lp:
		return -1
	}
	return -Orient(o, p, q)
}

// outline is the outer boundary of a connected set of edges, seen from outside.
type outline struct {
	half   int32 // a half-edge of it
	lowest int32 // its westernmost, of these its southernmost node
}

// trace walks round every face and numbers the bounded ones from 1. What it returns are
// the walks that turn clockwise; the left of these is -1-i until they are nested.
func (a *Arrangement) trace() []outline {
	var outlines []outline
	var ring Ring
	seen := make([]bool, len(a.next))
	a.Faces = append(a.Faces, 0)
	for h := range int32(len(a.next)) {
		if seen[h] {
			continue
		}
		ring = ring[:0]
		lowest := a.origin(h)
		for g := h; !seen[g]; g = a.next[g] {
			seen[g] = true
			ring = append(ring, a.Nodes[a.origin(g)])
			lowest = min(lowest, a.origin(g))
		}
		face := Face(len(a.Faces))
		if ring.turn() > 0 {
			a.Faces = append(a.Faces, 0)
		} else {
			face = -1 - int32(len(outlines))
			outlines = append(outlines, outline{h, lowest})
		}
		a.fill(h, face)
	}
	return outlines
}

// fill writes a face on the left of a walk.
func (a *Arrangement) fill(h int32, face Face) {
	for g := h; ; {
		*a.left(g) = face
		if g = a.next[g]; g == h {
			return
		}
	}
}

// label spreads the sets of pieces from the unbounded face over all others.
func (a *Arrangement) label() {
	starts := make([]int32, len(a.Faces)+1)
	for i := range a.Edges {
		starts[a.Edges[i].Left]++
		starts[a.Edges[i].Right]++
	}
	for i, sum := 0, int32(0); i < len(starts); i++ {
		sum += starts[i]
		starts[i] = sum
	}
	round := make([]int32, 2*len(a.Edges))
	for h := range int32(len(round)) {
		f := *a.left(h)
		starts[f]--
		round[starts[f]] = h
	}
	known := make([]bool, len(a.Faces))
	known[0] = true
	for stack := []Face{0}; len(stack) > 0; {
		f := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, h := range round[starts[f]:starts[f+1]] {
			if g := *a.left(h ^ 1); !known[g] {
				known[g] = true
				a.Faces[g] = a.Sets.Xor(a.Faces[f], a.Edges[h>>1].Set)
				stack = append(stack, g)
			}
		}
	}
}
