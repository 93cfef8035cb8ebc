package planning

import (
	"cmp"
	"maps"
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/coverage"
)

// lowest does an edit in the lowest layer of a chain, or in one that is joined to none.
func (d *doing) lowest() error {
	e := d.edit
	switch e.Kind {
	case MoveBorder:
		beyond := geo.AreaCode("")
		if len(e.Areas) == 2 {
			beyond = e.Areas[1]
		}
		return d.take(coverage.MoveBorder(d.ctx, d.near, e.Areas[0], beyond, e.Line, d.editOptions()))
	case MoveNode:
		return d.take(coverage.MoveNode(d.ctx, d.near, *e.At, *e.To, d.editOptions()))
	case InsertNode:
		return d.take(coverage.InsertNode(d.ctx, d.near, *e.At, d.editOptions()))
	case DeleteNode:
		return d.take(coverage.DeleteNode(d.ctx, d.near, *e.At, d.editOptions()))
	case Split:
		return d.split()
	case Merge:
		return d.merge()
	case Reparent:
		return d.reparent()
	case Draw:
		return d.draw()
	}
	return d.close()
}

// near gives the coverage room what lies in a box, as it is now, of the chain from the edit's
// layer upward: what lies below is no part of what moves.
func (d *doing) near(box geo.Box) []coverage.Layer {
	layers := make([]coverage.Layer, 0, len(d.chain))
	for _, name := range d.chain[d.level:] {
		l := coverage.Layer{Name: name}
		for a := range d.view.AreasIn(name, box) {
			if _, touched := d.areas[AreaName{name, a.Code}]; !touched {
				l.Areas = append(l.Areas, coverageArea(a))
			}
		}
		for at, a := range d.areas {
			if at.Layer == name && a != nil && a.Shape.Box().Intersects(box) {
				l.Areas = append(l.Areas, coverageArea(a))
			}
		}
		sortByCode(l.Areas)
		layers = append(layers, l)
	}
	return layers
}

func coverageArea(a *geo.Area) coverage.Area {
	return coverage.Area{Code: a.Code, Parent: a.Parent, Shape: a.Shape.Polygons}
}

func sortByCode(areas []coverage.Area) {
	slices.SortFunc(areas, func(a, b coverage.Area) int { return cmp.Compare(a.Code, b.Code) })
}

// boxOf is the box round areas of the edit's layer.
func (d *doing) boxOf(codes []geo.AreaCode) geo.Box {
	box := geo.EmptyBox()
	for _, code := range codes {
		if a := d.now(d.layer.Name, code); a != nil {
			box = box.Union(a.Shape.Box())
		}
	}
	return box
}

func (d *doing) editOptions() coverage.EditOptions {
	o := coverage.EditOptions{Tolerance: d.edit.Tolerance}
	switch d.edit.Parents {
	case FollowParents:
		o.Parents = coverage.Follow
	case KeepParents:
		o.Parents = coverage.Keep
	}
	return o
}

// take takes over what the coverage room redrew.
func (d *doing) take(r *coverage.Redrawn, err error) error {
	if err != nil {
		return err
	}
	for i, layer := range d.chain[d.level:] {
		for _, b := range r.Layers[i] {
			if d.now(layer, b.Code) == nil {
				d.begin(&geo.Area{Layer: layer, Code: b.Code})
			}
			a := d.change(layer, b.Code)
			a.Shape, a.Parent = geo.Shape{Polygons: b.Shape}, b.Parent
		}
		for _, code := range r.Ended[i] {
			d.end(layer, code)
			if i > 0 {
				d.note("%s %s has no ground left and ends", layer, code)
			}
		}
	}
	d.effect.LeftOut = append(d.effect.LeftOut, r.LeftOut...)
	d.effect.Notes = append(d.effect.Notes, r.Notes...)
	return nil
}

