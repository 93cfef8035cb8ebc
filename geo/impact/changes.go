package impact

import (
	"cmp"
	"maps"
	"reflect"
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/planning"
)

// pair is an area of a layer before and after; nil where it is not there.
type pair struct{ was, is *geo.Area }

// changed are the areas of a layer that say something else after than before, by code.
func changed(before, after *index.Snapshot, layer geo.LayerName) []pair {
	var pairs []pair
	for was, is := range after.Redrawn(before, layer) {
		if was == nil || is == nil || !same(was, is) {
			pairs = append(pairs, pair{was, is})
		}
	}
	return pairs
}

// same tells whether two versions of an area say the same.
func same(a, b *geo.Area) bool {
	return a == b || a.ID == b.ID && a.ID > 0 ||
		a.Name == b.Name && sameDuty(a, b) && string(a.Attributes) == string(b.Attributes) && sameShape(&a.Shape, &b.Shape)
}

// sameDuty tells whether two versions of an area answer alike wherever both are.
func sameDuty(a, b *geo.Area) bool {
	return a.Code == b.Code && a.Department == b.Department && a.Parent == b.Parent && a.Side == b.Side && a.Reach == b.Reach && a.Class == b.Class
}

func sameShape(a, b *geo.Shape) bool { return reflect.DeepEqual(a, b) }

// layerChange tells the changes of a layer.
func layerChange(layer geo.LayerName, pairs []pair, recoded []planning.Recode) LayerChange {
	c := LayerChange{Layer: layer}
	for _, p := range matched(layer, pairs, recoded) {
		a := AreaChange{Was: p.was, Is: p.is}
		switch {
		case p.was == nil:
			c.Begun++
		case p.is == nil:
			c.Ended++
		default:
			c.Changed++
			a.Reshaped, a.Recoded = !sameShape(&p.was.Shape, &p.is.Shape), p.was.Code != p.is.Code
		}
		if p.was != nil {
			a.WasMetres2 = p.was.Shape.SquareMetres()
		}
		if p.is != nil {
			a.IsMetres2 = p.is.Shape.SquareMetres()
		}
		if a.Recoded {
			c.Recoded++
		}
		c.Areas = append(c.Areas, a)
	}
	return c
}

// matched joins an area that ended and one that began where the second is the first under
// another code: where that is known, and where both have the same shape.
func matched(layer geo.LayerName, pairs []pair, recoded []planning.Recode) []pair {
	begun, ended := map[geo.AreaCode]*geo.Area{}, map[geo.AreaCode]*geo.Area{}
	var out []pair
	for _, p := range pairs {
		switch {
		case p.was == nil:
			begun[p.is.Code] = p.is
		case p.is == nil:
			ended[p.was.Code] = p.was
		default:
			out = append(out, p)
		}
	}
	join := func(was, is *geo.Area) {
		out = append(out, pair{was, is})
		delete(ended, was.Code)
		delete(begun, is.Code)
	}
	for _, r := range recoded {
		if was, is := ended[r.From], begun[r.To]; r.Layer == layer && was != nil && is != nil {
			join(was, is)
		}
	}
	drawn := map[geo.Box][]*geo.Area{}
	for _, code := range slices.Sorted(maps.Keys(begun)) {
		box := begun[code].Shape.Box()
		drawn[box] = append(drawn[box], begun[code])
	}
	for _, code := range slices.Sorted(maps.Keys(ended)) {
		was := ended[code]
		for _, is := range drawn[was.Shape.Box()] {
			if begun[is.Code] != nil && sameShape(&was.Shape, &is.Shape) {
				join(was, is)
				break
			}
		}
	}
	for _, is := range begun {
		out = append(out, pair{nil, is})
	}
	for _, was := range ended {
		out = append(out, pair{was, nil})
	}
	slices.SortFunc(out, func(a, b pair) int { return cmp.Compare(a.code(), b.code()) })
	return out
}

func (p pair) code() geo.AreaCode {
	if p.was != nil {
		return p.was.Code
	}
	return p.is.Code
}
