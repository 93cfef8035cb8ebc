package ingest

import (
	"strings"

	"github.com/paulmach/orb"

	"gridwarden/geo"
)

// read makes an asset of a record.
func (f *assetFile) read(rec record) (geo.AssetInput, error) {
	f.schema.learn(rec.fields)
	f.settle()
	in := geo.AssetInput{Source: rec.source}
	if err := f.schema.dated(rec.fields); err != nil {
		return in, err
	}
	used, err := f.describe(&in, rec)
	if err != nil {
		return in, err
	}
	if err := place(&in, rec.geometry); err != nil {
		return in, err
	}
	if in.ID == "" {
		in.ID = derive(in.Category, in.Point)
	}
	in.Attributes = rec.fields.rest(append(used, rec.placed...)).object()
	return in, nil
}

// describe takes everything but the place, and tells which fields it took.
func (f *assetFile) describe(in *geo.AssetInput, rec record) (used []string, err error) {
	texts := [roles]string{}
	for r := range roles {
		var field string
		if texts[r], field, err = f.code(r, rec); err != nil {
			return nil, err
		}
		if field != "" {
			used = append(used, field)
		}
	}
	in.ID = geo.AssetID(texts[roleID])
	in.Name, in.State, in.Grid = texts[roleName], texts[roleState], geo.AreaCode(texts[roleGrid])
	in.Authority = geo.DepartmentCode(texts[roleAuthority])
	in.Owner = geo.DepartmentCode(texts[roleOwner])
	in.Maintainer = geo.DepartmentCode(texts[roleMaintainer])
	code := f.options.CategoryCode
	if code == "" {
		code = texts[roleCategory]
	}
	if code == "" && f.named[roleCategory] == "" {
		code = categoryOf(texts[roleID])
	}
	if code == "" {
		return nil, f.noCategory()
	}
	in.Category = geo.CategoryKey{Standard: f.options.Standard, Kind: geo.Component, Code: code}
	return used, nil
}

func (f *assetFile) noCategory() error {
	if field := f.named[roleCategory]; field != "" {
		return geo.Errorf(geo.Faulty, "field %q is missing or blank: every asset needs a category; there are %s", field, listed(f.schema.names()))
	}
	return geo.Errorf(geo.Faulty, "it has no category: name the field with its code (--category FIELD) or one for all (--category-code CODE)")
}

// categoryOf is the category in an id of the standards: six digits of the district, then
// the category (four digits in 16, five in 17), then a number. Other ids have none.
func categoryOf(id string) string {
	if strings.Trim(id, "0123456789") != "" {
		return ""
	}
	switch len(id) {
	case 16:
		return id[6:10]
	case 17:
		return id[6:11]
	}
	return ""
}

// place gives an asset its point and shape.
func place(a *geo.AssetInput, g orb.Geometry) error {
	switch g := g.(type) {
	case nil:
		return geo.Errorf(geo.Faulty, "it has no geometry: draw it, or leave the feature out")
	case orb.MultiPoint:
		if len(g) > 1 {
			return geo.Errorf(geo.Faulty, "it has %d points: give each asset a feature of its own", len(g))
		}
		var err error
		a.Point, err = geo.CoordOf(g[0][0], g[0][1])
		return err
	}
	shape, first, err := snap(g)
	if err != nil {
		return err
	}
	if len(shape.Polygons) > 0 {
		shape.Polygons, a.Mended = mend(shape.Polygons)
	}
	if shape.Vertices() == 0 {
		a.Point = first
		return nil
	}
	a.Point, a.Shape = shape.PointOn(), shape
	return shape.Check()
}
