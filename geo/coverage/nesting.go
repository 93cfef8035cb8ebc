package coverage

import (
	"fmt"
	"maps"
	"slices"

	"gridwarden/geo"
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
			if r.size().width < b.options.Tolerance {
				continue
			}
			child := t.owners[r.faces[0]]
			if sums[child] == nil {
				sums[child] = &overhang{child: child}
			}
			sums[child].add(r)
			if parent := t.parents[child]; b.options.Repair && parent != none {
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

// nestDownward makes the parents' borders those of their children wherever they differ by
// less than the tolerance, from the top down. Ground that reaches no child of its parent
// waits until its neighbours have theirs; in the end it is a gap.
func (b *builder) nestDownward() error {
	for _, t := range slices.Backward(b.tiers) {
		if t.upper == nil {
			continue
		}
		for closing := true; closing; {
			if err := b.ctx.Err(); err != nil {
				return err
			}
			closing = b.closeStrays(t, false)
		}
		b.closeStrays(t, true)
	}
	return nil
}

// closeStrays gives each narrow stray to the child of its ground's parent that shares
// most of its border and tells whether there was any; a stray without such a neighbour is
// left unless it is the last call.
func (b *builder) closeStrays(t *tier, last bool) (any bool) {
	strays := b.strays(t, true)
	b.share(strays, func(r *region, f plane.Face) int32 {
		ground := t.upper.owners[r.faces[0]]
		if child := t.owners[f]; child != none && ground != none && t.parents[child] == ground && t.upper.owners[f] == ground {
			return child
		}
		return none
	})
	for i := range strays.list {
		r := &strays.list[i]
		child, ground := t.owners[r.faces[0]], t.upper.owners[r.faces[0]]
		winner := t.most(r.shared)
		switch {
		case winner == none && (child == none || ground != none && !last):
			continue
		case r.size().width >= b.options.Tolerance && (child == none || !b.options.Repair):
			continue
		}
		b.tellNarrow(t, r, child, winner)
		t.give(r, winner)
		any = true
	}
	return any
}

// findParents gives every area of a tier its parent in the tier above.
func (b *builder) findParents(t *tier) {
	t.parents = make([]int32, len(t.Areas))
	var largest []int32
	for i := range t.Areas {
		a := &t.Areas[i]
		parent, known := t.upper.index[a.Parent]
		switch {
		case a.Parent != "" && !known:
			parent = none
			b.tellOrphan(t, int32(i), fmt.Sprintf("names %s, which layer %s does not have", a.Parent, t.upper.Name))
		case a.Parent == "":
			if parent = t.upper.prefix(a.Code); parent == none && !t.upper.Dissolve {
				if largest == nil {
					largest = b.largestHolders(t)
				}
				parent = largest[i]
			}
			if parent == none {
				b.tellOrphan(t, int32(i), fmt.Sprintf("lies in no area of layer %s", t.upper.Name))
			}
		}
		t.parents[i] = parent
	}
}

// prefix is the area whose code is the longest that begins the given one.
func (t *tier) prefix(code geo.AreaCode) int32 {
	for n := len(code); n > 0; n-- {
		if area, known := t.index[code[:n]]; known {
			return area
		}
	}
	return none
}

// largestHolders is for each area of a tier the one above that holds most of it.
func (b *builder) largestHolders(t *tier) []int32 {
	grounds := b.faceAreas()
	held := make([]map[int32]float64, len(t.Areas))
	for f, child := range t.owners {
		if parent := t.upper.owners[f]; child != none && parent != none {
			if held[child] == nil {
				held[child] = map[int32]float64{}
			}
			held[child][parent] += grounds[f]
		}
	}
	best := make([]int32, len(held))
	for i, h := range held {
		best[i] = t.upper.most(h)
	}
	return best
}

// faceAreas are the areas of all faces in square degrees of the place, good for comparing
// the parts of one area.
func (b *builder) faceAreas() []float64 {
	areas := make([]float64, len(b.drawn.Faces))
	for i := range b.drawn.Edges {
		e := &b.drawn.Edges[i]
		p, q, o := degrees(b.drawn.Nodes[e.From]), degrees(b.drawn.Nodes[e.To]), degrees(b.drawn.Nodes[0])
		half := ((p[0]-o[0])*(q[1]-o[1]) - (p[1]-o[1])*(q[0]-o[0])) / 2
		areas[e.Left] += half
		areas[e.Right] -= half
	}
	return areas
}
