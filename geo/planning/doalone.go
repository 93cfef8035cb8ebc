package planning

import (
	"encoding/json"

	"github.com/paulmach/orb"

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
		d.note("%s", f.Sentence())
	}
	a.Shape = geo.Shape{Polygons: mended}
	if err := a.Shape.Check(); err != nil {
		return geo.Errorf(geo.Invalid, "nothing is left of what was drawn for %s: %w; draw ground of some size", a.Code, err)
	}
	return nil
}

// geometry is the geometry of the edit, which must suit the layer.
func (d *doing) geometry() (orb.Geometry, error) {
	wanted := geo.Say("Polygon or MultiPolygon")
	if d.layer.Kind == geo.Lines {
		wanted = geo.Say("LineString or MultiLineString")
	}
	g, err := readGeometry(d.edit.Geometry)
	if err != nil {
		return nil, geo.Errorf(geo.Invalid, "the geometry cannot be read: %w; give a GeoJSON geometry, %s", err, wanted)
	}
	polygons, lines := polygonsOf(g), lineStrings(g)
	switch lined := d.layer.Kind == geo.Lines; {
	case lined && lines == nil || !lined && polygons == nil:
		return nil, geo.Errorf(geo.Invalid, "the geometry is a %s, and %s has the geometries %s; draw it so", g.GeoJSONType(), d.layer.Name, wanted)
	case verticesOf(g) > maxVertices:
		return nil, geo.Errorf(geo.TooLarge, "the drawing has %d vertices, more than %d; simplify it", verticesOf(g), maxVertices)
	}
	return g, nil
}

// readGeometry reads a line or polygon, or several, of GeoJSON. A position of fewer than two
// numbers is refused, for it is no place; a height is passed over.
func readGeometry(raw json.RawMessage) (orb.Geometry, error) {
	var g struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
	}
	if err := json.Unmarshal(raw, &g); err != nil {
		return nil, geo.Errorf(geo.Invalid, "it is no object with type and coordinates")
	}
	var (
		one     orb.LineString
		several []orb.LineString
		nested  [][]orb.LineString
		err     error
	)
	switch g.Type {
	case "LineString":
		one, err = readPath(g.Coordinates)
	case "Polygon", "MultiLineString":
		several, err = readList(g.Coordinates, readPath)
	case "MultiPolygon":
		nested, err = readList(g.Coordinates, func(raw json.RawMessage) ([]orb.LineString, error) { return readList(raw, readPath) })
	default:
		err = geo.Errorf(geo.Invalid, "a %q is neither line nor polygon", g.Type)
	}
	switch g.Type {
	case "LineString":
		return one, err
	case "MultiLineString":
		return orb.MultiLineString(several), err
	case "Polygon":
		return polygonOf(several), err
	}
	polygons := make(orb.MultiPolygon, len(nested))
	for i, rings := range nested {
		polygons[i] = polygonOf(rings)
	}
	return polygons, err
}

func polygonOf(rings []orb.LineString) orb.Polygon {
	polygon := make(orb.Polygon, len(rings))
	for i, ring := range rings {
		polygon[i] = orb.Ring(ring)
	}
	return polygon
}

// readList reads an array, each item by the function given.
func readList[T any](raw json.RawMessage, item func(json.RawMessage) (T, error)) ([]T, error) {
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) != nil {
		return nil, geo.Errorf(geo.Invalid, "its coordinates are not nested as its type wants")
	}
	list := make([]T, len(items))
	for i := range items {
		var err error
		if list[i], err = item(items[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func readPath(raw json.RawMessage) (orb.LineString, error) {
	var positions [][]float64
	if json.Unmarshal(raw, &positions) != nil {
		return nil, geo.Errorf(geo.Invalid, "its coordinates are not nested as its type wants")
	}
	path := make(orb.LineString, len(positions))
	for i, p := range positions {
		if len(p) < 2 {
			return nil, geo.Errorf(geo.Invalid, "a position has %d numbers, not longitude and latitude", len(p))
		}
		path[i] = orb.Point{p[0], p[1]}
	}
	return path, nil
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
