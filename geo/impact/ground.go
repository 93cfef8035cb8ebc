package impact

import (
	"context"
	"maps"
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/plane"
)

// maxBoxes is how many boxes are told apart; more are joined with those next to them.
const maxBoxes = 512

// everyplace is a box that holds every coordinate.
var everyplace = geo.Box{Min: geo.Coord{X: -180 * geo.Scale, Y: -90 * geo.Scale}, Max: geo.Coord{X: 180 * geo.Scale, Y: 90 * geo.Scale}}

// Ground are boxes outside which every place has the same areas in both views, and every
// report without answers the same decision; where anything may differ, one box of
// everything. A place on their border lies within.
func Ground(ctx context.Context, before, after *index.Snapshot) []geo.Box {
	return groundOf(ctx, before, after, pairsOf(before, after)).boxes()
}

// ground is where answers may differ.
type ground struct {
	everywhere bool
	drawn      []geo.Box          // what areas gained and lost; areas that answer otherwise, whole
	other      []geo.Box          // the same of overlays and lines, and the ground of rulings
	touched    map[*geo.Area]bool // areas of coverages, of either view, that groups or rows name otherwise
}

// groundOf is the ground of a change.
func groundOf(ctx context.Context, before, after *index.Snapshot, pairs map[geo.LayerName][]pair) *ground {
	g := &ground{touched: map[*geo.Area]bool{}}
	for _, layer := range slices.Sorted(maps.Keys(pairs)) {
		reach := max(before.Reach(layer), after.Reach(layer))
		for _, p := range pairs[layer] {
			g.pair(ctx, p, isCoverage(before, layer) && isCoverage(after, layer), reach)
		}
	}
	g.tables(before, after)
	return g
}

// isCoverage tells whether a layer is no overlay and has no lines; one that is not there is.
func isCoverage(view *index.Snapshot, layer geo.LayerName) bool {
	l, known := view.Layer(layer)
	return !known || l.Kind == geo.Coverage
}

// pair adds the ground on which an area answers otherwise.
func (g *ground) pair(ctx context.Context, p pair, coverage bool, reach float64) {
	to := &g.drawn
	if !coverage {
		to = &g.other
	}
	switch {
	case p.was != nil && p.is != nil && sameDuty(p.was, p.is) && len(p.was.Shape.Lines)+len(p.is.Shape.Lines) == 0:
		*to = append(*to, differing(ctx, &p.was.Shape, &p.is.Shape)...)
	default:
		*to = append(*to, grown(p.box(), reach))
	}
}

// box is the ground of both.
func (p pair) box() geo.Box {
	box := geo.EmptyBox()
	for _, a := range []*geo.Area{p.was, p.is} {
		if a != nil {
			box = box.Union(a.Shape.Box())
		}
	}
	return box
}

// grown is a box with some metres more on every side.
func grown(b geo.Box, metres float64) geo.Box {
	if metres <= 0 || b.IsEmpty() {
		return b
	}
	whole := b
	for _, corner := range []geo.Coord{b.Min, {X: b.Max.X, Y: b.Min.Y}, b.Max, {X: b.Min.X, Y: b.Max.Y}} {
		whole = whole.Union(geo.FrameAt(corner).Around(1.001 * metres)) // the scale between the corners is a little another
	}
	return whole
}

// edge is an edge of a ring, whichever way it runs.
type edge struct{ a, b geo.Coord }

func edgeOf(a, b geo.Coord) edge {
	if b.Compare(a) < 0 {
		a, b = b, a
	}
	return edge{a, b}
}

func (e edge) box() geo.Box {
	return geo.Box{Min: e.a, Max: e.a}.Extend(e.b)
}

// differing are boxes round the ground that is in one of two shapes alone. That ground is
// bounded by edges that only one of them has: by all of such an edge, or by what is left of
// it where others run along it. Along these they may be off one another by less than a unit,
// so a box round each edge is among them.
func differing(ctx context.Context, was, is *geo.Shape) []geo.Box {
	alone := map[edge]bool{}
	for _, s := range []*geo.Shape{was, is} {
		for _, polygon := range s.Polygons {
			for _, ring := range polygon {
				toggle(alone, ring)
			}
		}
	}
	drawing, whole := plane.NewDrawing(len(alone)), make([]geo.Box, 0, len(alone))
	set := drawing.Sets.Of(0)
	for e := range alone {
		drawing.Edge(plane.Point{X: int64(e.a.X), Y: int64(e.a.Y)}, plane.Point{X: int64(e.b.X), Y: int64(e.b.Y)}, set)
		whole = append(whole, rounded(e.box()))
	}
	bounds, err := drawing.Arrange(ctx, 1)
	if err != nil {
		return joined(whole) // more than need be
	}
	var left []geo.Box
	for _, e := range bounds.Edges {
		a, b := bounds.Nodes[e.From], bounds.Nodes[e.To]
		left = append(left, rounded(edge{geo.Coord{X: int32(a.X), Y: int32(a.Y)}, geo.Coord{X: int32(b.X), Y: int32(b.Y)}}.box()))
	}
	return outermost(append(joined(left), whole...))
}