// split cuts an area in two. Both parts get new codes: the old one meant the whole.
func (d *doing) split() error {
	code := d.edit.Areas[0]
	parts, redrawn, err := coverage.Split(d.ctx, d.near, code, d.edit.Line, d.editOptions())
	if err := d.take(redrawn, err); err != nil {
		return err
	}
	return d.intoParts(code, parts, nil)
}

// intoParts puts parts in the place of an area, in the standard's order. They have its words,
// and in groups its place; the children are those of the part that sideOf names.
func (d *doing) intoParts(code geo.AreaCode, parts []geo.MultiPolygon, sideOf func(*geo.Area) int) error {
	was, kids := d.view.Area(d.layer.Name, code), d.children(d.layer.Name, code)
	codes, err := d.codesFor(was.Parent, code, len(parts))
	if err != nil {
		return err
	}
	d.end(d.layer.Name, code)
	d.heirs[AreaName{d.layer.Name, code}] = codes
	for i, part := range parts {
		next := *was
		next.ID, next.From, next.InputHash = 0, 0, geo.InputHash{}
		next.Code, next.Shape = codes[i], geo.Shape{Polygons: part}
		d.begin(&next)
		ofPart := slices.DeleteFunc(slices.Clone(kids), func(kid *geo.Area) bool { return sideOf(kid) != i })
		if err := d.adopt(d.below(d.layer.Name), code, codes[i], ofPart); err != nil {
			return err
		}
	}
	return nil
}

// codesFor are n new codes for areas made from one, in the standard's order: those the edit
// gives, else the next.
func (d *doing) codesFor(parent, origin geo.AreaCode, n int) ([]geo.AreaCode, error) {
	given := d.edit.Codes
	switch {
	case len(given) == 0:
		return d.book.next(d.layer.Name, parent, origin, n)
	case len(given) != n:
		return nil, geo.Errorf(geo.Invalid, "%d codes are given, and %d %s; give as many, west to east, then north to south, or none", len(given), n, plural(n, "area begins", "areas begin"))
	}
	return given, d.book.give(d.layer.Name, slices.Repeat([]geo.AreaCode{parent}, n), given)
}

// merge makes areas one. With Into it goes on under the code of that one, and the codes of
// the others end with them; else under a new code, with the words of the first.
func (d *doing) merge() error {
	e := d.edit
	into := e.Into
	switch {
	case into == "":
		into = e.Areas[0]
	case !slices.Contains(e.Areas, into):
		return geo.Errorf(geo.Invalid, "the areas are to go into %s, which is none of them; name it in \"areas\" too", into)
	case len(e.Codes) > 0:
		return geo.Errorf(geo.Invalid, "\"into\" and \"codes\" are both given; give \"into\" to keep that code, or \"codes\" for a new one")
	}
	members, kids := make([]*geo.Area, len(e.Areas)), map[geo.AreaCode][]*geo.Area{}
	for i, code := range e.Areas {
		members[i], kids[code] = d.now(d.layer.Name, code), d.children(d.layer.Name, code)
	}
	if n := pieces(members); n > 1 {
		return geo.Errorf(geo.Conflict, "the areas fall into %d pieces that do not touch along a border; merge neighbours", n)
	}
	if err := d.take(coverage.Merge(d.ctx, d.near, 0, d.boxOf(e.Areas), e.Areas, into, d.editOptions())); err != nil {
		return err
	}
	merged := d.change(d.layer.Name, into)
	if err := d.dress(merged); err != nil {
		return err
	}
	if e.Into == "" {
		codes, err := d.codesFor(merged.Parent, into, 1)
		if err != nil {
			return err
		}
		next := *merged
		next.Code, next.InputHash = codes[0], geo.InputHash{}
		d.end(d.layer.Name, into)
		d.begin(&next)
		into = next.Code
	}
	for _, code := range e.Areas {
		if code == into {
			continue
		}
		d.heirs[AreaName{d.layer.Name, code}] = []geo.AreaCode{into}
		if err := d.adopt(d.below(d.layer.Name), code, into, kids[code]); err != nil {
			return err
		}
	}
	return nil
}

