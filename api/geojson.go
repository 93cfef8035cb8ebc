package api

import (
	"gridwarden/geo"
)

const geoJSON = "application/geo+json"

// appendBox writes west, south, east, north.
func appendBox(b []byte, box geo.Box) []byte {
	b = appendDegrees(append(b, '['), box.Min.X)
	b = appendDegrees(append(b, ','), box.Min.Y)
	b = appendDegrees(append(b, ','), box.Max.X)
	b = appendDegrees(append(b, ','), box.Max.Y)
	return append(b, ']')
}

// appendShape writes a geometry of RFC 7946: the plain form for one polygon or line, the
// multi form for several, null for none. Outer rings run counter-clockwise, as they are.
func appendShape(b []byte, s *geo.Shape) []byte {
	switch {
	case len(s.Polygons) == 1:
		b = append(b, `{"type":"Polygon","coordinates":`...)
		b = appendPolygon(b, s.Polygons[0])
	case len(s.Polygons) > 1:
		b = append(b, `{"type":"MultiPolygon","coordinates":`...)
		b = appendList(b, s.Polygons, appendPolygon)
	case len(s.Lines) == 1:
		b = append(b, `{"type":"LineString","coordinates":`...)
		b = appendLine(b, s.Lines[0])
	case len(s.Lines) > 1:
		b = append(b, `{"type":"MultiLineString","coordinates":`...)
		b = appendList(b, s.Lines, appendLine)
	default:
		return append(b, "null"...)
	}
	return append(b, '}')
}

func appendPoint(b []byte, c geo.Coord) []byte {
	b = append(b, `{"type":"Point","coordinates":`...)
	return append(appendPosition(b, c), '}')
}

func appendPolygon(b []byte, p geo.Polygon) []byte { return appendList(b, p, appendRing) }

func appendLine(b []byte, l geo.Line) []byte { return appendList(b, l, appendPosition) }

// appendRing writes a ring closed: its first position again at the end.
func appendRing(b []byte, r geo.Ring) []byte {
	b = appendList(b, r, appendPosition)
	b = append(b[:len(b)-1], ',')
	return append(appendPosition(b, r[0]), ']')
}

// appendList writes a JSON array, each item by the function given.
func appendList[S ~[]T, T any](b []byte, items S, item func([]byte, T) []byte) []byte {
	b = append(b, '[')
	for i := range items {
		if i > 0 {
			b = append(b, ',')
		}
		b = item(b, items[i])
	}
	return append(b, ']')
}

// appendAttributes writes the member attributes where there are any.
func appendAttributes(b, attributes []byte) []byte {
	if len(attributes) == 0 {
		return b
	}
	return append(append(b, `,"attributes":`...), attributes...)
}

// appendArea writes an area as a Feature.
func appendArea(b []byte, a *geo.Area) []byte {
	b = append(b, `{"type":"Feature","id":`...)
	b = appendString(b, string(a.Code))
	b = append(b, `,"geometry":`...)
	b = appendShape(b, &a.Shape)
	b = append(b, `,"properties":{"layer":`...)
	b = appendString(b, string(a.Layer))
	b = appendNamed(append(b, ','), a)
	b = append(b, `,"parent":`...)
	b = appendOptional(b, string(a.Parent))
	b = append(b, `,"since_edition":`...)
	b = appendInt(b, int64(a.From))
	if len(a.Shape.Lines) > 0 {
		b = append(b, `,"class":`...)
		b = appendOptional(b, a.Class)
		b = append(b, `,"side":`...)
		b = appendString(b, string(a.Side))
		b = append(b, `,"reach_m":`...)
		b = appendMetres(b, a.Reach)
	}
	return append(appendAttributes(b, a.Attributes), "}}"...)
}

// appendAsset writes an asset as a Feature, at its point or with its own shape.
func appendAsset(b []byte, a geo.Asset) []byte {
	b = append(b, `{"type":"Feature","id":`...)
	b = appendString(b, string(a.ID))
	b = append(b, `,"geometry":`...)
	if a.Shape != nil {
		b = appendShape(b, a.Shape)
	} else {
		b = appendPoint(b, a.Point)
	}
	b = append(b, `,"properties":{"standard":`...)
	b = appendString(b, a.Category.Standard)
	b = append(b, `,"kind":`...)
	b = appendString(b, string(a.Category.Kind))
	b = append(b, `,"category":`...)
	b = appendString(b, a.Category.Code)
	b = append(b, `,"name":`...)
	b = appendString(b, a.Name)
	for _, p := range [...]struct{ name, value string }{
		{`,"state":`, a.State},
		{`,"authority":`, string(a.Authority)},
		{`,"owner":`, string(a.Owner)},
		{`,"maintainer":`, string(a.Maintainer)},
	} {
		b = append(b, p.name...)
		b = appendOptional(b, p.value)
	}
	return append(appendAttributes(b, a.Attributes), "}}"...)
}
