package routing

import (
	"encoding/binary"
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// RelevantLayers are the layers whose areas and lines can change who answers, in the order
// of the snapshot's layers.
func (e *Engine) RelevantLayers() []geo.LayerName { return e.relevant }

// CategoryClasses are the categories in force, those together that no row tells apart and
// the standing order treats alike, assets aside. The order is that of the categories. What
// others name as their class is none itself; in a list without classes all are.
func (e *Engine) CategoryClasses() [][]geo.CategoryKey {
	var classes [][]geo.CategoryKey
	at := map[string]int{}
	parents := map[geo.CategoryKey]bool{}
	for _, c := range e.snapshot.Categories() {
		parents[geo.CategoryKey{Standard: c.Standard, Kind: c.Kind, Code: c.Parent}] = true
	}
	for _, c := range e.snapshot.Categories() {
		if parents[c.CategoryKey] {
			continue
		}
		key := c.CategoryKey
		if to, old := e.crosswalk[key]; old {
			key = to
		}
		id := []byte(key.Kind)
		if known := e.categories[key]; known != nil {
			for _, k := range known.kinds {
				id = binary.AppendUvarint(id, uint64(k))
			}
		}
		i, known := at[string(id)]
		if !known {
			i = len(classes)
			at[string(id)] = i
			classes = append(classes, nil)
		}
		classes[i] = append(classes[i], c.CategoryKey)
	}
	return classes
}

// PlaceKey is what the rows and the standing order can tell of a place: two places of one
// key have the same outcome in every situation that is otherwise the same.
func (e *Engine) PlaceKey(p *index.Place) string {
	s := Situation{Place: *p}
	var key []byte
	text := func(t string) { key = append(binary.AppendUvarint(key, uint64(len(t))), t...) }
	for _, id := range e.placePatterns(&s, []int32{everywhere}) {
		key = binary.AppendUvarint(key, uint64(id)+1)
	}
	key = append(key, 0)
	found := false
	for _, layer := range e.chain {
		if a := s.area(layer); a != nil {
			if !found || a.Department != "" {
				text(string(a.Department))
			}
			found = true
		}
	}
	key = append(key, 0)
	for _, layer := range e.table.assigned {
		for _, h := range p.Areas {
			if h.Area.Layer == layer {
				key = e.areaKey(key, h.Area)
			}
		}
		for _, h := range p.Lines {
			if h.Area.Layer == layer {
				key = e.areaKey(key, h.Area)
			}
		}
		key = append(key, 0)
	}
	for _, g := range e.rulings.ground {
		if g.box.Contains(p.Point) && on(g.Ground, p.Point) {
			text(string(g.ID))
		}
	}
	return string(key)
}

// areaKey adds an area of a layer that rows assign by: its department and patterns.
func (e *Engine) areaKey(key []byte, a *geo.Area) []byte {
	key = append(binary.AppendUvarint(key, uint64(len(a.Department))+1), a.Department...)
	if l := e.table.layers[string(a.Layer)]; l != nil {
		ids := l.appendMatching(nil, string(a.Code))
		slices.Sort(ids)
		for _, id := range ids {
			key = binary.AppendUvarint(key, uint64(id)+1)
		}
	}
	return append(key, 0)
}
