package index

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"gridwarden/geo"
)

// pack packs n assets that are points; at(i) gives them in any order, the same each time.
// Two of one key or of one version are a Conflict. It costs sorting them three
// times, and beside the result about forty bytes for each while it runs.
func pack(n int, at func(int) geo.Asset) (*packed, error) {
	b := &packed{
		points:   make([]geo.Coord, n),
		versions: make([]geo.AssetVersion, n),
		profiles: make([]uint32, n),
		texts:    make([]int, n+1),
		bounds:   geo.EmptyBox(),
	}
	order, size := alongCurve(n, at)
	w := writer{packed: b, profiles: map[profile]uint32{}}
	w.text.Grow(size)
	for i, k := range order {
		a := at(int(k.place))
		w.put(i, &a)
	}
	b.text = w.text.String()
	b.texts[n] = len(b.text)
	var orders errgroup.Group
	orders.Go(func() (err error) { b.byVersion, err = b.orderVersions(); return err })
	orders.Go(func() (err error) { b.byKey, err = b.orderKeys(); return err })
	return b, orders.Wait()
}

// keyed is a place and a number to sort it by.
type keyed struct {
	key   uint64
	place uint32
}

func compareKeyed(a, b keyed) int { return cmp.Compare(a.key, b.key) }

// alongCurve is the order of the assets along the Z-curve, and the bytes their text takes.
func alongCurve(n int, at func(int) geo.Asset) (order []keyed, size int) {
	order = make([]keyed, n)
	for i := range order {
		a := at(i)
		order[i] = keyed{zkey(a.Point), uint32(i)}
		size += uvarintLen(len(a.ID)) + len(a.ID) + len(a.Name)
	}
	slices.SortFunc(order, compareKeyed)
	return order, size
}

func uvarintLen(n int) int { return len(binary.AppendUvarint(nil, uint64(n))) }

// writer fills the columns.
type writer struct {
	*packed
	text     strings.Builder
	profiles map[profile]uint32
	length   []byte
}

func (w *writer) put(i int, a *geo.Asset) {
	w.points[i] = a.Point
	w.bounds = w.bounds.Extend(a.Point)
	w.versions[i] = a.Version
	p := profile{a.Category, a.State, a.Authority, a.Owner, a.Maintainer, string(a.Attributes)}
	at, known := w.profiles[p]
	if !known {
		at = uint32(len(w.table))
		w.profiles[p] = at
		w.table = append(w.table, p)
		w.attributes = append(w.attributes, a.Attributes)
	}
	w.packed.profiles[i] = at
	w.texts[i] = w.text.Len()
	w.length = binary.AppendUvarint(w.length[:0], uint64(len(a.ID)))
	w.text.Write(w.length)
	w.text.WriteString(string(a.ID))
	w.text.WriteString(a.Name)
}

// orderVersions sorts by version; one twice is a Conflict.
func (b *packed) orderVersions() ([]uint32, error) {
	order := make([]keyed, b.len())
	for i, v := range b.versions {
		order[i] = keyed{uint64(v) ^ 1<<63, uint32(i)}
	}
	slices.SortFunc(order, compareKeyed)
	places := make([]uint32, len(order))
	for i, k := range order {
		if i > 0 && order[i-1].key == k.key {
			return nil, sameVersion(b.versions[k.place])
		}
		places[i] = k.place
	}
	return places, nil
}

// idKey is an asset with the first 16 bytes of its id, a whole code of the trade, as
// numbers, so that few comparisons go to the text.
type idKey struct {
	high, low uint64
	place     uint32
}

// orderKeys sorts by key; one twice is a Conflict.
func (b *packed) orderKeys() ([]uint32, error) {
	order := make([]idKey, b.len())
	for i := range order {
		var head [16]byte
		copy(head[:], b.id(uint32(i)))
		order[i] = idKey{binary.BigEndian.Uint64(head[:8]), binary.BigEndian.Uint64(head[8:]), uint32(i)}
	}
	slices.SortFunc(order, b.compareKeys)
	places := make([]uint32, len(order))
	for i, k := range order {
		if i > 0 && b.compareKeys(order[i-1], k) == 0 {
			return nil, begunTwice(b.id(k.place))
		}
		places[i] = k.place
	}
	return places, nil
}

func (b *packed) compareKeys(x, y idKey) int {
	switch {
	case x.high != y.high:
		return cmp.Compare(x.high, y.high)
	case x.low != y.low:
		return cmp.Compare(x.low, y.low)
	}
	return b.key(x.place).Compare(b.key(y.place))
}

func begunTwice(id geo.AssetID) error {
	return geo.Errorf(geo.Conflict, "asset %s begins while it is there already; load the view again", id)
}

func sameVersion(v geo.AssetVersion) error {
	return geo.Errorf(geo.Conflict, "two assets have the version %d; load the view again", v)
}
