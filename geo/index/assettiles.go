package index

import (
	"math/bits"

	"gridwarden/geo"
)

// AssetPick tells which assets are wanted; a [gridwarden/geo/filter.Filter] is one.
type AssetPick interface {
	Asset(*geo.Asset) bool
	// Category tells whether some assets of a category may be wanted, and whether all are.
	Category(geo.CategoryKey) (some, all bool)
	// Single tells whether assets are told apart by id or name. If not, those alike in
	// category, state and bodies are wanted or not together.
	Single() bool
}

// Look is what a map shows of an asset but its place, id and name: what many share.
type Look struct {
	Category                     geo.CategoryKey
	State                        string
	Authority, Owner, Maintainer geo.DepartmentCode
}

func lookOf(a *geo.Asset) Look {
	return Look{a.Category, a.State, a.Authority, a.Owner, a.Maintainer}
}

// DrawAssets calls draw with every asset wanted whose point lies in the box, in no order.
// look is a number in the looks it gives, each of which is there once, in no order either.
func (s *Snapshot) DrawAssets(box geo.Box, wanted AssetPick, draw func(at geo.Coord, look int, id geo.AssetID, name string)) []Look {
	var looks sorts[Look]
	p := newPicker(s.assets.packed, wanted, func(a *geo.Asset) int32 { return looks.number(lookOf(a)) })
	b := s.assets.packed
	b.in(box, p.some, func(i uint32) bool {
		if s.assets.hidden.has(i) {
			return true
		}
		if look, ok := p.sort(i); ok {
			id, name := record(b.text, b.spots[i].text)
			draw(b.spots[i].point, int(look), id, name)
		}
		return true
	})
	s.assets.boxes.tree.meeting(box, func(e *looseAsset) bool {
		if a := &e.asset; box.Contains(a.Point) && wanted.Asset(a) {
			draw(a.Point, int(looks.number(lookOf(a))), a.ID, a.Name)
		}
		return true
	})
	return looks.all
}

// Cells divide the ground to count in.
type Cells interface {
	// Whole is the cell that holds all of a box. ok is false where more than one has a part
	// of it, or may have.
	Whole(geo.Box) (cell int, ok bool)
	// Of is the cell that holds a place. It is asked for places in the box that Whole was
	// last asked for, or in any other.
	Of(geo.Coord) (cell int)
	// Count is the number of cells, 0…Count-1; any other number is nowhere.
	Count() int
}

// Tally is how many assets there are in each of some cells.
type Tally struct {
	Counts     []uint32          // of each cell
	Categories []geo.CategoryKey // in no order, each once
	Of         [][]uint32        // of each cell, by category; rows end early, and are nil where there are none
}

// MostCategories are as many as are counted apart; so a tally has bounds.
const MostCategories = 1024

// CountAssets counts the assets wanted in a box by cells. With byCategory they are counted
// by category too: but for more than [MostCategories] in the cells, when Of is nil.
func (s *Snapshot) CountAssets(box geo.Box, wanted AssetPick, cells Cells, byCategory bool) *Tally {
	t := &tallier{assets: s.assets, box: box, cells: cells, tally: &Tally{Counts: make([]uint32, cells.Count())}}
	if byCategory {
		t.tally.Of = make([][]uint32, cells.Count())
	}
	t.picker = newPicker(s.assets.packed, wanted, func(a *geo.Asset) int32 {
		if !byCategory {
			return 0
		}
		return t.categories.number(a.Category)
	})
	if n := t.packed.len(); n > 0 {
		t.branch(0, uint32(n))
	}
	s.assets.boxes.tree.meeting(box, func(e *looseAsset) bool {
		if cell := cells.Of(e.asset.Point); t.here(cell) && wanted.Asset(&e.asset) {
			t.add(cell, t.sortOf(&e.asset))
		}
		return true
	})
	if t.tally.Categories = t.categories.all; len(t.tally.Categories) > MostCategories {
		t.tally.Categories, t.tally.Of = nil, nil
	}
	return t.tally
}

// tallier counts by walking down the branches until one lies in one cell.
type tallier struct {
	*assets
	picker
	box        geo.Box
	cells      Cells
	categories sorts[geo.CategoryKey]
	tally      *Tally
}

func (t *tallier) branch(at, to uint32) {
	n := &t.packed.branches[at]
	for q := range 4 {
		ground, first, end := &n.boxes[q], n.first[q], n.end(q, to)
		if n.marks[q]&t.some == 0 || !t.box.Intersects(*ground) {
			continue
		}
		if cell, whole := t.cells.Whole(*ground); whole {
			t.alike(cell, first, end, n.marks[q])
		} else if n.down[q] != 0 {
			t.branch(n.down[q], end)
		} else {
			for i := first; i < end; i++ {
				t.one(t.cells.Of(t.packed.spots[i].point), i)
			}
		}
	}
}

