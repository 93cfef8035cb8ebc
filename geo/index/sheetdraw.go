package index

import (
	"cmp"
	"math/bits"
	"slices"

	"gridwarden/geo"
)

const (
	edgesForCell = 2  // a sheet is cut into at least one cell for so many edges
	cellsBits    = 10 // and into at most 2^10
	cellEdges    = 24 // a cell with more is cut further
	leastBits    = 4  // but none of whose sides is so short
	partBudget   = 16 // times its edges may appear in the cells of a sheet, parts included
	sheetAreas   = 255
	chainMost    = 255 // vertices in a chain
)

// surveyor draws sheets. It keeps its tools from sheet to sheet.
type surveyor struct {
	areas *boxes[*entry]

	budget  int // edges that may still be put into cells
	borders []boundary
	heads   []int32 // a table of borders by their ends: places in borders, from 1
	next    []int32 // the place of another with the same head, for each border
}

// boundary is an edge, as the first area that has it goes along it, and the areas of which it
// is the limit: nobody is 0, twice where an area goes along it there and back.
type boundary struct {
	a, b geo.Coord
	of   [2]uint32 // slots
}

// sheet draws the ground anew.
func (s *surveyor) sheet(g ground) sheet {
	s.borders, s.next = s.borders[:0], s.next[:0]
	clear(s.heads)
	box := g.box()
	var state []uint32
	s.areas.meeting(box, func(e *entry) bool {
		s.collect(e, box)
		if inside, _ := e.locate(box.Min); inside {
			state = append(state, e.slot)
		}
		return true
	})
	if len(s.borders) == 0 && len(state) == 0 {
		return noSheet
	}
	slices.Sort(state)
	s.budget = partBudget*len(s.borders) + 64
	return s.cut(g, s.borders, state)
}

// collect takes the edges of an area that meet the box. One that is there already, from a
// neighbour, is the border of both.
func (s *surveyor) collect(e *entry, box geo.Box) {
	path := func(ring []geo.Coord) {
		for i := 1; i < len(ring); i++ {
			s.edge(ring[i-1], ring[i], e.slot, box)
		}
	}
	if e.outline != nil {
		e.outline.visit(func(b *geo.Box) bool { return b.Intersects(box) }, func(r *run) { path(r.path) })
		return
	}
	for _, polygon := range e.shape.Polygons {
		for _, ring := range polygon {
			path(ring)
			s.edge(ring[len(ring)-1], ring[0], e.slot, box)
		}
	}
}

func (s *surveyor) edge(a, b geo.Coord, slot uint32, box geo.Box) {
	if a == b || !geo.SegmentMeets(a, b, box) {
		return
	}
	if len(s.borders) == len(s.heads) {
		s.rehash()
	}
	head := s.head(a, b)
	for at := *head; at != 0; at = s.next[at-1] {
		o := &s.borders[at-1]
		if o.a == b && o.b == a || o.a == a && o.b == b {
			if o.limits(slot) {
				return
			}
			break // a third area with this edge overlaps another: it is drawn once more
		}
	}
	s.borders = append(s.borders, boundary{a, b, [2]uint32{slot, 0}})
	s.next = append(s.next, *head)
	*head = int32(len(s.borders))
}

// head is the place in the table of an edge, in whichever direction.
func (s *surveyor) head(a, b geo.Coord) *int32 {
	mix := func(c geo.Coord) uint32 {
		h := (uint32(c.X)*0x9e3779b1 ^ uint32(c.Y)) * 0x85ebca77
		return h ^ h>>15
	}
	return &s.heads[(mix(a)+mix(b))&uint32(len(s.heads)-1)]
}

// rehash makes the table twice as large.
func (s *surveyor) rehash() {
	s.heads = make([]int32, max(2*len(s.heads), 1<<9))
	for i := range s.borders {
		head := s.head(s.borders[i].a, s.borders[i].b)
		s.next[i], *head = *head, int32(i+1)
	}
}

// limits makes a boundary that of one more area, or of one less that goes along it a second
// time; false when it has two others.
func (b *boundary) limits(slot uint32) bool {
	for i, of := range b.of {
		if of == slot {
			b.of[i] = 0
			return true
		}
	}
	for i, of := range b.of {
		if of == 0 {
			b.of[i] = slot
			return true
		}
	}
	return false
}

// cut cuts ground into cells. The state are the slots of the areas that hold its first
// corner, sorted.
func (s *surveyor) cut(g ground, borders []boundary, state []uint32) sheet {
	d := &drawing{surveyor: s, ground: g, borders: borders, sheet: sheet{xbits: g.xbits, ybits: g.ybits}, named: []uint32{0}}
	d.divide(d.areasOf(state))
	d.assign()
	if s.budget < 0 && len(borders) > cellEdges {
		d.blind()
		return d.sheet
	}
	d.fill(state)
	return d.sheet
}

