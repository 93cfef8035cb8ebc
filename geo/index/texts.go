package index

import (
	"encoding/binary"
	"strings"

	"gridwarden/geo"
)

// texts holds the ids and names of assets in slabs. A record is the length of the id, that
// of the name, the id and the name; it never lies across two slabs. Its place is the
// number of its slab and where it begins there, in one number.
type texts struct {
	slabs []string
	open  strings.Builder // the slab being written
	head  []byte
}

const (
	slabBits = 20
	slabSize = 1 << slabBits
)

// put writes a record and tells its place.
func (t *texts) put(id, name string) (place uint32, err error) {
	t.head = binary.AppendUvarint(t.head[:0], uint64(len(id)))
	t.head = binary.AppendUvarint(t.head, uint64(len(name)))
	if size := len(t.head) + len(id) + len(name); t.open.Len() > 0 && t.open.Len()+size > slabSize {
		t.seal()
		t.open.Grow(max(size, slabSize))
	}
	if len(t.slabs) >= 1<<(32-slabBits) {
		return 0, geo.Errorf(geo.TooLarge, "the ids and names of the assets take more than 4 GB, at %s; shorten the names", id)
	}
	place = uint32(len(t.slabs)<<slabBits | t.open.Len())
	t.open.Write(t.head)
	t.open.WriteString(id)
	t.open.WriteString(name)
	return place, nil
}

// seal ends the open slab. One that a single long record made larger than others takes the
// numbers of as many.
func (t *texts) seal() {
	t.slabs = append(t.slabs, t.open.String())
	for extra := (t.open.Len() - 1) >> slabBits; extra > 0; extra-- {
		t.slabs = append(t.slabs, "")
	}
	t.open.Reset()
}

// close gives all slabs; nothing may be put any more.
func (t *texts) close() []string {
	if t.open.Len() > 0 {
		last := t.open.String()
		t.open.Reset()
		t.slabs = append(t.slabs, strings.Clone(last))
	}
	return t.slabs
}

// record reads what put wrote at a place.
func record(slabs []string, place uint32) (id geo.AssetID, name string) {
	s := slabs[place>>slabBits][place&(slabSize-1):]
	n, s := length(s)
	m, s := length(s)
	return geo.AssetID(s[:n]), s[n : n+m]
}

// length takes a length off the front of a record.
func length(s string) (n int, rest string) {
	if s[0] < 0x80 {
		return int(s[0]), s[1:]
	}
	long, width := binary.Uvarint([]byte(s[:min(len(s), binary.MaxVarintLen64)]))
	return int(long), s[width:]
}
