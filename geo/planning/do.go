package planning

import (
	"context"
	"maps"
	"reflect"
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// Rules are what an edit is held to beside the view.
type Rules struct {
	// Used tells which of some codes were ever used in a layer, by any edition or draft: a
	// code never means another area. nil: only those of the view are known.
	Used func(ctx context.Context, layer geo.LayerName, codes []geo.AreaCode) ([]geo.AreaCode, error)
	// Approved tells whether lines of law of a layer may move. nil: none may.
	Approved func(geo.LayerName) bool
	// Again are codes of each layer that new areas get first, in this order, where they fit and
	// are free: those that an edit gave when it was done before.
	Again map[geo.LayerName][]geo.AreaCode
	// Base is the state that the file of a replace was made from; nil: the view.
	Base *index.Snapshot
}

// Do is what an edit does to a view, which stays as it is; [After] gives the view after it.
// It looks only at what lies near the edit, so its cost does not grow with the city, and it
// is pure but for the codes it asks about. An edit that cannot be done is an error that says
// what to do instead: Invalid where the edit itself is wrong, NotFound where it names what is
// not there, Conflict where the state or a line of law forbids it.
func Do(ctx context.Context, view *index.Snapshot, e *Edit, r Rules) (*Effect, error) {
	layer, known := view.Layer(e.Layer)
	if !known {
		return nil, geo.Errorf(geo.NotFound, "there is no layer %q; name one of those that are there", e.Layer)
	}
	d := &doing{
		ctx: ctx, view: view, edit: e, rules: r, layer: layer, book: newCodeBook(ctx, view, r),
		areas: map[AreaName]*geo.Area{}, heirs: map[AreaName][]geo.AreaCode{}, effect: &Effect{},
	}
	if layer.Kind == geo.Coverage {
		d.chain = view.Chain(layer.Name)
		d.level = slices.Index(d.chain, layer.Name)
	}
	if err := d.check(); err != nil {
		return nil, err
	}
	if err := d.act(); err != nil {
		return nil, err
	}
	return d.finish()
}

// doing carries one edit from the view to the effect.
type doing struct {
	ctx   context.Context
	view  *index.Snapshot
	edit  *Edit
	rules Rules
	layer geo.Layer
	chain []geo.LayerName // through the layer, lowest first; nil where it is no coverage
	level int             // of the layer in the chain

	book   *codeBook
	areas  map[AreaName]*geo.Area      // what was touched, as it is now; nil: it ended
	heirs  map[AreaName][]geo.AreaCode // who takes the place of areas that ended in groups
	effect *Effect
}

// act does the edit.
func (d *doing) act() error {
	switch kind := d.edit.Kind; {
	case kind == Set:
		return d.set()
	case kind == Regroup:
		return d.regroup()
	case d.layer.Kind != geo.Coverage:
		return d.alone()
	case kind == Replace:
		return d.replace()
	case d.level > 0:
		return d.upper()
	}
	return d.lowest()
}

// now is an area as it is now; nil when it is not there.
func (d *doing) now(layer geo.LayerName, code geo.AreaCode) *geo.Area {
	if a, touched := d.areas[AreaName{layer, code}]; touched {
		return a
	}
	return d.view.Area(layer, code)
}

// change is an area, which must be there, to be changed.
func (d *doing) change(layer geo.LayerName, code geo.AreaCode) *geo.Area {
	name := AreaName{layer, code}
	if a := d.areas[name]; a != nil {
		return a
	}
	next := *d.view.Area(layer, code)
	next.ID, next.From = 0, 0
	d.areas[name] = &next
	return &next
}

// begin takes in a new area.
func (d *doing) begin(a *geo.Area) { d.areas[AreaName{a.Layer, a.Code}] = a }

// end takes an area out.
func (d *doing) end(layer geo.LayerName, code geo.AreaCode) { d.areas[AreaName{layer, code}] = nil }

// below is the layer whose areas those of a layer of the chain are made of; empty at the
// bottom.
func (d *doing) below(layer geo.LayerName) geo.LayerName {
	if at := slices.Index(d.chain, layer); at > 0 {
		return d.chain[at-1]
	}
	return ""
}

// above is the layer over one of the chain, empty at the top.
func (d *doing) above(layer geo.LayerName) geo.LayerName {
	if at := slices.Index(d.chain, layer); at >= 0 && at+1 < len(d.chain) {
		return d.chain[at+1]
	}
	return ""
}

// children are the areas of the view, in the layer below, that now have one of its areas as
// their parent, by code.
func (d *doing) children(layer geo.LayerName, code geo.AreaCode) []*geo.Area {
	below, parent := d.below(layer), d.view.Area(layer, code)
	if below == "" || parent == nil {
		return nil
	}
	var found []*geo.Area
	for a := range d.view.AreasIn(below, parent.Shape.Box()) {
		if a := d.now(below, a.Code); a != nil && a.Parent == code {
			found = append(found, a)
		}
	}
	slices.SortFunc(found, func(a, b *geo.Area) int { return compareNames(AreaName{below, a.Code}, AreaName{below, b.Code}) })
	return found
}

// finish is the effect of what was done.
func (d *doing) finish() (*Effect, error) {
	e := d.effect
	for _, name := range slices.SortedFunc(maps.Keys(d.areas), compareNames) {
		a, was := d.areas[name], d.view.Area(name.Layer, name.Code)
		switch {
		case a == nil && was != nil:
			e.Ended = append(e.Ended, name)
		case a != nil && (was == nil || !sameArea(was, a)):
			e.Areas = append(e.Areas, a)
		}
	}
	d.follow()
	if len(e.Areas)+len(e.Ended)+len(e.Groups) == 0 {
		return nil, geo.Errorf(geo.Invalid, "this edit changes nothing: everything is already as it asks for")
	}
	return e, d.checkLocks()
}

// sameArea tells whether two versions of an area say the same.
func sameArea(a, b *geo.Area) bool {
	x, y := *a, *b
	x.ID, x.From, y.ID, y.From = 0, 0, 0, 0
	return reflect.DeepEqual(&x, &y)
}