// drawing is one sheet in the making.
type drawing struct {
	*surveyor
	ground
	sheet
	borders []boundary

	columns, rows int
	starts        []int32 // where the borders of each cell begin in members
	members       []int32 // places in borders
	coarse        bool    // too many areas to name: whatever has a border is cut further
	codes         []uint16
	named         []uint32   // the slots, as in words: first nobody's
	body          []uint32   // the blocks
	chosen        []boundary // of the cell at hand
	scratch       []uint32   // its block
}

// areasOf counts the areas on the sheet, up to one more than can be named.
func (d *drawing) areasOf(state []uint32) int {
	named := slices.Clone(state)
	for i := range d.borders {
		if i > 0 && d.borders[i].of == d.borders[i-1].of {
			continue
		}
		for _, slot := range d.borders[i].of {
			if slot != 0 && len(named) <= sheetAreas && !slices.Contains(named, slot) {
				named = append(named, slot)
			}
		}
	}
	return len(named)
}

// divide chooses the cells.
func (d *drawing) divide(areas int) {
	n := bits.Len(uint(max(len(d.borders)-1, 0) / edgesForCell))
	if d.coarse = areas > sheetAreas; d.coarse {
		n = 4
	}
	n = min(n, cellsBits)
	d.xcell = d.sheet.xbits - uint8(min((n+1)/2, int(d.sheet.xbits)))
	d.ycell = d.sheet.ybits - uint8(min(n/2, int(d.sheet.ybits)))
	d.columns, d.rows = 1<<(d.sheet.xbits-d.xcell), 1<<(d.sheet.ybits-d.ycell)
}

// cellAt is the ground of a cell.
func (d *drawing) cellAt(i, j int) ground {
	return ground{x: d.x + int64(i)<<d.xcell, y: d.y + int64(j)<<d.ycell, xbits: d.xcell, ybits: d.ycell}
}

// assign finds the borders that meet each cell, its sides included.
func (d *drawing) assign() {
	counts := make([]int32, d.columns*d.rows+1)
	d.eachMeeting(func(_ int, cell int) { counts[cell+1]++ })
	for i := 1; i < len(counts); i++ {
		counts[i] += counts[i-1]
	}
	d.starts = counts
	d.members = make([]int32, counts[len(counts)-1])
	next := slices.Clone(counts)
	d.eachMeeting(func(border, cell int) {
		d.members[next[cell]] = int32(border)
		next[cell]++
	})
	d.budget -= len(d.members)
}

// eachMeeting calls do for each border and each cell that it meets.
func (d *drawing) eachMeeting(do func(border, cell int)) {
	for k := range d.borders {
		b := &d.borders[k]
		south, north := span(int64(min(b.a.Y, b.b.Y))-d.y, int64(max(b.a.Y, b.b.Y))-d.y, d.ycell, d.rows)
		for j := south; j <= north; j++ {
			west, east := d.along(b, j)
			for i := west; i <= east; i++ {
				if west == east && south == north || geo.SegmentMeets(b.a, b.b, d.cellAt(i, j).box()) {
					do(k, j*d.columns+i)
				}
			}
		}
	}
}

// span are the cells, counted from 0 to most-1, whose closed stretch meets lo…hi.
func span(lo, hi int64, bits uint8, most int) (from, to int) {
	return int(max((lo-1)>>bits, 0)), int(min(hi>>bits, int64(most-1)))
}

// along are the columns that a border can meet in a row: those under the part of it between
// the row's sides, with a little more than rounding could take away.
func (d *drawing) along(b *boundary, row int) (west, east int) {
	lo, hi := b.a, b.b
	if lo.Y > hi.Y {
		lo, hi = hi, lo
	}
	x0, x1 := float64(lo.X), float64(hi.X)
	if lo.Y != hi.Y {
		slope := (float64(hi.X) - float64(lo.X)) / (float64(hi.Y) - float64(lo.Y))
		bottom := float64(d.y + int64(row)<<d.ycell)
		top := bottom + float64(int64(1)<<d.ycell)
		if bottom > float64(lo.Y) {
			x0 = float64(lo.X) + slope*(bottom-float64(lo.Y))
		}
		if top < float64(hi.Y) {
			x1 = float64(lo.X) + slope*(top-float64(lo.Y))
		}
	}
	return span(int64(min(x0, x1))-2-d.x, int64(max(x0, x1))+2-d.x, d.xcell, d.columns)
}

// of are the borders that meet a cell; the slice holds until the next call.
func (d *drawing) of(cell int) []boundary {
	d.chosen = d.chosen[:0]
	for _, k := range d.members[d.starts[cell]:d.starts[cell+1]] {
		d.chosen = append(d.chosen, d.borders[k])
	}
	return d.chosen
}

