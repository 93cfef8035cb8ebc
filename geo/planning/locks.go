package planning

import (
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// LinesOfLaw tells whether borders of a layer may only be moved with an approval: when it is
// locked, or not unlocked and another layer's parent.
func LinesOfLaw(view *index.Snapshot, layer geo.Layer) bool {
	switch layer.Lock {
	case geo.Locked:
		return true
	case geo.Unlocked:
		return false
	}
	return slices.ContainsFunc(view.Layers(), func(l geo.Layer) bool { return l.Parent == layer.Name })
}

// checkLocks refuses an effect that moves lines of law without an approval: that changes the
// ground of an area of a locked layer, begins one or ends one. A node more or less in a border
// that runs as before moves nothing, nor does another code.
func (d *doing) checkLocks() error {
	for _, layer := range d.view.Layers() {
		if !LinesOfLaw(d.view, layer) || d.rules.Approved != nil && d.rules.Approved(layer.Name) {
			continue
		}
		if codes := d.moved(layer.Name); len(codes) > 0 {
			who := geo.Say("the body that may change them")
			if layer.Authority != "" {
				who = geo.Say("%s", layer.Authority)
			}
			return geo.Errorf(geo.Conflict, "borders of %s are lines of law, and this edit changes %s: enter the approval of %s in the draft first", layer.Name, someOf(codes), who)
		}
	}
	return nil
}

// moved are the areas of a layer whose ground the edit changes, by code.
func (d *doing) moved(layer geo.LayerName) []string {
	before := map[geo.AreaCode]geo.AreaCode{} // of areas with another code now
	for _, r := range d.effect.Recoded {
		if r.Layer == layer {
			before[r.To] = r.From
		}
	}
	var codes []string
	recoded := map[geo.AreaCode]bool{}
	for _, a := range d.effect.Areas {
		if a.Layer != layer {
			continue
		}
		old, is := before[a.Code]
		if !is {
			old = a.Code
		}
		recoded[old] = true
		if was := d.view.Area(layer, old); was == nil || Redrawn(was, a) {
			codes = append(codes, string(a.Code))
		}
	}
	for _, name := range d.effect.Ended {
		if name.Layer == layer && !recoded[name.Code] {
			codes = append(codes, string(name.Code))
		}
	}
	slices.Sort(codes)
	return codes
}

// paths are the rings and lines of a shape.
func paths(s *geo.Shape) [][]geo.Coord {
	var all [][]geo.Coord
	for _, polygon := range s.Polygons {
		for _, ring := range polygon {
			all = append(all, ring)
		}
	}
	for _, line := range s.Lines {
		all = append(all, line)
	}
	return all
}
