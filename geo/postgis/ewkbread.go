package postgis

import (
	"encoding/binary"
	"math"

	"gridwarden/geo"
)

// Types of EWKB, as ST_AsEWKB writes them.
const (
	wkbLine         = 2
	wkbPolygon      = 3
	wkbMultiLine    = 5 | wkbSRID
	wkbMultiPolygon = 6 | wkbSRID
	wkbSRID         = 1 << 29
)

// decodeShape reads the EWKB of a MultiPolygon or MultiLineString, little-endian, of X and
// Y. A load decodes a million of them, so the coordinates go straight to where they stay,
// all of a shape in one piece of memory.
func decodeShape(data []byte, shape *geo.Shape) error {
	r := wkb{rest: data, coords: make([]geo.Coord, 0, len(data)/16)}
	*shape = geo.Shape{}
	switch r.kind() {
	case wkbMultiPolygon:
		r.number() // the SRID
		shape.Polygons = make(geo.MultiPolygon, r.count(9))
		for i := range shape.Polygons {
			shape.Polygons[i] = r.polygon()
		}
	case wkbMultiLine:
		r.number()
		shape.Lines = make(geo.MultiLine, r.count(9))
		for i := range shape.Lines {
			r.bad = r.kind() != wkbLine || r.bad
			shape.Lines[i] = r.path()
		}
	default:
		r.bad = true
	}
	if r.err == nil && (r.bad || len(r.rest) > 0) {
		return geo.Errorf(geo.Internal, "a shape in the database is neither polygons nor lines, or cannot be read")
	}
	return r.err
}

// wkb reads from the front of what is left. Once something is wrong it stays wrong, and
// what is read is of no use.
type wkb struct {
	rest   []byte
	coords []geo.Coord
	bad    bool
	err    error // of a coordinate
}

func (r *wkb) polygon() geo.Polygon {
	r.bad = r.kind() != wkbPolygon || r.bad
	p := make(geo.Polygon, r.count(4))
	for i := range p {
		ring := r.path()
		p[i] = ring[:max(len(ring)-1, 0)] // EWKB repeats the first vertex
	}
	return p
}

// kind is the type of what follows, after the mark that it is little-endian.
func (r *wkb) kind() uint32 {
	if len(r.rest) == 0 || r.rest[0] != 1 {
		r.bad = true
		return 0
	}
	r.rest = r.rest[1:]
	return r.number()
}

func (r *wkb) number() uint32 {
	if len(r.rest) < 4 {
		r.bad, r.rest = true, nil
		return 0
	}
	n := binary.LittleEndian.Uint32(r.rest)
	r.rest = r.rest[4:]
	return n
}

// count is how many parts follow, each of at least so many bytes.
func (r *wkb) count(least int) int {
	n := int(r.number())
	if n > len(r.rest)/least {
		r.bad, r.rest = true, nil
		return 0
	}
	return n
}

// path is the coordinates that follow their number.
func (r *wkb) path() []geo.Coord {
	start := len(r.coords)
	for range r.count(16) {
		c, err := geo.CoordOf(r.degrees(0), r.degrees(8))
		if err != nil && r.err == nil {
			r.err = err
		}
		r.coords = append(r.coords, c)
		r.rest = r.rest[16:]
	}
	return r.coords[start:len(r.coords):len(r.coords)]
}

func (r *wkb) degrees(at int) float64 {
	return math.Float64frombits(binary.LittleEndian.Uint64(r.rest[at:]))
}
