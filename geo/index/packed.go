package index

import (
	"cmp"
	"slices"
	"sort"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"gridwarden/geo"
)

// packed is assets that are points, sorted along the Z-curve. A place among them is its
// asset's number within this packing.
type packed struct {
	spots     []spot
	bits      []uint8 // of their categories
	table     table
	text      []string
	byKey     []uint32
	byVersion []uint32
	bounds    geo.Box // round all points, those hidden since included
	branches  []branch
	veils     *atomic.Pointer[[]*veil] // what it looks like without some categories; nil of no assets
}

// spot is what is asked of an asset once it is found, together in the processor's cache.
type spot struct {
	version geo.AssetVersion
	point   geo.Coord
	profile uint32 // place in table
	text    uint32 // place in text
}

func (b *packed) len() int { return len(b.spots) }

func (b *packed) id(i uint32) geo.AssetID {
	id, _ := record(b.text, b.spots[i].text)
	return id
}

func (b *packed) profile(i uint32) *profile { return &b.table.profiles[b.spots[i].profile] }

// asset is the asset with a number. Its strings share memory with the packing.
func (b *packed) asset(i uint32) geo.Asset {
	id, name := record(b.text, b.spots[i].text)
	p := b.profile(i)
	return geo.Asset{
		Version:    b.spots[i].version,
		ID:         id,
		Category:   p.Category,
		Name:       name,
		State:      p.State,
		Authority:  p.Authority,
		Owner:      p.Owner,
		Maintainer: p.Maintainer,
		Point:      b.spots[i].point,
		Attributes: b.table.attributes[b.spots[i].profile],
	}
}

func (b *packed) key(i uint32) geo.AssetKey {
	return geo.AssetKey{ID: b.id(i), Standard: b.profile(i).Category.Standard}
}

// from is the place in byKey of the first asset whose key is not below.
func (b *packed) from(key geo.AssetKey) int {
	return sort.Search(len(b.byKey), func(k int) bool {
		i := b.byKey[k]
		id := b.id(i)
		return id > key.ID || id == key.ID && b.profile(i).Category.Standard >= key.Standard
	})
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
		return cmp.Compare(b.spots[i].version, v)
	})
	if !found {
		return 0, false
	}
	return b.byVersion[k], true
}

// order sorts by key and by version; two assets of one are a Conflict.
func (b *packed) order() error {
	var both errgroup.Group
	both.Go(b.orderVersions)
	both.Go(b.orderKeys)
	return both.Wait()
}

// keyed is a place and a number to sort it by.
type keyed struct {
	key   uint64
	place uint32
}

func (b *packed) orderVersions() error {
	order := make([]keyed, b.len())
	for i := range order {
		order[i] = keyed{uint64(b.spots[i].version) ^ 1<<63, uint32(i)}
	}
	slices.SortFunc(order, func(x, y keyed) int { return cmp.Compare(x.key, y.key) })
	for i := 1; i < len(order); i++ {
		if order[i-1].key == order[i].key {
			return sameVersion(b.spots[order[i].place].version)
		}
	}
	b.byVersion = placesOf(order)
	return nil
}

func (b *packed) orderKeys() error {
	order := make([]keyed, b.len())
	for i := range order {
		order[i] = keyed{headOf(b.id(uint32(i))), uint32(i)}
	}
	slices.SortFunc(order, b.compareKeys)
	for i := 1; i < len(order); i++ {
		if b.compareKeys(order[i-1], order[i]) == 0 {
			return begunTwice(b.id(order[i].place))
		}
	}
	b.byKey = placesOf(order)
	return nil
}

func placesOf(order []keyed) []uint32 {
	places := make([]uint32, len(order))
	for i, k := range order {
		places[i] = k.place
	}
	return places
}

func (b *packed) compareKeys(x, y keyed) int {
	if x.key != y.key {
		return cmp.Compare(x.key, y.key)
	}
	return b.key(x.place).Compare(b.key(y.place))
}

// headOf is the first 16 digits of an id, a whole code of the trade, as a number that
// orders as the ids do, so that few comparisons go to the text. Of an id that is not all
// digits the first other character is told as below or above them, and no more.
func headOf(id geo.AssetID) (head uint64) {
	const below, zero, above = 1, 2, 12
	for i := range min(len(id), 16) {
		digit := uint64(zero) + uint64(id[i]) - '0'
		switch {
		case id[i] < '0':
			digit = below
		case id[i] > '9':
			digit = above
		}
		head |= digit << (60 - 4*i)
		if digit == below || digit == above {
			break
		}
	}
	return head
}

func begunTwice(id geo.AssetID) error {
	return geo.Errorf(geo.Conflict, "asset %s begins while it is there already; load the view again", id)
}

func sameVersion(v geo.AssetVersion) error {
	return geo.Errorf(geo.Conflict, "two assets have the version %d; load the view again", v)
}

func (b *packed) bytes() int64 {
	n := int64(b.len()) * (8 + 8 + 4 + 1 + 4 + 4 + 4)
	for _, s := range b.text {
		n += int64(len(s))
	}
	return n + int64(len(b.branches))*branchBytes + int64(len(b.table.profiles))*160
}
