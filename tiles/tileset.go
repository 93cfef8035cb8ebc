package tiles

import (
	"iter"
	"slices"

	"github.com/paulmach/orb/maptile"
)

// Set is a set of tiles: some named one by one, some with all that lie below them. The zero
// value holds none. It does not change.
type Set struct {
	all   bool
	each  []number // sorted
	below []number // sorted, none below another
}

// everything holds every tile.
var everything = &Set{all: true}

// number is a tile as a whole number: zoom, column, row.
type number uint64

const placeBits = 22 // of a column or a row at [MaxZoom]

func numberOf(t maptile.Tile) number {
	return number(t.Z)<<(2*placeBits) | number(t.X)<<placeBits | number(t.Y)
}

func (n number) tile() maptile.Tile {
	const mask = 1<<placeBits - 1
	return maptile.New(uint32(n>>placeBits&mask), uint32(n&mask), maptile.Zoom(n>>(2*placeBits)))
}

// above is the tile so many zooms above.
func (n number) above(zooms maptile.Zoom) number {
	t := n.tile()
	return numberOf(maptile.New(t.X>>zooms, t.Y>>zooms, t.Z-zooms))
}

// Has tells whether a tile is in the set. A nil set holds none.
func (s *Set) Has(t maptile.Tile) bool {
	if s == nil || s.all {
		return s != nil
	}
	n := numberOf(t)
	if _, named := slices.BinarySearch(s.each, n); named {
		return true
	}
	return s.covers(n)
}

// covers tells whether a tile is, or lies below, one that stands for all below it.
func (s *Set) covers(n number) bool {
	if len(s.below) == 0 {
		return false
	}
	for up := range n.tile().Z + 1 {
		if _, found := slices.BinarySearch(s.below, n.above(up)); found {
			return true
		}
	}
	return false
}

// All tells whether the set holds every tile: then none is named.
func (s *Set) All() bool { return s != nil && s.all }

// Each are the tiles named one by one, by zoom, column and row.
func (s *Set) Each() iter.Seq[maptile.Tile] { return s.list(func() []number { return s.each }) }

// Below are the tiles that stand for themselves and all below them, none below another.
func (s *Set) Below() iter.Seq[maptile.Tile] { return s.list(func() []number { return s.below }) }

func (s *Set) list(of func() []number) iter.Seq[maptile.Tile] {
	return func(yield func(maptile.Tile) bool) {
		if s == nil {
			return
		}
		for _, n := range of() {
			if !yield(n.tile()) {
				return
			}
		}
	}
}

// Empty tells whether the set holds no tile.
func (s *Set) Empty() bool { return s == nil || !s.all && len(s.each)+len(s.below) == 0 }

func (s *Set) bytes() int { return 8 * (len(s.each) + len(s.below)) }

// newSet is the set of tiles in any order, each any number of times.
func newSet(each, below []number) *Set {
	slices.Sort(below)
	s := &Set{}
	for _, n := range below { // by zoom: what covers others comes before them
		if !s.covers(n) {
			s.below = append(s.below, n)
		}
	}
	slices.Sort(each)
	s.each = slices.DeleteFunc(slices.Compact(each), s.covers)
	return s
}

// union is the set of all tiles of some sets.
func union(sets []*Set) *Set {
	var each, below []number
	for _, s := range sets {
		if s.all {
			return s
		}
		each, below = append(each, s.each...), append(below, s.below...)
	}
	return newSet(each, below)
}