// reparent moves areas to another parent. Those whose code begins with that of the old one
// get new codes. An area that has the parent already, but a code against its rule, gets one
// by the rule.
func (d *doing) reparent() error {
	e, above := d.edit, d.above(d.layer.Name)
	if above == "" {
		return geo.Errorf(geo.Invalid, "layer %s has no parents; there is nothing to move its areas to", d.layer.Name)
	}
	if err := d.there(above, e.Parent); err != nil {
		return err
	}
	if len(e.Codes) > 0 && len(e.Codes) != len(e.Areas) {
		return geo.Errorf(geo.Invalid, "%d codes are given for %d areas; give each area its code, in their order, or none", len(e.Codes), len(e.Areas))
	}
	parents, from := map[geo.AreaCode]geo.AreaCode{}, map[geo.AreaCode][]*geo.Area{}
	for _, code := range e.Areas {
		switch a := d.now(d.layer.Name, code); {
		case a.Parent != e.Parent:
			parents[code] = e.Parent
			from[a.Parent] = append(from[a.Parent], a)
		case d.book.follows(d.layer.Name, a.Parent, code):
			return geo.Errorf(geo.Conflict, "%s is in %s already; leave it out", code, e.Parent)
		}
	}
	if len(parents) > 0 {
		if err := d.take(coverage.Reparent(d.ctx, d.near, 0, d.boxOf(e.Areas), parents, nil, d.editOptions())); err != nil {
			return err
		}
	}
	if len(e.Codes) > 0 {
		return d.recodeAll(e.Areas, e.Codes)
	}
	for _, old := range slices.Sorted(maps.Keys(from)) {
		if err := d.adopt(d.layer.Name, old, e.Parent, from[old]); err != nil {
			return err
		}
	}
	return d.correct(e.Areas)
}

// recodeAll gives areas the codes given.
func (d *doing) recodeAll(areas, codes []geo.AreaCode) error {
	if err := d.book.give(d.layer.Name, d.parentsOf(areas), codes); err != nil {
		return err
	}
	for i, code := range areas {
		if err := d.recode(d.layer.Name, code, codes[i]); err != nil {
			return err
		}
	}
	return nil
}

// correct gives those of some areas whose code is still against the rule of their parent
// one by the rule.
func (d *doing) correct(areas []geo.AreaCode) error {
	var wrong []*geo.Area
	for _, code := range areas {
		if a := d.now(d.layer.Name, code); a != nil && !d.book.follows(d.layer.Name, a.Parent, code) {
			wrong = append(wrong, a)
		}
	}
	inOrder(wrong)
	for _, a := range wrong {
		codes, err := d.book.next(d.layer.Name, a.Parent, a.Code, 1)
		if err != nil {
			return err
		}
		if err := d.recode(d.layer.Name, a.Code, codes[0]); err != nil {
			return err
		}
	}
	return nil
}

// beginning stands for the code of ground that is to be an area, or has just ceased to be of
// one.
const beginning geo.AreaCode = "(ground)"

// draw makes a new area of ground that nobody holds, or gives that ground to an area.
func (d *doing) draw() error {
	e, parent := d.edit, d.edit.Parent
	switch {
	case len(e.Codes) > 1:
		return geo.Errorf(geo.Invalid, "%d codes are given for one new area; give one, or none", len(e.Codes))
	case parent != "" && d.above(d.layer.Name) == "":
		return geo.Errorf(geo.Invalid, "layer %s has no parents; leave \"parent\" out", d.layer.Name)
	case parent != "":
		if err := d.there(d.above(d.layer.Name), parent); err != nil {
			return err
		}
	}
	if e.Into != "" {
		return d.drawInto()
	}
	if err := d.take(coverage.Fill(d.ctx, d.near, beginning, parent, e.Polygon, d.editOptions())); err != nil {
		return err
	}
	a := d.unnamed()
	codes, err := d.codesFor(a.Parent, "", 1)
	if err != nil {
		return err
	}
	a.Code = codes[0]
	d.begin(a)
	return d.dress(a)
}

