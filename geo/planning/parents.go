package planning

import "gridwarden/geo"

// wantParents settles the parent each area asks for: the one its file names, else the one
// it has; empty where that has to be found by the code or the place.
func (p *importer) wantParents() error {
	for _, name := range p.names {
		l := p.layers[name]
		above := p.layers[l.is.Parent]
		for _, code := range l.codes {
			a := l.areas[code]
			switch {
			case a.joined:
			case a.input != nil && a.input.Parent != "":
				if above == nil {
					return geo.Errorf(geo.Invalid, "area %s names the parent %s, and layer %s nests in no layer; give --parent LAYER, or leave out --parent-code", code, a.input.Parent, name)
				}
				a.parent = a.input.Parent
			case above == nil || l.was.Parent != l.is.Parent || a.lost(above):
				a.parent = ""
			}
		}
	}
	return nil
}

// lost tells whether the parent an area has must be found anew: it is not there any more,
// or one of the two was redrawn in files that say nothing of parents.
func (a *area) lost(above *layer) bool {
	parent := above.areas[a.parent]
	return parent == nil || parent.ends || a.input != nil && (a.redrawn() || parent.redrawn())
}
