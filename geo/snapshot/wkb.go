package snapshot

import (
	"encoding/binary"
	"errors"
	"math"

	"gridwarden/geo"
)

// The types of Well-Known Binary (OGC 06-103r4, 8.2.3) that are used here, always little
// endian and in two dimensions.
const (
	wkbPoint           = 1
	wkbLineString      = 2
	wkbPolygon         = 3
	wkbMultiLineString = 5
	wkbMultiPolygon    = 6
)

func appendHead(b []byte, kind uint32) []byte {
	return binary.LittleEndian.AppendUint32(append(b, 1), kind)
}

func appendCount(b []byte, n int) []byte { return binary.LittleEndian.AppendUint32(b, uint32(n)) }

func appendCoord(b []byte, c geo.Coord) []byte {
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(c.Lon()))
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(c.Lat()))
}

func appendPoint(b []byte, c geo.Coord) []byte { return appendCoord(appendHead(b, wkbPoint), c) }

// appendShape writes a shape, one part of its kind alone as that: a polygon, not a
// multipolygon of one.
func appendShape(b []byte, s *geo.Shape) []byte {
	switch {
	case len(s.Polygons) == 1:
		return appendPolygon(b, s.Polygons[0])
	case len(s.Polygons) > 1:
		b = appendCount(appendHead(b, wkbMultiPolygon), len(s.Polygons))
		for _, p := range s.Polygons {
			b = appendPolygon(b, p)
		}
	case len(s.Lines) == 1:
		return appendLine(b, s.Lines[0])
	default:
		b = appendCount(appendHead(b, wkbMultiLineString), len(s.Lines))
		for _, l := range s.Lines {
			b = appendLine(b, l)
		}
	}
	return b
}

func appendPolygon(b []byte, p geo.Polygon) []byte {
	b = appendCount(appendHead(b, wkbPolygon), len(p))
	for _, ring := range p {
		b = appendCount(b, len(ring)+1)
		for _, c := range ring {
			b = appendCoord(b, c)
		}
		b = appendCoord(b, ring[0])
	}
	return b
}

func appendLine(b []byte, l geo.Line) []byte {
	b = appendCount(appendHead(b, wkbLineString), len(l))
	for _, c := range l {
		b = appendCoord(b, c)
	}
	return b
}

var errWKB = errors.New("not the WKB of a shape")

// wkb is what is left to read. The first thing wrong ends the reading.
type wkb struct {
	left []byte
	err  error
}

// parseShape reads what appendShape wrote and nothing else: rings and lines long enough,
// rings closed, every coordinate one of ours. It allocates no more than the bytes can hold.
func parseShape(b []byte) (s geo.Shape, err error) {
	w := wkb{left: b}
	switch kind := w.head(); kind {
	case wkbPolygon:
		s.Polygons = geo.MultiPolygon{w.polygon()}
	case wkbMultiPolygon:
		s.Polygons = make(geo.MultiPolygon, w.count(9))
		for i := range s.Polygons {
			w.expect(wkbPolygon)
			s.Polygons[i] = w.polygon()
		}
	case wkbLineString:
		s.Lines = geo.MultiLine{w.line()}
	case wkbMultiLineString:
		s.Lines = make(geo.MultiLine, w.count(9))
		for i := range s.Lines {
			w.expect(wkbLineString)
			s.Lines[i] = w.line()
		}
	default:
		w.fail()
	}
	return s, w.end(&s)
}

// end refuses what is left over and a shape that no door would have let in.
func (w *wkb) end(s *geo.Shape) error {
	if len(w.left) > 0 {
		w.fail()
	}
	if w.err == nil {
		w.err = s.Check()
	}
	return w.err
}

// parsePoint reads what appendPoint wrote.
func parsePoint(b []byte) (geo.Coord, error) {
	w := wkb{left: b}
	w.expect(wkbPoint)
	c := w.coord()
	if len(w.left) > 0 {
		w.fail()
	}
	return c, w.err
}

func (w *wkb) fail() { w.left, w.err = nil, errWKB }

func (w *wkb) take(n int) []byte {
	if len(w.left) < n {
		w.fail()
		return nil
	}
	b := w.left[:n]
	w.left = w.left[n:]
	return b
}

func (w *wkb) head() uint32 {
	b := w.take(5)
	if b == nil || b[0] != 1 {
		w.fail()
		return 0
	}
	return binary.LittleEndian.Uint32(b[1:])
}

func (w *wkb) expect(kind uint32) {
	if w.head() != kind {
		w.fail()
	}
}

// count reads how many things follow, each of some bytes at least; 0 when they cannot all
// be there.
func (w *wkb) count(each int) int {
	b := w.take(4)
	if b == nil {
		return 0
	}
	n := binary.LittleEndian.Uint32(b)
	if uint64(n)*uint64(each) > uint64(len(w.left)) {
		w.fail()
		return 0
	}
	return int(n)
}

func (w *wkb) polygon() geo.Polygon {
	p := make(geo.Polygon, w.count(4))
	if len(p) == 0 {
		w.fail()
	}
	for i := range p {
		path := w.path(4)
		if w.err != nil {
			return nil
		}
		last := len(path) - 1
		if path[0] != path[last] {
			w.fail()
		}
		p[i] = geo.Ring(path[:last:last])
	}
	return p
}

func (w *wkb) line() geo.Line { return w.path(2) }

// path reads at least so many coordinates.
func (w *wkb) path(least int) []geo.Coord {
	n := w.count(16)
	if n < least {
		w.fail()
		return nil
	}
	path := make([]geo.Coord, n)
	for i := range path {
		path[i] = w.coord()
	}
	return path
}

// coord reads one that is float64(k)/1e7 in both directions; any other was not written by
// us.
func (w *wkb) coord() geo.Coord {
	b := w.take(16)
	if b == nil {
		return geo.Coord{}
	}
	lon := math.Float64frombits(binary.LittleEndian.Uint64(b))
	lat := math.Float64frombits(binary.LittleEndian.Uint64(b[8:]))
	c, err := geo.CoordOf(lon, lat)
	if err != nil || c.Lon() != lon || c.Lat() != lat {
		w.fail()
	}
	return c
}
