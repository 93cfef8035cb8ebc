package ingest

import (
	"bufio"
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
	placed   []string // the fields of a table that hold the position
	source   geo.Source
	fields   fields
	geometry orb.Geometry // nil where there is none
	crs      crs.CRS
	digest   [32]byte // of the geometry and its system as read
}

// reading is how a file is read.
type reading struct {
	Options
	lonLat func(columns []string) (lon, lat string, err error) // of a table
	digest bool                                                // wanted
}

// records streams a file: found out by its content, unpacked, decoded, and its geometries
// in WGS 84. An error of the kind geo.Faulty names one record that is left out; any other
// is the last thing that comes.
func (o reading) records(ctx context.Context, path string) iter.Seq2[record, error] {
	return func(yield func(record, error) bool) {
		f, err := open(ctx, path, o.Read)
		if err != nil {
			yield(record{}, err)
			return
		}
		defer f.Close()
		read, err := o.parse(f.Reader, path)
		if err != nil {
			yield(record{}, err)
			return
		}
		empty := true
		for r, err := range placed(ctx, o.Transform, read) {
			empty = false
			if !yield(r, err) || err != nil && geo.KindOf(err) != geo.Faulty {
				return
			}
		}
		if empty {
			yield(record{}, geo.Errorf(geo.Invalid, "%s has no features or rows", path))
		}
	}
}

// parse finds out what a file is.
func (o reading) parse(content *bufio.Reader, path string) (iter.Seq2[record, error], error) {
	system, err := crs.Parse(o.CRS)
	if err != nil {
		return nil, err
	}
	plain, err := text(content, o.Encoding)
	if err != nil {
		return nil, err
	}
	ahead := bufio.NewReaderSize(plain, window)
	head, err := ahead.Peek(512)
	head = bytes.TrimLeft(head, " \t\r\n\x1e")
	switch {
	case len(head) == 0 && err != nil && !errors.Is(err, io.EOF):
		return nil, err
	case len(head) == 0:
		return nil, geo.Errorf(geo.Invalid, "%s has nothing but blanks", path)
	case bytes.IndexByte(head, 0) >= 0:
		return nil, geo.Errorf(geo.Invalid, "%s is neither GeoJSON nor CSV but binary data", path)
	case head[0] == '{' || head[0] == '[':
		return o.geoJSON(ahead, path, system), nil
	}
	return o.table(ahead, path, system), nil
}

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
