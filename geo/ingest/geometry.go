package ingest

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strconv"

	"github.com/paulmach/orb"

	"gridwarden/geo"
)

// geometry reads a GeoJSON geometry. Points come as an orb.MultiPoint, open rings are
// closed, heights are dropped. null is nil. Numbers are finite, and nothing else about
// them is sure. An empty geometry is refused; empty parts of one that is not are dropped.
func geometry(raw json.RawMessage) (orb.Geometry, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	var c coordinates
	for name, value := range members(raw) {
		switch string(name) {
		case "type":
			c.kind = jsonText(value)
		case "coordinates":
			c.text = value
		}
	}
	shape, err := c.shape()
	if err == nil && len(runs(shape)) == 0 {
		err = geo.Errorf(geo.Faulty, "the geometry is empty: leave the feature out or draw it")
	}
	if err != nil {
		return nil, err
	}
	return shape, nil
}

// coordinates parses the coordinates of a geometry, which are known to be JSON.
type coordinates struct {
	kind string
	text []byte
	at   int
}

func (c *coordinates) shape() (orb.Geometry, error) {
	switch c.kind {
	case "Point":
		p, err := c.position()
		return orb.MultiPoint{p}, err
	case "MultiPoint":
		points, err := c.positions()
		return orb.MultiPoint(points), err
	case "LineString":
		return c.line()
	case "MultiLineString":
		lines, err := list(c, c.line, orb.MultiLineString{})
		return slices.DeleteFunc(lines, func(l orb.LineString) bool { return len(l) == 0 }), err
	case "Polygon":
		return c.polygon()
	case "MultiPolygon":
		polygons, err := list(c, c.polygon, orb.MultiPolygon{})
		return slices.DeleteFunc(polygons, func(p orb.Polygon) bool { return len(p) == 0 }), err
	case "GeometryCollection":
		return nil, geo.Errorf(geo.Faulty, "the geometry is a GeometryCollection: give its members as features of their own")
	}
	return nil, geo.Errorf(geo.Faulty, "the geometry has the type %q, which GeoJSON does not know", c.kind)
}

func (c *coordinates) polygon() (orb.Polygon, error) {
	rings, err := list(c, c.ring, orb.Polygon{})
	return slices.DeleteFunc(rings, func(r orb.Ring) bool { return len(r) == 0 }), err
}

func (c *coordinates) line() (orb.LineString, error) {
	points, err := c.positions()
	if err == nil && len(points) == 1 {
		err = geo.Errorf(geo.Faulty, "a line has one position only; it takes two")
	}
	return points, err
}

// ring takes what it finds: real files have rings of two or three positions among good
// ones, which are for whoever checks shapes to name and mend.
func (c *coordinates) ring() (orb.Ring, error) {
	points, err := c.positions()
	if n := len(points); n > 0 && points[0] != points[n-1] {
		points = append(points, points[0])
	}
	return points, err
}

func (c *coordinates) positions() ([]orb.Point, error) {
	return list(c, c.position, []orb.Point(nil))
}

// position reads longitude and latitude and passes over what follows them.
func (c *coordinates) position() (orb.Point, error) {
	var p orb.Point
	if c.token() != "[" {
		return p, c.nested()
	}
	for n := 0; ; n++ {
		if n == 0 && c.peek() == ']' {
			return p, geo.Errorf(geo.Faulty, "a position is empty; it takes longitude and latitude")
		}
		v, err := c.number(n)
		if err != nil {
			return p, err
		}
		if n < len(p) {
			p[n] = v
		}
		switch c.token() {
		case ",":
		case "]":
			if n == 0 {
				err = geo.Errorf(geo.Faulty, "a position has one number only; it takes longitude and latitude")
			}
			return p, err
		default:
			return p, c.nested()
		}
	}
}

// number reads one number of a position. What comes after longitude and latitude may be
// null.
func (c *coordinates) number(i int) (float64, error) {
	token := c.token()
	if i >= 2 && token == "null" {
		return 0, nil
	}
	v, err := strconv.ParseFloat(token, 64)
	switch {
	case token == "" || token == "[" || token == "{" || token == "]":
		return 0, c.nested()
	case err != nil || math.IsNaN(v) || math.IsInf(v, 0) || token[0] == '"':
		return 0, geo.Errorf(geo.Faulty, "a coordinate is %s, which is not a number a place can have: correct it or leave the feature out", shorten(token))
	}
	return v, nil
}

func (c *coordinates) nested() error {
	return geo.Errorf(geo.Faulty, "the coordinates are not those of a %s: their brackets are nested otherwise", c.kind)
}

// list reads [item, item …] and appends the items to out.
func list[S ~[]E, E any](c *coordinates, item func() (E, error), out S) (S, error) {
	if c.token() != "[" {
		return nil, c.nested()
	}
	if c.peek() == ']' {
		c.at++
		return out, nil
	}
	for {
		v, err := item()
		if err != nil {
			return nil, err
		}
		out = append(out, v)
		switch c.token() {
		case ",":
		case "]":
			return out, nil
		default:
			return nil, c.nested()
		}
	}
}

// token is the next bracket, comma, or the text of a value; "" at the end.
func (c *coordinates) token() string {
	switch c.peek() {
	case 0:
		return ""
	case '[', ']', '{', '}', ',':
		c.at++
		return string(c.text[c.at-1 : c.at])
	}
	from := c.at
	if n := bytes.IndexAny(c.text[from:], ",[]{} \t\r\n"); n >= 0 {
		c.at += n
	} else {
		c.at = len(c.text)
	}
	return string(c.text[from:c.at])
}

// peek is the first byte that is not blank, 0 at the end.
func (c *coordinates) peek() byte {
	for c.at < len(c.text) {
		switch b := c.text[c.at]; b {
		case ' ', '\t', '\r', '\n':
			c.at++
		default:
			return b
		}
	}
	return 0
}

// runs are the rows of points a geometry is made of, to be read or changed in place.
func runs(g orb.Geometry) [][]orb.Point {
	var all [][]orb.Point
	switch g := g.(type) {
	case orb.MultiPoint:
		if len(g) > 0 {
			all = append(all, g)
		}
	case orb.LineString:
		if len(g) > 0 {
			all = append(all, g)
		}
	case orb.MultiLineString:
		for _, line := range g {
			all = append(all, runs(line)...)
		}
	case orb.Polygon:
		for _, ring := range g {
			all = append(all, ring)
		}
	case orb.MultiPolygon:
		for _, polygon := range g {
			all = append(all, runs(polygon)...)
		}
	}
	return all
}

// kindOf is what GeoJSON calls the geometry; "nothing" for nil.
func kindOf(g orb.Geometry) string {
	switch g := g.(type) {
	case nil:
		return "nothing"
	case orb.MultiPoint:
		if len(g) == 1 {
			return "Point"
		}
	}
	return g.GeoJSONType()
}
