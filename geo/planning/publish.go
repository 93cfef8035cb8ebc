package planning

import (
	"context"
	"reflect"

	"gridwarden/geo"
)

// publication is what the import changes, nil when nothing does.
func (p *importer) publication(ctx context.Context) (*geo.Publication, error) {
	var was []*geo.Area
	out := &geo.Publication{
		Base:          p.base.Edition,
		EffectiveFrom: p.options.EffectiveFrom,
		Note:          p.options.Note,
	}
	for _, name := range p.names {
		l := p.layers[name]
		if l.isNew || l.was != l.is {
			out.Layers = append(out.Layers, l.is)
		}
		for _, code := range l.codes {
			a := l.areas[code]
			if a.fate() == untouched {
				continue
			}
			if a.was != nil {
				was = append(was, a.was)
				out.Ended = append(out.Ended, a.was.ID)
			}
			if !a.ends {
				out.Areas = append(out.Areas, a.version(l.is.Name))
			}
		}
	}
	if len(out.Layers)+len(out.Ended)+len(out.Areas) == 0 {
		return nil, nil
	}
	var err error
	out.Lineage, err = Lineage(ctx, was, p.heirs(out.Areas))
	return out, err
}

// heirs are those of new versions that may have ground of older ones: a layer that had no
// area has no lineage.
func (p *importer) heirs(areas []*geo.Area) (heirs []*geo.Area) {
	had := map[geo.LayerName]bool{}
	for _, a := range p.base.Areas {
		had[a.Layer] = true
	}
	for _, a := range areas {
		if had[a.Layer] {
			heirs = append(heirs, a)
		}
	}
	return heirs
}

// fate is what an import does to an area.
type fate int

const (
	untouched fate = iota
	added
	changed
	noded
	ended
)

func (a *area) fate() fate {
	switch {
	case a.ends:
		return ended
	case a.was == nil:
		return added
	case a.differs():
		return changed
	case a.shape.Polygons == nil && a.shape.Lines == nil: // its layer was not built
		return untouched
	case a.parent != a.was.Parent || !reflect.DeepEqual(a.shape, a.was.Shape):
		return noded
	}
	return untouched
}

// version is the area's new version.
func (a *area) version(layer geo.LayerName) *geo.Area {
	v := &geo.Area{Layer: layer, Code: a.code, Parent: a.parent, Shape: a.shape}
	if a.input == nil {
		kept := *a.was
		kept.ID, kept.From, kept.Parent, kept.Shape = 0, 0, a.parent, a.shape
		return &kept
	}
	v.Name, v.Department, v.Attributes = a.input.Name, a.department, a.input.Attributes
	v.Side, v.Reach, v.Class = a.input.Side, a.input.Reach, a.input.Class
	v.InputHash = a.input.Hash
	return v
}

// report fills in the counts: the layers given, in their order, then others touched.
func (p *importer) report() {
	p.outcome.Layers = nil
	for _, given := range []bool{true, false} {
		for _, name := range p.names {
			l := p.layers[name]
			if (l.input != nil) != given {
				continue
			}
			r := l.report(p.options.Examine)
			if given || len(r.Noded) > 0 {
				p.outcome.Layers = append(p.outcome.Layers, r)
			}
		}
	}
}

func (l *layer) report(examine bool) LayerReport {
	r := LayerReport{Layer: l.is.Name}
	for _, code := range l.codes {
		a := l.areas[code]
		if a.input != nil {
			r.Parts += len(a.input.Parts)
		}
		switch f := a.fate(); {
		case f == added:
			r.Added = append(r.Added, code)
		case f == changed:
			r.Changed = append(r.Changed, code)
		case f == ended:
			r.Ended = append(r.Ended, code)
		case f == noded && !(examine && a.input != nil):
			r.Noded = append(r.Noded, code)
		default:
			r.Untouched++
		}
	}
	return r
}
