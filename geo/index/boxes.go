package index

import (
	"github.com/tidwall/rtree"

	"gridwarden/geo"
)

// boxes is an R-tree over the boxes of values. Its numbers are int64 because it multiplies
// sides of boxes to compare areas: the whole earth in units stays below 2⁶³, where int32
// would overflow and float32 would not hold a coordinate. Values are pointers: Delete
// compares them, and panics on values that cannot be compared.
type boxes[T comparable] struct{ rtree.RTreeGN[int64, T] }

func corner(c geo.Coord) [2]int64 { return [2]int64{int64(c.X), int64(c.Y)} }

func (t *boxes[T]) Copy() *boxes[T] { return &boxes[T]{*t.RTreeGN.Copy()} }

func (t *boxes[T]) insert(b geo.Box, value T) { t.Insert(corner(b.Min), corner(b.Max), value) }

func (t *boxes[T]) remove(b geo.Box, value T) { t.Delete(corner(b.Min), corner(b.Max), value) }

// meeting calls yield with every value whose box meets b until it returns false, and
// tells whether it never did.
func (t *boxes[T]) meeting(b geo.Box, yield func(T) bool) bool {
	if b.IsEmpty() {
		return true
	}
	whole := true
	t.Search(corner(b.Min), corner(b.Max), func(_, _ [2]int64, value T) bool {
		whole = yield(value)
		return whole
	})
	return whole
}

// bounds is the box round all values, empty when there are none.
func (t *boxes[T]) bounds() geo.Box {
	if t.Len() == 0 {
		return geo.EmptyBox()
	}
	lo, hi := t.Bounds()
	return geo.Box{Min: geo.Coord{X: int32(lo[0]), Y: int32(lo[1])}, Max: geo.Coord{X: int32(hi[0]), Y: int32(hi[1])}}
}
