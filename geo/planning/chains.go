package planning

import (
	"slices"

	"gridwarden/geo"
)

// checkChains sees that the layers form chains: a parent is a coverage that is there, has
// one child layer, and no layer is above itself.
func (p *importer) checkChains() error {
	child := map[geo.LayerName]geo.LayerName{}
	for _, name := range p.names {
		l := p.layers[name].is
		if l.Parent == "" {
			continue
		}
		parent, known := p.layers[l.Parent]
		switch {
		case l.Kind != geo.Coverage:
			return geo.Errorf(geo.Invalid, "layer %s is %s; only a coverage can have a parent layer", name, aKind(l.Kind))
		case !known:
			return geo.Errorf(geo.Invalid, "layer %s names the parent layer %s, which is not there; import %s first, or both with --plan", name, l.Parent, l.Parent)
		case parent.is.Kind != geo.Coverage:
			return geo.Errorf(geo.Invalid, "layer %s names the parent layer %s, which is %s; a parent must be a coverage", name, l.Parent, aKind(parent.is.Kind))
		case child[l.Parent] != "":
			return geo.Errorf(geo.Conflict, "layer %s cannot nest in %s, which is already the parent of %s: a chain has one layer at each level", name, l.Parent, child[l.Parent])
		}
		child[l.Parent] = name
	}
	for _, name := range p.names {
		if chain := p.chainFrom(name); chain == nil {
			return geo.Errorf(geo.Invalid, "layer %s would be above itself", name)
		}
	}
	return nil
}

// chainFrom are the layers from one upward; nil when they run in a ring.
func (p *importer) chainFrom(lowest geo.LayerName) []*layer {
	var chain []*layer
	for name := lowest; name != ""; name = p.layers[name].is.Parent {
		if len(chain) == len(p.layers) {
			return nil
		}
		chain = append(chain, p.layers[name])
	}
	return chain
}

// chains are all chains of coverages, each lowest first.
func (p *importer) chains() [][]*layer {
	isParent := map[geo.LayerName]bool{}
	for _, l := range p.layers {
		isParent[l.is.Parent] = true
	}
	var chains [][]*layer
	for _, name := range p.names {
		if p.layers[name].is.Kind == geo.Coverage && !isParent[name] {
			chains = append(chains, p.chainFrom(name))
		}
	}
	return chains
}

// rankLayers gives a layer without a rank its default: lines, then overlays, then
// coverages, and within a chain the deeper first.
func (p *importer) rankLayers() {
	for _, l := range p.layers {
		switch l.is.Kind {
		case geo.Lines:
			setRank(l, 100)
		case geo.Overlay:
			setRank(l, 200)
		}
	}
	for _, chain := range p.chains() {
		for i, l := range chain {
			setRank(l, rankIn(chain, i))
		}
	}
}

// rankIn is the default rank at a place in a chain, those below having theirs: halfway
// between its neighbours where there is not room for ten.
func rankIn(chain []*layer, i int) int {
	up := slices.IndexFunc(chain[i:], func(l *layer) bool { return l.is.Rank != 0 })
	switch {
	case i == 0 && up < 0:
		return 300
	case i == 0:
		return chain[up].is.Rank - 10*up
	case up < 0:
		return chain[i-1].is.Rank + 10
	}
	below, above := chain[i-1].is.Rank, chain[i+up].is.Rank
	return below + min(10, (above-below)/(up+1))
}

func setRank(l *layer, rank int) {
	if l.is.Rank == 0 {
		l.is.Rank = rank
	}
}
