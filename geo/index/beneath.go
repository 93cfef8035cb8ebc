package index

import "gridwarden/geo"

// Beneath counts the areas of a layer that pick takes, nil all, under each area of a layer
// above it in its chain: those its area of that layer, reached by their parents. loose are
// the areas taken that have none. Where above is no layer above, all are loose.
func (s *Snapshot) Beneath(n, above geo.LayerName, pick func(*geo.Area) bool) (counts map[geo.AreaCode]uint64, loose []*geo.Area) {
	l := s.atlas.layer(n)
	if l == nil {
		return nil, nil
	}
	way, top := s.atlas.way(n, above)
	if top == nil {
		for a := range s.Areas(n, "") {
			if pick == nil || pick(a) {
				loose = append(loose, a)
			}
		}
		return nil, loose
	}
	under := make([]uint64, len(top.slots))
	for _, seat := range l.slots {
		if seat.area == nil || pick != nil && !pick(seat.area) {
			continue
		}
		at := seat.parent
		for _, up := range way {
			at = up.slots[at].parent
		}
		if at == 0 {
			loose = append(loose, seat.area)
		} else {
			under[at]++
		}
	}
	counts = map[geo.AreaCode]uint64{}
	for at, n := range under {
		if n > 0 {
			counts[top.slots[at].area.Code] = n
		}
	}
	return counts, loose
}

// way is the layer of a name and those passed on the way up to it, lowest first; nil where
// it is not above.
func (a *atlas) way(from, to geo.LayerName) (passed []*layer, top *layer) {
	for i := a.up[a.index[from]]; i >= 0; i = a.up[i] {
		if a.layers[i].Name == to {
			return passed, a.layers[i]
		}
		passed = append(passed, a.layers[i])
	}
	return nil, nil
}