// fill makes the cells, going from corner to corner with the areas that hold each.
func (d *drawing) fill(state []uint32) {
	d.codes = make([]uint16, d.columns*d.rows+1)
	first := slices.Clone(state)
	for j := range d.rows {
		at := slices.Clone(first)
		for i := range d.columns {
			cell := j*d.columns + i
			borders, g := d.of(cell), d.cellAt(i, j)
			d.codes[cell] = d.cell(g, borders, at)
			if i == 0 {
				first = north(borders, g, first)
			}
			at = east(borders, g, at)
		}
	}
	d.finish()
}

// east are the areas at the next corner east.
func east(borders []boundary, g ground, state []uint32) []uint32 {
	for i := range borders {
		if b := &borders[i]; crossesEast(pointOf(b.a), pointOf(b.b), point{g.x, g.y}, g.x+1<<g.xbits) {
			state = turn(state, b)
		}
	}
	return state
}

// north are the areas at the next corner north.
func north(borders []boundary, g ground, state []uint32) []uint32 {
	for i := range borders {
		if b := &borders[i]; crossesNorth(pointOf(b.a), pointOf(b.b), point{g.x, g.y}, g.y+1<<g.ybits) {
			state = turn(state, b)
		}
	}
	return state
}

// turn is the state on the other side of a border.
func turn(state []uint32, b *boundary) []uint32 {
	for _, slot := range b.of {
		if slot == 0 {
			continue
		}
		if at, there := slices.BinarySearch(state, slot); there {
			state = slices.Delete(state, at, at+1)
		} else {
			state = slices.Insert(state, at, slot)
		}
	}
	return state
}

// cell is the code of one cell.
func (d *drawing) cell(g ground, borders []boundary, state []uint32) uint16 {
	switch {
	case len(borders) == 0 && len(state) == 0:
		return wholeCell
	case len(borders) == 0 && len(state) == 1:
		if at := d.name(state[0]); at >= 0 {
			return wholeCell | uint16(at)
		}
		return blindCell
	case len(borders) == 0:
		return blindCell // areas overlap
	}
	if len(borders) <= cellEdges && !d.coarse {
		if code, fits := d.block(g, borders, state); fits {
			return code
		}
	}
	if d.budget < len(borders) || g.xbits <= leastBits || g.ybits <= leastBits {
		return blindCell
	}
	d.parts = append(d.parts, d.surveyor.cut(g, slices.Clone(borders), state))
	return partCell | uint16(len(d.parts)-1)
}

// name is the place of a slot on the sheet, -1 when there is no room for another.
func (d *drawing) name(slot uint32) int {
	if at := slices.Index(d.named, slot); at >= 0 {
		return at
	}
	if len(d.named) > sheetAreas {
		return -1
	}
	d.named = append(d.named, slot)
	return len(d.named) - 1
}

// blind makes the sheet one cell that tells nothing.
func (d *drawing) blind() {
	d.xcell, d.ycell = d.sheet.xbits, d.sheet.ybits
	d.columns, d.rows = 1, 1
	d.codes = []uint16{blindCell, 0}
	d.finish()
}

// finish puts the words together.
func (d *drawing) finish() {
	cells := (d.columns*d.rows + 1) / 2
	words := make([]uint32, 0, cells+len(d.named)+len(d.body))
	for i := range cells {
		words = append(words, uint32(d.codes[2*i])|uint32(d.codes[2*i+1])<<16)
	}
	d.slots = uint32(len(words))
	words = append(words, d.named...)
	d.blocks = uint32(len(words))
	d.words = append(words, d.body...)
	d.parts = slices.Clip(d.parts)
}

// block draws the borders of a cell. fits is false where they need more room than a block
// or the sheet has.
func (d *drawing) block(g ground, borders []boundary, state []uint32) (code uint16, fits bool) {
	k := crossing{ground: g}
	k.choose(borders, state)
	for _, slot := range k.state {
		k.add(slot)
	}
	for i := range borders {
		for _, slot := range borders[i].of {
			if slot != 0 {
				k.add(slot)
			}
		}
	}
	if len(k.areas) == 0 {
		k.add(0)
	}
	if len(k.areas) > blockAreas || len(d.body) >= 1<<14 {
		return 0, false
	}
	words := append(d.scratch[:0], 0)
	for i, slot := range k.areas {
		at := d.name(slot)
		if at < 0 {
			return 0, false
		}
		if i%4 == 0 {
			words = append(words, 0)
		}
		words[len(words)-1] |= uint32(at) << (i % 4 * 8)
	}
	words = k.chains(words, borders)
	d.scratch = words
	at := len(d.body)
	d.body = append(d.body, words...)
	return blockCell | uint16(at), true
}

