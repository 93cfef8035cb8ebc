package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
	"strings"

	"gridwarden/geo"
)

// AssetOptions say which fields of the files mean what. A field left empty is found, in any
// capitals, by its plain name (maintainer, 养护单位 …) or those that the standards give it,
// old (CJ/T 214: ObjID, DeptCode1 …) and new (GB/T 47678.5: GLBJBSM, ZGBMDM …).
type AssetOptions struct {
	Options
	Standard     string // of the categories
	CategoryCode string // one category for all; beats Category
	Category     string // field with the category's code

	ID, Name, Authority, Owner, Maintainer, State, Grid string // fields
	Lon, Lat                                            string // fields of a CSV; empty: the usual names
}

// Assets streams the assets of GeoJSON files and CSVs, in their order, one in memory at a
// time.
//
// A point is the asset's place. A line or patch keeps its shape, snapped to the grid of
// coordinates and without repeated vertices; its place is the middle of the line by
// length, or a point inside the patch. A shape smaller than the grid becomes a point.
// A patch whose rings cross or whose parts overlap is mended, and says so.
//
// Without an id field, or where it is blank, the id is derived from category and place
// ([IsDerived]): the same file gives the same ids, and an asset that moves is another one.
// Without a category, an id of 16 or 17 digits gives it: its digits from the 7th on, four
// of 16 and five of 17. Bodies are as written, the code where there is one, else the name.
//
// An error is the last thing that comes. It tells all faults, up to [MaxFaults], that
// were found from the first on, in all files: what is wrong with rows and features, fields
// that a file does not have, and damage that can only be seen of a whole column, which is
// found at the end of the file. Assets that came before it are of no use.
func Assets(ctx context.Context, files []string, o AssetOptions) iter.Seq2[geo.AssetInput, error] {
	return func(yield func(geo.AssetInput, error) bool) {
		r := assetReader{options: o, yield: yield}
		if len(files) == 0 {
			r.faults.add(geo.Errorf(geo.Invalid, "no file to read is named"))
		}
		for _, path := range files {
			if !r.file(ctx, path) {
				return
			}
		}
		if err := r.faults.err(); err != nil {
			yield(geo.AssetInput{}, err)
		}
	}
}

// assetReader reads the assets of all files.
type assetReader struct {
	options AssetOptions
	yield   func(geo.AssetInput, error) bool
	faults  faults
}

// file reads one file; false when the consumer wants no more. After the first fault no
// more assets are yielded, after the last that is told no more is read.
func (r *assetReader) file(ctx context.Context, path string) bool {
	f := newAssetFile(r.options)
	lonLat := func(columns []string) (string, string, error) {
		return lonLatFields(columns, r.options.Lon, r.options.Lat)
	}
	for rec, err := range (reading{Options: r.options.Options, lonLat: lonLat}).records(ctx, path) {
		if ctx.Err() != nil {
			r.yield(geo.AssetInput{}, ctx.Err())
			return false
		}
		var a geo.AssetInput
		if err == nil {
			if a, err = f.read(rec); err != nil {
				err = at(rec.source, err)
			}
		}
		r.faults.add(err)
		switch {
		case r.faults.full():
			return true
		case len(r.faults.list) == 0 && !r.yield(a, nil):
			return false
		}
	}
	if f.begun {
		r.faults.add(f.end(path)...)
	}
	return true
}

// derivedMark begins every derived id. No standard's id has letters.
const derivedMark = "at-"

// IsDerived tells whether an id was made from category and place because the file has
// none.
func IsDerived(id geo.AssetID) bool {
	return len(id) == len(derivedMark)+20 && strings.HasPrefix(string(id), derivedMark)
}

// derive makes an id from category and place: 80 bits of a hash, so that among millions
// no two differ only in place or category and have the same.
func derive(c geo.CategoryKey, at geo.Coord) geo.AssetID {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s\x00%d\x00%d", c.Standard, c.Kind, c.Code, at.X, at.Y))
	return geo.AssetID(derivedMark + hex.EncodeToString(sum[:10]))
}
