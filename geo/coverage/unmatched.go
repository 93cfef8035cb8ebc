package coverage

import (
	"cmp"
	"maps"
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/plane"
)

// findUnmatched names every stored vertex that lies on the edge of another area without
// being a node of it. An area whose border has as many edges as it was stored with has
// none.
func (b *builder) findUnmatched() error {
	edges := make([]int, len(b.pieces))
	sets := make([][]int32, b.drawn.Sets.Len())
	for s := range sets {
		sets[s] = b.drawn.Sets.Pieces(plane.Set(s))
	}
	for _, e := range b.drawn.Edges {
		for _, p := range sets[e.Set] {
			edges[p]++
		}
	}
	missing := b.missingNodes(sets, func(p int32, own int) bool { return edges[p] > own })
	if len(missing) == 0 {
		return b.ctx.Err()
	}
	b.eachShape(func(p int32, polygon geo.Polygon) {
		for _, ring := range fineShape(polygon) {
			for _, at := range ring {
				for _, m := range missing[at] {
					if m.other == nil {
						m.other = &b.pieces[p]
					}
				}
			}
		}
	})
	for _, at := range slices.SortedFunc(maps.Keys(missing), plane.Point.Compare) {
		for _, m := range missing[at] {
			b.tellUnmatched(at, m)
		}
	}
	return b.ctx.Err()
}

// unmatched is a node on the border of a piece that is none of its vertices.
type unmatched struct {
	piece int32
	other *piece // one that has it as a vertex; nil where borders merely cross
}

// missingNodes collects, for the pieces that suspect names, the nodes on their borders
// that are none of their vertices.
func (b *builder) missingNodes(sets [][]int32, suspect func(piece int32, own int) bool) map[plane.Point][]*unmatched {
	own := map[int32]map[plane.Point]bool{}
	b.eachShape(func(p int32, polygon geo.Polygon) {
		n := 0
		for _, ring := range polygon {
			n += len(ring)
		}
		if !suspect(p, n) {
			return
		}
		own[p] = map[plane.Point]bool{}
		for _, ring := range fineShape(polygon) {
			for _, at := range ring {
				own[p][at] = true
			}
		}
	})
	missing := map[plane.Point][]*unmatched{}
	for _, e := range b.drawn.Edges {
		for _, p := range sets[e.Set] {
			for _, n := range [...]int32{e.From, e.To} {
				if at := b.drawn.Nodes[n]; own[p] != nil && !own[p][at] {
					own[p][at] = true
					missing[at] = append(missing[at], &unmatched{piece: p})
				}
			}
		}
	}
	for _, list := range missing {
		slices.SortFunc(list, func(m, n *unmatched) int { return cmp.Compare(m.piece, n.piece) })
	}
	return missing
}

// eachShape calls do for the polygon of every piece of a chain given as shapes.
func (b *builder) eachShape(do func(piece int32, p geo.Polygon)) {
	piece := int32(0)
	for _, t := range b.tiers {
		for i := range t.Areas {
			for _, p := range t.Areas[i].Shape {
				do(piece, p)
				piece++
			}
		}
	}
}

func (b *builder) tellUnmatched(at plane.Point, m *unmatched) {
	if m.other == nil {
		return
	}
	p := b.pieces[m.piece]
	t, o := b.tiers[p.tier], b.tiers[m.other.tier]
	f := geo.Fault{Kind: geo.FaultUnmatched, Error: true, Layer: t.Name, Areas: []geo.AreaCode{t.code(p.area)}, At: degrees(at)}
	other := o.code(m.other.area)
	if o == t && other != f.Areas[0] {
		f.Areas = append(f.Areas, other)
		slices.Sort(f.Areas)
	}
	f.Remedy = geo.Say("import the layer again to put it in")
	f.Message = geo.Say("the vertex of %s at %s lies on the border of %s but is no node of it", named(o.Name, other), place(f.At), named(t.Name, t.code(p.area)))
	b.tell(f)
}
