package index

import (
	"cmp"
	"slices"

	"gridwarden/geo"
)

// atlas is all layers by (Rank, Name), and how the coverages among them hang together.
// Positions in it are positions in layers.
type atlas struct {
	layers []*layer
	links
}

// links are the chains. They change only with the layers, never with areas.
type links struct {
	index map[geo.LayerName]int
	up    []int // the layer above in the chain, -1 at the top
	down  []int // the layer below, of several that with the most below it; -1 at the bottom
	climb []int // the coverages, each before the one above it
}

// apply is the atlas after a change.
func (a *atlas) apply(c *geo.Changes) (*atlas, error) {
	if len(c.Layers)+len(c.LayersEnded)+len(c.AreasEnded)+len(c.Areas) == 0 {
		return a, nil
	}
	e := edit{atlas: &atlas{slices.Clone(a.layers), a.links}, forked: map[*layer]bool{}}
	for _, id := range c.AreasEnded {
		if err := e.end(id); err != nil {
			return nil, err
		}
	}
	if err := e.setLayers(c.Layers, c.LayersEnded); err != nil {
		return nil, err
	}
	for _, area := range c.Areas {
		i, known := e.index[area.Layer]
		if !known {
			return nil, geo.Errorf(geo.Conflict, "area %s begins in layer %s, which is not known; load the view again", area.Code, area.Layer)
		}
		if err := e.fork(i).insert(area); err != nil {
			return nil, err
		}
	}
	e.settle(len(c.Layers)+len(c.LayersEnded) > 0)
	return e.atlas, nil
}

// edit is an atlas in the making.
type edit struct {
	*atlas
	forked map[*layer]bool // those that are ours to change
}

// fork is the layer at a position, to be changed.
func (e *edit) fork(i int) *layer {
	if !e.forked[e.layers[i]] {
		e.layers[i] = e.layers[i].fork()
		e.forked[e.layers[i]] = true
	}
	return e.layers[i]
}

// settle works out again what follows from the changes: in each layer, then in those below
// it. Relinked, chains may have changed.
func (e *edit) settle(relinked bool) {
	for l := range e.forked {
		l.settle()
	}
	for i, up := range e.up {
		if up < 0 {
			continue
		}
		all := relinked || e.layers[up].recoded()
		if all || e.layers[i].changing != nil {
			e.fork(i).adopt(e.layers[up], all)
		}
	}
	for l := range e.forked {
		l.changing = nil
	}
}

// setLayers adds new layers, changes known ones, whose areas stay, and takes out those that
// end, which must have none left.
func (e *edit) setLayers(layers []geo.Layer, ended []geo.LayerName) error {
	if len(layers)+len(ended) == 0 {
		return nil
	}
	for _, n := range ended {
		l := e.layer(n)
		if l == nil || l.byCode.tree.Len() > 0 {
			return geo.Errorf(geo.Conflict, "layer %s ends without being there and empty; load the view again", n)
		}
	}
	e.layers = slices.DeleteFunc(e.layers, func(l *layer) bool { return slices.Contains(ended, l.Name) })
	for _, l := range layers {
		at := slices.IndexFunc(e.layers, func(o *layer) bool { return o.Name == l.Name })
		if at < 0 {
			at = len(e.layers)
			e.layers = append(e.layers, newLayer(l))
		}
		e.fork(at).Layer = l
	}
	slices.SortFunc(e.layers, func(a, b *layer) int {
		return cmp.Or(cmp.Compare(a.Rank, b.Rank), cmp.Compare(a.Name, b.Name))
	})
	e.links = link(e.layers)
	return nil
}

// end takes out the area with a number, whatever layer it is in.
func (e *edit) end(id geo.AreaID) error {
	for i, l := range e.layers {
		if _, here := l.byID.tree.Get(id); here {
			e.fork(i).remove(id)
			return nil
		}
	}
	return geo.Errorf(geo.Conflict, "the area numbered %d ends without being there; load the view again", id)
}

// link finds the chains. A parent that is not a known coverage is no parent, and
// parents that go round in a ring are cut open.
func link(layers []*layer) links {
	n := len(layers)
	k := links{index: make(map[geo.LayerName]int, n), up: make([]int, n), down: make([]int, n)}
	for i, l := range layers {
		k.index[l.Name] = i
	}
	for i, l := range layers {
		k.up[i], k.down[i] = -1, -1
		if parent, known := k.index[l.Parent]; known && l.Kind == geo.Coverage && layers[parent].Kind == geo.Coverage {
			k.up[i] = parent
		}
		if l.Kind == geo.Coverage {
			k.climb = append(k.climb, i)
		}
	}
	k.cutRings()
	slices.SortStableFunc(k.climb, func(a, b int) int { return cmp.Compare(k.depth(b), k.depth(a)) })
	below := make([]int, n)
	for _, i := range k.climb {
		if up := k.up[i]; up >= 0 && below[up] < below[i]+1 {
			below[up], k.down[up] = below[i]+1, i
		}
	}
	return k
}

// cutRings takes the parent from the first layer of each ring of parents.
func (k *links) cutRings() {
	for i := range k.up {
		at := k.up[i]
		for range k.up {
			if at < 0 || at == i {
				break
			}
			at = k.up[at]
		}
		if at == i {
			k.up[i] = -1
		}
	}
}

// depth is how many layers are above one.
func (k *links) depth(i int) int {
	n := 0
	for at := k.up[i]; at >= 0; at = k.up[at] {
		n++
	}
	return n
}

// layer is the layer of a name, nil when unknown.
func (a *atlas) layer(n geo.LayerName) *layer {
	if i, known := a.index[n]; known {
		return a.layers[i]
	}
	return nil
}

// chain is the chain through a layer, lowest first.
func (a *atlas) chain(n geo.LayerName) []geo.LayerName {
	i, known := a.index[n]
	if !known {
		return nil
	}
	for a.down[i] >= 0 {
		i = a.down[i]
	}
	chain := []geo.LayerName{}
	for ; i >= 0; i = a.up[i] {
		chain = append(chain, a.layers[i].Name)
	}
	return chain
}
