package index

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"slices"
	"sort"

	"gridwarden/geo"
)

// packed is assets that are points, in columns sorted along the Z-curve. A place in the
// columns is its asset's number within this packing.
type packed struct {
	points     []geo.Coord
	versions   []geo.AssetVersion
	profiles   []uint32 // places in table
	table      []profile
	attributes []json.RawMessage // of the profiles in table, as they are handed out
	texts      []int             // where in text the id and name begin; one more at the end
	text       string
	byKey      []uint32
	byVersion  []uint32
	bounds     geo.Box // round all points, those hidden since included
}

// profile is what many assets have in common.
type profile struct {
	Category   geo.CategoryKey
	State      string
	Authority  geo.DepartmentCode
	Owner      geo.DepartmentCode
	Maintainer geo.DepartmentCode
	Attributes string // those duty rows ask for
}

func (b *packed) len() int { return len(b.points) }

// id and name lie one after the other, the length of the id before them.
func (b *packed) idName(i uint32) (geo.AssetID, string) {
	record := b.text[b.texts[i]:b.texts[i+1]]
	n, width := uint64(record[0]), 1
	if n >= 0x80 {
		n, width = binary.Uvarint([]byte(record[:min(len(record), binary.MaxVarintLen64)]))
	}
	record = record[width:]
	return geo.AssetID(record[:n]), record[n:]
}

func (b *packed) id(i uint32) geo.AssetID {
	id, _ := b.idName(i)
	return id
}

func (b *packed) profile(i uint32) *profile { return &b.table[b.profiles[i]] }

// asset is the asset with a number. Its strings share memory with the packing.
func (b *packed) asset(i uint32) geo.Asset {
	id, name := b.idName(i)
	p := b.profile(i)
	return geo.Asset{
		Version:    b.versions[i],
		ID:         id,
		Category:   p.Category,
		Name:       name,
		State:      p.State,
		Authority:  p.Authority,
		Owner:      p.Owner,
		Maintainer: p.Maintainer,
		Point:      b.points[i],
		Attributes: b.attributes[b.profiles[i]],
	}
}

func (b *packed) key(i uint32) geo.AssetKey {
	return geo.AssetKey{ID: b.id(i), Standard: b.profile(i).Category.Standard}
}

// from is the place in byKey of the first asset whose key is not below.
func (b *packed) from(key geo.AssetKey) int {
	return sort.Search(len(b.byKey), func(k int) bool { return b.key(b.byKey[k]).Compare(key) >= 0 })
}

// ofKey finds the number of the asset of a key.
func (b *packed) ofKey(key geo.AssetKey) (uint32, bool) {
	k := b.from(key)
	if k == len(b.byKey) || b.key(b.byKey[k]) != key {
		return 0, false
	}
	return b.byKey[k], true
}

// ofVersion finds the number of the asset of a version.
func (b *packed) ofVersion(v geo.AssetVersion) (uint32, bool) {
	k, found := slices.BinarySearchFunc(b.byVersion, v, func(i uint32, v geo.AssetVersion) int {
		return cmp.Compare(b.versions[i], v)
	})
	if !found {
		return 0, false
	}
	return b.byVersion[k], true
}

// fewEnough is the number of assets that are looked at one by one rather than parted by
// quarters of their square.
const fewEnough = 64

// in calls yield with the number of every asset in the box until it returns false, and
// tells whether it never did. The order is that of the Z-curve.
func (b *packed) in(box geo.Box, yield func(uint32) bool) bool {
	if box.IsEmpty() {
		return true
	}
	s := squareOf(box)
	last := s.key + (1<<(2*s.bits) - 1)
	from := b.firstAt(s.key, 0, b.len())
	to := sort.Search(b.len()-from, func(k int) bool { return zkey(b.points[from+k]) > last }) + from
	return b.inSquare(s, box, from, to, yield)
}

// inSquare is in for the assets of one square, which are those numbered from…to-1.
func (b *packed) inSquare(s square, box geo.Box, from, to int, yield func(uint32) bool) bool {
	ground := s.box()
	inner := box.Contains(ground.Min) && box.Contains(ground.Max)
	switch {
	case from == to || !box.Intersects(ground):
		return true
	case inner || to-from <= fewEnough || s.bits == 0:
		for i := from; i < to; i++ {
			if (inner || box.Contains(b.points[i])) && !yield(uint32(i)) {
				return false
			}
		}
		return true
	}
	for q := range 4 {
		part, end := s.quarter(q), to
		if q < 3 {
			end = b.firstAt(s.quarter(q+1).key, from, to)
		}
		if !b.inSquare(part, box, from, end, yield) {
			return false
		}
		from = end
	}
	return true
}

// firstAt is the first number from…to whose key is not below; to when there is none.
func (b *packed) firstAt(key uint64, from, to int) int {
	return from + sort.Search(to-from, func(k int) bool { return zkey(b.points[from+k]) >= key })
}

func (b *packed) bytes() int64 {
	return int64(len(b.text)) + int64(len(b.table))*152 + int64(b.len())*(8+8+4+8+4+4)
}
