package coverage

import (
	"fmt"
	"slices"
	"strings"

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
	what := "overlap"
	if len(claimants) == 1 {
		what = "is drawn twice and its parts overlap"
	}
	remedy := "correct the drawing, or import with --repair"
	switch {
	case f.Width < b.options.Tolerance:
		b.closed(f.Width)
		f.Mended = true
		remedy = "closed in favour of " + string(t.code(winner))
	case b.options.Repair:
		f.Error, f.Mended = true, true
		remedy = "given to " + string(t.code(winner))
	default:
		f.Error = true
	}
	f.Message = fmt.Sprintf("%s %s by %s; %s", named(t.Name, f.Areas...), what, extent(f), remedy)
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
	f.Message = fmt.Sprintf("between %s was a gap of %s; closed in favour of %s", named(t.Name, f.Areas...), extent(f), t.code(winner))
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
	where := "enclosed by areas of " + string(t.Name)
	if t.upper != nil {
		if parent := t.upper.owners[r.faces[0]]; parent != none {
			f.Areas = []geo.AreaCode{t.upper.code(parent)}
			where = fmt.Sprintf("inside %s no area of %s holds it", named(t.upper.Name, f.Areas...), t.Name)
		}
	}
	f.Message = fmt.Sprintf("a gap of %s: %s", extent(f), where)
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
	remedy := "correct one of them, or import with --repair to extend the parent"
	if f.Mended {
		remedy = "the parent was extended"
	}
	f.Message = fmt.Sprintf("%s sticks out of %s by %s; %s", named(t.Name, t.code(o.child)), named(t.upper.Name, parent), extent(f), remedy)
	b.tell(f)
}

// tellNarrow tells of a mismatch of child and parent that was closed.
func (b *builder) tellNarrow(t *tier, r *region, child, winner int32) {
	ground := t.upper.owners[r.faces[0]]
	f := b.fault(geo.FaultNesting, t, r, child)
	f.Mended = true
	b.closed(f.Width)
	who := "no area of " + string(t.Name)
	if winner != none {
		who = string(t.code(winner))
	}
	where := "outside layer " + string(t.upper.Name)
	if ground != none {
		where = "in " + named(t.upper.Name, t.upper.code(ground))
	}
	if child == none {
		f.Kind = geo.FaultGap
		f.Areas = []geo.AreaCode{t.upper.code(ground)}
		f.Message = fmt.Sprintf("%s no area of %s held %s; closed in favour of %s", where, t.Name, extent(f), who)
	} else {
		f.Message = fmt.Sprintf("%s lay %s by %s; the parents' border holds, the ground went to %s", named(t.Name, t.code(child)), where, extent(f), who)
	}
	b.tell(f)
}

// tellOrphan tells of an area without a parent.
func (b *builder) tellOrphan(t *tier, area int32, why string) {
	a := &t.Areas[area]
	f := geo.Fault{Kind: geo.FaultNesting, Error: true, Layer: t.Name, Areas: []geo.AreaCode{a.Code}, At: somewhere(a)}
	for _, part := range a.Parts {
		f.Sources = append(f.Sources, part.Source)
	}
	f.Message = fmt.Sprintf("%s %s; give its parent's code, or correct the place", named(t.Name, a.Code), why)
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
func named(layer geo.LayerName, codes ...geo.AreaCode) string {
	words := make([]string, len(codes))
	for i, c := range codes {
		words[i] = string(c)
	}
	list := strings.Join(words, ", ")
	if n := len(words); n > 1 {
		list = strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
	return strings.TrimSpace(string(layer) + " " + list)
}

// extent is "12.3 m², 0.40 m wide, at 120.1600000 30.2800000".
func extent(f geo.Fault) string {
	return fmt.Sprintf("%s, %s wide, at %s", geo.InSquareMetres(f.Area), geo.InMetres(f.Width), place(f.At))
}

func place(p orb.Point) string { return fmt.Sprintf("%.7f %.7f", p[0], p[1]) }
