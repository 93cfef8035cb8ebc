package routing

import (
	"slices"
	"strings"

	"gridwarden/geo"
)

// rulings are those that hold beyond their own report: they stand before every row.
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
	for i := range all {
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

// holding is the ruling that holds: for the asset at hand before one for the ground, the
// newest first. Ids grow with time.
func (r *rulings) holding(s *Situation) *geo.Ruling {
	var best *geo.Ruling
	consider := func(o *geo.Ruling) {
		if binds(o, s) && (best == nil || strings.Compare(string(o.ID), string(best.ID)) > 0) {
			best = o
		}
	}
	if s.Asset != nil {
		for _, o := range r.byAsset[s.Asset.Key()] {
			consider(o)
		}
	}
	if best != nil {
		return best
	}
	for _, g := range r.ground {
		if g.box.Contains(s.Place.Point) && on(g.Ground, s.Place.Point) {
			consider(g.Ruling)
		}
	}
	return best
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
