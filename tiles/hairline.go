package tiles

import "gridwarden/geo/plane"

// area is twice the area of a clipped polygon.
func area(p plane.Polygon) int64 {
	var s int64
	for _, r := range p {
		s += sum(r)
	}
	return s
}

// isHairline tells whether a polygon on the grid is longer than a pixel yet at most about
// a unit wide: a ditch or a strip of verge, of which rounding may leave nothing.
func isHairline(rings []plane.Ring) bool {
	b := boxOf(rings[0])
	var s float64 // a sum over the world does not fit in an integer
	for _, r := range rings {
		for i := 2; i < len(r); i++ {
			s += float64(r[i-1].X-r[0].X)*float64(r[i].Y-r[0].Y) - float64(r[i].X-r[0].X)*float64(r[i-1].Y-r[0].Y)
		}
	}
	return max(b.width(), b.height()) >= pixel && s <= float64(2*(b.width()+b.height()))
}

// thicken moves one bank of a hairline and its holes aside by a unit, across the
// direction it runs in. It is the same bank wherever the ring begins, which is turned.
func thicken(rings []plane.Ring) []plane.Ring {
	b := boxOf(rings[0])
	upright := b.height() > b.width()
	moved := []plane.Ring{partBanks(turned(rings[0]), upright)}
	for _, hole := range rings[1:] {
		r := make(plane.Ring, len(hole))
		for i, p := range hole {
			r[i] = aside(p, upright)
		}
		moved = append(moved, r)
	}
	return moved
}

// partBanks is the ring with the way from its one end to the other moved aside; both
// ends stand in it twice.
func partBanks(r plane.Ring, upright bool) plane.Ring {
	from, to := ends(r, upright)
	parted := make(plane.Ring, 0, len(r)+2)
	for i := from; i <= to; i++ {
		parted = append(parted, aside(r[i], upright))
	}
	parted = append(parted, r[to:]...)
	return append(parted, r[:from+1]...)
}

// aside is the point beside p, across a line that runs upright or level.
func aside(p plane.Point, upright bool) plane.Point {
	if upright {
		p.X++
	} else {
		p.Y++
	}
	return p
}

// ends are the places in the ring of its northernmost and southernmost point, or when it
// does not run upright its westernmost and easternmost, the smaller place first.
func ends(r plane.Ring, upright bool) (from, to int) {
	at := func(i int) int64 {
		if upright {
			return r[i].Y
		}
		return r[i].X
	}
	for i := range r {
		if at(i) < at(from) {
			from = i
		}
		if at(i) > at(to) {
			to = i
		}
	}
	return min(from, to), max(from, to)
}
