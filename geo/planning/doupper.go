package planning

import (
	"slices"

	"github.com/paulmach/orb"

	"gridwarden/geo"
	"gridwarden/geo/coverage"
)

// upper does an edit in a layer that others are nested in. Its areas are made of those below,
// so its borders run where theirs do: they are moved there.
func (d *doing) upper() error {
	lowest := d.chain[0]
	switch e := d.edit; e.Kind {
	case Merge:
		return d.merge()
	case Reparent:
		return d.reparent()
	case Split:
		return d.splitUpper()
	case Draw:
		if err := d.drawnAlone(); err != nil {
			return err
		}
		return d.draw()
	case Close:
		for _, code := range e.Areas {
			if kids := d.children(d.layer.Name, code); len(kids) > 0 {
				return geo.Errorf(geo.Conflict, "%s is made of %d %s of %s; merge it into a neighbour, or close those first", code, len(kids), plural(len(kids), "area", "areas"), d.below(d.layer.Name))
			}
		}
		return d.close()
	}
	return geo.Errorf(geo.Conflict, "borders of %s run where those of %s do; do this in layer %s, with \"parents\": \"follow\"", d.layer.Name, lowest, lowest)
}

// drawnAlone refuses a drawing in an upper layer near areas of the layer below: they would
// not get the nodes that their parents get, and the ground is theirs to hold first.
func (d *doing) drawnAlone() error {
	box := geo.EmptyBox()
	for _, ring := range d.edit.Polygon {
		for _, point := range ring {
			c, err := geo.CoordOf(point[0], point[1])
			if err != nil {
				return err
			}
			box = box.Union(geo.FrameAt(c).Around(d.edit.Tolerance))
		}
	}
	below := d.below(d.layer.Name)
	for a := range d.view.AreasIn(below, box) {
		return geo.Errorf(geo.Conflict, "%s has areas there, %s for one: draw the ground in %s, in a parent next to it, and split that parent", below, a.Code, d.chain[0])
	}
	return nil
}

// splitUpper splits an area that is made of others: those that lie for the most part on one
// side of the line come together. The line itself cuts none of them.
func (d *doing) splitUpper() error {
	code := d.edit.Areas[0]
	kids := d.children(d.layer.Name, code)
	if len(kids) == 0 {
		return d.split()
	}
	parts, _, err := coverage.Split(d.ctx, d.near, code, d.edit.Line, d.editOptions())
	if err != nil {
		return err
	}
	side := map[geo.AreaCode]int{}
	for _, kid := range kids {
		if side[kid.Code], err = d.mostIn(kid, parts); err != nil {
			return err
		}
	}
	shapes, err := d.joined(code, kids, parts, side)
	if err != nil {
		return err
	}
	return d.intoParts(code, shapes, func(kid *geo.Area) int { return side[kid.Code] })
}

// mostIn is which of the parts holds most of an area's ground, of equals the first. Only
// where the line comes near that has to be measured: else one place inside tells.
func (d *doing) mostIn(a *geo.Area, parts []geo.MultiPolygon) (int, error) {
	if at, found := inside(&a.Shape); found && !d.lineMeets(a.Shape.Box()) {
		holds := func(part geo.MultiPolygon) bool { in, _ := part.Locate(at); return in }
		return max(0, slices.IndexFunc(parts, holds)), nil
	}
	best, most := 0, 0.0
	for i, part := range parts {
		held, err := d.common(a.Shape.Polygons, part)
		if err != nil {
			return 0, err
		}
		if held > most {
			best, most = i, held
		}
	}
	return best, nil
}

// inside is a vertex of a shape that lies inside it, in the sense of [geo.MultiPolygon.Locate].
func inside(s *geo.Shape) (geo.Coord, bool) {
	for _, path := range paths(s) {
		for _, c := range path {
			if in, _ := s.Polygons.Locate(c); in {
				return c, true
			}
		}
	}
	return geo.Coord{}, false
}

