package coverage

import (
	"context"

	"gridwarden/geo"
)

// Area is one area as given to [Build].
type Area struct {
	Code, Parent geo.AreaCode     // Parent may be empty; see [Build]
	Parts        []geo.AreaPart   // as drawn, in degrees
	Shape        geo.MultiPolygon // already on the grid, from the base; used when Parts is nil
}

// Layer is one layer of a chain.
type Layer struct {
	Name     geo.LayerName
	Dissolve bool // made by joining the areas of the next lower layer by their Parent; only the codes of its Areas count
	Areas    []Area
}

// Options say how a chain is built.
type Options struct {
	Tolerance float64 // metres: narrower slivers and overlaps are closed; 0 closes nothing and names everything
	Repair    bool    // mend what is larger, telling what moved
}

// Built is one finished area.
type Built struct {
	Code, Parent geo.AreaCode // Parent is empty in the top layer
	Shape        geo.MultiPolygon
}

// Gain is ground a parent took over by repair, because its children hold it.
type Gain struct {
	Layer        geo.LayerName
	Code         geo.AreaCode
	SquareMetres float64
}

// Result is a chain built over one set of nodes and edges.
type Result struct {
	Layers       [][]Built // as the input, in its order
	Faults       []geo.Fault
	Closed       int     // slivers and overlaps closed within the tolerance
	GreatestMove float64 // metres
	Gained       []Gain  // parents extended by repair
}

// Build builds a chain, lowest layer first.
//
// Within a layer an enclosed gap narrower than the tolerance goes to the neighbour that
// shares most of its border, an overlap to the claimant that does; the smaller code wins a
// tie. Wider overlaps are errors, with Repair settled by the same rule; wider gaps are
// legal and noted. An area's parent is the one it names, else the longest code of the
// layer above that begins its own, else the one that holds most of it. Where child and
// parent disagree by less than the tolerance the parent's border wins; a child sticking
// out further is an error, with Repair the parent grows to hold it.
//
// A result is there whatever the faults; it is fit for use when none of them is an error
// that was not mended. Build fails on codes given twice, coordinates outside the world and
// parts that are not polygons (Invalid), and when ctx ends.
func Build(ctx context.Context, chain []Layer, o Options) (*Result, error) {
	b, err := newBuilder(ctx, chain, o)
	if err != nil {
		return nil, err
	}
	for _, step := range []func() error{
		b.judgeParts, b.arrange, b.claim, b.nestUpward, b.nestDownward, b.tellGaps, b.settle,
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return b.result, nil
}

// Mend makes the parts of one overlay area valid on the grid: their union, rounded like a
// coverage of one. Faults are invalid rings and parts that overlap, both errors unless
// Repair, and parts that collapse. The shape is nil when nothing is left.
func Mend(ctx context.Context, layer geo.LayerName, a Area, o Options) (geo.MultiPolygon, []geo.Fault, error) {
	b, err := newBuilder(ctx, []Layer{{Name: layer, Areas: []Area{a}}}, o)
	if err != nil {
		return nil, nil, err
	}
	for _, step := range []func() error{b.judgeParts, b.arrange, b.claimAlone, b.settle} {
		if err := step(); err != nil {
			return nil, nil, err
		}
	}
	return b.result.Layers[0][0].Shape, b.result.Faults, nil
}

// Check looks at the stored state of a chain, lowest layer first, all areas with Shape:
// rings, nodes missing on a shared border, overlaps and nesting, without any tolerance.
// Gaps are noted.
func Check(ctx context.Context, chain []Layer) ([]geo.Fault, error) {
	b, err := newBuilder(ctx, chain, Options{})
	if err != nil {
		return nil, err
	}
	for _, step := range []func() error{
		b.judgeShapes, b.arrange, b.findUnmatched, b.claim, b.nestUpward, b.tellGaps,
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return b.result.Faults, nil
}
