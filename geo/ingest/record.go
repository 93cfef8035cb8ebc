package ingest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io"
	"iter"
	"math"

	"github.com/paulmach/orb"

	"gridwarden/geo"
	"gridwarden/geo/crs"
)

// record is one feature of a GeoJSON file or one row of a table.
type record struct {
	source   geo.Source
	fields   fields
	geometry orb.Geometry // nil where there is none
	crs      crs.CRS
	digest   [32]byte // of the geometry and its system as read
}

// records streams a file: found out by its content, unpacked, decoded, and its geometries
// in WGS 84. An error of the kind geo.Faulty names one record that is left out; any other
// is the last thing that comes.
func records(ctx context.Context, path string, o Options, lonLat func(columns []string) (lon, lat string, err error)) iter.Seq2[record, error] {
	return func(yield func(record, error) bool) {
		f, err := open(ctx, path, o.Read)
		if err != nil {
			yield(record{}, err)
			return
		}
		defer f.Close()
		given, err := crs.Parse(o.CRS)
		if err != nil {
			yield(record{}, err)
			return
		}
		plain, err := text(f.Reader, o.Encoding)
		if err != nil {
			yield(record{}, err)
			return
		}
		looked := newLooked(plain)
		read := readTable(looked, path, given, lonLat)
		if looked.isJSON() {
			read = readGeoJSON(looked, path, o.CRS != "", given)
		}
		count := 0
		for r, err := range placed(ctx, o.Transform, read) {
			count++
			if !yield(r, err) || err != nil && geo.KindOf(err) != geo.Faulty {
				return
			}
		}
		if count == 0 {
			yield(record{}, geo.Errorf(geo.Invalid, "%s has no features or rows", path))
		}
	}
}

// looked is a text that can be looked into before it is read.
type looked struct {
	head []byte
	io.Reader
}

// newLooked takes the first bytes of a text. An error comes again when it is read.
func newLooked(r io.Reader) *looked {
	head := make([]byte, 512)
	n, err := io.ReadFull(r, head)
	head = head[:n]
	rest := r
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		rest = failed{err}
	}
	return &looked{head, io.MultiReader(bytes.NewReader(head), rest)}
}

// isJSON tells whether the text begins as JSON or a text sequence does.
func (l *looked) isJSON() bool {
	head := bytes.TrimLeft(l.head, " \t\r\n\x1e")
	return len(head) > 0 && (head[0] == '{' || head[0] == '[')
}

// failed is a reader that fails.
type failed struct{ err error }

func (f failed) Read([]byte) (int, error) { return 0, f.err }

// digest is the hash of a geometry as read.
func digest(system crs.CRS, g orb.Geometry) [32]byte {
	h := sha256.New()
	b := append([]byte(system), 0)
	b = append(b, kindOf(g)...)
	if polygons, ok := g.(orb.MultiPolygon); ok {
		for _, p := range polygons {
			b = binary.BigEndian.AppendUint64(b, uint64(len(p)))
		}
	}
	for _, run := range runs(g) {
		b = binary.BigEndian.AppendUint64(b, uint64(len(run)))
		for _, p := range run {
			b = binary.BigEndian.AppendUint64(b, math.Float64bits(p[0]))
			b = binary.BigEndian.AppendUint64(b, math.Float64bits(p[1]))
		}
		h.Write(b)
		b = b[:0]
	}
	h.Write(b)
	return [32]byte(h.Sum(nil))
}
