package coverage

import (
	"maps"
	"slices"

	"gridwarden/geo/plane"
)

// mismatch tells who holds a face and in whose ground of the upper tier that is, when the
// two do not belong together: a child out of its parent, or (with empty) ground of the
// parent that no child holds.
func (t *tier) mismatch(f plane.Face, empty bool) (child, ground int32, is bool) {
	child, ground = t.owners[f], t.upper.owners[f]
	if child == none {
		return child, ground, empty && ground != none
	}
	return child, ground, t.parents[child] != ground
}

// strays are the regions where one child and one parent disagree.
func (b *builder) strays(t *tier, empty bool) *regions {
	keys := map[[2]int32]int32{}
	return b.regions(func(f plane.Face) int32 {
		child, ground, is := t.mismatch(f, empty)
		if !is {
			return none
		}
		pair := [2]int32{child, ground}
		key, known := keys[pair]
		if !known {
			key = int32(len(keys))
			keys[pair] = key
		}
		return key
	})
}

// nestUpward names every child that sticks out of its parent by the tolerance or more,
// from the lowest tier up; with Repair the parent takes over what its child holds.
func (b *builder) nestUpward() error {
	gained := map[[2]int32]float64{}
	for _, t := range b.tiers {
		if err := b.ctx.Err(); err != nil || t.upper == nil {
			return b.tellGains(gained, err)
		}
		outside := b.strays(t, false)
		sums := map[int32]*overhang{}
		for i := range outside.list {
			r := &outside.list[i]
			child := t.owners[r.faces[0]]
			parent := t.parents[child]
			if parent == none || r.narrow(b.options.Tolerance) {
				continue // that it has no parent was told
			}
			if sums[child] == nil {
				sums[child] = &overhang{child: child}
			}
			sums[child].add(r)
			if b.options.Repair {
				t.upper.give(r, parent)
				gained[[2]int32{int32(t.upper.number), parent}] += r.size().area
			}
		}
		for _, child := range slices.Sorted(maps.Keys(sums)) {
			b.tellOverhang(t, sums[child])
		}
	}
	return nil
}

// overhang is all a child holds outside its parent.
type overhang struct {
	child   int32
	widest  size
	area    float64
	regions []*region
}

func (o *overhang) add(r *region) {
	if s := r.size(); len(o.regions) == 0 || s.width > o.widest.width {
		o.widest = s
	}
	o.area += r.size().area
	o.regions = append(o.regions, r)
}

func (b *builder) tellGains(gained map[[2]int32]float64, err error) error {
	keys := slices.SortedFunc(maps.Keys(gained), func(k, l [2]int32) int { return slices.Compare(k[:], l[:]) })
	for _, k := range keys {
		t := b.tiers[k[0]]
		b.result.Gained = append(b.result.Gained, Gain{t.Name, t.code(k[1]), gained[k]})
	}
	return err
}
