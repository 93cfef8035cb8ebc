package coverage

import (
	"github.com/paulmach/orb"

	"gridwarden/geo"
)

// judgeParts names every part whose rings are invalid as drawn. Such a part is taken as
// the ground its rings enclose an odd number of times.
func (b *builder) judgeParts() error {
	for _, t := range b.tiers {
		for i := range t.Areas {
			if err := b.ctx.Err(); err != nil {
				return err
			}
			for _, part := range t.Areas[i].Parts {
				polygons, err := polygonsOf(part)
				if err != nil {
					return err
				}
				if f := judge(polygons); f != nil {
					b.tellFlaw(t, t.Areas[i].Code, f, part.Source)
				}
			}
		}
	}
	return nil
}

// judgeShapes names every stored shape with invalid rings, judged on geo's whole units.
func (b *builder) judgeShapes() error {
	for _, t := range b.tiers {
		for i := range t.Areas {
			if err := b.ctx.Err(); err != nil {
				return err
			}
			var polygons []orb.Polygon
			for _, p := range t.Areas[i].Shape {
				polygons = append(polygons, whole(p))
			}
			if f := judge(polygons); f != nil {
				f.at = orb.Point{f.at[0] / geo.Scale, f.at[1] / geo.Scale}
				b.tellFlaw(t, t.Areas[i].Code, f, geo.Source{})
			}
		}
	}
	return nil
}

// whole is a polygon in units, which doubles hold exactly.
func whole(p geo.Polygon) orb.Polygon {
	out := make(orb.Polygon, len(p))
	for i, r := range p {
		for _, c := range r {
			out[i] = append(out[i], orb.Point{float64(c.X), float64(c.Y)})
		}
	}
	return out
}

func (b *builder) tellFlaw(t *tier, code geo.AreaCode, f *flaw, from geo.Source) {
	fault := geo.Fault{Kind: geo.FaultRing, Layer: t.Name, Areas: []geo.AreaCode{code}, At: f.at, Error: true, Mended: b.options.Repair}
	who := named(t.Name, code)
	if from != (geo.Source{}) {
		fault.Sources = []geo.Source{from}
		who = geo.Say("%s (%s)", who, from)
	}
	fault.Remedy = geo.Say("redraw it there, or import with --repair")
	if fault.Mended {
		fault.Remedy = geo.Say("mended: taken as the ground its rings enclose an odd number of times")
	}
	fault.Message = geo.Say("%s %s at %s", who, f.what, place(f.at))
	b.tell(fault)
}
