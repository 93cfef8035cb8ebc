package audit

import (
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// Ground is one place of the city: a set of areas and lines in reach, with all the ground
// of one cell on which exactly these hold.
type Ground struct {
	At           index.Place   // as the snapshot tells it at a point inside, off every border
	Gap          geo.LayerName // the lowest layer of the duty chain that is missing here though one above is there; empty: none
	SquareMetres float64

	area  *geo.Area        // the area whose ground it is, whole; nil: shape says it
	shape geo.MultiPolygon // rounded to units, for drawing
	zone  int32
	names []geo.DepartmentCode // what the zone's numbers stand for here
}

// Shape is the ground for drawing. It is shared: read only.
func (g *Ground) Shape() geo.MultiPolygon {
	if g.area != nil {
		return g.area.Shape.Polygons
	}
	return g.shape
}

// Code is the area of a layer that holds here; empty when none does.
func (g *Ground) Code(layer geo.LayerName) geo.AreaCode {
	if a := areaOf(&g.At, layer); a != nil {
		return a.Code
	}
	return ""
}

func areaOf(p *index.Place, layer geo.LayerName) *geo.Area {
	for i := range p.Areas {
		if p.Areas[i].Area.Layer == layer {
			return p.Areas[i].Area
		}
	}
	return nil
}

// setOf spells the set of areas, lines and rulings that hold, so that equal sets are equal
// texts; of lines whose departments rows name, in which order they are near. Empty where
// nothing holds.
func (s *surveyor) setOf(p *index.Place) string {
	ids := make([]int64, 0, len(p.Areas)+len(p.Lines))
	for i := range p.Areas {
		ids = append(ids, int64(p.Areas[i].Area.ID))
	}
	for i := range p.Lines {
		ids = append(ids, int64(p.Lines[i].Area.ID))
	}
	slices.Sort(ids)
	key := make([]byte, 0, 8*len(ids)+8)
	for _, id := range ids {
		for shift := 0; shift < 64; shift += 8 {
			key = append(key, byte(id>>shift))
		}
	}
	for i := range s.lines {
		if s.lines[i].named && len(ids) > 0 {
			key = append(key, 0xff)
			key = s.lines[i].sequence(key, p)
		}
	}
	for i := range s.rulings {
		if inside, onEdge := s.rulings[i].Shape.Polygons.Locate(p.Point); inside || onEdge {
			key = append(key, s.rulings[i].Code...)
			key = append(key, 0)
		}
	}
	if s.also == nil {
		return string(key)
	}
	then := s.also.locate(p.Point)
	if other := s.also.setOf(&then); len(key)+len(other) > 0 {
		return string(key) + "\xfe" + other
	}
	return ""
}

// sequence adds the departments of the lines of a layer, the nearest first, each once in a
// row.
func (l *lineLayer) sequence(key []byte, p *index.Place) []byte {
	last := -1
	for i := range p.Lines {
		if a := p.Lines[i].Area; a.Layer == l.name && (last < 0 || p.Lines[last].Area.Department != a.Department) {
			last = i
			key = append(append(key, a.Department...), 0)
		}
	}
	return key
}