// rounded is a box with a unit more on every side: crossings are rounded to the next one.
func rounded(b geo.Box) geo.Box {
	return b.Extend(geo.Coord{X: b.Min.X - 1, Y: b.Min.Y - 1}).Extend(geo.Coord{X: b.Max.X + 1, Y: b.Max.Y + 1})
}

// toggle takes out the edges that are in already, and puts in the others.
func toggle(edges map[edge]bool, ring geo.Ring) {
	for i, b := range ring {
		e := edgeOf(ring[(i+len(ring)-1)%len(ring)], b)
		if edges[e] {
			delete(edges, e)
		} else {
			edges[e] = true
		}
	}
}

// joined are boxes round each lot of boxes that meet one another, in order.
func joined(boxes []geo.Box) []geo.Box {
	if len(boxes) < 2 {
		return boxes
	}
	plain := make([]plane.Box, len(boxes))
	for i, b := range boxes {
		plain[i] = plane.Box{MinX: int64(b.Min.X), MinY: int64(b.Min.Y), MaxX: int64(b.Max.X), MaxY: int64(b.Max.Y)}
	}
	tree, lots := plane.Pack(plain), plane.NewUnion(len(boxes))
	var found []int32
	for i := range boxes {
		for _, j := range tree.Search(plain[i], found[:0]) {
			lots.Join(int32(i), j)
		}
	}
	round := map[int32]geo.Box{}
	for i, b := range boxes {
		lot := lots.Find(int32(i))
		if all, known := round[lot]; known {
			b = b.Union(all)
		}
		round[lot] = b
	}
	return slices.SortedFunc(maps.Values(round), compareBoxes)
}

func compareBoxes(a, b geo.Box) int {
	if c := a.Min.Compare(b.Min); c != 0 {
		return c
	}
	return a.Max.Compare(b.Max)
}

// boxes are those of all ground that may answer otherwise, not many.
func (g *ground) boxes() []geo.Box {
	if g.everywhere {
		return []geo.Box{everyplace}
	}
	all := slices.Concat(g.drawn, g.other)
	for a := range g.touched {
		all = append(all, a.Shape.Box())
	}
	return fewer(all)
}

// outermost are boxes in order, each once, without those that lie within another. Of very
// many it leaves all.
func outermost(boxes []geo.Box) []geo.Box {
	slices.SortFunc(boxes, compareBoxes)
	boxes = slices.Compact(boxes)
	if len(boxes) > 4*maxBoxes {
		return boxes
	}
	return slices.DeleteFunc(slices.Clone(boxes), func(b geo.Box) bool {
		return slices.ContainsFunc(boxes, func(o geo.Box) bool { return o != b && o.Contains(b.Min) && o.Contains(b.Max) })
	})
}

// fewer are boxes that hold what those given do, each once and at most some hundreds. Those
// with their middles in one part of the whole are joined.
func fewer(boxes []geo.Box) []geo.Box {
	boxes = outermost(slices.DeleteFunc(slices.Clone(boxes), geo.Box.IsEmpty))
	if len(boxes) <= maxBoxes {
		return boxes
	}
	const side = 16
	whole := geo.EmptyBox()
	for _, b := range boxes {
		whole = whole.Union(b)
	}
	part := func(low, high, from, to int32) int64 {
		return ((int64(low)+int64(high))/2 - int64(from)) * side / (int64(to) - int64(from) + 1)
	}
	parts := map[[2]int64]geo.Box{}
	for _, b := range boxes {
		at := [2]int64{part(b.Min.X, b.Max.X, whole.Min.X, whole.Max.X), part(b.Min.Y, b.Max.Y, whole.Min.Y, whole.Max.Y)}
		if all, known := parts[at]; known {
			b = b.Union(all)
		}
		parts[at] = b
	}
	return slices.SortedFunc(maps.Values(parts), compareBoxes)
}
