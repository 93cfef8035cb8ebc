package index

import (
	"math"

	"gridwarden/geo"
)

// TypicalSide is the square root of the mean area of a layer's areas on the Mercator map, in
// coordinate units of longitude there, of which the world is 3.6e9 wide: how large they are
// drawn. It is 0 for a layer without areas, one of lines, and an unknown one. It depends on
// the areas alone, not on how the view came to hold them.
func (s *Snapshot) TypicalSide(n geo.LayerName) float64 {
	l := s.atlas.layer(n)
	if l == nil || l.extent <= 0 {
		return 0
	}
	return math.Sqrt(float64(l.extent) / float64(l.byCode.tree.Len()) * extentUnit)
}

// extentUnit is in how many square units extents are summed up: a whole number, which is
// the same in whatever order areas came and went, and holds the world seven hundred times.
const extentUnit = 1 << 10

// extentOf is the area of a shape on the Mercator map; what is near a pole counts as if it
// lay at the end of that map.
func extentOf(s *geo.Shape) int64 {
	sum := 0.0
	for _, polygon := range s.Polygons {
		for _, ring := range polygon {
			sum += float64(ring.SignedArea2()) / 2
		}
	}
	const endOfMap = 85.0511287
	box := s.Box()
	middle := (box.Min.Lat() + box.Max.Lat()) / 2
	stretch := 1 / math.Cos(max(-endOfMap, min(middle, endOfMap))*math.Pi/180)
	return int64(math.Round(sum * stretch / extentUnit))
}
