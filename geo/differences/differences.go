// Package differences says what is otherwise in one edition of a city than in another: which
// areas began, ended, were split, merged, recoded, renamed or passed on to another
// department, whose ground went where, and which pieces of border run elsewhere.
//
// It is pure, and looks closer only at areas of which the two views show another version and
// at what lies next to them. What it tells goes by ground and not by codes: an area that is
// cut in two and keeps its code was split all the same.
package differences

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/planning"
)

// Change says what became of an area between two views.
type Change string

// What may become of an area; several may.
const (
	Began      Change = "began"      // its code was not in use before
	Ended      Change = "ended"      // its code is in use no longer
	Recoded    Change = "recoded"    // its ground has another code: nine tenths of it, and nine tenths of that one's
	Split      Change = "split"      // a new area was cut from it, or it is one that was
	Merged     Change = "merged"     // an area that ended went into it, or it is one that did
	Moved      Change = "moved"      // its border runs elsewhere
	Noded      Change = "noded"      // its border has other nodes and runs as before
	Renamed    Change = "renamed"    // it has another name
	Passed     Change = "department" // another department answers for it
	Reparented Change = "parent"     // it lies in another area above
	Described  Change = "attributes" // other attributes, side, reach or class
)

// Area is an area that is otherwise in one view than in another.
type Area struct {
	Layer         geo.LayerName
	Code          geo.AreaCode
	Before, After *geo.Area     // nil where the code was not in use
	Changes       []Change      // never empty
	From          []geo.Descent // coverages: where the ground it has now came from, the most first; only where that changed
	Into          []geo.Descent // coverages: where the ground it had went
	Borders       []Border      // coverages: the pieces that moved; one between two areas stands with the smaller code
}

// Border is a piece of border that runs in one of the views only.
type Border struct {
	Line        geo.Line
	Began       bool // it runs in the view after; else in the one before
	Left, Right Sides
}

// Sides are who has the ground on one side of a border; empty: nobody.
type Sides struct{ Before, After geo.AreaCode }

// Name names an area among all.
type Name struct {
	Layer geo.LayerName
	Code  geo.AreaCode
}

// Query says which differences are looked for.
type Query struct {
	Layers []geo.LayerName       // nil: all of either view
	Shape  func(*geo.Shape) bool // only areas of whose shape, before or after, this is true; nil: all
	After  Name                  // only what stands after this area in the order of layers and codes; the zero one: all
	Most   int                   // at most so many areas
}

// Between are the areas of which two views show another version, by layer and code, and
// whether there are more. It looks closer only at areas that differ and at what lies next to
// them: of two views of one city it costs a walk over the codes, and what differs.
func Between(ctx context.Context, before, after *index.Snapshot, q Query) (all []Area, more bool, err error) {
	b := between{before: before, after: after}
	if more, err = b.gather(ctx, &q); err != nil {
		return nil, false, err
	}
	descents, err := planning.Lineage(ctx, slices.Collect(maps.Values(b.was)), slices.Collect(maps.Values(b.is)))
	if err != nil {
		return nil, false, err
	}
	from, into := map[Name][]geo.Descent{}, map[Name][]geo.Descent{}
	for _, d := range descents {
		from[Name{d.Layer, d.To}] = append(from[Name{d.Layer, d.To}], d)
		into[Name{d.Layer, d.From}] = append(into[Name{d.Layer, d.From}], d)
	}
	for i := range b.all {
		if err := ctx.Err(); err != nil {
			return nil, false, err
		}
		name := Name{b.all[i].Layer, b.all[i].Code}
		b.compare(&b.all[i], most(from[name]), most(into[name]))
	}
	return b.all, more, nil
}

// most is descents with the most ground first.
func most(all []geo.Descent) []geo.Descent {
	slices.SortStableFunc(all, func(a, b geo.Descent) int { return cmp.Compare(b.SquareMetres, a.SquareMetres) })
	return all
}

// between is a comparison under way.
type between struct {
	before, after *index.Snapshot
	all           []Area
	was, is       map[Name]*geo.Area // those of coverages whose ground may have changed hands
}

// gather finds the areas that are asked for, and those next to them that changed too.
func (b *between) gather(ctx context.Context, q *Query) (more bool, err error) {
	b.was, b.is = map[Name]*geo.Area{}, map[Name]*geo.Area{}
	begun := q.After.Layer == ""
	for _, layer := range layersOfBoth(b.before, b.after) {
		from := geo.AreaCode("")
		switch {
		case q.Layers != nil && !slices.Contains(q.Layers, layer):
			continue
		case !begun && layer != q.After.Layer:
			continue
		case !begun:
			begun, from = true, q.After.Code
		}
		for was, is := range b.changed(layer, from) {
			if err := ctx.Err(); err != nil {
				return false, err
			}
			if !q.wants(was, is) {
				continue
			}
			if len(b.all) == q.Most {
				return true, nil
			}
			one := cmp.Or(is, was)
			b.all = append(b.all, Area{Layer: layer, Code: one.Code, Before: was, After: is})
			if b.reshaped(was, is) && isCoverage(b.before, layer) && isCoverage(b.after, layer) {
				b.surround(layer, boxOf(was, is))
			}
		}
	}
	if !begun {
		return false, geo.Errorf(geo.Invalid, "there is no layer %q in either edition to go on in", string(q.After.Layer))
	}
	return false, nil
}