// alike adds the assets first…end-1, all in one cell. Those of categories wanted whole are
// not looked at unless they are told apart.
func (t *tallier) alike(cell int, first, end uint32, marks uint64) {
	if !t.here(cell) {
		return
	}
	gone := t.hidden.among(first, end)
	if marks&^t.every == 0 && t.tally.Of == nil {
		t.tally.Counts[cell] += end - first - gone
		return
	}
	for i := first; i < end; i++ {
		if n := t.asked[t.packed.spots[i].profile]; n > 0 && gone == 0 && !t.single {
			t.add(cell, n-1)
		} else if n != unwanted {
			t.one(cell, i)
		}
	}
}

func (t *tallier) here(cell int) bool { return 0 <= cell && cell < len(t.tally.Counts) }

func (t *tallier) one(cell int, i uint32) {
	if !t.here(cell) || t.hidden.has(i) {
		return
	}
	if t.every == ^uint64(0) && t.tally.Of == nil {
		t.tally.Counts[cell]++
	} else if sort, ok := t.sort(i); ok {
		t.add(cell, sort)
	}
}

// add adds one asset to a cell.
func (t *tallier) add(cell int, sort int32) {
	t.tally.Counts[cell]++
	if t.tally.Of == nil || sort >= MostCategories {
		return
	}
	row := t.tally.Of[cell]
	if int(sort) >= len(row) {
		row = append(row, make([]uint32, int(sort)+1-len(row))...)
		t.tally.Of[cell] = row
	}
	row[sort]++
}

// sorts numbers what it is shown in the order it comes.
type sorts[T comparable] struct {
	all     []T
	numbers map[T]int32
}

func (s *sorts[T]) number(one T) int32 {
	n, known := s.numbers[one]
	if !known {
		if s.numbers == nil {
			s.numbers = map[T]int32{}
		}
		n = int32(len(s.all))
		s.numbers[one], s.all = n, append(s.all, one)
	}
	return n
}

// picker tells which of the packed assets are wanted, and of which sort they are. It asks
// once for each profile, not for each asset, unless assets are wanted one by one.
type picker struct {
	of          *packed
	wanted      AssetPick
	single      bool
	some, every uint64 // marks of the categories of which some may be wanted, and of those of which all are
	sortOf      func(*geo.Asset) int32
	asked       []int32 // of each profile: 0 not yet, unwanted, or one more than the sort of its assets
	scratch     geo.Asset
}

const unwanted = -1

func newPicker(b *packed, wanted AssetPick, sortOf func(*geo.Asset) int32) picker {
	p := picker{of: b, wanted: wanted, single: wanted.Single(), sortOf: sortOf, every: ^uint64(0), asked: make([]int32, len(b.table.profiles))}
	for key, k := range b.table.kinds {
		some, all := wanted.Category(key)
		if some {
			p.some |= k.mark()
		}
		if !all {
			p.every &^= k.mark()
		}
	}
	return p
}

// sort is that of the asset with a number; ok is false when it is not wanted.
func (p *picker) sort(i uint32) (sort int32, ok bool) {
	profile := p.of.spots[i].profile
	known := p.asked[profile]
	if known == unwanted {
		return 0, false
	}
	if known == 0 || p.single && p.every>>p.of.table.bits[profile]&1 == 0 {
		p.scratch = p.of.asset(i)
		if !p.wanted.Asset(&p.scratch) {
			if !p.single {
				p.asked[profile] = unwanted
			}
			return 0, false
		}
		if known == 0 {
			known = p.sortOf(&p.scratch) + 1
			p.asked[profile] = known
		}
	}
	return known - 1, true
}

// among is how many of the places first…end-1 are marked.
func (h *hidden) among(first, end uint32) (n uint32) {
	for page := first >> pageBits; page < uint32(len(h.pages)) && page<<pageBits < end; page++ {
		if h.pages[page] == nil {
			continue
		}
		from, to := max(first, page<<pageBits), min(end, (page+1)<<pageBits)
		for word := from >> 6; word<<6 < to; word++ {
			marks := h.pages[page][word&(1<<pageBits/64-1)]
			if word<<6 < from {
				marks &= ^uint64(0) << (from & 63)
			}
			if (word+1)<<6 > to {
				marks &= ^uint64(0) >> (64 - to&63)
			}
			n += uint32(bits.OnesCount64(marks))
		}
	}
	return n
}
