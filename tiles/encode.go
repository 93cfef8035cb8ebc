package tiles

import (
	"encoding/binary"

	"gridwarden/geo/plane"
)

// The numbers below are those of the MVT 2.1 specification and of its vector_tile.proto.
const (
	typePoint   = 1
	typeLine    = 2
	typePolygon = 3

	moveTo    = 1
	lineTo    = 2
	closePath = 7

	varint  = 0 // protocol buffer wire types
	chunked = 2
)

// appendVarint writes a field that holds one number.
func appendVarint(b []byte, field int, v uint64) []byte {
	b = binary.AppendUvarint(b, uint64(field<<3|varint))
	return binary.AppendUvarint(b, v)
}

// appendChunk writes a field that holds a string, a message or packed numbers.
func appendChunk[T string | []byte](b []byte, field int, chunk T) []byte {
	b = binary.AppendUvarint(b, uint64(field<<3|chunked))
	b = binary.AppendUvarint(b, uint64(len(chunk)))
	return append(b, chunk...)
}

// path collects the drawing commands of one feature.
type path struct {
	bytes  []byte
	cursor plane.Point
}

func (p *path) reset() { p.bytes, p.cursor = p.bytes[:0], plane.Point{} }

func (p *path) command(id, count int) {
	p.bytes = binary.AppendUvarint(p.bytes, uint64(id|count<<3))
}

// to moves the cursor and writes by how much, zigzag.
func (p *path) to(q plane.Point) {
	for _, d := range [2]int64{q.X - p.cursor.X, q.Y - p.cursor.Y} {
		p.bytes = binary.AppendUvarint(p.bytes, uint64(d<<1^d>>63))
	}
	p.cursor = q
}

func (p *path) point(q plane.Point) {
	p.command(moveTo, 1)
	p.to(q)
}

func (p *path) line(points []plane.Point) {
	p.point(points[0])
	p.command(lineTo, len(points)-1)
	for _, q := range points[1:] {
		p.to(q)
	}
}

func (p *path) polygon(rings plane.Polygon) {
	for _, r := range rings {
		p.line(r)
		p.command(closePath, 1)
	}
}
