package index

import "gridwarden/geo"

// Finder asks coverage layers, named once, for the areas at points. It does not change and
// may be used by any number of goroutines.
type Finder struct {
	snapshot *Snapshot
	layers   []geo.LayerName
}

// Finder is made ready to ask the layers named. One that is unknown or no coverage never
// answers.
func (s *Snapshot) Finder(layers ...geo.LayerName) *Finder { return &Finder{s, layers} }

// At finds the areas at p as [Snapshot.Locate] does: areas[k] is that of the k-th layer
// named, nil for none. areas must have a place for each layer.
func (f *Finder) At(p geo.Coord, areas []*geo.Area) {
	clear(areas)
	for _, hit := range f.snapshot.Locate(p, f.layers...).Areas {
		for k, n := range f.layers {
			if hit.Area.Layer == n && f.snapshot.kind(n) == geo.Coverage {
				areas[k] = hit.Area
			}
		}
	}
}

// All is At for many points: areas[i*layers+k] is the answer at points[i] of the k-th layer.
func (f *Finder) All(points []geo.Coord, areas []*geo.Area) {
	n := len(f.layers)
	for i, p := range points {
		f.At(p, areas[i*n:(i+1)*n])
	}
}

func (s *Snapshot) kind(n geo.LayerName) geo.LayerKind {
	l, _ := s.Layer(n)
	return l.Kind
}

// Within is an area of a coverage layer that holds the whole closed box and whose border
// the box does not touch, where that can be seen at once; nil says nothing.
func (s *Snapshot) Within(n geo.LayerName, b geo.Box) *geo.Area { return nil }