// crossing is the block of one cell in the making.
type crossing struct {
	ground
	kind  uint32 // headLong, headFar
	way   uint32
	state []uint32 // the areas on the side that the way leads to
	areas []uint32
}

// choose finds a side that no border touches.
func (k *crossing) choose(borders []boundary, state []uint32) {
	box := k.box()
	free := func(side geo.Box) bool {
		return !slices.ContainsFunc(borders, func(b boundary) bool { return geo.SegmentMeets(b.a, b.b, side) })
	}
	k.state = state
	switch {
	case free(geo.Box{Min: box.Min, Max: geo.Coord{X: box.Min.X, Y: box.Max.Y}}):
		k.way = westward
	case free(geo.Box{Min: box.Min, Max: geo.Coord{X: box.Max.X, Y: box.Min.Y}}):
		k.way = southward
	case free(geo.Box{Min: geo.Coord{X: box.Max.X, Y: box.Min.Y}, Max: box.Max}):
		k.way, k.state = eastward, east(borders, k.ground, slices.Clone(state))
	case free(geo.Box{Min: geo.Coord{X: box.Min.X, Y: box.Max.Y}, Max: box.Max}):
		k.way, k.state = northward, north(borders, k.ground, slices.Clone(state))
	default:
		k.way = cornerward
	}
}

func (k *crossing) add(slot uint32) {
	if !slices.Contains(k.areas, slot) {
		k.areas = append(k.areas, slot)
	}
}

// chains writes the borders, those that follow one another as one chain, and the heads.
func (k *crossing) chains(words []uint32, borders []boundary) []uint32 {
	k.kind = k.kindOf(borders)
	at := 0 // of the head at hand
	for i := range borders {
		b := &borders[i]
		follows := i > 0 && borders[i-1].b == b.a && borders[i-1].of == b.of && words[at]&0xff < chainMost
		if !follows {
			if i > 0 {
				words[at] |= headMore
				at = len(words)
				words = append(words, 0)
			}
			words[at] = k.toggles(b) | 1
			words = k.start(words, b.a)
		}
		words[at]++
		words = k.step(words, b)
	}
	words[0] |= k.kind | k.way<<headWay | uint32(len(k.areas)-1)<<headAreas
	for _, slot := range k.state {
		words[0] |= 1 << slices.Index(k.areas, slot) << headMask
	}
	return words
}

// kindOf tells in the bits of a head whether 16 bits are too few for where a border begins,
// or for how long one is.
func (k *crossing) kindOf(borders []boundary) (kind uint32) {
	for i := range borders {
		b := &borders[i]
		if !isNarrow(pointOf(b.a).from(point{k.x, k.y})) {
			kind |= headLong
		}
		if !isNarrow(pointOf(b.b).from(pointOf(b.a))) {
			kind |= headFar
		}
	}
	return kind
}

// toggles are the areas of a chain, as a head holds them; a single one twice.
func (k *crossing) toggles(b *boundary) uint32 {
	if b.of == [2]uint32{} {
		return headStill
	}
	one := cmp.Or(b.of[0], b.of[1])
	other := cmp.Or(b.of[1], b.of[0])
	return uint32(slices.Index(k.areas, one))<<8 | uint32(slices.Index(k.areas, other))<<11
}

// start writes where a chain begins.
func (k *crossing) start(words []uint32, c geo.Coord) []uint32 {
	if k.kind&headLong != 0 {
		return appendWide(words, k.turned(pointOf(c)))
	}
	return appendNarrow(words, k.turned(pointOf(c).from(point{k.x, k.y})))
}

// step writes how a chain goes on.
func (k *crossing) step(words []uint32, b *boundary) []uint32 {
	d := k.turned(pointOf(b.b).from(pointOf(b.a)))
	if k.kind&headFar != 0 {
		return appendWide(words, d)
	}
	return appendNarrow(words, d)
}

func isNarrow(p point) bool { return p == point{int64(int16(p.x)), int64(int16(p.y))} }

func appendNarrow(words []uint32, p point) []uint32 {
	return append(words, uint32(uint16(p.x))|uint32(uint16(p.y))<<16)
}

func appendWide(words []uint32, p point) []uint32 { return append(words, uint32(p.x), uint32(p.y)) }

// turned swaps x and y for the ways south and north.
func (k *crossing) turned(p point) point {
	if k.way == southward || k.way == northward {
		return p.turned()
	}
	return p
}

// size is how many words a sheet has, its parts included.
func (s *sheet) size() int {
	n := len(s.words)
	for i := range s.parts {
		n += s.parts[i].size()
	}
	return n
}

const sheetBytes = 64 // the value itself
