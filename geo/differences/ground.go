package differences

import (
	"cmp"
	"context"
	"math"
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/plane"
)

// ground says whose the ground of an area is in the other view: of each area there how much
// of it, the most first. What nobody has there has no code. nil for no area.
func (p *pair) ground(ctx context.Context, a *geo.Area, other *index.Snapshot) (all []geo.Descent, err error) {
	if a == nil {
		return nil, nil
	}
	own := other == p.after
	near := slices.Collect(other.AreasIn(p.layer, a.Shape.Box()))
	slices.SortFunc(near, func(a, b *geo.Area) int { return cmp.Compare(a.Code, b.Code) })
	held, err := heldBy(ctx, &a.Shape, near)
	if err != nil {
		return nil, err
	}
	metres, whole := a.Shape.SquareMetres(), units(&a.Shape)
	left := whole
	tell := func(code geo.AreaCode, ground, theirs float64) {
		d := geo.Descent{Layer: p.layer, From: a.Code, To: code, SquareMetres: metres * ground / whole, ShareFrom: ground / whole, ShareTo: theirs}
		if !own {
			d.From, d.To, d.ShareFrom, d.ShareTo = d.To, d.From, d.ShareTo, d.ShareFrom
		}
		all = append(all, d)
	}
	for i, b := range near {
		if ground := held[i]; ground > leastShare*whole {
			tell(b.Code, ground, min(1, ground/units(&b.Shape)))
			left -= ground
		}
	}
	if left > leastShare*whole {
		tell("", left, 0)
	}
	slices.SortStableFunc(all, func(x, y geo.Descent) int { return cmp.Compare(y.SquareMetres, x.SquareMetres) })
	return all, nil
}

// leastShare of an area is the least ground that is told to have changed hands: less is what
// the rounding of crossings makes.
const leastShare = 1e-7

// heldBy is how much of the ground of a shape each of some areas holds, in square units.
func heldBy(ctx context.Context, s *geo.Shape, areas []*geo.Area) ([]float64, error) {
	held := make([]float64, len(areas))
	d := plane.NewDrawing(2 * s.Vertices())
	draw(d, s, 0)
	for i, a := range areas {
		draw(d, &a.Shape, int32(i+1))
	}
	a, err := d.Arrange(ctx, 1)
	if err != nil || len(a.Nodes) == 0 {
		return held, err
	}
	sizes := make([]float64, a.Sets.Len())
	for _, e := range a.Edges {
		v := turn(a.Nodes[0], a.Nodes[e.From], a.Nodes[e.To])
		sizes[a.Faces[e.Left]] += v
		sizes[a.Faces[e.Right]] -= v
	}
	for set, size := range sizes {
		pieces := a.Sets.Pieces(plane.Set(set))
		if len(pieces) < 2 || pieces[0] != 0 {
			continue
		}
		for _, i := range pieces[1:] {
			held[i-1] += size / 2 / (fine * fine)
		}
	}
	return held, nil
}

// fine is how many fine units a unit has: crossings are rounded to them.
const fine = 16

func draw(d *plane.Drawing, s *geo.Shape, piece int32) {
	for _, polygon := range s.Polygons {
		for _, ring := range polygon {
			r := make(plane.Ring, len(ring))
			for i, c := range ring {
				r[i] = plane.Point{X: int64(c.X) * fine, Y: int64(c.Y) * fine}
			}
			d.Ring(r, piece)
		}
	}
}

// turn is twice the ground of a triangle, positive when it runs counter-clockwise.
func turn(o, p, q plane.Point) float64 {
	return float64(p.X-o.X)*float64(q.Y-o.Y) - float64(p.Y-o.Y)*float64(q.X-o.X)
}

// units is the ground of a shape in square units.
func units(s *geo.Shape) (sum float64) {
	for _, polygon := range s.Polygons {
		for _, ring := range polygon {
			sum += float64(ring.SignedArea2()) / 2
		}
	}
	return math.Max(sum, 1)
}
