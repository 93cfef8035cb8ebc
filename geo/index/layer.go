package index

import (
	"github.com/tidwall/btree"

	"gridwarden/geo"
)

// entry is one area in a layer.
type entry struct {
	area *geo.Area
	figure
}

// layer is one layer with its areas. Only a fork not yet shown to anyone is changed.
type layer struct {
	geo.Layer
	byCode *shared[*btree.Map[geo.AreaCode, *entry]]
	byID   *shared[*btree.Map[geo.AreaID, *entry]]
	boxes  *shared[*boxes[*entry]]
	reach  float64 // line layers: the greatest of any area in metres
}

func newLayer(l geo.Layer) *layer {
	return &layer{
		Layer:  l,
		byCode: &shared[*btree.Map[geo.AreaCode, *entry]]{tree: new(btree.Map[geo.AreaCode, *entry])},
		byID:   &shared[*btree.Map[geo.AreaID, *entry]]{tree: new(btree.Map[geo.AreaID, *entry])},
		boxes:  &shared[*boxes[*entry]]{tree: new(boxes[*entry])},
	}
}

// fork is the same layer, to be changed.
func (l *layer) fork() *layer {
	next := *l
	next.byCode, next.byID, next.boxes = l.byCode.fork(), l.byID.fork(), l.boxes.fork()
	return &next
}

func (l *layer) find(code geo.AreaCode) *entry {
	e, _ := l.byCode.tree.Get(code)
	return e
}

// insert adds an area; a second one of the same code or number is a Conflict.
func (l *layer) insert(a *geo.Area) error {
	e := &entry{area: a, figure: newFigure(&a.Shape)}
	if _, twice := l.byCode.tree.Set(a.Code, e); twice {
		return geo.Errorf(geo.Conflict, "area %s of layer %s begins while it is there already; load the view again", a.Code, l.Name)
	}
	if _, twice := l.byID.tree.Set(a.ID, e); twice {
		return geo.Errorf(geo.Conflict, "two areas of layer %s have the number %d; load the view again", l.Name, a.ID)
	}
	if !e.box.IsEmpty() {
		l.boxes.tree.insert(e.box, e)
	}
	return nil
}

// remove takes out the area with a number; false when there is none.
func (l *layer) remove(id geo.AreaID) bool {
	e, found := l.byID.tree.Delete(id)
	if !found {
		return false
	}
	l.byCode.tree.Delete(e.area.Code)
	if !e.box.IsEmpty() {
		l.boxes.tree.remove(e.box, e)
	}
	return true
}

// reachOf is how far in metres a line answers.
func (l *layer) reachOf(e *entry) float64 {
	if e.area.Reach > 0 {
		return e.area.Reach
	}
	return l.Layer.Reach
}

// settle works out again what depends on all areas and on the layer's own values.
func (l *layer) settle() {
	l.reach = 0
	if l.Kind != geo.Lines {
		return
	}
	l.byCode.tree.Scan(func(_ geo.AreaCode, e *entry) bool {
		l.reach = max(l.reach, l.reachOf(e))
		return true
	})
}
