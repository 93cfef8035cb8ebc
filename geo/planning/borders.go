package planning

import (
	"bytes"
	"encoding/json"
	"maps"
	"math"
	"reflect"
	"slices"

	"gridwarden/geo"
)

// Piece is a straight piece of a border from node to node, the smaller end first.
type Piece [2]geo.Coord

// Moved are the pieces of borders that some areas have before and not after, and those they
// have after and not before, each in order. A piece that only got nodes, or lost some, within
// a unit of where it ran has not moved.
func Moved(before, after []*geo.Area) (gone, come []Piece) {
	was, is := differing(piecesOf(before), piecesOf(after))
	return sorted(was), sorted(is)
}

// SamePieces tells whether pieces run the same way, whatever nodes they have.
func SamePieces(a, b []Piece) bool {
	x, y := differing(setOf(a), setOf(b))
	return len(x)+len(y) == 0
}

func setOf(pieces []Piece) map[Piece]bool {
	set := make(map[Piece]bool, len(pieces))
	for _, p := range pieces {
		set[p] = true
	}
	return set
}

// differing takes out of two sets what runs the same way in both.
func differing(was, is map[Piece]bool) (gone, come map[Piece]bool) {
	for p := range was {
		if is[p] {
			delete(was, p)
			delete(is, p)
		}
	}
	was, is = unmoved(was, is)
	is, was = unmoved(is, was)
	return was, is
}

func sorted(set map[Piece]bool) []Piece {
	return slices.SortedFunc(maps.Keys(set), func(p, q Piece) int {
		if c := p[0].Compare(q[0]); c != 0 {
			return c
		}
		return p[1].Compare(q[1])
	})
}

func piecesOf(areas []*geo.Area) map[Piece]bool {
	pieces := map[Piece]bool{}
	add := func(a, b geo.Coord) {
		if a.Compare(b) > 0 {
			a, b = b, a
		}
		pieces[Piece{a, b}] = true
	}
	for _, area := range areas {
		for _, polygon := range area.Shape.Polygons {
			for _, ring := range polygon {
				for i, b := range ring {
					add(ring[(i+len(ring)-1)%len(ring)], b)
				}
			}
		}
		for _, line := range area.Shape.Lines {
			for i := 1; i < len(line); i++ {
				add(line[i-1], line[i])
			}
		}
	}
	return pieces
}

// unmoved takes out the pieces of one set along which pieces of the other run from end to
// end, and those pieces.
func unmoved(long, short map[Piece]bool) (longs, shorts map[Piece]bool) {
	at := map[geo.Coord][]Piece{}
	for p := range short {
		at[p[0]], at[p[1]] = append(at[p[0]], p), append(at[p[1]], p)
	}
	for p := range long {
		if path := along(p, at); path != nil {
			delete(long, p)
			for _, q := range path {
				delete(short, q)
			}
		}
	}
	return long, short
}

// along is the way from one end of a piece to the other that never leaves it by more than a
// unit nor turns back; nil when there is none.
func along(p Piece, at map[geo.Coord][]Piece) (path []Piece) {
	for here := p[0]; here != p[1]; {
		next := slices.IndexFunc(at[here], func(q Piece) bool { return onward(p, here, other(q, here)) })
		if next < 0 {
			return nil
		}
		q := at[here][next]
		path, here = append(path, q), other(q, here)
	}
	return path
}

func other(q Piece, end geo.Coord) geo.Coord {
	if q[0] == end {
		return q[1]
	}
	return q[0]
}

// onward tells whether c lies within a unit of a piece and further along it than from.
func onward(p Piece, from, c geo.Coord) bool {
	dx, dy := float64(p[1].X)-float64(p[0].X), float64(p[1].Y)-float64(p[0].Y)
	x, y := float64(c.X)-float64(p[0].X), float64(c.Y)-float64(p[0].Y)
	fx, fy := float64(c.X)-float64(from.X), float64(c.Y)-float64(from.Y)
	return math.Abs(dx*y-dy*x) <= math.Hypot(dx, dy) && fx*dx+fy*dy > 0 && x*dx+y*dy <= dx*dx+dy*dy
}

// SameWords tells whether two states of an area say the same, wherever they lie.
func SameWords(a, b *geo.Area) bool {
	return a.Name == b.Name && a.Department == b.Department && a.Parent == b.Parent &&
		a.Side == b.Side && a.Reach == b.Reach && a.Class == b.Class && sameJSON(a.Attributes, b.Attributes)
}

// sameJSON tells whether two documents hold the same, however they are spaced and ordered.
func sameJSON(a, b json.RawMessage) bool {
	if bytes.Equal(a, b) {
		return true
	}
	var x, y map[string]any
	read := func(raw json.RawMessage, v *map[string]any) error {
		if len(raw) == 0 {
			return nil
		}
		d := json.NewDecoder(bytes.NewReader(raw))
		d.UseNumber()
		return d.Decode(v)
	}
	return read(a, &x) == nil && read(b, &y) == nil && (len(x)+len(y) == 0 || reflect.DeepEqual(x, y))
}

// Redrawn tells whether the ground of an area changed, more than by nodes put into its
// border.
func Redrawn(was, is *geo.Area) bool {
	gone, come := Moved([]*geo.Area{was}, []*geo.Area{is})
	return len(gone)+len(come) > 0
}
