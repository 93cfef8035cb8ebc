package audit

import (
	"cmp"
	"context"
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/routing"
)

// Transfer is ground of an area on which a category passes from one department to another,
// in the ordinary situation that the [Matrix] is of.
type Transfer struct {
	Category geo.CategoryKey
	Area     *geo.Area
	From, To geo.DepartmentCode // empty: nobody
	Metres2  float64
}

// StreetLayer is the third layer of the duty chain from below, which is the streets of a
// city of grids, communities and streets; the top of a shorter chain, empty without one.
func (a *Audit) StreetLayer() geo.LayerName {
	if len(a.chain) == 0 {
		return ""
	}
	return a.chain[min(2, len(a.chain)-1)]
}

// transfers are those from the view before, by areas of the street layer, the most ground
// first. The places are those of the audit, which the surveyors of both views tell apart.
func (a *Audit) transfers(ctx context.Context, surveyors []*surveyor, o *Options) ([]Transfer, error) {
	layer, grounds := a.StreetLayer(), slices.Clone(a.Grounds)
	books := []*book{newBook(o.Before.engine), newBook(a.engine)}
	x, _ := sorted(books, newInventory(books), grounds, surveyors, o) // no asset is at hand
	type on struct {
		passing
		area  *geo.Area
		class int
	}
	metres := map[on]float64{}
	for _, z := range x.zones {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		for class := range x.classes {
			p := x.ordinary(z, class, o)
			if p.from == p.to {
				continue
			}
			for _, n := range z.grounds {
				g := &grounds[n]
				if area := areaOf(&g.At, layer); area != nil {
					metres[on{passing{z.nameOn(p.from, g), z.nameOn(p.to, g)}, area, class}] += g.SquareMetres
				}
			}
		}
	}
	all := []Transfer{}
	for at, m := range metres {
		for _, k := range x.classes[at.class].Categories {
			all = append(all, Transfer{k, at.area, at.from, at.to, m})
		}
	}
	slices.SortFunc(all, func(a, b Transfer) int {
		return cmp.Or(cmp.Compare(b.Metres2, a.Metres2), cmp.Compare(a.Area.Code, b.Area.Code), compareKeys(a.Category, b.Category),
			cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return all, nil
}

// ordinary is who leads in a zone before and after, in the ordinary situation.
func (x *exam) ordinary(z *zone, class int, o *Options) passing {
	var leads [2]geo.DepartmentCode
	for k, b := range x.books {
		leads[k] = b.engine.Outcome(&routing.Situation{
			Place: z.places[k], Category: b.today(x.classes[class].Categories[0]), Date: o.day(), Moment: b.engine.Calendar().Moment(o.At),
		}).Department
	}
	return passing{leads[0], leads[1]}
}
