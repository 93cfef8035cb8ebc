package ingest

import (
	"context"
	"iter"

	"gridwarden/geo"
)

// AssetOptions say which fields of the files mean what. Fields left empty are taken by
// the names of the standards (GB/T 47678.5 and CJ/T 214), where the file has them.
type AssetOptions struct {
	Options
	Standard     string // of the categories
	CategoryCode string // one category for all; beats Category
	Category     string // field with the category's code

	ID, Name, Authority, Owner, Maintainer, State, Grid string // fields
	Lon, Lat                                            string // fields of a CSV
}

// Assets streams the assets of files. An error is one faulty row or feature, or the end
// of a file that cannot be read on.
func Assets(ctx context.Context, files []string, o AssetOptions) iter.Seq2[geo.AssetInput, error] {
	return func(yield func(geo.AssetInput, error) bool) {}
}

// IsDerived tells whether an id was made from category and position because the file has
// none.
func IsDerived(id geo.AssetID) bool { return false }
