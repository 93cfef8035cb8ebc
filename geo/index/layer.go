package index

import (
	"cmp"
	"slices"
	"sync/atomic"

	"github.com/tidwall/btree"

	"gridwarden/geo"
)

// entry is one area in a layer.
type entry struct {
	area *geo.Area
	slot uint32
	figure
	zooms atomic.Pointer[[]uint8] // see [Snapshot.Zooms]; nil until asked for
}

// slot is an area and the slot of its parent in the layer above, 0 for none.
type slot struct {
	area   *geo.Area
	parent uint32
}

// layer is one layer with its areas. Only a fork not yet shown to anyone is changed.
type layer struct {
	geo.Layer
	byCode *shared[*btree.Map[geo.AreaCode, *entry]]
	byID   *shared[*btree.Map[geo.AreaID, *entry]]
	boxes  *shared[*boxes[*entry]]
	reach  float64 // line layers: the greatest of any area in metres

	// Coverages: their areas in slots, by which the directory names them. A code keeps its
	// slot while it is there; slot 0 is nobody.
	slots     []slot
	free      []uint32
	directory *directory
	edges     int // of all areas

	extent   int64     // of all areas, see TypicalSide
	register *register // shared with views of the same areas

	changing *changing // while this is a fork
}

// changing is what a fork must remember until it is settled.
type changing struct {
	ended map[geo.AreaCode]*entry
	begun []*entry
}

func newLayer(l geo.Layer) *layer {
	return &layer{
		Layer:    l,
		byCode:   &shared[*btree.Map[geo.AreaCode, *entry]]{tree: new(btree.Map[geo.AreaCode, *entry])},
		byID:     &shared[*btree.Map[geo.AreaID, *entry]]{tree: new(btree.Map[geo.AreaID, *entry])},
		boxes:    &shared[*boxes[*entry]]{tree: new(boxes[*entry])},
		slots:    make([]slot, 1),
		register: &register{},
	}
}

// fork is the same layer, to be changed.
func (l *layer) fork() *layer {
	next := *l
	next.byCode, next.byID, next.boxes = l.byCode.fork(), l.byID.fork(), l.boxes.fork()
	next.changing = &changing{ended: map[geo.AreaCode]*entry{}}
	next.register = &register{}
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
	l.changing.begun = append(l.changing.begun, e)
	l.edges += a.Shape.Vertices()
	l.extent += extentOf(&a.Shape)
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
	l.changing.ended[e.area.Code] = e
	l.edges -= e.shape.Vertices()
	l.extent -= extentOf(e.shape)
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
	// Neighbours put in one after another share the nodes of the tree.
	slices.SortFunc(l.changing.begun, func(a, b *entry) int { return cmp.Compare(zkey(a.box.Min), zkey(b.box.Min)) })
	for _, e := range l.changing.begun {
		if !e.box.IsEmpty() {
			l.boxes.tree.insert(e.box, e)
		}
	}
	l.reach = 0
	switch l.Kind {
	case geo.Lines:
		l.byCode.tree.Scan(func(_ geo.AreaCode, e *entry) bool {
			l.reach = max(l.reach, l.reachOf(e))
			return true
		})
	case geo.Coverage:
		l.seat()
		touched := l.touched()
		l.renew(touched)
		l.directory = l.directory.update(l.boxes.tree, l.edges, touched)
	}
}

// seat gives the areas that begin their slots: that of the one of the same code that ended,
// else a free one.
func (l *layer) seat() {
	l.slots, l.free = slices.Clone(l.slots), slices.Clone(l.free)
	for code, e := range l.changing.ended {
		if l.find(code) == nil {
			l.slots[e.slot] = slot{}
			l.free = append(l.free, e.slot)
		}
	}
	for _, e := range l.changing.begun {
		old, last := l.changing.ended[e.area.Code], len(l.free)-1
		switch {
		case old != nil:
			e.slot = old.slot
		case last >= 0:
			e.slot, l.free = l.free[last], l.free[:last]
		default:
			e.slot = uint32(len(l.slots))
			l.slots = append(l.slots, slot{})
		}
		l.slots[e.slot].area = e.area
	}
}

// renew gives areas that stay, but may have a vertex in common with one that began or ended, a
// new entry: their borders may be drawn otherwise than in the view before, see Zooms.
func (l *layer) renew(touched []geo.Box) {
	if len(l.changing.begun) == l.byCode.tree.Len() {
		return // none stays
	}
	fresh := make(map[*entry]bool, len(l.changing.begun))
	for _, e := range l.changing.begun {
		fresh[e] = true
	}
	var stay []*entry
	for _, b := range touched {
		l.boxes.tree.meeting(b, func(e *entry) bool {
			if !fresh[e] && e.hasVertexIn(b) {
				fresh[e] = true
				stay = append(stay, e)
			}
			return true
		})
	}
	for _, e := range stay {
		next := &entry{area: e.area, slot: e.slot, figure: e.figure}
		l.byCode.tree.Set(e.area.Code, next)
		l.byID.tree.Set(e.area.ID, next)
		l.boxes.tree.remove(e.box, e)
		l.boxes.tree.insert(e.box, next)
	}
}

// recoded tells whether codes came or went, so that slots changed hands.
func (l *layer) recoded() bool {
	if l.changing == nil {
		return false
	}
	for code := range l.changing.ended {
		if l.find(code) == nil {
			return true
		}
	}
	return len(l.changing.begun) > len(l.changing.ended)
}

// touched are the boxes in which a point may have another answer than before: those of all
// areas whose shape began or ended.
func (l *layer) touched() []geo.Box {
	var all []geo.Box
	for _, e := range l.changing.begun {
		old := l.changing.ended[e.area.Code]
		if old != nil && sameShape(old.shape, e.shape) {
			continue
		}
		all = append(all, e.box)
		if old != nil {
			all = append(all, old.box)
		}
	}
	for code, e := range l.changing.ended {
		if l.find(code) == nil {
			all = append(all, e.box)
		}
	}
	return slices.DeleteFunc(all, geo.Box.IsEmpty)
}

func sameShape(a, b *geo.Shape) bool {
	return slices.EqualFunc(a.Polygons, b.Polygons, func(p, q geo.Polygon) bool {
		return slices.EqualFunc(p, q, func(r, s geo.Ring) bool { return slices.Equal(r, s) })
	})
}

// adopt finds the parents' slots: of all areas, or where the layer above kept its codes only
// of those that began.
func (l *layer) adopt(above *layer, all bool) {
	l.slots = slices.Clone(l.slots)
	set := func(s *slot) {
		s.parent = 0
		if up := above.find(s.area.Parent); up != nil {
			s.parent = up.slot
		}
	}
	if !all {
		for _, e := range l.changing.begun {
			set(&l.slots[e.slot])
		}
		return
	}
	for i := range l.slots {
		if l.slots[i].area != nil {
			set(&l.slots[i])
		}
	}
}