// lineMeets tells whether the line of the edit comes as near to a box as its tolerance.
func (d *doing) lineMeets(b geo.Box) bool {
	b = b.Union(geo.FrameAt(b.Min).Around(d.edit.Tolerance)).Union(geo.FrameAt(b.Max).Around(d.edit.Tolerance))
	from := geo.Coord{}
	for i, point := range d.edit.Line {
		to, err := geo.CoordOf(point[0], point[1])
		if err != nil || i > 0 && geo.SegmentMeets(from, to, b) {
			return true
		}
		from = to
	}
	return false
}

// common is how many square metres two shapes have in common.
func (d *doing) common(a, b geo.MultiPolygon) (float64, error) {
	faults, err := coverage.Check(d.ctx, []coverage.Layer{{Areas: []coverage.Area{{Code: "a", Shape: a}, {Code: "b", Shape: b}}}})
	metres := 0.0
	for _, f := range faults {
		if f.Kind == geo.FaultOverlap {
			metres += f.Area
		}
	}
	return metres, err
}

// joined is the ground of the parts of an area: that of the children on each side, with the
// gaps between them that lie there.
func (d *doing) joined(code geo.AreaCode, kids []*geo.Area, parts []geo.MultiPolygon, side map[geo.AreaCode]int) ([]geo.MultiPolygon, error) {
	names := []geo.AreaCode{"0", "1"}
	var below []coverage.Area
	for _, kid := range kids {
		below = append(below, coverage.Area{Code: "k" + kid.Code, Parent: names[side[kid.Code]], Shape: kid.Shape.Polygons})
	}
	gaps, err := d.gapsIn(code, kids)
	if err != nil {
		return nil, err
	}
	for i, gap := range gaps {
		in, err := d.mostIn(&geo.Area{Shape: geo.Shape{Polygons: gap}}, parts)
		if err != nil {
			return nil, err
		}
		below = append(below, coverage.Area{Code: geo.AreaCode([]byte{'g', byte(i), byte(i >> 8)}), Parent: names[in], Shape: gap})
	}
	built, err := coverage.Build(d.ctx, []coverage.Layer{
		{Name: d.below(d.layer.Name), Areas: below},
		{Name: d.layer.Name, Dissolve: true, Areas: []coverage.Area{{Code: names[0]}, {Code: names[1]}}},
	}, coverage.Options{})
	if err != nil {
		return nil, err
	}
	var shapes []geo.MultiPolygon
	for _, b := range built.Layers[1] {
		if len(b.Shape) == 0 {
			return nil, geo.Errorf(geo.Invalid, "all %d areas of %s in %s lie for the most part on one side of the line; draw it so that some lie on each", len(kids), d.below(d.layer.Name), code)
		}
		shapes = append(shapes, b.Shape)
	}
	return shapes, nil
}

// gapsIn is the ground of an area that none of its children holds.
func (d *doing) gapsIn(code geo.AreaCode, kids []*geo.Area) ([]geo.MultiPolygon, error) {
	var below []coverage.Area
	for _, kid := range kids {
		below = append(below, coverage.Area{Code: kid.Code, Parent: code, Shape: kid.Shape.Polygons})
	}
	whole := d.view.Area(d.layer.Name, code)
	faults, err := coverage.Check(d.ctx, []coverage.Layer{
		{Name: d.below(d.layer.Name), Areas: below},
		{Name: d.layer.Name, Areas: []coverage.Area{{Code: code, Shape: whole.Shape.Polygons}}},
	})
	if err != nil {
		return nil, err
	}
	var gaps []geo.MultiPolygon
	for _, f := range faults {
		if f.Kind == geo.FaultGap && slices.Contains(f.Areas, code) {
			gap, err := onGrid(f.Outline)
			if err != nil {
				return nil, err
			}
			gaps = append(gaps, gap)
		}
	}
	return gaps, nil
}

// onGrid is an outline whose vertices are coordinates of the grid.
func onGrid(outline orb.MultiPolygon) (geo.MultiPolygon, error) {
	var out geo.MultiPolygon
	for _, polygon := range outline {
		var p geo.Polygon
		for _, ring := range polygon {
			var r geo.Ring
			for _, point := range ring[:len(ring)-1] {
				c, err := geo.CoordOf(point[0], point[1])
				if err != nil {
					return nil, err
				}
				r = append(r, c)
			}
			p = append(p, r)
		}
		out = append(out, p)
	}
	return out, nil
}
