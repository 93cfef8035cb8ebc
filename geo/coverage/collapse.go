package coverage

import (
	"math"

	"github.com/paulmach/orb"

	"gridwarden/geo"
	"gridwarden/geo/plane"
)

// tellCollapsed names areas of which nothing is left on geo's grid, and notes drawn
// polygons that vanished while the rest of their area stayed.
func (b *builder) tellCollapsed(t *tier, built []Built) {
	for i := range built {
		a := &t.Areas[i]
		if len(built[i].Shape) == 0 {
			f := geo.Fault{Kind: geo.FaultCollapsed, Error: true, Layer: t.Name, Areas: []geo.AreaCode{a.Code}, At: somewhere(a)}
			for _, part := range a.Parts {
				f.Sources = append(f.Sources, part.Source)
			}
			f.Message = geo.Say("nothing is left of %s at %s: it is smaller than 1e-7 degree, or others hold all its ground", named(t.Name, a.Code), place(f.At))
			f.Remedy = geo.Say("remove it or redraw it")
			b.tell(f)
			continue
		}
		for _, part := range a.Parts {
			polygons, _ := polygonsOf(part) // they were read before
			for _, p := range polygons {
				if vanishes(p) {
					b.tellVanished(t, a.Code, part.Source, first(p[0]))
				}
			}
		}
	}
}

func (b *builder) tellVanished(t *tier, code geo.AreaCode, from geo.Source, at orb.Point) {
	b.tell(geo.Fault{
		Kind: geo.FaultCollapsed, Layer: t.Name, Areas: []geo.AreaCode{code}, Sources: []geo.Source{from}, At: at, Mended: true,
		Message: geo.Say("a part of %s at %s is smaller than 1e-7 degree and was left out", named(t.Name, code), place(at)),
	})
}

// vanishes tells whether nothing is left of a drawn polygon on geo's grid. Only those
// thinner than a few units are looked at closely.
func vanishes(p orb.Polygon) bool {
	if len(p) == 0 || len(p[0]) == 0 {
		return false
	}
	area, length := 0.0, 0.0
	o, a := p[0][0], p[0][len(p[0])-1]
	for _, b := range p[0] {
		area += ((a[0]-o[0])*(b[1]-o[1]) - (a[1]-o[1])*(b[0]-o[0])) / 2
		length += math.Hypot(b[0]-a[0], b[1]-a[1])
		a = b
	}
	if math.Abs(area) > 4*length/geo.Scale {
		return false
	}
	var rings []plane.Ring
	for _, raw := range p {
		ring := make(plane.Ring, 0, len(raw))
		for _, point := range raw {
			c, err := geo.CoordOf(point.Lon(), point.Lat())
			if err != nil {
				return false
			}
			ring = append(ring, plane.Point{X: int64(c.X), Y: int64(c.Y)})
		}
		rings = append(rings, ring)
	}
	return plane.EvenOdd(rings) == nil
}
