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
			who := "the body that may change them"
			if layer.Authority != "" {
				who = layer.Authority
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
		if was := d.view.Area(layer, old); was == nil || !sameGround(&was.Shape, &a.Shape) {
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

// sameGround tells whether two shapes differ by nodes alone that lie in the borders of the
// other, to within one unit: that far a border moves when it is rounded to a new node.
func sameGround(a, b *geo.Shape) bool {
	p, q := paths(a), paths(b)
	if len(p) != len(q) {
		return false
	}
	var only [2][]geo.Coord // vertices of one shape alone
	for i := range p {
		p[i], q[i] = apart(p[i], q[i])
		only[0], only[1] = append(only[0], p[i]...), append(only[1], q[i]...)
	}
	return follows(only[0], only[1], b) && follows(only[1], only[0], a)
}

// apart are two paths without what they begin and end with alike.
func apart(p, q []geo.Coord) ([]geo.Coord, []geo.Coord) {
	for len(p) > 0 && len(q) > 0 && p[0] == q[0] {
		p, q = p[1:], q[1:]
	}
	for len(p) > 0 && len(q) > 0 && p[len(p)-1] == q[len(q)-1] {
		p, q = p[:len(p)-1], q[:len(q)-1]
	}
	return p, q
}

// follows tells whether every vertex is one of those known or lies on the border of a shape.
func follows(vertices, known []geo.Coord, s *geo.Shape) bool {
	is := make(map[geo.Coord]bool, len(known))
	for _, c := range known {
		is[c] = true
	}
	return !slices.ContainsFunc(vertices, func(c geo.Coord) bool { return !is[c] && !onBorder(c, s) })
}

// onBorder tells whether a place lies on the border of a shape, to within one unit.
func onBorder(c geo.Coord, s *geo.Shape) bool {
	frame := geo.FrameAt(c)
	east, north := frame.Scales()
	for _, path := range paths(s) {
		for i, b := range path {
			a := path[(i+len(path)-1)%len(path)]
			if c.X < min(a.X, b.X)-1 || c.X > max(a.X, b.X)+1 || c.Y < min(a.Y, b.Y)-1 || c.Y > max(a.Y, b.Y)+1 {
				continue
			}
			if metres, _ := frame.ToSegment(a, b); metres <= max(east, north) {
				return true
			}
		}
	}
	return false
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
