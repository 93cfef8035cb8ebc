package tiles

import (
	"encoding/binary"
	"math/bits"

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

// varintSize is how many bytes a number takes.
func varintSize(v uint64) int { return (bits.Len64(v|1) + 6) / 7 }

// chunkSize is how many bytes a field of a low number with this chunk takes.
func chunkSize(chunk []byte) int { return 1 + varintSize(uint64(len(chunk))) + len(chunk) }

// path collects the drawing commands of one feature.
type path struct {
	bytes  []byte
	cursor plane.Point
}

func (p *path) reset() { p.bytes, p.cursor = p.bytes[:0], plane.Point{} }

func (p *path) command(id, count int) {
	p.bytes = binary.AppendUvarint(p.bytes, uint64(id|count<<3))
}

// to moves the cursor and writes by how much.
func (p *path) to(q plane.Point) {
	p.bytes = appendStep(appendStep(p.bytes, q.X-p.cursor.X), q.Y-p.cursor.Y)
	p.cursor = q
}

// appendStep writes a signed number, zigzag: those from -64 to 63 in one byte.
func appendStep(b []byte, d int64) []byte {
	v := uint64(d<<1 ^ d>>63)
	if v < 1<<7 {
		return append(b, byte(v))
	}
	if v < 1<<14 {
		return append(b, byte(v)|1<<7, byte(v>>7))
	}
	return binary.AppendUvarint(b, v)
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

// ring draws a ring from its point of a number on.
func (p *path) ring(r plane.Ring, first int) {
	p.point(r[first])
	p.command(lineTo, len(r)-1)
	for _, q := range r[first+1:] {
		p.to(q)
	}
	for _, q := range r[:first] {
		p.to(q)
	}
	p.command(closePath, 1)
}
