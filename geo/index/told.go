package index

import (
	"slices"
	"strings"

	"gridwarden/geo"
)

// MostTold is how many areas or lines of one layer, and neighbours of one area, an answer
// names: ground on which more lie is a fault of the data. Those left off are counted.
const MostTold = 1000

// Told is what of a place is told, and how many of each layer are left off: the areas
// after the first [MostTold] by code, the lines after the nearest. The place itself stays
// as it is. Where nothing is left off there are no numbers.
func (p Place) Told() (told Place, leftOff map[geo.LayerName]int) {
	if len(p.Areas) <= MostTold && len(p.Lines) <= MostTold {
		return p, nil
	}
	found := map[geo.LayerName]int{}
	tooMany := func(a *geo.Area) bool {
		found[a.Layer]++
		return found[a.Layer] > MostTold
	}
	p.Areas = slices.DeleteFunc(slices.Clone(p.Areas), func(h Hit) bool { return tooMany(h.Area) })
	p.Lines = slices.DeleteFunc(slices.Clone(p.Lines), func(h LineHit) bool { return tooMany(h.Area) })
	for name := range found {
		if found[name] -= MostTold; found[name] <= 0 {
			delete(found, name)
		}
	}
	return p, found
}

// Codes are the codes of a layer's areas and lines joined by "|", the first [MostTold] of
// them; empty where none is there.
func (p *Place) Codes(layer geo.LayerName) string {
	var codes []string
	for i := 0; i < len(p.Areas) && len(codes) < MostTold; i++ {
		if a := p.Areas[i].Area; a.Layer == layer {
			codes = append(codes, string(a.Code))
		}
	}
	for i := 0; i < len(p.Lines) && len(codes) < MostTold; i++ {
		if a := p.Lines[i].Area; a.Layer == layer {
			codes = append(codes, string(a.Code))
		}
	}
	return strings.Join(codes, "|")
}
