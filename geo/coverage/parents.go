package coverage

import "gridwarden/geo"

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
			b.tellOrphan(t, int32(i), geo.Say("names %s, which layer %s does not have", a.Parent, t.upper.Name))
		case a.Parent == "":
			if parent = t.upper.prefix(a.Code); parent == none && !t.upper.Dissolve {
				if largest == nil {
					largest = b.largestHolders(t)
				}
				parent = largest[i]
			}
			if parent == none {
				b.tellOrphan(t, int32(i), geo.Say("lies in no area of layer %s", t.upper.Name))
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
