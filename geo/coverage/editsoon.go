package coverage

import (
	"context"

	"github.com/paulmach/orb"

	"gridwarden/geo"
)

var errSoon = geo.Errorf(geo.Unavailable, "this edit cannot be done yet")

// Split cuts an area of the lowest layer in two along a line, which may stop short of its
// border by the tolerance. The parts come west before east where they lie more beside than
// above one another, else north before south; the area is among the ended, and neighbours
// that got a node at an end of the line are redrawn.
func Split(ctx context.Context, near Near, code geo.AreaCode, line orb.LineString, o EditOptions) ([]geo.MultiPolygon, *Redrawn, error) {
	return nil, nil, errSoon
}

// Merge makes areas of one layer (its place in the chain) one, which keeps the code into, one
// of them; the areas of the layer below get it as parent. The box must hold them all.
func Merge(ctx context.Context, near Near, layer int, box geo.Box, codes []geo.AreaCode, into geo.AreaCode, o EditOptions) (*Redrawn, error) {
	return nil, errSoon
}

// Close ends an area; its ground goes to the neighbour into, or when that is empty to the one
// that shares most of its border, one with the same parent first. The box must hold the area.
func Close(ctx context.Context, near Near, layer int, box geo.Box, code, into geo.AreaCode, o EditOptions) (*Redrawn, error) {
	return nil, errSoon
}

// Reparent moves areas of a layer to other parents, which the map names for each; a parent
// that is not there yet begins. The shapes of parents follow; what [EditOptions] say of
// parents is meant for the layers above these. The box must hold all areas.
func Reparent(ctx context.Context, near Near, layer int, box geo.Box, parents map[geo.AreaCode]geo.AreaCode, o EditOptions) (*Redrawn, error) {
	return nil, errSoon
}

// Fill makes a new area of the lowest layer of the ground in a polygon that no area holds,
// under a parent; with parent empty, the one that holds the ground.
func Fill(ctx context.Context, near Near, code, parent geo.AreaCode, polygon orb.Polygon, o EditOptions) (*Redrawn, error) {
	return nil, errSoon
}

// LocalFaults judges the areas near a box as [Check] judges all, and notes besides spikes and
// parts that are cut off from the rest of their area. It tells what meets the box.
func LocalFaults(ctx context.Context, near Near, box geo.Box) ([]geo.Fault, error) {
	return nil, errSoon
}
