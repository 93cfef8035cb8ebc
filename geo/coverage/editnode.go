package coverage

import (
	"context"
	"maps"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"gridwarden/geo"
)

// MoveNode moves the node nearest to at, within the tolerance, to another place, and with it
// every border of every layer that meets there. It fails (NotFound) where no node is, and
// (Conflict) where a border would then lie over another one, naming the areas.
func MoveNode(ctx context.Context, near Near, at, to orb.Point, o EditOptions) (*Redrawn, error) {
	from, target, err := twoCoords(at, to)
	if err != nil {
		return nil, err
	}
	return edit(ctx, near, around(from, o).Extend(target), o, func(f *fabric) error {
		node, err := f.nodeAt(from)
		if err != nil {
			return err
		}
		if node == target {
			return geo.Errorf(geo.Invalid, "the node is at %s already; say where it shall go", target)
		}
		if err := f.judgeNode(node); err != nil {
			return err
		}
		return f.rewrite(f.star(node).Extend(target), func(r geo.Ring) geo.Ring {
			return replaced(r, node, target)
		})
	})
}

// InsertNode puts a node into the border nearest to at, within the tolerance, for all areas
// of all layers whose border runs there. It fails (NotFound) where no border is, and
// (Conflict) where a node is already.
func InsertNode(ctx context.Context, near Near, at orb.Point, o EditOptions) (*Redrawn, error) {
	place, err := geo.CoordOf(at[0], at[1])
	if err != nil {
		return nil, err
	}
	return edit(ctx, near, around(place, o), o, func(f *fabric) error {
		s, node, off := f.nearestStretch(place)
		switch {
		case off > f.options.Tolerance:
			return geo.Errorf(geo.NotFound, "no border lies within %s of %s; point nearer to one, or give a larger tolerance", geo.InMetres(f.options.Tolerance), place)
		case node == s[0] || node == s[1]:
			return geo.Errorf(geo.Conflict, "at %s is a node already; move it, or point to another place of the border", node)
		}
		return f.rewrite(s.box().Extend(node), func(r geo.Ring) geo.Ring { return inserted(r, s, node) })
	})
}

// DeleteNode takes the node nearest to at, within the tolerance, out of the border, for all
// areas of all layers: what lay to both sides of it is joined by one edge. It fails (NotFound)
// where no node is, and (Conflict) where more than two edges meet there, an area would have
// no ground left, or the new edge would lie over another border.
func DeleteNode(ctx context.Context, near Near, at orb.Point, o EditOptions) (*Redrawn, error) {
	place, err := geo.CoordOf(at[0], at[1])
	if err != nil {
		return nil, err
	}
	return edit(ctx, near, around(place, o), o, func(f *fabric) error {
		node, err := f.nodeAt(place)
		if err != nil {
			return err
		}
		ends, areas := f.meeting(node)
		if len(ends) != 2 {
			return geo.Errorf(geo.Conflict, "%d edges meet at %s, of %s: a node can be deleted where two do; move it instead", len(ends), node, named(f.tiers[0].Name, areas...))
		}
		if geo.Orient(ends[0], ends[1], node) != 0 {
			if err := f.judgeNode(node); err != nil {
				return err
			}
		}
		return f.rewrite(f.star(node), func(r geo.Ring) geo.Ring {
			return slices.DeleteFunc(slices.Clone(r), func(c geo.Coord) bool { return c == node })
		})
	})
}

func twoCoords(p, q orb.Point) (a, b geo.Coord, err error) {
	if a, err = geo.CoordOf(p[0], p[1]); err == nil {
		b, err = geo.CoordOf(q[0], q[1])
	}
	return a, b, err
}

// around is the box of everything within the tolerance of a place.
func around(c geo.Coord, o EditOptions) geo.Box {
	return geo.FrameAt(c).Around(max(o.Tolerance, leastTolerance))
}

func replaced(r geo.Ring, node, by geo.Coord) geo.Ring {
	out := slices.Clone(r)
	for i := range out {
		if out[i] == node {
			out[i] = by
		}
	}
	return out
}

func inserted(r geo.Ring, s stretch, node geo.Coord) geo.Ring {
	for i, b := range r {
		a := r[(i+len(r)-1)%len(r)]
		if s == (stretch{a, b}) || s.back() == (stretch{a, b}) {
			return slices.Insert(slices.Clone(r), i, node)
		}
	}
	return r
}

// nodeAt is the node nearest to a place.
func (f *fabric) nodeAt(p geo.Coord) (geo.Coord, error) {
	frame, best, nearest := geo.FrameAt(p), p, math.Inf(1)
	f.eachStretch(func(_ *tier, _ int32, s stretch) {
		if d := frame.Distance(s[1]); d < nearest || d == nearest && s[1].Compare(best) < 0 {
			best, nearest = s[1], d
		}
	})
	if nearest > f.options.Tolerance {
		return p, geo.Errorf(geo.NotFound, "no node lies within %s of %s; point nearer to one, or give a larger tolerance", geo.InMetres(f.options.Tolerance), p)
	}
	return best, nil
}

// nearestStretch is the edge nearest to a place, the coordinate next to the nearest point of
// it, and how far off it is in metres.
func (f *fabric) nearestStretch(p geo.Coord) (best stretch, at geo.Coord, metres float64) {
	frame := geo.FrameAt(p)
	metres = math.Inf(1)
	f.eachStretch(func(_ *tier, _ int32, s stretch) {
		if !s.box().Intersects(f.box) {
			return
		}
		if d, along := frame.ToSegment(s[0], s[1]); d < metres {
			best, at, metres = s, s.at(along), d
		}
	})
	return best, at, metres
}

