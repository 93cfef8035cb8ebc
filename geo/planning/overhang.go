package planning

import (
	"cmp"
	"slices"

	"gridwarden/geo"
)

// sumOverhangs sums the nesting errors up by parent, so that one line tells what is wrong
// with a town of which eight villages stick out.
func (p *importer) sumOverhangs() {
	sums := map[geo.AreaCode]*Overhang{} // a layer has one parent layer, and one error one layer
	var layer geo.LayerName
	flush := func() {
		for _, o := range sums {
			p.outcome.Overhangs = append(p.outcome.Overhangs, *o)
		}
		clear(sums)
	}
	for _, f := range p.outcome.Faults {
		if f.Kind != geo.FaultNesting || !f.Error || f.Mended {
			continue
		}
		if f.Layer != layer {
			flush()
			layer = f.Layer
		}
		child, parent := p.childAndParent(f)
		if parent == nil {
			continue
		}
		o := sums[parent.code]
		if o == nil {
			o = &Overhang{Layer: p.layers[f.Layer].is.Parent, Code: parent.code, Name: parent.name()}
			sums[parent.code] = o
		}
		o.Children = append(o.Children, child)
		o.SquareMetres += f.Area
	}
	flush()
	slices.SortFunc(p.outcome.Overhangs, func(a, b Overhang) int {
		return cmp.Or(cmp.Compare(b.SquareMetres, a.SquareMetres), cmp.Compare(a.Code, b.Code))
	})
}

// childAndParent finds which of a nesting fault's areas is which.
func (p *importer) childAndParent(f geo.Fault) (geo.AreaCode, *area) {
	l := p.layers[f.Layer]
	above := p.layers[l.is.Parent]
	for _, code := range f.Areas {
		child := l.areas[code]
		if above == nil || child == nil || !slices.Contains(f.Areas, child.parent) {
			continue
		}
		if parent := above.areas[child.parent]; parent != nil {
			return code, parent
		}
	}
	return "", nil
}

// name is the area's name as it will be.
func (a *area) name() string {
	switch {
	case a.input != nil:
		return a.input.Name
	case a.was != nil:
		return a.was.Name
	}
	return ""
}
