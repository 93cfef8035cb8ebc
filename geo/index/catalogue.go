package index

import (
	"cmp"
	"encoding/json"
	"slices"

	"gridwarden/geo"
)

// profile is what many assets have in common.
type profile struct {
	Category   geo.CategoryKey
	State      string
	Authority  geo.DepartmentCode
	Owner      geo.DepartmentCode
	Maintainer geo.DepartmentCode
	Attributes string // those duty rows ask for
}

// table is the profiles of a packing. Those of one category follow one another.
type table struct {
	profiles   []profile
	attributes []json.RawMessage // as they are handed out
	kinds      map[geo.CategoryKey]kind
	bits       []uint8 // of each profile the bit of its kind
}

// kind is the profiles of one category, first…end-1, and the bit that marks it among
// others: with more than 64 categories neighbours in number of assets share one.
type kind struct {
	first, end uint32
	bit        uint8
	alone      bool // no other category has the bit
}

func (k kind) mark() uint64 { return 1 << k.bit }

// catalogue numbers profiles in the order they come.
type catalogue struct {
	numbers    map[profile]uint32
	profiles   []profile
	attributes []json.RawMessage
}

func (c *catalogue) of(a *geo.Asset) uint32 {
	p := profile{a.Category, a.State, a.Authority, a.Owner, a.Maintainer, string(a.Attributes)}
	n, known := c.numbers[p]
	if !known {
		if c.numbers == nil {
			c.numbers = map[profile]uint32{}
		}
		n = uint32(len(c.profiles))
		c.numbers[p] = n
		c.profiles = append(c.profiles, p)
		c.attributes = append(c.attributes, a.Attributes)
	}
	return n
}

// sorted is the table of the profiles by category, and for each number given before the
// one it has there.
func (c *catalogue) sorted(chunks [][]row) (t table, renumbered []uint32) {
	order := make([]uint32, len(c.profiles))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, func(a, b uint32) int { return compareCategories(c.profiles[a].Category, c.profiles[b].Category) })
	t = table{
		profiles:   make([]profile, len(order)),
		attributes: make([]json.RawMessage, len(order)),
		kinds:      map[geo.CategoryKey]kind{},
	}
	renumbered = make([]uint32, len(order))
	for i, was := range order {
		t.profiles[i], t.attributes[i], renumbered[was] = c.profiles[was], c.attributes[was], uint32(i)
		k, known := t.kinds[t.profiles[i].Category]
		if !known {
			k.first = uint32(i)
		}
		k.end = uint32(i + 1)
		t.kinds[t.profiles[i].Category] = k
	}
	t.mark(countEach(chunks, renumbered))
	return t, renumbered
}

func compareCategories(a, b geo.CategoryKey) int {
	return cmp.Or(cmp.Compare(a.Standard, b.Standard), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Code, b.Code))
}

func countEach(chunks [][]row, renumbered []uint32) []int {
	counts := make([]int, len(renumbered))
	for _, chunk := range chunks {
		for i := range chunk {
			counts[renumbered[chunk[i].profile]]++
		}
	}
	return counts
}

// mark gives each category a bit, one of its own while they suffice, so that a rare one
// never shares with a frequent one.
func (t *table) mark(counts []int) {
	total := func(k geo.CategoryKey) (n int) {
		for _, c := range counts[t.kinds[k].first:t.kinds[k].end] {
			n += c
		}
		return n
	}
	keys := make([]geo.CategoryKey, 0, len(t.kinds))
	totals := make(map[geo.CategoryKey]int, len(t.kinds))
	for key := range t.kinds {
		keys, totals[key] = append(keys, key), total(key)
	}
	slices.SortFunc(keys, func(a, b geo.CategoryKey) int {
		return cmp.Or(cmp.Compare(totals[a], totals[b]), compareCategories(a, b))
	})
	t.bits = make([]uint8, len(t.profiles))
	for i, key := range keys {
		k := t.kinds[key]
		k.bit, k.alone = uint8(i*64/max(len(keys), 64)), len(keys) <= 64
		t.kinds[key] = k
		for p := k.first; p < k.end; p++ {
			t.bits[p] = k.bit
		}
	}
}
