package index

import (
	"math"
	"math/bits"

	"gridwarden/geo"
)

// sheet is a rectangle of ground cut into cells, each of which tells the area that holds
// all of it, or points to a block: the borders that cross it. All lies in words:
//
//	cells   two to a word, row by row from the south-west: kind in the upper 2 of 16 bits
//	slots   of the areas on the sheet, by which cells and blocks name them; the first is 0,
//	        that of nobody
//	blocks  of the cells that borders cross
//
// A block begins with a head: the areas holding on a side of the cell that no border
// touches, as a mask over the areas of the block. From a point in the cell one goes straight
// to that side, and at each border crossed the mask takes the border's areas out or in.
// Where every side is touched one goes west, then south to the corner.
//
//	head    vertices of the first chain 8 bits, its areas 3+3, more chains 1 |
//	        way 3, areas less one 3, still 1: it is no area's limit, long 1, far 1 | mask 8
//	areas   four to a word, places in slots
//	chain   its start from the corner of the cell, x and y in 16 bits each, or in a long
//	        block its coordinates, a word each; then the steps from vertex to vertex in 16
//	        bits each, or in a far block a word each
//	head    of the next chain, where there is more: only its vertices, areas, more and still
//
// For the ways south and north x and y are swapped.
type sheet struct {
	words        []uint32
	parts        []sheet // of the cells that are cut further
	slots        uint32  // where they begin in words
	blocks       uint32
	xbits, ybits uint8 // a sheet measures 2^xbits by 2^ybits units,
	xcell, ycell uint8 // a cell 2^xcell by 2^ycell
}

// noSheet is where no area is near.
var noSheet = sheet{words: []uint32{0, 0}, slots: 1}

// Kinds of cells.
const (
	wholeCell = iota << 14 // one area, or none, holds all of it: its place in slots
	blockCell              // borders cross it: the place of its block in blocks
	partCell               // it is cut further: its place in parts
	blindCell              // ask the areas themselves
	cellKind  = 3 << 14
)

// Ways to the side with the mask.
const (
	westward = iota
	eastward
	southward
	northward
	cornerward
)

// What heads hold.
const (
	headMore  = 1 << 14
	headWay   = 15
	headAreas = 18
	headStill = 1 << 21
	headLong  = 1 << 22
	headFar   = 1 << 23
	headMask  = 24
)

const blockAreas = 8 // at most, in one block

// locate is the cell at p, on this sheet or the part of it that p lies on, and where in the
// cell p lies.
func (s *sheet) locate(p geo.Coord) (on *sheet, cell uint16, x, y int32) {
	cell, x, y = s.cell(p)
	for cell&cellKind == partCell {
		s = &s.parts[cell&^cellKind]
		cell, x, y = s.cell(p)
	}
	return s, cell, x, y
}

// cell is the cell at p, and where in it p lies.
func (s *sheet) cell(p geo.Coord) (cell uint16, x, y int32) {
	x, y = p.X&(1<<s.xbits-1), p.Y&(1<<s.ybits-1)
	at := uint32(y>>s.ycell)<<(s.xbits-s.xcell) | uint32(x>>s.xcell)
	return uint16(s.words[at>>1] >> (at & 1 * 16)), x & (1<<s.xcell - 1), y & (1<<s.ycell - 1)
}

// nowhere is a place where only the areas themselves can tell.
const nowhere = math.MaxUint32

// resolve is the place in words of the slot of the area at x and y of a cell.
func (s *sheet) resolve(cell uint16, x, y int32, p geo.Coord) (place uint32) {
	place = uint32(cell &^ cellKind)
	switch cell & cellKind {
	case wholeCell:
		return s.slots + place
	case blockCell:
		return s.inBlock(s.words[s.blocks+place:], x, y, p)
	}
	return nowhere
}

// inBlock is resolve in a cell with a block.
func (s *sheet) inBlock(b []uint32, x, y int32, p geo.Coord) (place uint32) {
	head := b[0]
	areas := head>>headAreas&7 + 1
	chains := b[1+(areas+3)/4:]
	way := head >> headWay & 7
	q, c := point{int64(x), int64(y)}, point{int64(p.X) - int64(x), int64(p.Y) - int64(y)}
	swap := -int64(way >> 1 & 1) // south or north
	change := (q.x ^ q.y) & swap
	q.x, q.y = q.x^change, q.y^change
	var mask uint32
	var known bool
	if way == cornerward {
		mask, known = crossedTwice(head, chains, q, c)
	} else {
		change = (c.x ^ c.y) & swap
		mask, known = crossed(head, chains, q, point{c.x ^ change, c.y ^ change})
	}
	switch {
	case !known || mask&(mask-1) != 0:
		return nowhere
	case mask == 0:
		return s.slots
	}
	area := uint32(bits.TrailingZeros32(mask))
	return s.slots + b[1+area/4]>>(area%4*8)&0xff
}

// togglesOf are the areas of a chain as a mask.
func togglesOf(head uint32) uint32 {
	if head&headStill != 0 {
		return 0
	}
	return 1<<(head>>8&7) | 1<<(head>>11&7)
}

