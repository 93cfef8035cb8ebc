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
	Dissolve bool // made by joining the areas of the next lower layer by their Parent; its Areas have only codes
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
func Build(ctx context.Context, chain []Layer, o Options) (*Result, error) {
	return nil, geo.Errorf(geo.Internal, "not built yet")
}

// Mend makes the parts of one overlay area valid on the grid.
func Mend(parts []geo.AreaPart, o Options) (geo.MultiPolygon, []geo.Fault, error) {
	return nil, nil, geo.Errorf(geo.Internal, "not built yet")
}

// Check looks at the stored state of a chain, lowest layer first, all areas with Shape.
func Check(ctx context.Context, chain []Layer) ([]geo.Fault, error) {
	return nil, geo.Errorf(geo.Internal, "not built yet")
}
