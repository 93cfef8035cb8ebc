package index

import (
	"slices"

	"gridwarden/geo"
)

// Finder asks coverage layers, named once, for the areas at points. It does not change and
// may be used by any number of goroutines.
type Finder struct {
	steps  []step // the layers asked, each before the one above it
	silent []int  // places that never answer
	twins  [][2]int
	width  int // layers named
}

// step is one layer on the way up.
type step struct {
	slots []slot
	up    int // the step of the layer above; -1 for none
	place int // of its answer; -1: nobody named it
	layer *layer
}

// Finder is made ready to ask the layers named. One that is unknown or no coverage never
// answers.
func (s *Snapshot) Finder(layers ...geo.LayerName) *Finder {
	f := &Finder{width: len(layers)}
	if len(layers) == 0 {
		return f
	}
	a := s.atlas
	at := make([]int, len(a.layers)) // which step a layer is
	answers := a.answers(nil, layers)
	for _, i := range a.climb {
		if answers[i].needed {
			at[i] = len(f.steps)
			l := a.layers[i]
			f.steps = append(f.steps, step{l.slots, a.up[i], -1, l})
		}
	}
	for k := range f.steps {
		if up := f.steps[k].up; up >= 0 && answers[up].needed {
			f.steps[k].up = at[up]
		} else {
			f.steps[k].up = -1
		}
	}
	for k, n := range layers {
		i, known := a.index[n]
		switch {
		case !known || a.layers[i].Kind != geo.Coverage:
			f.silent = append(f.silent, k)
		case f.steps[at[i]].place >= 0:
			f.twins = append(f.twins, [2]int{k, f.steps[at[i]].place})
		default:
			f.steps[at[i]].place = k
		}
	}
	return f
}

// roomFor is how many layers one Finder goes through without taking memory.
const roomFor = 16

// At finds the areas at p as [Snapshot.Locate] does: areas[k] is that of the k-th layer
// named, nil for none. areas must have a place for each layer.
func (f *Finder) At(p geo.Coord, areas []*geo.Area) {
	if len(f.steps) == 0 {
		clear(areas[:f.width])
		return
	}
	f.climb(p, f.steps[0].layer.at(p), areas[:f.width])
}

// climb takes the answer of the first step upwards and tells all.
func (f *Finder) climb(p geo.Coord, first uint32, areas []*geo.Area) {
	var room [roomFor]uint32
	slots := room[:]
	if len(f.steps) > roomFor {
		slots = make([]uint32, len(f.steps))
	}
	slots[0] = first
	for k := range f.steps {
		s := &f.steps[k]
		at := slots[k]
		if at == 0 && k > 0 {
			at = s.layer.at(p)
		}
		held := &s.slots[at]
		if s.place >= 0 {
			areas[s.place] = held.area
		}
		if s.up >= 0 && slots[s.up] == 0 {
			slots[s.up] = held.parent
		}
	}
	for _, k := range f.silent {
		areas[k] = nil
	}
	for _, t := range f.twins {
		areas[t[0]] = areas[t[1]]
	}
}

// All is At for many points: areas[i*layers+k] is the answer at points[i] of the k-th
// layer. It waits for the memory of many points at once, so it is faster than as many At.
func (f *Finder) All(points []geo.Coord, areas []*geo.Area) {
	n := f.width
	if len(f.steps) == 0 {
		clear(areas[:n*len(points)])
		return
	}
	var slots [flock]uint32
	lowest := f.steps[0].layer
	for some := range slices.Chunk(points, flock) {
		lowest.directory.findAll(some, &slots)
		for i, p := range some {
			if slots[i] == unknownSlot {
				slots[i] = lowest.at(p)
			}
			f.climb(p, slots[i], areas[i*n:(i+1)*n])
		}
		areas = areas[len(some)*n:]
	}
}

// at is the slot of the area that answers for p, 0 for none.
func (l *layer) at(p geo.Coord) uint32 {
	slot, _ := l.cover(p)
	return slot
}

// Within is an area of a coverage layer that holds the whole closed box and whose border
// the box does not touch, where few cells tell that; nil says nothing.
func (s *Snapshot) Within(n geo.LayerName, b geo.Box) *geo.Area {
	l := s.atlas.layer(n)
	if l == nil || l.Kind != geo.Coverage || b.IsEmpty() {
		return nil
	}
	if slot, known := l.directory.within(b); known {
		return l.slots[slot].area
	}
	return nil
}