// at is the coordinate next to a point of the edge: 0 its beginning, 1 its end.
func (s stretch) at(along float64) geo.Coord {
	between := func(a, b int32) int32 {
		return int32(math.Round(float64(a) + along*(float64(b)-float64(a))))
	}
	return geo.Coord{X: between(s[0].X, s[1].X), Y: between(s[0].Y, s[1].Y)}
}

// eachStretch calls do for every edge of every area.
func (f *fabric) eachStretch(do func(*tier, int32, stretch)) {
	for _, t := range f.tiers {
		for i := range t.Areas {
			eachStretch(t.Areas[i].Shape, func(s stretch) { do(t, int32(i), s) })
		}
	}
}

// star is the box of all edges that meet in a node.
func (f *fabric) star(node geo.Coord) geo.Box {
	box := geo.EmptyBox().Extend(node)
	f.eachStretch(func(_ *tier, _ int32, s stretch) {
		if s[0] == node || s[1] == node {
			box = box.Union(s.box())
		}
	})
	return box
}

// meeting are the other ends of all edges that meet in a node, in order, and the areas of
// the lowest layer there.
func (f *fabric) meeting(node geo.Coord) ([]geo.Coord, []geo.AreaCode) {
	ends, areas := map[geo.Coord]struct{}{}, map[geo.AreaCode]struct{}{}
	f.eachStretch(func(t *tier, area int32, s stretch) {
		switch node {
		case s[0]:
			ends[s[1]] = struct{}{}
		case s[1]:
			ends[s[0]] = struct{}{}
		default:
			return
		}
		if t.number == 0 {
			areas[t.code(area)] = struct{}{}
		}
	})
	return slices.SortedFunc(maps.Keys(ends), geo.Coord.Compare), slices.Sorted(maps.Keys(areas))
}

// judgeNode judges whether the borders above that run through a node may move with it.
func (f *fabric) judgeNode(node geo.Coord) error {
	left := map[stretch][]int32{} // the upper areas on the left of each edge there, tier by tier
	f.eachStretch(func(t *tier, area int32, s stretch) {
		if t.number == 0 || s[0] != node && s[1] != node {
			return
		}
		if left[s] == nil {
			left[s] = slices.Repeat([]int32{none}, len(f.tiers))
		}
		left[s][t.number] = area
	})
	m, here := movedBorders{}, func() orb.Point { return degrees(fine(node)) }
	for s, areas := range left {
		for n, t := range f.tiers[1:] {
			beyond := none
			if back := left[s.back()]; back != nil {
				beyond = back[n+1]
			}
			m.add(t, areas[n+1], beyond, here)
		}
	}
	moved := m.list()
	switch {
	case len(moved) == 0:
		return nil
	case f.parents == Follow:
		f.out.Moved = moved
		return nil
	case f.parents == Keep:
		return inTheWay(f.names(), moved, geo.Say("as these stay, nothing is left of the edit"))
	}
	return inTheWay(f.names(), moved, howParents)
}

// rewrite changes rings, all of whose edges that change lie in a box, and fails unless the
// areas then lie to one another as before.
func (f *fabric) rewrite(box geo.Box, change func(geo.Ring) geo.Ring) error {
	if err := f.reach(box); err != nil {
		return err
	}
	f.loose = box
	for _, t := range f.tiers {
		for i := range t.Areas {
			a := &t.Areas[i]
			if f.framed(a) || !boxRound(a.Shape).Intersects(box) {
				continue
			}
			rewritten := make(geo.MultiPolygon, len(a.Shape))
			for k, p := range a.Shape {
				for _, r := range p {
					now := change(r)
					if len(now) < 3 {
						return geo.Errorf(geo.Conflict, "nothing would be left of a part of %s, which is a triangle; close the area, or move the node", named(t.Name, a.Code))
					}
					rewritten[k] = append(rewritten[k], now)
				}
			}
			a.Shape = rewritten
		}
	}
	if err := f.drawAll(nil); err != nil {
		return err
	}
	return f.lieAsDrawn()
}

// lieAsDrawn fails where two areas hold the same ground, or a border has to give way to
// another.
func (f *fabric) lieAsDrawn() error {
	for _, t := range f.tiers {
		for _, set := range f.rounded.Faces {
			if c := t.claimers[set]; c.all != nil {
				return f.overlaid(t, c.all)
			}
		}
	}
	for n, shapes := range f.read() {
		t := f.tiers[n]
		var bent []int32
		for i, s := range shapes {
			if !same(s, t.Areas[i].Shape) {
				bent = append(bent, int32(i))
			}
		}
		if len(bent) > 0 {
			return f.overlaid(t, bent)
		}
	}
	return nil
}

func (f *fabric) overlaid(t *tier, areas []int32) error {
	codes := make([]geo.AreaCode, len(areas))
	for i, a := range areas {
		codes[i] = t.code(a)
	}
	slices.Sort(codes)
	if len(codes) == 1 {
		return geo.Errorf(geo.Conflict, "the border of %s would lie over itself; choose a place that no border is in the way of", named(t.Name, codes...))
	}
	return geo.Errorf(geo.Conflict, "the borders of %s would lie over one another; choose a place that no border is in the way of", named(t.Name, codes...))
}
