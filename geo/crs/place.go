package crs

import "gridwarden/geo"

// Place is where maps in this system draw a WGS 84 position, to the nearest unit. It is a
// function of the position alone, so what two shapes share stays shared. A system that is
// for PostGIS to transform moves nothing.
func (c CRS) Place(at geo.Coord) geo.Coord {
	if c == CRS84 || c == "" {
		return at
	}
	lon, lat, err := c.FromWGS84(at.Lon(), at.Lat())
	if err != nil {
		return at
	}
	placed, err := geo.CoordOf(lon, lat)
	if err != nil {
		return at
	}
	return placed
}

// Shape is a shape with every vertex in its [CRS.Place].
func (c CRS) Shape(s *geo.Shape) *geo.Shape {
	if c == CRS84 || c == "" {
		return s
	}
	moved := &geo.Shape{}
	for _, polygon := range s.Polygons {
		rings := make(geo.Polygon, len(polygon))
		for i, ring := range polygon {
			rings[i] = geo.Ring(c.path(ring))
		}
		moved.Polygons = append(moved.Polygons, rings)
	}
	for _, line := range s.Lines {
		moved.Lines = append(moved.Lines, geo.Line(c.path(line)))
	}
	return moved
}

func (c CRS) path(from []geo.Coord) []geo.Coord {
	path := make([]geo.Coord, len(from))
	for i, at := range from {
		path[i] = c.Place(at)
	}
	return path
}

// shiftMost is more, in units, than any position is moved: 0.02 degree.
const shiftMost = 200_000

// Around holds the places of everything in a box, and everything whose place lies in it.
func (c CRS) Around(b geo.Box) geo.Box {
	if c == CRS84 || c == "" || b.IsEmpty() {
		return b
	}
	const east, north = 180 * geo.Scale, 90 * geo.Scale
	return geo.Box{
		Min: geo.Coord{X: int32(max(int64(b.Min.X)-shiftMost, -east)), Y: int32(max(int64(b.Min.Y)-shiftMost, -north))},
		Max: geo.Coord{X: int32(min(int64(b.Max.X)+shiftMost, east)), Y: int32(min(int64(b.Max.Y)+shiftMost, north))},
	}
}
