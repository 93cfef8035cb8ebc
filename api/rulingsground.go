package api

import (
	"encoding/json"
	"slices"

	"gridwarden/geo"
)

// groundRequest is a patch of ground as a GeoJSON Polygon or MultiPolygon.
type groundRequest struct {
	Type        string          `json:"type"`
	Coordinates json.RawMessage `json:"coordinates"`
}

// maxGroundVertices bounds the ground of one ruling.
const maxGroundVertices = 10_000

// shape reads the ground, snapped to the project's units, outer rings counter-clockwise
// and holes clockwise whichever way they came. Whether rings cross the database judges.
func (g *groundRequest) shape() (*geo.Shape, error) {
	var polygons [][][][]float64
	var err error
	switch g.Type {
	case "Polygon":
		polygons = make([][][][]float64, 1)
		err = json.Unmarshal(g.Coordinates, &polygons[0])
	case "MultiPolygon":
		err = json.Unmarshal(g.Coordinates, &polygons)
	default:
		return nil, geo.Errorf(geo.Invalid, "ground is a %q: give a GeoJSON Polygon or MultiPolygon", clip(g.Type))
	}
	if err != nil {
		return nil, geo.Errorf(geo.Invalid, "ground: its coordinates are not those of a %s", g.Type)
	}
	shape := &geo.Shape{}
	for _, rings := range polygons {
		var polygon geo.Polygon
		for i, positions := range rings {
			ring, err := ringOf(positions, i == 0)
			if err != nil {
				return nil, err
			}
			polygon = append(polygon, ring)
		}
		if len(polygon) > 0 {
			shape.Polygons = append(shape.Polygons, polygon)
		}
	}
	if n := shape.Vertices(); n > maxGroundVertices {
		return nil, geo.Errorf(geo.TooLarge, "ground has %d vertices: at most %d are taken", n, maxGroundVertices)
	}
	if err := shape.Check(); err != nil {
		return nil, geo.Errorf(geo.Invalid, "ground: %w", err)
	}
	return shape, nil
}

// ringOf reads a closed ring of positions and turns it the right way round.
func ringOf(positions [][]float64, outer bool) (geo.Ring, error) {
	var ring geo.Ring
	for _, p := range positions {
		if len(p) < 2 {
			return nil, geo.Errorf(geo.Invalid, "ground: a position has %d numbers, it needs longitude and latitude", len(p))
		}
		c, err := geo.CoordOf(p[0], p[1])
		if err != nil {
			return nil, geo.Errorf(geo.Invalid, "ground: %w", err)
		}
		if len(ring) == 0 || ring[len(ring)-1] != c {
			ring = append(ring, c)
		}
	}
	if len(ring) < 4 || ring[0] != ring[len(ring)-1] {
		return nil, geo.Errorf(geo.Invalid, "ground: a ring needs at least four positions, the last the same as the first")
	}
	ring = ring[:len(ring)-1]
	switch area := ring.SignedArea2(); {
	case area == 0:
		return nil, geo.Errorf(geo.Invalid, "ground: a ring encloses nothing")
	case (area > 0) != outer:
		slices.Reverse(ring)
	}
	return ring, nil
}
