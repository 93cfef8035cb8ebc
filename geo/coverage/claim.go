package coverage

import (
	"encoding/binary"
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/plane"
)

// claim is what one tier says of the ground that a set of pieces holds.
type claim struct {
	owner int32   // the one area that claims it, none when no or several areas do
	all   []int32 // the areas that claim it when several do
	group int32   // equal for equal all, none otherwise
	twice int32   // the area two of whose parts hold it, or none
}

// claimers gives each set of pieces of the drawing its meaning in a tier.
func (b *builder) claimers(t *tier) []claim {
	claims := make([]claim, b.drawn.Sets.Len())
	groups := map[string]int32{}
	for s := range claims {
		c := claim{owner: none, group: none, twice: none}
		last := piece{area: none}
		var areas []int32
		for _, n := range b.drawn.Sets.Pieces(plane.Set(s)) {
			p := b.pieces[n]
			switch {
			case p.tier != int32(t.number):
				continue
			case p.area != last.area:
				areas = append(areas, p.area)
			case p.part != last.part:
				c.twice = p.area
			}
			last = p
		}
		switch len(areas) {
		case 0:
		case 1:
			c.owner = areas[0]
		default:
			c.all, c.group = areas, groupOf(groups, areas)
		}
		claims[s] = c
	}
	return claims
}

func groupOf(groups map[string]int32, areas []int32) int32 {
	var key []byte
	for _, a := range areas {
		key = binary.BigEndian.AppendUint32(key, uint32(a))
	}
	group, known := groups[string(key)]
	if !known {
		group = int32(len(groups))
		groups[string(key)] = group
	}
	return group
}

// claim gives every face its owner in every tier, from the lowest up, and every area its
// parent.
func (b *builder) claim() error {
	for i, t := range b.tiers {
		if err := b.ctx.Err(); err != nil {
			return err
		}
		if t.Dissolve {
			if i == 0 {
				return geo.Errorf(geo.Invalid, "layer %s has no lower layer to be dissolved from", t.Name)
			}
			b.findParents(b.tiers[i-1])
			t.dissolve(b.tiers[i-1])
			continue
		}
		b.claimOwn(t)
		b.closeGaps(t)
		if i > 0 {
			b.findParents(b.tiers[i-1])
		}
	}
	return nil
}

// claimAlone is claim for an area that has no neighbours: its holes are no gaps.
func (b *builder) claimAlone() error {
	b.claimOwn(b.tiers[0])
	return b.ctx.Err()
}

// dissolve gives each face to the parent of its owner below.
func (t *tier) dissolve(below *tier) {
	t.owners = make([]int32, len(below.owners))
	for f, owner := range below.owners {
		t.owners[f] = none
		if owner != none {
			t.owners[f] = below.parents[owner]
		}
	}
}

// claimOwn gives faces that one area claims to that area, and settles those that several
// do.
func (b *builder) claimOwn(t *tier) {
	t.owners = make([]int32, len(b.drawn.Faces))
	undisputed := make([]bool, len(t.Areas))
	for f, set := range b.drawn.Faces {
		owner := t.claimers[set].owner
		if t.owners[f] = owner; owner != none {
			undisputed[owner] = true
		}
	}
	b.tellDoubles(t)
	b.settleOverlaps(t, undisputed)
}

// tellDoubles names ground that two parts of one area hold.
func (b *builder) tellDoubles(t *tier) {
	doubled := b.regions(func(f plane.Face) int32 { return t.claimers[b.drawn.Faces[f]].twice })
	for i := range doubled.list {
		r := &doubled.list[i]
		area := t.claimers[b.drawn.Faces[r.faces[0]]].twice
		b.tellOverlap(t, []int32{area}, r, area)
	}
}

// settleOverlaps gives ground that several areas claim to one of them: to one that has no
// other ground, else to the one that shares most of its border.
func (b *builder) settleOverlaps(t *tier, undisputed []bool) {
	disputed := b.regions(func(f plane.Face) int32 { return t.claimers[b.drawn.Faces[f]].group })
	claimants := func(r *region) []int32 { return t.claimers[b.drawn.Faces[r.faces[0]]].all }
	owners := slices.Clone(t.owners)
	b.share(disputed, func(r *region, f plane.Face) int32 {
		if slices.Contains(claimants(r), owners[f]) {
			return owners[f]
		}
		return none
	})
	for i := range disputed.list {
		r := &disputed.list[i]
		homeless := slices.DeleteFunc(slices.Clone(claimants(r)), func(a int32) bool { return undisputed[a] })
		winner := t.smallest(homeless)
		if winner == none {
			winner = t.most(r.shared)
		}
		if winner == none {
			winner = t.smallest(claimants(r))
		}
		b.tellOverlap(t, claimants(r), r, winner)
		t.give(r, winner)
	}
}

// give makes an area the owner of a region.
func (t *tier) give(r *region, area int32) {
	for _, f := range r.faces {
		t.owners[f] = area
	}
}

// smallest is the area with the smallest code, none of none.
func (t *tier) smallest(areas []int32) int32 {
	best := none
	for _, a := range areas {
		if best == none || t.code(a) < t.code(best) {
			best = a
		}
	}
	return best
}

// most is the area with the greatest length, of equals the one with the smallest code.
func (t *tier) most(lengths map[int32]float64) int32 {
	longest := 0.0
	for _, l := range lengths {
		longest = max(longest, l)
	}
	var best []int32
	for a, l := range lengths {
		if l >= longest*(1-1e-9) {
			best = append(best, a)
		}
	}
	return t.smallest(best)
}

// closeGaps gives enclosed gaps narrower than the tolerance to a neighbour.
func (b *builder) closeGaps(t *tier) {
	gaps := b.regions(func(f plane.Face) int32 {
		if t.owners[f] == none {
			return 0
		}
		return none
	})
	b.share(gaps, func(_ *region, f plane.Face) int32 { return t.owners[f] })
	for i := range gaps.list {
		r := &gaps.list[i]
		if r.narrow(b.options.Tolerance) {
			winner := t.most(r.shared)
			b.tellClosedGap(t, r, winner)
			t.give(r, winner)
		}
	}
}
