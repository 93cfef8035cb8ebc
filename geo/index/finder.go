package index

import (
	"slices"

	"gridwarden/geo"
)

// Finder asks coverage layers, named once, for the areas at points. It does not change and
// may be used by any number of goroutines.
type Finder struct {
	steps  []step // those asked, each before the one above it
	places []int  // in steps, of the layers named; -1: never answers
}

// step is one layer on the way up.
type step struct {
	*layer
	up int // the step of the layer above; -1 for none
}

// most is the greatest number of layers one Finder goes through without taking memory.
const most = 16

// Finder is made ready to ask the layers named. One that is unknown or no coverage never
// answers.
func (s *Snapshot) Finder(layers ...geo.LayerName) *Finder {
	a := s.atlas
	f := &Finder{places: make([]int, len(layers))}
	if len(layers) == 0 {
		return f
	}
	at := make([]int, len(a.layers)) // which step a layer is
	answers := a.answers(nil, layers)
	for _, i := range a.climb {
		at[i] = -1
		if answers[i].needed {
			at[i] = len(f.steps)
			f.steps = append(f.steps, step{a.layers[i], a.up[i]})
		}
	}
	for k := range f.steps {
		if up := f.steps[k].up; up >= 0 {
			f.steps[k].up = at[up]
		}
	}
	for k, n := range layers {
		f.places[k] = -1
		if i, known := a.index[n]; known && a.layers[i].Kind == geo.Coverage {
			f.places[k] = at[i]
		}
	}
	return f
}

// At finds the areas at p as [Snapshot.Locate] does: areas[k] is that of the k-th layer
// named, nil for none. areas must have a place for each layer.
func (f *Finder) At(p geo.Coord, areas []*geo.Area) {
	var room [most]uint32
	slots := slices.Grow(room[:0], len(f.steps))[:len(f.steps)]
	for k := range f.steps {
		if slots[k] == 0 {
			slots[k] = f.steps[k].at(p)
		}
		f.climb(k, slots)
	}
	f.tell(slots, areas)
}

// climb takes the answer of one step to the one above it, if that has none.
func (f *Finder) climb(k int, slots []uint32) {
	if up := f.steps[k].up; up >= 0 && slots[k] != 0 && slots[up] == 0 {
		slots[up] = f.steps[k].parents[slots[k]]
	}
}

// tell gives out the areas.
func (f *Finder) tell(slots []uint32, areas []*geo.Area) {
	areas = areas[:len(f.places)]
	for k, place := range f.places {
		areas[k] = nil
		if place >= 0 {
			areas[k] = f.steps[place].areas[slots[place]]
		}
	}
}

// at is the slot of the area that answers for p.
func (l *layer) at(p geo.Coord) uint32 {
	slot, known := l.directory.find(p)
	if known {
		return slot
	}
	if e, _ := l.coverSlowly(p); e != nil {
		return e.slot
	}
	return 0
}

// All is At for many points: areas[i*layers+k] is the answer at points[i] of the k-th layer.
func (f *Finder) All(points []geo.Coord, areas []*geo.Area) {
	n := len(f.places)
	for i, p := range points {
		f.At(p, areas[i*n:(i+1)*n])
	}
}

// Within is an area of a coverage layer that holds the whole closed box and whose border
// the box does not touch, where that can be seen at once; nil says nothing.
func (s *Snapshot) Within(n geo.LayerName, b geo.Box) *geo.Area { return nil }
