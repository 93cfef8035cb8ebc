package ingest

import (
	"context"

	"gridwarden/geo"
)

// ReadDepartments reads a CSV with the columns code, name and, when there, parent, kind,
// aliases (separated by ; or |), successor and valid_until.
func ReadDepartments(ctx context.Context, file, encoding string) ([]geo.Department, error) {
	return nil, geo.Errorf(geo.Internal, "not yet")
}

// ReadCategories reads a CSV with the columns standard, kind, code, name and, when there,
// name_en, parent, family and visibility.
func ReadCategories(ctx context.Context, file, encoding string) ([]geo.Category, error) {
	return nil, geo.Errorf(geo.Internal, "not yet")
}
