package index

import (
	"slices"

	"gridwarden/geo"
)

// Finder asks coverage layers, named once, for the areas at points. It does not change and
// may be used by any number of goroutines.
type Finder struct {
	atlas    *atlas
	layers   []geo.LayerName
	chains   [][]rung
	branched bool     // a layer is above two others: there are no chains, see [Finder.byAnswers]
	silent   []int    // places that never answer
	twins    [][2]int // places that answer as another does
}

// rung is one layer of a chain, the lowest first.
type rung struct {
	slots []slot
	place int // of its answer; -1: nobody named it
	layer *layer
}

// Finder is made ready to ask the layers named. One that is unknown or no coverage never
// answers.
func (s *Snapshot) Finder(layers ...geo.LayerName) *Finder {
	f := &Finder{atlas: s.atlas, layers: slices.Clone(layers)}
	if len(layers) == 0 {
		return f
	}
	a := s.atlas
	place := make([]int, len(a.layers))
	for i := range place {
		place[i] = -1
	}
	for k, n := range layers {
		i, known := a.index[n]
		switch {
		case !known || a.layers[i].Kind != geo.Coverage:
			f.silent = append(f.silent, k)
		case place[i] >= 0:
			f.twins = append(f.twins, [2]int{k, place[i]})
		default:
			place[i] = k
		}
	}
	answers := a.answers(nil, layers)
	climbed := make([]bool, len(a.layers))
	for _, i := range a.climb {
		var chain []rung
		for ; i >= 0 && answers[i].needed && !(climbed[i] && chain == nil); i = a.up[i] {
			f.branched = f.branched || climbed[i]
			climbed[i] = true
			chain = append(chain, rung{a.layers[i].slots, place[i], a.layers[i]})
		}
		if chain != nil {
			f.chains = append(f.chains, chain)
		}
	}
	return f
}

// At finds the areas at p as [Snapshot.Locate] does: areas[k] is that of the k-th layer
// named, nil for none. areas must have a place for each layer.
func (f *Finder) At(p geo.Coord, areas []*geo.Area) {
	areas = areas[:len(f.layers)]
	if f.branched {
		f.byAnswers(p, areas)
		return
	}
	for _, chain := range f.chains {
		climb(chain, p, chain[0].layer.at(p), areas)
	}
	f.rest(areas)
}

// climb tells the answers of a chain, given the slot of the lowest.
func climb(chain []rung, p geo.Coord, at uint32, areas []*geo.Area) {
	for k := range chain {
		held := &chain[k].slots[at]
		if place := chain[k].place; place >= 0 {
			areas[place] = held.area
		}
		if at = held.parent; at == 0 && k+1 < len(chain) {
			at = chain[k+1].layer.at(p)
		}
	}
}

// rest tells what no chain does.
func (f *Finder) rest(areas []*geo.Area) {
	for _, k := range f.silent {
		areas[k] = nil
	}
	for _, t := range f.twins {
		areas[t[0]] = areas[t[1]]
	}
}

// byAnswers is At where chains branch.
func (f *Finder) byAnswers(p geo.Coord, areas []*geo.Area) {
	var room [8]answer
	answers := f.atlas.answers(room[:0], f.layers)
	f.atlas.climbAt(p, answers)
	for k, n := range f.layers {
		areas[k] = nil
		if i, known := f.atlas.index[n]; known {
			areas[k] = answers[i].area
		}
	}
}

// All is At for many points: areas[i*layers+k] is the answer at points[i] of the k-th
// layer. It waits for the memory of many points at once, so it is faster than as many At.
func (f *Finder) All(points []geo.Coord, areas []*geo.Area) {
	n := len(f.layers)
	areas = areas[:n*len(points)]
	if f.branched {
		for i, p := range points {
			f.byAnswers(p, areas[i*n:(i+1)*n])
		}
		return
	}
	for some := range slices.Chunk(points, flock) {
		for _, chain := range f.chains {
			climbAll(chain, some, areas, n)
		}
		for i := range some {
			f.rest(areas[i*n : (i+1)*n])
		}
		areas = areas[n*len(some):]
	}
}

// climbAll is climb for a flock of points, layer by layer; each point has n areas.
func climbAll(chain []rung, points []geo.Coord, areas []*geo.Area, n int) {
	var slots [flock]uint32
	lowest := chain[0].layer
	lowest.directory.findAll(points, &slots)
	for i, p := range points {
		if slots[i] == unknownSlot {
			slots[i] = lowest.at(p)
		}
	}
	for k := range chain {
		r := &chain[k]
		for i := range points {
			held := &r.slots[slots[i]]
			if r.place >= 0 {
				areas[i*n+r.place] = held.area
			}
			if slots[i] = held.parent; held.parent == 0 && k+1 < len(chain) {
				slots[i] = chain[k+1].layer.at(points[i])
			}
		}
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
