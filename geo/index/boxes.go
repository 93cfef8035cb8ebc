package index

import (
	"math"

	"github.com/tidwall/rtree"

	"gridwarden/geo"
)

// boxes is an R-tree over the boxes of values. Its numbers are float64, which hold every
// unit exactly and multiply to areas without overflow. The bits that units leave free move
// each box by its value's own part of a unit: of a hundred thousand values with one box,
// which a tree could only look through one by one, each is found, and taken out, as if it
// stood alone. Values are pointers: Delete compares them, and panics on values that cannot
// be compared.
type boxes[T boxed] struct{ rtree.RTreeGN[float64, T] }

// boxed is a value with a box, and a number that few others of its tree have.
type boxed interface {
	comparable
	number() int64
}

func (e *entry) number() int64      { return int64(e.area.ID) }
func (e *looseAsset) number() int64 { return int64(e.asset.Version) }

// Parts of a unit: 53 bits of a float64 less the 31 of a unit.
const (
	parts     = 1 << 22
	partsLess = 1 - 1.0/parts // the greatest part below a whole unit
)

// corner is a corner of the box of a value, moved by its part of a unit.
func corner(c geo.Coord, number int64) [2]float64 {
	return [2]float64{float64(c.X) + float64(number&(parts-1))/parts, float64(c.Y)}
}

func (t *boxes[T]) Copy() *boxes[T] { return &boxes[T]{*t.RTreeGN.Copy()} }

func (t *boxes[T]) insert(b geo.Box, value T) {
	t.Insert(corner(b.Min, value.number()), corner(b.Max, value.number()), value)
}

func (t *boxes[T]) remove(b geo.Box, value T) {
	t.Delete(corner(b.Min, value.number()), corner(b.Max, value.number()), value)
}

// meeting calls yield with every value whose box meets b until it returns false, and
// tells whether it never did. To be met as before it was moved, a box needs only that b
// goes on to the end of its last unit.
func (t *boxes[T]) meeting(b geo.Box, yield func(T) bool) bool {
	if b.IsEmpty() {
		return true
	}
	whole := true
	least, most := corner(b.Min, 0), corner(b.Max, 0)
	most[0] += partsLess
	t.Search(least, most, func(_, _ [2]float64, value T) bool {
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
	return unmoved(t.Bounds())
}

// nearby calls yield with every value, those of the nearest boxes first by what square says
// of a box, until it returns false.
func (t *boxes[T]) nearby(square func(geo.Box) float64, yield func(value T, square float64) bool) {
	t.Nearby(
		func(lo, hi [2]float64, _ T, _ bool) float64 { return square(unmoved(lo, hi)) },
		func(_, _ [2]float64, value T, square float64) bool { return yield(value, square) },
	)
}

// unmoved is the box round values as they were before their parts of a unit were added.
func unmoved(lo, hi [2]float64) geo.Box {
	return geo.Box{
		Min: geo.Coord{X: int32(math.Floor(lo[0])), Y: int32(lo[1])},
		Max: geo.Coord{X: int32(math.Floor(hi[0])), Y: int32(hi[1])},
	}
}
