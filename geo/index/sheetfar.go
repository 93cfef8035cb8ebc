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

// on tells whether q lies exactly on the closed edge from a to b.
func on(a, b, q point) bool {
	return min(a.x, b.x) <= q.x && q.x <= max(a.x, b.x) && min(a.y, b.y) <= q.y && q.y <= max(a.y, b.y) &&
		(b.x-a.x)*(q.y-a.y) == (b.y-a.y)*(q.x-a.x)
}

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

// crossedFar is [crossed] for what is rare: vertices far from the cell, and cells of which
// borders touch every side.
func crossedFar(s *sheet, head uint32, chains []uint32, mask uint32, x, y int32, p geo.Coord) (_ uint32, known bool) {
	way, wide := head>>headWay&7, head&headWide != 0
	q, corner := point{int64(x), int64(y)}, point{}
	if wide {
		q = pointOf(p)
		corner = point{q.x - int64(x), q.y - int64(y)}
	}
	far := point{corner.x + 1<<s.xcell, corner.y + 1<<s.ycell}
	for {
		n := int(head & 0xff)
		odd := false
		a, rest := vertex(chains, wide)
		for range n - 1 {
			var b point
			b, rest = vertex(rest, wide)
			if on(a, b, q) {
				return 0, false
			}
			odd = odd != crossesWay(way, a, b, q, corner, far)
			a = b
		}
		if odd {
			mask ^= togglesOf(head)
		}
		if head&headMore == 0 {
			return mask, true
		}
		head, chains = rest[0], rest[1:]
	}
}

// crossesWay tells whether the way from q to the side of the mask crosses an edge.
func crossesWay(way uint32, a, b, q, corner, far point) bool {
	switch way {
	case westward:
		return crossesEast(a, b, q, corner.x)
	case eastward:
		return crossesEast(a, b, q, far.x)
	case southward:
		return crossesNorth(a, b, q, corner.y)
	case northward:
		return crossesNorth(a, b, q, far.y)
	}
	return crossesEast(a, b, q, corner.x) != crossesNorth(a, b, point{corner.x, q.y}, corner.y)
}

// vertex is the first of a chain, and the rest.
func vertex(chain []uint32, wide bool) (point, []uint32) {
	if wide {
		return point{int64(int32(chain[0])), int64(int32(chain[1]))}, chain[2:]
	}
	w := chain[0]
	return point{int64(int16(w)), int64(int32(w) >> 16)}, chain[1:]
}

// clearBlock tells whether no border of a block, whose cell covers g, touches the box.
func clearBlock(b []uint32, box geo.Box, g ground) bool {
	head := b[0]
	way, wide := head>>headWay&7, head&headWide != 0
	chains := b[1+(head>>headAreas&7+4)/4:]
	place := func(v point) geo.Coord {
		switch {
		case wide:
			return geo.Coord{X: int32(v.x), Y: int32(v.y)}
		case way == southward || way == northward:
			v.x, v.y = v.y, v.x
		}
		return geo.Coord{X: int32(v.x + g.x), Y: int32(v.y + g.y)}
	}
	for {
		a, rest := vertex(chains, wide)
		for range head&0xff - 1 {
			var next point
			next, rest = vertex(rest, wide)
			if geo.SegmentMeets(place(a), place(next), box) {
				return false
			}
			a = next
		}
		if head&headMore == 0 {
			return true
		}
		head, chains = rest[0], rest[1:]
	}
}
