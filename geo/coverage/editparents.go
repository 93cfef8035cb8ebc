package coverage

import (
	"cmp"
	"slices"

	"github.com/paulmach/orb"

	"gridwarden/geo"
)

// movedBorders gathers the borders of upper tiers that an edit moves, each once.
type movedBorders map[Moved]orb.Point

// add notes that ground goes over a border between two areas of a tier, or none; at tells a
// place there.
func (m movedBorders) add(t *tier, a, b int32, at func() orb.Point) {
	if a == b {
		return
	}
	pair := [2]geo.AreaCode{t.code(a), t.code(b)}
	slices.Sort(pair[:])
	key := Moved{Layer: t.number, Between: pair}
	if _, known := m[key]; !known {
		m[key] = at()
	}
}

// list is all of them, lowest layer first.
func (m movedBorders) list() []Moved {
	var out []Moved
	for b, at := range m {
		b.Position = at
		out = append(out, b)
	}
	slices.SortFunc(out, func(a, b Moved) int {
		return cmp.Or(cmp.Compare(a.Layer, b.Layer), slices.Compare(a.Between[:], b.Between[:]))
	})
	return out
}

// names are the layers of the chain.
func (f *fabric) names() []geo.LayerName {
	var out []geo.LayerName
	for _, t := range f.tiers {
		out = append(out, t.Name)
	}
	return out
}