// surround takes in the areas of a coverage that meet a box and changed.
func (b *between) surround(layer geo.LayerName, box geo.Box) {
	for _, side := range []struct {
		view, other *index.Snapshot
		into        map[Name]*geo.Area
	}{{b.before, b.after, b.was}, {b.after, b.before, b.is}} {
		for a := range side.view.AreasIn(layer, box) {
			if o := side.other.Area(layer, a.Code); o == nil || o.ID != a.ID {
				side.into[Name{layer, a.Code}] = a
			}
		}
	}
}

func boxOf(areas ...*geo.Area) geo.Box {
	box := geo.EmptyBox()
	for _, a := range areas {
		if a != nil {
			box = box.Union(a.Shape.Box())
		}
	}
	return box
}

// layersOfBoth are the layers of the view after, in its order, then those only before.
func layersOfBoth(before, after *index.Snapshot) (names []geo.LayerName) {
	for _, l := range slices.Concat(after.Layers(), before.Layers()) {
		if !slices.Contains(names, l.Name) {
			names = append(names, l.Name)
		}
	}
	return names
}

// isCoverage tells whether a layer is none that is anything else.
func isCoverage(view *index.Snapshot, name geo.LayerName) bool {
	l, known := view.Layer(name)
	return !known || l.Kind == geo.Coverage
}

func (q *Query) wants(was, is *geo.Area) bool {
	return q.Shape == nil || was != nil && q.Shape(&was.Shape) || is != nil && q.Shape(&is.Shape)
}

// changed walks the areas of a layer whose version differs, in the order of their codes,
// strictly after one; nil stands for a code that is not in use.
func (b *between) changed(layer geo.LayerName, from geo.AreaCode) func(yield func(was, is *geo.Area) bool) {
	return func(yield func(was, is *geo.Area) bool) {
		old, new := slices.Collect(b.before.Areas(layer, from)), slices.Collect(b.after.Areas(layer, from))
		for len(old)+len(new) > 0 {
			var was, is *geo.Area
			if len(new) == 0 || len(old) > 0 && old[0].Code <= new[0].Code {
				was = old[0]
			}
			if len(old) == 0 || len(new) > 0 && new[0].Code <= old[0].Code {
				is = new[0]
			}
			if was != nil {
				old = old[1:]
			}
			if is != nil {
				new = new[1:]
			}
			if (was == nil || is == nil || was.ID != is.ID) && !yield(was, is) {
				return
			}
		}
	}
}

func (b *between) reshaped(was, is *geo.Area) bool {
	return was == nil || is == nil || !sameShape(&was.Shape, &is.Shape)
}

// compare says what became of one area.
func (b *between) compare(d *Area, from, into []geo.Descent) {
	reshaped := b.reshaped(d.Before, d.After)
	moved := reshaped
	if reshaped && isCoverage(b.before, d.Layer) && isCoverage(b.after, d.Layer) {
		d.From, d.Into = from, into
		moved = b.borders(d)
	}
	d.Changes = b.changes(d, reshaped, moved)
}

func (b *between) changes(d *Area, reshaped, moved bool) (all []Change) {
	add := func(c Change, so bool) {
		if so && !slices.Contains(all, c) {
			all = append(all, c)
		}
	}
	was, is := d.Before, d.After
	add(Began, was == nil)
	add(Ended, is == nil)
	for _, descent := range slices.Concat(d.Into, d.From) {
		add(b.relation(&descent))
	}
	if was == nil || is == nil {
		return all
	}
	add(Moved, reshaped && moved)
	add(Noded, reshaped && !moved)
	add(Renamed, was.Name != is.Name)
	add(Passed, was.Department != is.Department)
	add(Reparented, was.Parent != is.Parent)
	add(Described, len(all) == 0 || string(was.Attributes) != string(is.Attributes) || was.Side != is.Side || was.Reach != is.Reach || was.Class != is.Class)
	return all
}

// relation says what ground that went from one code to another makes of both; false where it
// is no more than a border that moved. As areas whose codes stay in use are split and merged
// too, it goes by the codes that began and ended, and by most of their ground.
func (b *between) relation(d *geo.Descent) (c Change, so bool) {
	if d.From == d.To || d.From == "" || d.To == "" {
		return "", false
	}
	const half, whole = .5, .9
	ends := b.after.Area(d.Layer, d.From) == nil
	begins := b.before.Area(d.Layer, d.To) == nil
	switch {
	case ends && begins && d.ShareFrom >= whole && d.ShareTo >= whole:
		return Recoded, true
	case begins && d.ShareTo >= half && (!ends || d.ShareFrom < whole):
		return Split, true
	case ends && d.ShareFrom >= half:
		return Merged, true
	}
	return "", false
}

func sameShape(a, b *geo.Shape) bool {
	rings := func(p, q geo.Polygon) bool {
		return slices.EqualFunc(p, q, func(r, s geo.Ring) bool { return slices.Equal(r, s) })
	}
	return slices.EqualFunc(a.Polygons, b.Polygons, rings) &&
		slices.EqualFunc(a.Lines, b.Lines, func(l, m geo.Line) bool { return slices.Equal(l, m) })
}
