package routing

import (
	"slices"

	"gridwarden/geo"
)

// rulings are those that hold beyond their own report: they stand before every row. Each
// list begins with the newest, since ids grow with time.
type rulings struct {
	byAsset map[geo.AssetKey][]*geo.Ruling
	ground  []groundRuling
}

type groundRuling struct {
	box geo.Box
	*geo.Ruling
}

func rulingsOf(all []geo.Ruling) rulings {
	out := rulings{byAsset: map[geo.AssetKey][]*geo.Ruling{}}
	for i := len(all) - 1; i >= 0; i-- {
		switch r := &all[i]; {
		case r.Asset != nil:
			out.byAsset[*r.Asset] = append(out.byAsset[*r.Asset], r)
		case r.Ground != nil:
			out.ground = append(out.ground, groundRuling{r.Ground.Box(), r})
		}
	}
	return out
}

func (r *rulings) any() bool { return len(r.byAsset)+len(r.ground) > 0 }

// holds goes through the rulings that may hold, one for the asset at hand before one for
// the ground and the newest first, until one decides.
func (r *rulings) holds(s *Situation, decides func(*geo.Ruling) bool) bool {
	if s.Asset != nil && slices.ContainsFunc(r.byAsset[s.Asset.Key()], decides) {
		return true
	}
	return slices.ContainsFunc(r.ground, func(g groundRuling) bool {
		return g.box.Contains(s.Place.Point) && on(g.Ground, s.Place.Point) && decides(g.Ruling)
	})
}

// binds tells whether a ruling is about this kind of thing, and not over.
func binds(r *geo.Ruling, s *Situation) bool {
	return (r.Category == geo.CategoryKey{} || r.Category == s.Category) &&
		(r.Until.IsZero() || !r.Until.Before(s.Date)) && !slices.Contains(s.Without, r.Department)
}

func on(ground *geo.Shape, p geo.Coord) bool {
	inside, onEdge := ground.Polygons.Locate(p)
	return inside || onEdge
}
