package coverage

import (
	"context"
	"errors"
	"maps"
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/plane"
)

// sameParents is the remedy of [InTheWay] where an edit cannot be done in part.
var sameParents = geo.Say("let the layers above follow, or choose areas of one parent")

// Merge makes areas of one layer (its place in the chain, 0 the lowest) one, which keeps the
// code into, one of them; the areas of the layer below get it as parent. The box must hold
// them all. It fails (Conflict) where one shares no edge with the others. Keep is taken as
// [Refuse]: areas cannot become one in part.
func Merge(ctx context.Context, near Near, layer int, box geo.Box, codes []geo.AreaCode, into geo.AreaCode, o EditOptions) (*Redrawn, error) {
	codes = slices.Compact(slices.Sorted(slices.Values(codes)))
	if len(codes) < 2 || !slices.Contains(codes, into) {
		return nil, geo.Errorf(geo.Invalid, "a merge takes two areas at least, and one of them keeps its code")
	}
	return give(ctx, near, layer, box, o, func(f *fabric) error {
		areas, err := f.areas(codes)
		if err != nil {
			return err
		}
		if err := f.judgeTouching(areas, f.tiers[0].index[into]); err != nil {
			return err
		}
		return f.giveAway(areas, f.tiers[0].index[into])
	})
}

// Close ends an area of a layer; its ground goes to the neighbour into, or when that is empty
// to the one that shares most of its border, one with the same parent first. The box must
// hold the area. An area without neighbours leaves ground that no area holds, which a note
// says. It fails (Conflict) where into shares no edge with it. Keep is taken as [Refuse].
func Close(ctx context.Context, near Near, layer int, box geo.Box, code, into geo.AreaCode, o EditOptions) (*Redrawn, error) {
	return give(ctx, near, layer, box, o, func(f *fabric) error {
		areas, err := f.areas([]geo.AreaCode{code})
		if err != nil {
			return err
		}
		heir, err := f.heirOf(areas[0], into)
		if err != nil {
			return err
		}
		if heir == none {
			f.out.Notes = append(f.out.Notes, geo.Say("nobody holds the ground of %s any more: it had no neighbour", named(f.tiers[0].Name, code)))
		}
		return f.giveAway(areas, heir)
	})
}

// Reparent moves areas of a layer to other parents, which the map names for each; those that
// are not there yet begin under the areas that begin names, empty in the top layer. The
// shapes of the parents follow; what [EditOptions] say of parents is meant for the layers
// above these, and Keep is taken as [Refuse]. The box must hold all areas. It fails
// (Conflict) where an area would be cut off from the rest of a parent that is there already.
func Reparent(ctx context.Context, near Near, layer int, box geo.Box, parents, begin map[geo.AreaCode]geo.AreaCode, o EditOptions) (*Redrawn, error) {
	return give(ctx, near, layer, box, o, func(f *fabric) error {
		if len(f.tiers) < 2 {
			return geo.Errorf(geo.Invalid, "layer %s has no layer of parents", f.tiers[0].Name)
		}
		areas, err := f.areas(slices.Sorted(maps.Keys(parents)))
		if err != nil {
			return err
		}
		if err := f.adopt(areas, parents, begin); err != nil {
			return err
		}
		return f.followParents(areas)
	})
}

// give does an edit of whole areas of a layer. The layers below keep their shapes; those
// that lose their parent get the one its ground went to.
func give(ctx context.Context, near Near, layer int, box geo.Box, o EditOptions, do func(*fabric) error) (*Redrawn, error) {
	heirs := map[geo.AreaCode]geo.AreaCode{}
	from := func(box geo.Box) []Layer {
		chain := near(box)
		return chain[min(layer, len(chain)):]
	}
	out, err := edit(ctx, from, box, o, func(f *fabric) error {
		if f.parents == Keep {
			f.parents = Refuse
		}
		f.remedy = sameParents
		if err := do(f); err != nil {
			return err
		}
		for area, heir := range f.heirs {
			heirs[f.tiers[0].code(area)] = f.tiers[0].code(heir)
		}
		return nil
	})
	var stands *InTheWay
	if errors.As(err, &stands) {
		inChain(stands.Moved, layer)
	}
	if err != nil {
		return nil, err
	}
	inChain(out.Moved, layer)
	out.Layers = append(make([][]Built, layer), out.Layers...)
	out.Ended = append(make([][]geo.AreaCode, layer), out.Ended...)
	if layer > 0 && len(heirs) > 0 {
		for _, a := range near(box)[layer-1].Areas {
			if heir, orphan := heirs[a.Parent]; orphan {
				out.Layers[layer-1] = append(out.Layers[layer-1], Built{a.Code, heir, a.Shape})
			}
		}
	}
	return out, nil
}

// inChain counts layers from the lowest of the chain instead of from the given one.
func inChain(moved []Moved, layer int) {
	for i := range moved {
		moved[i].Layer += layer
	}
}

// areas are those of the lowest tier with some codes.
func (f *fabric) areas(codes []geo.AreaCode) ([]int32, error) {
	t := f.tiers[0]
	out := make([]int32, len(codes))
	for i, code := range codes {
		area, known := t.index[code]
		if !known {
			return nil, geo.Errorf(geo.NotFound, "%s is not there", named(t.Name, code))
		}
		out[i] = area
	}
	return out, f.drawAll(nil)
}

// giveAway gives the ground of areas to one of them or another, or to nobody.
func (f *fabric) giveAway(areas []int32, heir int32) error {
	f.heirs = map[int32]int32{}
	for _, a := range areas {
		if a != heir {
			f.heirs[a] = heir
		}
	}
	for face, owner := range f.next {
		if owner != none && slices.Contains(areas, owner) {
			f.next[face] = heir
		}
	}
	return f.carryOut(none)
}

