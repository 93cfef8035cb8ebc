package planning

import (
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"gridwarden/geo"
	"gridwarden/geo/coverage"
)

// alone draws, reshapes and closes areas of overlay and line layers, which lie as they like.
func (d *doing) alone() error {
	switch e := d.edit; e.Kind {
	case Draw:
		if len(e.Codes) != 1 {
			return geo.Errorf(geo.Invalid, "%d codes are given for one new area; give one", len(e.Codes))
		}
		if err := d.book.give(d.layer.Name, []geo.AreaCode{""}, e.Codes); err != nil {
			return err
		}
		a := &geo.Area{Layer: d.layer.Name, Code: e.Codes[0]}
		if d.layer.Kind == geo.Lines {
			a.Side = geo.Both
		}
		d.begin(a)
		if err := d.dress(a); err != nil {
			return err
		}
		return d.drawAlone(a)
	case Reshape:
		if e.Side == "" && e.Reach == 0 && len(e.Geometry) == 0 {
			return geo.Errorf(geo.Invalid, "nothing is to be reshaped; give \"geometry\"")
		}
		a := d.change(d.layer.Name, e.Areas[0])
		if err := d.dress(a); err != nil || len(e.Geometry) == 0 {
			return err
		}
		return d.drawAlone(a)
	default:
		for _, code := range d.edit.Areas {
			d.end(d.layer.Name, code)
		}
		return nil
	}
}

// drawAlone gives an area the shape that the edit draws. Rings that cross and parts that
// overlap are taken as the ground they enclose, and noted.
func (d *doing) drawAlone(a *geo.Area) error {
	drawn, err := d.geometry()
	if err != nil {
		return err
	}
	parts := []geo.AreaPart{{Source: geo.Source{File: "the drawing"}, Geometry: drawn}}
	if d.layer.Kind == geo.Lines {
		if d.layer.Reach == 0 && a.Reach == 0 {
			return geo.Errorf(geo.Invalid, "line %s has no reach; give \"reach_m\"", a.Code)
		}
		a.Shape = geo.Shape{}
		a.Shape.Lines, err = snapLines(parts)
		return err
	}
	mended, faults, err := coverage.Mend(d.ctx, d.layer.Name, coverage.Area{Code: a.Code, Parts: parts}, coverage.Options{Repair: true})
	if err != nil {
		return err
	}
	for _, f := range faults {
		d.note("%s", f.Message)
	}
	a.Shape = geo.Shape{Polygons: mended}
	if err := a.Shape.Check(); err != nil {
		return geo.Errorf(geo.Invalid, "nothing is left of what was drawn for %s: %w; draw ground of some size", a.Code, err)
	}
	return nil
}

// geometry is the geometry of the edit, which must suit the layer.
func (d *doing) geometry() (orb.Geometry, error) {
	wanted := "Polygon or MultiPolygon"
	if d.layer.Kind == geo.Lines {
		wanted = "LineString or MultiLineString"
	}
	g, err := geojson.UnmarshalGeometry(d.edit.Geometry)
	if err != nil || g.Geometry() == nil {
		return nil, geo.Errorf(geo.Invalid, "the geometry cannot be read; give a GeoJSON geometry, %s", wanted)
	}
	polygons, lines := polygonsOf(g.Geometry()), lineStrings(g.Geometry())
	vertices := verticesOf(g.Geometry())
	switch lined := d.layer.Kind == geo.Lines; {
	case lined && lines == nil || !lined && polygons == nil:
		return nil, geo.Errorf(geo.Invalid, "the geometry is a %s, and %s has the geometries %s; draw it so", g.Type, d.layer.Name, wanted)
	case vertices > maxVertices:
		return nil, geo.Errorf(geo.TooLarge, "the drawing has %d vertices, more than %d; simplify it", vertices, maxVertices)
	}
	return g.Geometry(), nil
}

func polygonsOf(g orb.Geometry) orb.MultiPolygon {
	switch g := g.(type) {
	case orb.Polygon:
		return orb.MultiPolygon{g}
	case orb.MultiPolygon:
		return g
	}
	return nil
}

// verticesOf counts the vertices of polygons or lines.
func verticesOf(g orb.Geometry) int {
	n := 0
	for _, p := range polygonsOf(g) {
		for _, ring := range p {
			n += len(ring)
		}
	}
	for _, line := range lineStrings(g) {
		n += len(line)
	}
	return n
}