// drawInto gives ground that nobody holds to an area.
func (d *doing) drawInto() error {
	e := d.edit
	if e.Parent != "" || len(e.Codes) > 0 || e.Name != nil || e.Department != nil || len(e.Attributes) > 0 {
		return geo.Errorf(geo.Invalid, "the ground goes into %s, so no area begins; leave \"parent\", \"codes\", \"name\", \"department\" and \"attributes\" out", e.Into)
	}
	if err := d.there(d.layer.Name, e.Into); err != nil {
		return err
	}
	parent := d.now(d.layer.Name, e.Into).Parent
	if err := d.take(coverage.Fill(d.ctx, d.near, beginning, parent, e.Polygon, d.editOptions())); err != nil {
		return err
	}
	return d.give(e.Into)
}

// give gives the ground that has no area yet to one.
func (d *doing) give(into geo.AreaCode) error {
	codes := []geo.AreaCode{beginning, into}
	members := []*geo.Area{d.now(d.layer.Name, beginning), d.now(d.layer.Name, into)}
	if pieces(members) > 1 {
		return geo.Errorf(geo.Conflict, "the ground does not touch %s along a border; name a neighbour in \"into\"", into)
	}
	err := d.take(coverage.Merge(d.ctx, d.near, 0, d.boxOf(codes), codes, into, d.editOptions()))
	d.unnamed()
	return err
}

// unnamed takes out the area that has no code yet.
func (d *doing) unnamed() *geo.Area {
	name := AreaName{d.layer.Name, beginning}
	a := d.areas[name]
	delete(d.areas, name)
	return a
}

// close ends areas; their ground goes to one neighbour, or of each to that which shares most
// of its border.
func (d *doing) close() error {
	e := d.edit
	if e.Into != "" {
		if err := d.there(d.layer.Name, e.Into); err != nil {
			return err
		}
		if slices.Contains(e.Areas, e.Into) {
			return geo.Errorf(geo.Invalid, "%s cannot be closed into itself; name a neighbour in \"into\"", e.Into)
		}
	}
	if e.At != nil {
		return d.closePart()
	}
	for _, code := range e.Areas {
		box := d.boxOf([]geo.AreaCode{code})
		if err := d.take(coverage.Close(d.ctx, d.near, 0, box, code, e.Into, d.editOptions())); err != nil {
			return err
		}
	}
	return nil
}

// closePart takes the part of an area that is at a place from it; a neighbour gets the ground.
func (d *doing) closePart() error {
	e := d.edit
	at, err := geo.CoordOf(e.At[0], e.At[1])
	if err != nil {
		return err
	}
	if len(e.Areas) != 1 {
		return geo.Errorf(geo.Invalid, "%d areas are named, and the part of one can be closed; name one", len(e.Areas))
	}
	a := d.change(d.layer.Name, e.Areas[0])
	n := partAt(a.Shape.Polygons, at)
	switch {
	case n < 0:
		return geo.Errorf(geo.NotFound, "%s has no ground at %s; point into the part that is to be closed", a.Code, at)
	case len(a.Shape.Polygons) == 1:
		return geo.Errorf(geo.Conflict, "%s has one part only; leave \"at\" out to close all of it", a.Code)
	}
	part := &geo.Area{Layer: a.Layer, Code: beginning, Parent: a.Parent}
	part.Shape.Polygons = a.Shape.Polygons[n : n+1]
	a.Shape.Polygons = slices.Delete(slices.Clone(a.Shape.Polygons), n, n+1)
	d.begin(part)
	err = d.take(coverage.Close(d.ctx, d.near, 0, part.Shape.Box(), beginning, e.Into, d.editOptions()))
	d.unnamed()
	return err
}
