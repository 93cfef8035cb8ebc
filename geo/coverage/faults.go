package coverage

import (
	"fmt"
	"slices"

	"github.com/paulmach/orb"

	"gridwarden/geo"
)

func (b *builder) tell(f geo.Fault) { b.result.Faults = append(b.result.Faults, f) }

// fault begins the fault of a region of a tier that concerns some areas.
func (b *builder) fault(kind geo.FaultKind, t *tier, r *region, areas ...int32) geo.Fault {
	s := r.size()
	f := geo.Fault{Kind: kind, Layer: t.Name, At: s.at, Width: s.width, Area: s.area, Outline: r.outline()}
	for _, a := range areas {
		if a == none {
			continue
		}
		f.Areas = append(f.Areas, t.code(a))
		for _, part := range t.Areas[a].Parts {
			if part.Source != (geo.Source{}) {
				f.Sources = append(f.Sources, part.Source)
			}
		}
	}
	slices.Sort(f.Areas)
	return f
}

// closed counts a region closed within the tolerance.
func (b *builder) closed(width float64) {
	b.result.Closed++
	b.moved(width)
}

// tellOverlap tells of ground that several areas claim, or one area twice, and who got it.
func (b *builder) tellOverlap(t *tier, claimants []int32, r *region, winner int32) {
	f := b.fault(geo.FaultOverlap, t, r, claimants...)
	f.Remedy = geo.Say("correct the drawing, or import with --repair")
	switch {
	case f.Width < b.options.Tolerance:
		b.closed(f.Width)
		f.Mended = true
		f.Remedy = geo.Say("closed in favour of %s", t.code(winner))
	case b.options.Repair:
		f.Error, f.Mended = true, true
		f.Remedy = geo.Say("given to %s", t.code(winner))
	default:
		f.Error = true
	}
	f.Message = geo.Say("%s overlap by %s", named(t.Name, f.Areas...), extent(f))
	if len(claimants) == 1 {
		f.Message = geo.Say("%s is drawn twice and its parts overlap by %s", named(t.Name, f.Areas...), extent(f))
	}
	b.tell(f)
}

func (b *builder) tellClosedGap(t *tier, r *region, winner int32) {
	neighbours := []int32{}
	for a := range r.shared {
		neighbours = append(neighbours, a)
	}
	f := b.fault(geo.FaultGap, t, r, neighbours...)
	f.Mended = true
	b.closed(f.Width)
	f.Message = geo.Say("between %s was a gap of %s", named(t.Name, f.Areas...), extent(f))
	f.Remedy = geo.Say("closed in favour of %s", t.code(winner))
	b.tell(f)
}

// tellGaps notes the gaps that remain: ground enclosed by a tier's areas, or inside a
// parent, that no area of the tier holds. A dissolved tier has those of the tier below.
func (b *builder) tellGaps() error {
	for _, t := range b.tiers {
		if err := b.ctx.Err(); err != nil {
			return err
		}
		if t.Dissolve {
			continue
		}
		gaps := b.regions(func(f int32) int32 {
			switch {
			case t.owners[f] != none:
				return none
			case t.upper == nil:
				return 0
			}
			return t.upper.owners[f] + 1
		})
		for i := range gaps.list {
			b.tellGap(t, &gaps.list[i])
		}
	}
	return nil
}

func (b *builder) tellGap(t *tier, r *region) {
	f := b.fault(geo.FaultGap, t, r)
	where := geo.Say("enclosed by areas of %s", t.Name)
	if t.upper != nil {
		if parent := t.upper.owners[r.faces[0]]; parent != none {
			f.Areas = []geo.AreaCode{t.upper.code(parent)}
			where = geo.Say("inside %s no area of %s holds it", named(t.upper.Name, f.Areas...), t.Name)
		}
	}
	f.Message = geo.Say("a gap of %s: %s", extent(f), where)
	b.tell(f)
}

