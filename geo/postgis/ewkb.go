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
