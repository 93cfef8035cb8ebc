package index

import "gridwarden/geo"

// point is a coordinate, or a place in a cell, with room for products.
type point struct{ x, y int64 }

func pointOf(c geo.Coord) point { return point{int64(c.X), int64(c.Y)} }

// leftOf tells whether q, moved by (+ε, +ε²), lies left of the line from a to b. It compares
// products below 2⁶³ as long as an edge is less than 2³¹ units long and q at most 2³⁰ units
// beside it.
func leftOf(a, b, q point) bool {
	rise, run := (b.x-a.x)*(q.y-a.y), (b.y-a.y)*(q.x-a.x)
	switch {
	case rise != run:
		return rise > run
	case a.y != b.y:
		return b.y < a.y
	}
	return b.x > a.x
}

// from is the difference to another point.
func (p point) from(o point) point { return point{p.x - o.x, p.y - o.y} }

// turned is the point with x and y swapped.
func (p point) turned() point { return point{p.y, p.x} }

// crossesEast tells whether the way from q to as far east as e, at the height of q, crosses
// the edge from a to b, both ends of the way moved by (+ε, +ε²). With e west of q it is the
// way west.
func crossesEast(a, b, q point, e int64) bool {
	return (a.y <= q.y) != (b.y <= q.y) && leftOf(a, b, q) != leftOf(a, b, point{e, q.y})
}

// crossesNorth is the same for the way from q north or south to n.
func crossesNorth(a, b, q point, n int64) bool {
	return (a.x <= q.x) != (b.x <= q.x) && leftOf(a, b, q) != leftOf(a, b, point{q.x, n})
}

// clearBlock tells whether no border of a block, whose cell covers g, touches the box.
func clearBlock(b []uint32, box geo.Box, g ground) bool {
	head := b[0]
	kind, turned, c := head, false, point{g.x, g.y}
	if way := head >> headWay & 7; way == southward || way == northward {
		turned, c = true, c.turned()
	}
	place := func(v point) geo.Coord {
		v = point{v.x + c.x, v.y + c.y}
		if turned {
			v = v.turned()
		}
		return geo.Coord{X: int32(v.x), Y: int32(v.y)}
	}
	for words := b[1+(head>>headAreas&7+4)/4:]; ; {
		v, i := start(kind, words, c)
		for range head&0xff - 1 {
			d, next := step(kind, words, i)
			i = next
			w := point{v.x + d.x, v.y + d.y}
			if geo.SegmentMeets(place(v), place(w), box) {
				return false
			}
			v = w
		}
		if head&headMore == 0 {
			return true
		}
		head, words = words[i], words[i+1:]
	}
}
