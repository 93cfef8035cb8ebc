package coverage

import (
	"gridwarden/geo"
	"gridwarden/geo/plane"
)

// settle rounds the borders that remain to geo's grid, all tiers at once, and reads the
// finished areas off the edges.
func (b *builder) settle() error {
	d := plane.NewDrawing(len(b.drawn.Edges))
	var labels []int32
	for i := range b.drawn.Edges {
		e := &b.drawn.Edges[i]
		labels = labels[:0]
		for _, t := range b.tiers {
			if left, right := t.owners[e.Left], t.owners[e.Right]; left != right {
				labels = append(labels, t.labels(left, right)...)
			}
		}
		d.Edge(b.drawn.Nodes[e.From], b.drawn.Nodes[e.To], d.Sets.Of(labels...))
	}
	b.drawn = nil
	settled, err := d.Arrange(b.ctx, step)
	if err != nil {
		return err
	}
	b.result.Layers = make([][]Built, len(b.tiers))
	for i, t := range b.tiers {
		if err := b.ctx.Err(); err != nil {
			return err
		}
		b.result.Layers[i] = t.built(settled.Dissolve(t.holders(settled), len(t.Areas)))
		b.tellCollapsed(t, b.result.Layers[i])
	}
	return nil
}

// labels are the numbers of areas among those of all tiers, without none.
func (t *tier) labels(areas ...int32) []int32 {
	out := areas[:0]
	for _, a := range areas {
		if a != none {
			out = append(out, t.first+a)
		}
	}
	return out
}

// holders is the area of the tier that holds each face of the settled arrangement.
func (t *tier) holders(settled *plane.Arrangement) []int32 {
	ofSet := make([]int32, settled.Sets.Len())
	for s := range ofSet {
		ofSet[s] = none
		for _, label := range settled.Sets.Pieces(plane.Set(s)) {
			if area := label - t.first; area >= 0 && area < int32(len(t.Areas)) {
				ofSet[s] = area
				break
			}
		}
	}
	holders := make([]int32, len(settled.Faces))
	for f, set := range settled.Faces {
		holders[f] = ofSet[set]
	}
	return holders
}

// built are the finished areas of a tier.
func (t *tier) built(shapes [][]plane.Polygon) []Built {
	out := make([]Built, len(t.Areas))
	for i := range out {
		out[i].Code = t.Areas[i].Code
		if t.upper != nil {
			out[i].Parent = t.upper.code(t.parents[i])
		}
		for _, p := range shapes[i] {
			polygon := make(geo.Polygon, len(p))
			for k, r := range p {
				polygon[k] = make(geo.Ring, len(r))
				for n, c := range r {
					polygon[k][n] = geo.Coord{X: int32(c.X), Y: int32(c.Y)}
				}
			}
			out[i].Shape = append(out[i].Shape, polygon)
		}
		shapes[i] = nil
	}
	return out
}
