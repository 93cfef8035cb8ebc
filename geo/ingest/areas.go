package ingest

import (
	"context"

	"gridwarden/geo"
)

// AreaOptions say which fields of the files mean what.
type AreaOptions struct {
	Options
	Kind geo.LayerKind // lines want LineStrings, the others Polygons; empty is a coverage

	// Fields. Code: empty is "code", else "id". Name, Department, Side, Reach, Class: empty
	// is the field of that name, where there is one. Parent: empty is none. The last three
	// are read for lines only.
	Code, Name, Department, Parent string
	Side, Reach, Class             string
}

// ReadAreas reads the areas of one layer, in code order.
func ReadAreas(ctx context.Context, files []string, o AreaOptions) ([]geo.AreaInput, error) {
	return nil, geo.Errorf(geo.Internal, "not yet")
}
