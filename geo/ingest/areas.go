package ingest

import (
	"cmp"
	"context"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"gridwarden/geo"
)

// AreaOptions say which fields of the files mean what.
type AreaOptions struct {
	Options
	Kind geo.LayerKind // lines want LineStrings, the others Polygons; empty is a coverage

	// Fields. Code: empty is "code", else "id" (the feature's own id counts as one). Name,
	// Department, Side, Reach and Class: empty is the field of that name, where there is
	// one. Parent: empty is none. Side, Reach and Class are read for lines only; a line
	// without a side answers on both.
	Code, Name, Department, Parent string
	Side, Reach, Class             string
}

// ReadAreas reads the areas of one layer from GeoJSON, in code order.
//
// The features of one code are the parts of one area, whichever file they stand in; they
// must agree in every field named in the options. Fields not named become attributes.
// Where parts differ in one of these, the area's attributes hold what all parts have in
// common, and a member "parts" with the rest of each part, in order.
//
// Codes are text: the number 101 is "101". A file named twice, a file without features
// and everything the package comment tells are faults; all are told in one error of the
// kind geo.Faulty, and nothing is returned beside it.
func ReadAreas(ctx context.Context, files []string, o AreaOptions) ([]geo.AreaInput, error) {
	r := areaReader{options: o, areas: map[geo.AreaCode]*area{}}
	for i, path := range files {
		if slices.Contains(files[:i], path) {
			r.faults.add(geo.Errorf(geo.Invalid, "%s is named twice", path))
			continue
		}
		r.file(ctx, path)
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	if len(files) == 0 {
		r.faults.add(geo.Errorf(geo.Invalid, "no file to read is named"))
	}
	if err := r.faults.err(); err != nil {
		return nil, err
	}
	inputs := make([]geo.AreaInput, 0, len(r.areas))
	for _, code := range slices.Sorted(maps.Keys(r.areas)) {
		inputs = append(inputs, r.areas[code].input())
	}
	return inputs, nil
}

// areaReader gathers the areas of all files.
type areaReader struct {
	options AreaOptions
	areas   map[geo.AreaCode]*area
	faults  faults
}

// areaFile is what is known of the file being read.
type areaFile struct {
	schema                   *schema
	code, parent, department column
}

func (r *areaReader) file(ctx context.Context, path string) {
	f := areaFile{schema: newSchema()}
	noTable := func([]string) (string, string, error) {
		return "", "", geo.Errorf(geo.Invalid, "it is not GeoJSON, and areas have shapes that a table cannot hold: give a FeatureCollection or a text sequence")
	}
	for rec, err := range (reading{Options: r.options.Options, lonLat: noTable, digest: true}).records(ctx, path) {
		if err != nil {
			r.faults.add(err)
			continue
		}
		if f.code.field == "" && !r.begin(&f, path, rec.fields) {
			return
		}
		f.schema.learn(rec.fields)
		if err := r.add(&f, rec); err != nil {
			r.faults.add(at(rec.source, err))
		}
	}
	if f.code.field == "" {
		return // nothing could be read, and it was said why
	}
	o := &r.options
	r.faults.add(f.schema.unknown(path, o.Name, o.Department, o.Parent, o.Side, o.Reach, o.Class)...)
	r.faults.add(f.code.faults()...)
	r.faults.add(f.parent.faults()...)
	r.faults.add(f.department.faults()...)
}

// begin settles the fields by the first feature; false when it has no code.
func (r *areaReader) begin(f *areaFile, path string, first fields) bool {
	o := &r.options
	names := slices.Collect(first.names())
	f.code.field, f.parent.field = o.Code, o.Parent
	f.department.field = cmp.Or(o.Department, "department")
	if o.Code == "" {
		f.code.field = "code"
		if !slices.Contains(names, "code") {
			f.code.field = "id"
		}
	}
	if slices.Contains(names, f.code.field) {
		return true
	}
	if o.Code == "" {
		r.faults.add(geo.Errorf(geo.Faulty, "%s has no field \"code\" or \"id\": name the one with the codes (--code FIELD); there are %s", path, listed(names)))
	} else {
		r.faults.add(noField(path, o.Code, names))
	}
	f.code.field = ""
	return false
}

// add makes a feature a part of its area.
func (r *areaReader) add(f *areaFile, rec record) error {
	if err := fits(rec.geometry, r.options.Kind); err != nil {
		return err
	}
	if err := narrow(rec.geometry); err != nil {
		return err
	}
	a, err := r.read(f, rec)
	if err != nil {
		return err
	}
	known := r.areas[a.Code]
	if known == nil {
		r.areas[a.Code] = a
		return nil
	}
	return known.join(a)
}

// fits refuses geometries a layer of the kind cannot hold.
func fits(g orb.Geometry, kind geo.LayerKind) error {
	wanted := "a Polygon or MultiPolygon"
	switch g.(type) {
	case nil:
		return geo.Errorf(geo.Faulty, "it has no geometry: draw it, or leave the feature out")
	case orb.Polygon, orb.MultiPolygon:
		if kind != geo.Lines {
			return nil
		}
	case orb.LineString, orb.MultiLineString:
		if kind == geo.Lines {
			return nil
		}
	}
	if kind == geo.Lines {
		wanted = "a LineString or MultiLineString"
	}
	return geo.Errorf(geo.Faulty, "its geometry is a %s where the layer needs %s: give the right file, or another --kind", kindOf(g), wanted)
}

// narrow refuses a ring or line that goes round the earth the wrong way, as one does that
// crosses the antimeridian uncut.
func narrow(g orb.Geometry) error {
	for _, run := range runs(g) {
		if b := orb.LineString(run).Bound(); b.Max.Lon()-b.Min.Lon() >= geo.MaxWidth {
			return geo.Errorf(geo.Faulty, "%w", geo.TooWide())
		}
	}
	return nil
}

// read takes the fields of a feature.
func (r *areaReader) read(f *areaFile, rec record) (*area, error) {
	o := &r.options
	code, err := f.code.take(rec)
	if err != nil {
		return nil, err
	}
	if code == "" {
		return nil, geo.Errorf(geo.Faulty, "field %q is missing or blank: every area needs a code", f.code.field)
	}
	parent, err := f.parent.take(rec)
	if err != nil {
		return nil, err
	}
	department, err := f.department.take(rec)
	if err != nil {
		return nil, err
	}
	nameField := cmp.Or(o.Name, "name")
	name, _ := rec.fields.text(nameField)
	used := []string{f.code.field, f.parent.field, f.department.field, nameField}
	a := &area{AreaInput: geo.AreaInput{
		Code: geo.AreaCode(code), Name: name, Department: geo.DepartmentCode(department), Parent: geo.AreaCode(parent),
		Parts: []geo.AreaPart{{Source: rec.source, Geometry: rec.geometry}},
	}}
	if o.Kind == geo.Lines {
		side, reach, class := cmp.Or(o.Side, "side"), cmp.Or(o.Reach, "reach"), cmp.Or(o.Class, "class")
		used = append(used, side, reach, class)
		a.Class, _ = rec.fields.text(class)
		if err := a.answers(rec.fields, side, reach); err != nil {
			return nil, err
		}
	}
	if err := f.schema.dated(rec.fields); err != nil {
		return nil, err
	}
	a.digests = [][32]byte{rec.digest}
	a.attributes = []attributes{rec.fields.rest(used)}
	return a, nil
}

// answers reads on which side and how far a line answers.
func (a *area) answers(f fields, sideField, reachField string) error {
	side, _ := f.text(sideField)
	a.Side = geo.Side(cmp.Or(strings.ToLower(side), string(geo.Both)))
	if a.Side != geo.Left && a.Side != geo.Right && a.Side != geo.Both {
		return geo.Errorf(geo.Faulty, "field %q is %q: a line answers on its left, right or both", sideField, shorten(side))
	}
	reach, _ := f.text(reachField)
	if reach == "" {
		return nil
	}
	metres, err := strconv.ParseFloat(reach, 64)
	if err != nil || !(metres > 0) || math.IsInf(metres, 0) {
		return geo.Errorf(geo.Faulty, "field %q is %q: a reach is a number of metres above 0", reachField, shorten(reach))
	}
	a.Reach = metres
	return nil
}
