package postgis

import (
	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/ewkb"

	"gridwarden/geo"
)

const srid = 4326

// encodeShape is the EWKB of a shape, a MultiPolygon or a MultiLineString; nil for nil.
func encodeShape(s *geo.Shape) ([]byte, error) {
	if s == nil {
		return nil, nil
	}
	flat := make([]float64, 0, 2*s.Vertices()+16)
	if len(s.Lines) > 0 {
		ends := make([]int, len(s.Lines))
		for i, line := range s.Lines {
			flat = appendCoords(flat, line)
			ends[i] = len(flat)
		}
		return ewkb.Marshal(geom.NewMultiLineStringFlat(geom.XY, flat, ends).SetSRID(srid), ewkb.NDR)
	}
	endss := make([][]int, len(s.Polygons))
	for i, polygon := range s.Polygons {
		for _, ring := range polygon {
			flat = appendCoords(flat, ring)
			if len(ring) > 0 {
				flat = append(flat, ring[0].Lon(), ring[0].Lat()) // EWKB repeats the first vertex
			}
			endss[i] = append(endss[i], len(flat))
		}
	}
	return ewkb.Marshal(geom.NewMultiPolygonFlat(geom.XY, flat, endss).SetSRID(srid), ewkb.NDR)
}

func appendCoords(flat []float64, coords []geo.Coord) []float64 {
	for _, c := range coords {
		flat = append(flat, c.Lon(), c.Lat())
	}
	return flat
}

// decodeShape reads the EWKB of a MultiPolygon or MultiLineString; nil for nil.
func decodeShape(data []byte) (*geo.Shape, error) {
	if data == nil {
		return nil, nil
	}
	g, err := ewkb.Unmarshal(data)
	if err != nil {
		return nil, &geo.Error{Kind: geo.Internal, Message: "a shape in the database cannot be read", Cause: err}
	}
	flat, shape := g.FlatCoords(), &geo.Shape{}
	switch g := g.(type) {
	case *geom.MultiPolygon:
		start := 0
		for _, ends := range g.Endss() {
			polygon := make(geo.Polygon, len(ends))
			for i, end := range ends {
				if polygon[i], err = coords(flat[start : end-2]); err != nil {
					return nil, err
				}
				start = end
			}
			shape.Polygons = append(shape.Polygons, polygon)
		}
	case *geom.MultiLineString:
		start := 0
		for _, end := range g.Ends() {
			line, err := coords(flat[start:end])
			if err != nil {
				return nil, err
			}
			shape.Lines = append(shape.Lines, line)
			start = end
		}
	default:
		return nil, geo.Errorf(geo.Internal, "a shape in the database is neither polygons nor lines")
	}
	return shape, nil
}

func coords(flat []float64) ([]geo.Coord, error) {
	out := make([]geo.Coord, len(flat)/2)
	for i := range out {
		c, err := geo.CoordOf(flat[2*i], flat[2*i+1])
		if err != nil {
			return nil, err
		}
		out[i] = c
	}
	return out, nil
}
