package planning

import (
	"context"
	"slices"

	"github.com/paulmach/orb"

	"gridwarden/geo"
	"gridwarden/geo/coverage"
)

// buildShapes gives every area of every touched layer its shape on the grid. Coverages are
// built chain by chain over one set of nodes and edges; overlays and lines area by area.
func (p *importer) buildShapes(ctx context.Context) error {
	for _, chain := range p.chains() {
		if err := p.buildChain(ctx, chain); err != nil {
			return err
		}
	}
	for _, name := range p.names {
		l := p.layers[name]
		if l.is.Kind == geo.Coverage {
			continue
		}
		for _, code := range l.codes {
			if err := p.buildAlone(ctx, l, l.areas[code]); err != nil {
				return err
			}
		}
	}
	return nil
}

// buildChain builds all layers of a chain together.
func (p *importer) buildChain(ctx context.Context, chain []*layer) error {
	touched := false
	for _, l := range chain {
		touched = touched || l.touched() || p.options.Examine && l.input != nil
	}
	if !touched {
		return nil
	}
	layers := make([]coverage.Layer, len(chain))
	for i, l := range chain {
		layers[i] = p.coverageLayer(l)
	}
	result, err := coverage.Build(ctx, layers, p.coverageOptions())
	if err != nil {
		return err
	}
	for i, l := range chain {
		for _, b := range result.Layers[i] {
			a := l.areas[b.Code]
			a.shape, a.parent = geo.Shape{Polygons: b.Shape}, b.Parent
		}
	}
	p.outcome.Faults = append(p.outcome.Faults, result.Faults...)
	p.outcome.Closed += result.Closed
	p.outcome.GreatestMove = max(p.outcome.GreatestMove, result.GreatestMove)
	p.outcome.Gained = append(p.outcome.Gained, result.Gained...)
	return nil
}

// coverageLayer is a layer as the coverage room takes it: areas the files changed as
// drawn, all others as they stand on the grid.
func (p *importer) coverageLayer(l *layer) coverage.Layer {
	out := coverage.Layer{Name: l.is.Name, Dissolve: l.input != nil && l.input.Dissolve != nil}
	for _, code := range l.codes {
		a := l.areas[code]
		if a.ends {
			continue
		}
		in := coverage.Area{Code: code, Parent: a.parent}
		if a.asDrawn(p.options.Examine) {
			in.Parts = a.input.Parts
		} else if a.was != nil {
			in.Shape = a.was.Shape.Polygons
		}
		out.Areas = append(out.Areas, in)
	}
	return out
}

// asDrawn tells whether the area is built from the files rather than from the base: its
// drawing is another, or is to be examined anyway.
func (a *area) asDrawn(examine bool) bool {
	return a.input != nil && len(a.input.Parts) > 0 && (examine || a.redrawn())
}

// buildAlone shapes one area of an overlay or line layer.
func (p *importer) buildAlone(ctx context.Context, l *layer, a *area) (err error) {
	switch {
	case a.ends:
	case l.is.Kind == geo.Lines && l.is.Reach == 0 && a.input != nil && a.input.Reach == 0:
		err = geo.Errorf(geo.Invalid, "line %s has no reach; give --reach METRES for the layer, or a reach field", a.code)
	case !a.asDrawn(p.options.Examine):
		a.shape = a.was.Shape
	case l.is.Kind == geo.Lines:
		a.shape.Lines, err = snapLines(a.input.Parts)
	default:
		var faults []geo.Fault
		a.shape.Polygons, faults, err = coverage.Mend(ctx, l.is.Name, coverage.Area{Code: a.code, Parts: a.input.Parts}, p.coverageOptions())
		p.outcome.Faults = append(p.outcome.Faults, faults...)
	}
	return err
}

func (p *importer) coverageOptions() coverage.Options {
	return coverage.Options{Tolerance: p.options.Tolerance, Repair: p.options.Repair}
}

// snapLines puts lines on the grid, dropping repeated vertices. A line of which nothing is
// left is refused.
func snapLines(parts []geo.AreaPart) (geo.MultiLine, error) {
	var lines geo.MultiLine
	for _, part := range parts {
		for _, raw := range lineStrings(part.Geometry) {
			line := make(geo.Line, 0, len(raw))
			for _, point := range raw {
				c, err := geo.CoordOf(point.Lon(), point.Lat())
				if err != nil {
					return nil, geo.Errorf(geo.Invalid, "%s: %w", part.Source, err)
				}
				line = append(line, c)
			}
			if line = slices.Compact(line); len(line) < 2 {
				return nil, geo.Errorf(geo.Invalid, "%s: the line at %s is shorter than the precision of 1e-7 degree; remove it", part.Source, line[0])
			}
			lines = append(lines, line)
		}
	}
	shape := geo.Shape{Lines: lines}
	return lines, shape.Check()
}

func lineStrings(g orb.Geometry) orb.MultiLineString {
	switch g := g.(type) {
	case orb.LineString:
		return orb.MultiLineString{g}
	case orb.MultiLineString:
		return g
	}
	return nil
}
