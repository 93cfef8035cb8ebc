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
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/index"
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
	skip := q.After.Layer != ""
	for _, name := range layersOfBoth(before, after) {
		if q.Layers != nil && !slices.Contains(q.Layers, name) {
			continue
		}
		from := geo.AreaCode("")
		if skip {
			if name != q.After.Layer {
				continue
			}
			skip, from = false, q.After.Code
		}
		p := pair{before: before, after: after, layer: name, coverage: isCoverage(before, name) && isCoverage(after, name)}
		for was, is := range p.changed(from) {
			if err := ctx.Err(); err != nil {
				return nil, false, err
			}
			if !q.wants(was, is) {
				continue
			}
			if len(all) == q.Most {
				return all, true, nil
			}
			d, err := p.compare(ctx, was, is)
			if err != nil {
				return nil, false, err
			}
			all = append(all, d)
		}
	}
	if skip {
		return nil, false, geo.Errorf(geo.Invalid, "there is no layer %q in either edition to go on in", string(q.After.Layer))
	}
	return all, false, nil
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

// pair is a layer in two views.
type pair struct {
	before, after *index.Snapshot
	layer         geo.LayerName
	coverage      bool
}

// changed walks the areas whose version differs, in the order of their codes, strictly after
// one; nil stands for a code that is not in use.
func (p *pair) changed(from geo.AreaCode) func(yield func(was, is *geo.Area) bool) {
	return func(yield func(was, is *geo.Area) bool) {
		old, new := slices.Collect(p.before.Areas(p.layer, from)), slices.Collect(p.after.Areas(p.layer, from))
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

// compare says what became of one area.
func (p *pair) compare(ctx context.Context, was, is *geo.Area) (d Area, err error) {
	one := cmp.Or(is, was)
	d = Area{Layer: one.Layer, Code: one.Code, Before: was, After: is}
	reshaped := was == nil || is == nil || !sameShape(&was.Shape, &is.Shape)
	moved := reshaped
	if reshaped && p.coverage {
		if d.Into, err = p.ground(ctx, was, p.after); err != nil {
			return d, err
		}
		if d.From, err = p.ground(ctx, is, p.before); err != nil {
			return d, err
		}
		d.Borders, moved = p.borders(was, is)
	}
	d.Changes = p.changes(&d, reshaped, moved)
	return d, nil
}

func (p *pair) changes(d *Area, reshaped, moved bool) (all []Change) {
	add := func(c Change, so bool) {
		if so && !slices.Contains(all, c) {
			all = append(all, c)
		}
	}
	was, is := d.Before, d.After
	add(Began, was == nil)
	add(Ended, is == nil)
	for _, descent := range slices.Concat(d.Into, d.From) {
		add(p.relation(&descent))
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
func (p *pair) relation(d *geo.Descent) (c Change, so bool) {
	if d.From == d.To || d.From == "" || d.To == "" {
		return "", false
	}
	const most, whole = .5, .9
	ends := p.after.Area(p.layer, d.From) == nil
	begins := p.before.Area(p.layer, d.To) == nil
	switch {
	case ends && begins && d.ShareFrom >= whole && d.ShareTo >= whole:
		return Recoded, true
	case begins && d.ShareTo >= most && (!ends || d.ShareFrom < whole):
		return Split, true
	case ends && d.ShareFrom >= most:
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