// bit is 1 for true; there is no jump in it for the processor to guess.
func bit(b bool) uint32 {
	if b {
		return 1
	}
	return 0
}

// crossed is the mask at a point q of a cell, the corner of which lies at c: each chain that
// is crossed on the straight way to the side has its areas turned. x runs along the way, y
// across. known is false on a border.
//
// The point stands for one moved by (+ε, +ε²), so a vertex as high as the point counts as
// below it, whichever way is taken; on the borders themselves, where ε would decide, the
// areas are asked.
func crossed(head uint32, words []uint32, q, c point) (mask uint32, known bool) {
	mask = head >> headMask
	short := ^head >> headWay & 1 // west or south: borders further back count
	for kind := head; ; {
		v, i := start(kind, words, c)
		v = v.from(q)
		above := bit(v.y > 0)
		odd := uint32(0)
		for range head&0xff - 1 {
			d, next := step(kind, words, i)
			i = next
			rise, run := d.x*v.y, d.y*v.x
			w := point{v.x + d.x, v.y + d.y}
			if rise == run && holdsOrigin(v, w) {
				return 0, false
			}
			was := above
			above = bit(w.y > 0)
			odd ^= (above ^ was) & (bit(rise > run) ^ above ^ short)
			v = w
		}
		mask ^= togglesOf(head) & -odd
		if head&headMore == 0 {
			return mask, true
		}
		head, words = words[i], words[i+1:]
	}
}

// holdsOrigin tells whether the edge from v to w, on the line of which 0 lies, holds it.
func holdsOrigin(v, w point) bool {
	return min(v.x, w.x) <= 0 && max(v.x, w.x) >= 0 && min(v.y, w.y) <= 0 && max(v.y, w.y) >= 0
}

// start is where a chain begins, from the corner at c, and the place of its first step; kind
// is the head of the block.
func start(kind uint32, words []uint32, c point) (from point, first int) {
	if kind&headLong != 0 {
		return wide(words).from(c), 2
	}
	return narrow(words[0]), 1
}

// step is the one at a place, and the place of the next.
func step(kind uint32, words []uint32, i int) (by point, next int) {
	if kind&headFar != 0 {
		return wide(words[i:]), i + 2
	}
	return narrow(words[i]), i + 1
}

func narrow(word uint32) point { return point{int64(int16(word)), int64(int32(word) >> 16)} }

func wide(words []uint32) point { return point{int64(int32(words[0])), int64(int32(words[1]))} }

// crossedTwice is crossed for the way west to the side of the cell and south to its corner.
// It has the loop once more: nearly all look-ups end in one of the two, and a call for each
// step would take longer than the step.
func crossedTwice(head uint32, words []uint32, q, c point) (mask uint32, known bool) {
	mask = head >> headMask
	for kind := head; ; {
		v, i := start(kind, words, c)
		above := bit(v.y > q.y)
		odd := uint32(0)
		for range head&0xff - 1 {
			d, next := step(kind, words, i)
			i = next
			rise, run, west := d.x*(q.y-v.y), d.y*(q.x-v.x), d.y*-v.x
			w := point{v.x + d.x, v.y + d.y}
			if rise == run && holdsOrigin(v.from(q), w.from(q)) {
				return 0, false
			}
			was := above
			above = bit(w.y > q.y)
			odd ^= (above ^ was) & (bit(rise > run) ^ bit(rise > west) ^ bit(rise == west)&bit(d.y < 0))
			if (w.x > 0) != (v.x > 0) {
				odd ^= bit(leftOf(v, w, point{0, q.y}) != leftOf(v, w, point{0, 0}))
			}
			v = w
		}
		mask ^= togglesOf(head) & -odd
		if head&headMore == 0 {
			return mask, true
		}
		head, words = words[i], words[i+1:]
	}
}

// untouched tells whether no border on the sheet, which covers g, touches the box; false
// also where the box meets more cells than a few.
func (s *sheet) untouched(b geo.Box, g ground) bool {
	const few = 16
	x0, x1 := span(int64(b.Min.X)-g.x, int64(b.Max.X)-g.x, s.xcell, 1<<(s.xbits-s.xcell))
	y0, y1 := span(int64(b.Min.Y)-g.y, int64(b.Max.Y)-g.y, s.ycell, 1<<(s.ybits-s.ycell))
	if (x1-x0+1)*(y1-y0+1) > few {
		return false
	}
	for j := y0; j <= y1; j++ {
		for i := x0; i <= x1; i++ {
			at := j<<(s.xbits-s.xcell) | i
			cell := uint16(s.words[at>>1] >> (at & 1 * 16))
			own := ground{g.x + int64(i)<<s.xcell, g.y + int64(j)<<s.ycell, s.xcell, s.ycell}
			if !s.clear(cell, b, own) {
				return false
			}
		}
	}
	return true
}

// clear tells whether no border of a cell, which covers g, touches the box.
func (s *sheet) clear(cell uint16, b geo.Box, g ground) bool {
	place := cell &^ cellKind
	switch cell & cellKind {
	case wholeCell:
		return true
	case blockCell:
		return clearBlock(s.words[s.blocks+uint32(place):], b, g)
	case partCell:
		return s.parts[place].untouched(b, g)
	}
	return false
}
