package coverage

import (
	"slices"

	"gridwarden/geo/plane"
)

// heir says who may take a stray over.
type heir int

const (
	sibling   heir = iota // a child of the parent whose ground it is, next to it
	neighbour             // any area next to it, its parents with it: a speck cut off from all siblings
	nobody
)

// nestDownward makes the parents' borders those of their children wherever they differ by
// less than the tolerance, from the top down.
func (b *builder) nestDownward() error {
	for _, t := range slices.Backward(b.tiers) {
		if t.upper == nil {
			continue
		}
		for _, h := range []heir{sibling, neighbour, nobody} {
			for closing := true; closing; {
				if err := b.ctx.Err(); err != nil {
					return err
				}
				closing = b.closeStrays(t, h)
			}
		}
	}
	return nil
}

// closeStrays gives each narrow stray to the heir that shares most of its border and
// tells whether there was any: strays next to these can be closed then.
func (b *builder) closeStrays(t *tier, h heir) (some bool) {
	strays := b.strays(t, true)
	b.share(strays, func(r *region, f plane.Face) int32 { return t.heir(h, r, f) })
	for i := range strays.list {
		r := &strays.list[i]
		child, ground := t.owners[r.faces[0]], t.upper.owners[r.faces[0]]
		winner := t.most(r.shared)
		homeless := ground == none || h == nobody
		switch {
		case winner == none && (child == none || !homeless):
			continue
		case !r.narrow(b.options.Tolerance) && (child == none || !b.options.Repair):
			continue
		}
		b.tellNarrow(t, r, child, winner)
		t.give(r, winner)
		if h == neighbour {
			t.giveUpward(r, winner)
		}
		some = true
	}
	return some
}

// heir is the owner of a face beside a stray when it may take the stray over.
func (t *tier) heir(h heir, r *region, f plane.Face) int32 {
	child, ground := t.owners[f], t.upper.owners[r.faces[0]]
	switch {
	case child == none || h == nobody || ground == none || t.parents[child] != t.upper.owners[f]:
		return none
	case h == sibling && t.parents[child] != ground:
		return none
	}
	return child
}

// giveUpward makes the ancestors of an area the owners of a region in the tiers above.
func (t *tier) giveUpward(r *region, area int32) {
	for ; t.upper != nil && area != none; t = t.upper {
		area = t.parents[area]
		t.upper.give(r, area)
	}
}
