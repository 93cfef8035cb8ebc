package routing

import (
	"maps"
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// areaRef names an area of a layer.
type areaRef struct {
	layer geo.LayerName
	code  geo.AreaCode
}

// groups are the groups by kind, and for each kind the group of each member.
type groups map[string]*groupKind

type groupKind struct {
	of     map[areaRef]*geo.Group
	layers []geo.LayerName // of the members
}

func groupsOf(all []geo.Group) groups {
	out := groups{}
	for i := range all {
		g := &all[i]
		k := out[g.Kind]
		if k == nil {
			k = &groupKind{of: map[areaRef]*geo.Group{}}
			out[g.Kind] = k
		}
		if !slices.Contains(k.layers, g.Layer) {
			k.layers = append(k.layers, g.Layer)
		}
		for _, code := range g.Members {
			k.of[areaRef{g.Layer, code}] = g
		}
	}
	return out
}

// groupedRows are the groups of a kind and the patterns that rows have for their codes.
type groupedRows struct {
	*groupKind
	*layerPatterns
}

// rows are the kinds of group that rows name, by name. A name that is a layer's too is the
// layer.
func (g groups) rows(s *index.Snapshot, t *table) []groupedRows {
	var all []groupedRows
	for _, kind := range slices.Sorted(maps.Keys(g)) {
		_, layer := s.Layer(geo.LayerName(kind))
		if patterns := t.layers[kind]; patterns != nil && !layer {
			all = append(all, groupedRows{g[kind], patterns})
		}
	}
	return all
}

// layersOf are the layers whose areas a kind of group lists; none for what is no such kind.
func (g groups) layersOf(kind string) []geo.LayerName {
	if k := g[kind]; k != nil {
		return k.layers
	}
	return nil
}

// at is the group of a kind that an area of the situation belongs to, nil for none.
func (g groups) at(kind string, s *Situation) *geo.Group {
	k := g[kind]
	if k == nil {
		return nil
	}
	for i := range s.Place.Areas {
		a := s.Place.Areas[i].Area
		if slices.Contains(k.layers, a.Layer) {
			if group := k.of[areaRef{a.Layer, a.Code}]; group != nil {
				return group
			}
		}
	}
	for i := range s.Place.Lines {
		a := s.Place.Lines[i].Area
		if slices.Contains(k.layers, a.Layer) {
			if group := k.of[areaRef{a.Layer, a.Code}]; group != nil {
				return group
			}
		}
	}
	return nil
}
