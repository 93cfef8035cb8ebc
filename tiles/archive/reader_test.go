package archive_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"io"
	"sort"
	"testing"

	"github.com/paulmach/orb/maptile"
)

// reader reads a PMTiles archive by the specification, held in memory.
type reader struct {
	testing.TB
	file []byte
}

func (r reader) number(at int) uint64 { return binary.LittleEndian.Uint64(r.file[at:]) }

// section is the part of the file that the header tells of at a place.
func (r reader) section(at int) []byte {
	from := r.number(at)
	return r.file[from : from+r.number(at+8)]
}

func (r reader) unzip(b []byte) []byte {
	r.Helper()
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		r.Fatal(err)
	}
	plain, err := io.ReadAll(z)
	if err != nil {
		r.Fatal(err)
	}
	return plain
}

func (r reader) metadata() (m map[string]any) {
	r.Helper()
	if err := json.Unmarshal(r.unzip(r.section(24)), &m); err != nil {
		r.Fatal(err)
	}
	return m
}

type line struct{ id, run, length, offset uint64 }

// directory reads a directory.
func (r reader) directory(packed []byte) []line {
	r.Helper()
	in := bytes.NewReader(r.unzip(packed))
	next := func() uint64 {
		v, err := binary.ReadUvarint(in)
		if err != nil {
			r.Fatal(err)
		}
		return v
	}
	lines := make([]line, next())
	for i, last := 0, uint64(0); i < len(lines); i++ {
		last += next()
		lines[i].id = last
	}
	for i := range lines {
		lines[i].run = next()
	}
	for i := range lines {
		lines[i].length = next()
	}
	for i := range lines {
		if v := next(); v > 0 {
			lines[i].offset = v - 1
		} else {
			lines[i].offset = lines[i-1].offset + lines[i-1].length
		}
	}
	if in.Len() > 0 {
		r.Errorf("%d bytes follow a directory", in.Len())
	}
	return lines
}

// tile is the content of a number; nil when there is none.
func (r reader) tile(id uint64) []byte {
	r.Helper()
	packed := r.section(8)
	for range 3 {
		lines := r.directory(packed)
		i := sort.Search(len(lines), func(i int) bool { return lines[i].id > id }) - 1
		switch {
		case i < 0 || lines[i].run > 0 && id >= lines[i].id+lines[i].run:
			return nil
		case lines[i].run > 0:
			return r.section(56)[lines[i].offset:][:lines[i].length]
		}
		packed = r.section(40)[lines[i].offset:][:lines[i].length]
	}
	r.Fatal("the directories are too deep")
	return nil
}

// verify holds an archive to what the reference tool's verify asks: sections one after the
// other without overlap, tiles in order of their numbers and offsets, counts that are true.
func (r reader) verify() {
	r.Helper()
	if string(r.file[:7]) != "PMTiles" || r.file[7] != 3 {
		r.Fatalf("it begins with %q", r.file[:8])
	}
	const padded = 16384
	root, data := r.number(16), r.number(64)
	if r.number(8) != 127 || 127+root > padded || r.number(56) != padded {
		r.Errorf("the root directory is at %d, %d long, and the tiles at %d", r.number(8), root, r.number(56))
	}
	if want := padded + data + r.number(32) + r.number(48); want != uint64(len(r.file)) {
		r.Errorf("sections of %d bytes in a file of %d", want, len(r.file))
	}
	var addressed, entries, next, last uint64
	contents := map[uint64]uint64{}
	var walk func(lines []line)
	walk = func(lines []line) {
		for _, l := range lines {
			if l.run == 0 {
				walk(r.directory(r.section(40)[l.offset:][:l.length]))
				continue
			}
			if l.id < last || entries > 0 && l.id == last && l.id != 0 {
				r.Errorf("tile %d comes after %d", l.id, last)
			}
			if length, known := contents[l.offset]; l.offset > next || known && length != l.length || !known && l.offset != next {
				r.Errorf("tile %d is at %d, where the next is at %d", l.id, l.offset, next)
			}
			contents[l.offset] = l.length
			next = max(next, l.offset+l.length)
			last = l.id + l.run - 1
			addressed += l.run
			entries++
		}
	}
	walk(r.directory(r.section(8)))
	if next != data || addressed != r.number(72) || entries != r.number(80) || uint64(len(contents)) != r.number(88) {
		r.Errorf("%d bytes of tiles, %d tiles in %d entries, %d different; the header says otherwise: %d, %d, %d, %d",
			next, addressed, entries, len(contents), data, r.number(72), r.number(80), r.number(88))
	}
}

// hilbert is the number of a tile as the specification works it out.
func hilbert(t maptile.Tile) (id uint64) {
	for z := range t.Z {
		id += 1 << (2 * z)
	}
	x, y := int64(t.X), int64(t.Y)
	for s := int64(1) << t.Z / 2; s > 0; s /= 2 {
		var rx, ry int64
		if x&s > 0 {
			rx = 1
		}
		if y&s > 0 {
			ry = 1
		}
		id += uint64(s * s * ((3 * rx) ^ ry))
		if ry == 0 {
			if rx == 1 {
				x, y = s-1-x, s-1-y
			}
			x, y = y, x
		}
	}
	return id
}