// judgeTouching fails unless areas hang together over edges.
func (f *fabric) judgeTouching(areas []int32, into int32) error {
	t := f.tiers[0]
	together := plane.NewUnion(len(t.Areas))
	for _, e := range f.rounded.Edges {
		left, right := t.owners[e.Left], t.owners[e.Right]
		if left != none && right != none && slices.Contains(areas, left) && slices.Contains(areas, right) {
			together.Join(left, right)
		}
	}
	var apart []geo.AreaCode
	for _, a := range areas {
		if together.Find(a) != together.Find(into) {
			apart = append(apart, t.code(a))
		}
	}
	if len(apart) > 0 {
		return geo.Errorf(geo.Conflict, "%s cannot be merged into %s: they share no border; name only areas that hang together", named(t.Name, apart...), t.code(into))
	}
	return nil
}

// heirOf is who gets the ground of an area that is closed.
func (f *fabric) heirOf(area int32, into geo.AreaCode) (int32, error) {
	t := f.tiers[0]
	lengths := [2]map[int32]float64{{}, {}} // neighbours with the same parent, and others
	for _, e := range f.rounded.Edges {
		other := t.owners[e.Left]
		if other == area {
			other = t.owners[e.Right]
		} else if t.owners[e.Right] != area {
			continue
		}
		if other == none || other == area {
			continue
		}
		sort := 1
		if t.parents[other] == t.parents[area] {
			sort = 0
		}
		p, q := onGrid(f.rounded.Nodes[e.From]), onGrid(f.rounded.Nodes[e.To])
		lengths[sort][other] += geo.FrameAt(p).Distance(q)
	}
	if into == "" {
		if len(lengths[0]) > 0 {
			return t.most(lengths[0]), nil
		}
		return t.most(lengths[1]), nil
	}
	heir, known := t.index[into]
	if !known || lengths[0][heir]+lengths[1][heir] == 0 {
		return none, geo.Errorf(geo.Conflict, "%s shares no border with %s; name one of its neighbours, or none", named(t.Name, into), t.code(area))
	}
	return heir, nil
}

// adopt gives areas their new parents.
func (f *fabric) adopt(areas []int32, parents, begin map[geo.AreaCode]geo.AreaCode) error {
	t := f.tiers[0]
	for _, code := range slices.Sorted(maps.Keys(begin)) {
		if _, known := t.upper.index[code]; known {
			return geo.Errorf(geo.Conflict, "%s is there already; give the new one another code", named(t.upper.Name, code))
		}
		above := none
		if t.upper.upper != nil {
			n, known := t.upper.upper.index[begin[code]]
			if !known {
				return geo.Errorf(geo.NotFound, "%s, which is to be the parent of %s, does not lie there", named(t.upper.upper.Name, begin[code]), code)
			}
			above = n
		}
		f.begin(t.upper, code, above)
	}
	for _, a := range areas {
		code := t.code(a)
		parent, known := t.upper.index[parents[code]]
		if !known {
			return geo.Errorf(geo.Conflict, "%s does not touch %s; move it to a parent beside it", named(t.Name, code), named(t.upper.Name, parents[code]))
		}
		t.parents[a] = parent
	}
	return nil
}

// followParents gives the ground of areas to their parents, and these' parents.
func (f *fabric) followParents(areas []int32) error {
	moved, further := movedBorders{}, movedBorders{}
	next := make([][]int32, len(f.tiers))
	for n, t := range f.tiers {
		next[n] = slices.Clone(t.owners)
	}
	for face, owner := range f.next {
		if owner == none || !slices.Contains(areas, owner) {
			continue
		}
		for n, target := range f.ancestors(owner) {
			t := f.tiers[n+1]
			if t.owners[face] == target {
				continue
			}
			next[n+1][face] = target
			moved.add(t, t.owners[face], target, f.nodeOf(face))
			if n > 0 {
				further.add(t, t.owners[face], target, f.nodeOf(face))
			}
		}
	}
	f.out.Moved = moved.list()
	switch {
	case len(moved) == 0:
		return geo.Errorf(geo.Invalid, "nothing would change: the areas have these parents already")
	case len(further) > 0 && f.parents != Follow:
		return inTheWay(f.names(), further.list(), f.remedy)
	}
	if err := f.judgeAdopted(areas, next[1]); err != nil {
		return err
	}
	for n, t := range f.tiers {
		t.owners = next[n]
	}
	return nil
}

// judgeAdopted fails where an area does not hang together with what its parent held before.
func (f *fabric) judgeAdopted(areas []int32, next []int32) error {
	t := f.tiers[0]
	together := plane.NewUnion(len(next))
	for _, e := range f.rounded.Edges {
		if next[e.Left] != none && next[e.Left] == next[e.Right] {
			together.Join(e.Left, e.Right)
		}
	}
	held := map[plane.Face]bool{}
	for face, owner := range t.upper.owners {
		if owner != none && owner == next[face] {
			held[together.Find(plane.Face(face))] = true
		}
	}
	for face, owner := range t.owners {
		if owner == none || !slices.Contains(areas, owner) || held[together.Find(plane.Face(face))] {
			continue
		}
		if parent := t.parents[owner]; len(f.was[1][parent]) > 0 {
			return geo.Errorf(geo.Conflict, "%s does not touch %s; move it to a parent beside it", named(t.Name, t.code(owner)), named(t.upper.Name, t.upper.code(parent)))
		}
	}
	return nil
}
