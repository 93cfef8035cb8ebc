package planning

import (
	"context"
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/coverage"
)

// Check judges the stored areas of every chain of coverages, or of the chain through one
// layer. Overlays and lines may lie as they like.
func Check(ctx context.Context, base *geo.Base, only geo.LayerName) ([]geo.Fault, error) {
	p, err := newImporter(base, nil, Options{})
	if err != nil {
		return nil, err
	}
	var faults []geo.Fault
	for _, chain := range p.chains() {
		if only != "" && !slices.ContainsFunc(chain, func(l *layer) bool { return l.is.Name == only }) {
			continue
		}
		layers := make([]coverage.Layer, len(chain))
		for i, l := range chain {
			layers[i] = p.coverageLayer(l)
		}
		found, err := coverage.Check(ctx, layers)
		if err != nil {
			return nil, err
		}
		faults = append(faults, found...)
	}
	return faults, nil
}