// tellOverhang tells of a child that sticks out of its parent.
func (b *builder) tellOverhang(t *tier, o *overhang) {
	f := b.fault(geo.FaultNesting, t, o.regions[0], o.child)
	f.At, f.Width, f.Area, f.Outline = o.widest.at, o.widest.width, o.area, nil
	for _, r := range o.regions {
		f.Outline = append(f.Outline, r.outline()...)
	}
	f.Error, f.Mended = true, b.options.Repair
	parent := t.upper.code(t.parents[o.child])
	f.Areas = append(f.Areas, parent)
	slices.Sort(f.Areas)
	f.Message = geo.Say("%s sticks out of %s by %s", named(t.Name, t.code(o.child)), named(t.upper.Name, parent), extent(f))
	f.Remedy = geo.Say("correct one of them, or import with --repair to extend the parent")
	if f.Mended {
		f.Remedy = geo.Say("the parent was extended")
	}
	b.tell(f)
}

// tellNarrow tells of a mismatch of child and parent that was closed.
func (b *builder) tellNarrow(t *tier, r *region, child, winner int32) {
	ground := t.upper.owners[r.faces[0]]
	f := b.fault(geo.FaultNesting, t, r, child)
	f.Mended = true
	b.closed(f.Width)
	who := geo.Say("no area of %s", t.Name)
	if winner != none {
		who = geo.Say("%s", t.code(winner))
	}
	where := geo.Say("outside layer %s", t.upper.Name)
	if ground != none {
		where = geo.Say("in %s", named(t.upper.Name, t.upper.code(ground)))
	}
	if child == none {
		f.Kind = geo.FaultGap
		f.Areas = []geo.AreaCode{t.upper.code(ground)}
		f.Message = geo.Say("%s no area of %s held %s", where, t.Name, extent(f))
		f.Remedy = geo.Say("closed in favour of %s", who)
	} else {
		f.Message = geo.Say("%s lay %s by %s", named(t.Name, t.code(child)), where, extent(f))
		f.Remedy = geo.Say("the parents' border holds, the ground went to %s", who)
	}
	b.tell(f)
}

// tellOrphan tells of an area without a parent.
func (b *builder) tellOrphan(t *tier, area int32, why geo.Said) {
	a := &t.Areas[area]
	f := geo.Fault{Kind: geo.FaultNesting, Error: true, Layer: t.Name, Areas: []geo.AreaCode{a.Code}, At: somewhere(a)}
	for _, part := range a.Parts {
		f.Sources = append(f.Sources, part.Source)
	}
	f.Message, f.Remedy = geo.Say("%s %s", named(t.Name, a.Code), why), geo.Say("give its parent's code, or correct the place")
	b.tell(f)
}

// somewhere is a point of the area as given.
func somewhere(a *Area) orb.Point {
	for _, part := range a.Parts {
		if polygons, err := polygonsOf(part); err == nil && len(polygons) > 0 && len(polygons[0]) > 0 {
			return first(polygons[0][0])
		}
	}
	if len(a.Shape) > 0 {
		c := a.Shape[0][0][0]
		return orb.Point{c.Lon(), c.Lat()}
	}
	return orb.Point{}
}

// named is "grids SQ-3-2 and SQ-3-4".
func named(layer geo.LayerName, codes ...geo.AreaCode) geo.Said {
	if len(codes) == 0 {
		return geo.Say("%s", layer)
	}
	words := make([]geo.Said, len(codes))
	for i, c := range codes {
		words[i] = geo.Say("%s", c)
	}
	list, n := words[0], len(words)
	if n > 1 {
		list = geo.Say("%s and %s", geo.Joined("%s, %s", words[:n-1]), words[n-1])
	}
	return geo.Say("%s %s", layer, list)
}

// extent is "12.3 m², 0.40 m wide, at 120.1600000 30.2800000".
func extent(f geo.Fault) geo.Said {
	return geo.Say("%s, %s wide, at %s", geo.InSquareMetres(f.Area), geo.InMetres(f.Width), place(f.At))
}

func place(p orb.Point) string { return fmt.Sprintf("%.7f %.7f", p[0], p[1]) }
