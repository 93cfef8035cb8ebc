package index

import (
	"math"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"gridwarden/geo"
)

// directory tells for most points of a coverage at once which area holds them. It cuts the
// ground into square sheets, and each [sheet] into as many cells as it has borders. What it
// tells is exact: at a point exactly on a border, and where areas overlap, it tells that it
// does not know, and the tree of boxes is asked. It does not change; update makes the next
// one, which shares the sheets on which nothing changed.
type directory struct {
	bits          uint // the side of a sheet is 2^bits units
	west, south   int  // of the first sheet, in sheets
	width, height int  // in sheets
	sheets        []sheet
	edges         int // of all areas when bits was chosen
	held          int // words of all pieces of memory in which sheets lie, see bind
}

const (
	sheetEdges = 128 // edges of areas for each place in sheets: few enough to make one anew at once
	mostBits   = 30  // so that products of coordinates stay below 2⁶³, see sideOfEdge
)

// newDirectory is the directory of a layer's areas, which have so many edges; nil when
// there are none.
func newDirectory(areas *boxes[*entry], edges int) *directory {
	bounds := areas.bounds()
	if bounds.IsEmpty() {
		return nil
	}
	d := &directory{edges: edges}
	for d.bits = 8; ; d.bits++ {
		d.place(bounds)
		if d.bits == mostBits || d.width*d.height <= d.edges/sheetEdges+1 {
			break
		}
	}
	d.sheets = make([]sheet, d.width*d.height)
	d.draw(areas, d.all())
	return d
}

// place lays the sheets over a box.
func (d *directory) place(b geo.Box) {
	d.west, d.south = int(b.Min.X)>>d.bits, int(b.Min.Y)>>d.bits
	d.width, d.height = int(b.Max.X)>>d.bits-d.west+1, int(b.Max.Y)>>d.bits-d.south+1
}

// update is the directory after what lies in the given boxes changed. Where the layer has
// grown out of its sheets, all are laid anew.
func (d *directory) update(areas *boxes[*entry], edges int, touched []geo.Box) *directory {
	if len(touched) == 0 {
		return d
	}
	bounds := areas.bounds()
	if d == nil || bounds.IsEmpty() {
		return newDirectory(areas, edges)
	}
	next := &directory{bits: d.bits, edges: d.edges, held: d.held}
	next.place(bounds)
	if edges > 2*d.edges || edges < d.edges/4 || next.width*next.height > 2*(d.edges/sheetEdges+1) {
		return newDirectory(areas, edges)
	}
	next.sheets = make([]sheet, next.width*next.height)
	for j := range next.height {
		for i := range next.width {
			next.sheets[j*next.width+i] = *d.sheet(next.west+i, next.south+j)
		}
	}
	next.draw(areas, next.under(touched))
	return next
}

// sheet is the one at a place counted in sheets.
func (d *directory) sheet(i, j int) *sheet {
	if d == nil {
		return &noSheet
	}
	i, j = i-d.west, j-d.south
	if uint(i) >= uint(d.width) || uint(j) >= uint(d.height) {
		return &noSheet
	}
	return &d.sheets[j*d.width+i]
}

// under are the sheets that meet any of the boxes, each once.
func (d *directory) under(boxes []geo.Box) []int {
	var all []int
	for _, b := range boxes {
		// The line between two sheets belongs to both: a border on it is drawn on both.
		for j := max(int(b.Min.Y-1)>>d.bits-d.south, 0); j <= min(int(b.Max.Y)>>d.bits-d.south, d.height-1); j++ {
			for i := max(int(b.Min.X-1)>>d.bits-d.west, 0); i <= min(int(b.Max.X)>>d.bits-d.west, d.width-1); i++ {
				all = append(all, j*d.width+i)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// draw makes sheets anew, on all cores.
func (d *directory) draw(areas *boxes[*entry], which []int) {
	const stretch = 16
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for part := range slices.Chunk(which, max(stretch, len(which)/64)) {
		group.Go(func() error {
			s := surveyor{areas: areas}
			for _, at := range part {
				d.sheets[at] = s.sheet(d.ground(d.west+at%d.width, d.south+at/d.width))
			}
			return nil
		})
	}
	_ = group.Wait() // none of them fails
	d.bind(which)
	if live := d.words(); d.held > 2*live {
		d.held = 0
		d.bind(d.all())
	}
}

// all are the places of all sheets.
func (d *directory) all() []int {
	all := make([]int, len(d.sheets))
	for i := range all {
		all[i] = i
	}
	return all
}

const slabWords = 8 << 20 // at most, in one piece of memory

// bind puts the words of sheets into a few large pieces of memory: none is lost to
// rounding, and the processor need not remember so many pages.
func (d *directory) bind(which []int) {
	var all []*sheet
	for _, at := range which {
		all = append(all, &d.sheets[at])
	}
	size := 0
	for i := 0; i < len(all); i++ {
		s := all[i]
		size += len(s.words)
		s.parts = slices.Clone(s.parts) // the directory before has them too
		for k := range s.parts {
			all = append(all, &s.parts[k])
		}
	}
	d.held += size
	var slab []uint32
	for _, s := range all {
		if cap(slab)-len(slab) < len(s.words) {
			hugePages(slab)
			slab = make([]uint32, 0, min(size, slabWords))
		}
		from := len(slab)
		slab = append(slab, s.words...)
		s.words = slab[from:len(slab):len(slab)]
		size -= len(s.words)
	}
	hugePages(slab)
}

// ground is the square of a sheet.
func (d *directory) ground(i, j int) ground {
	return ground{x: int64(i) << d.bits, y: int64(j) << d.bits, xbits: uint8(d.bits), ybits: uint8(d.bits)}
}

// ground is a rectangle with its first corner at x and y, 2^xbits by 2^ybits units.
type ground struct {
	x, y         int64
	xbits, ybits uint8
}

// box is the ground with all its sides, as far as there are coordinates.
func (g ground) box() geo.Box {
	clamp := func(v int64) int32 { return int32(max(math.MinInt32, min(v, math.MaxInt32))) }
	return geo.Box{
		Min: geo.Coord{X: clamp(g.x), Y: clamp(g.y)},
		Max: geo.Coord{X: clamp(g.x + 1<<g.xbits), Y: clamp(g.y + 1<<g.ybits)},
	}
}

// find is the slot of the area that holds p, 0 for none. known is false where only the
// areas themselves can tell.
func (d *directory) find(p geo.Coord) (slot uint32, known bool) {
	s, cell, x, y := d.at(p).locate(p)
	place := s.resolve(cell, x, y, p)
	if place == nowhere {
		return 0, false
	}
	return s.words[place], true
}

// at is the sheet on which p lies.
func (d *directory) at(p geo.Coord) *sheet {
	if d == nil {
		return &noSheet
	}
	i, j := int(p.X)>>d.bits-d.west, int(p.Y)>>d.bits-d.south
	if uint(i) >= uint(d.width) || uint(j) >= uint(d.height) {
		return &noSheet
	}
	return &d.sheets[j*d.width+i]
}

const (
	flock       = 64             // points whose memory is waited for at once
	unknownSlot = math.MaxUint32 // where only the areas themselves can tell
)

// findAll is find for some points, at most a flock, in passes: each asks for memory that
// the next one needs, so that the waiting for one point goes on beside that for the others.
func (d *directory) findAll(points []geo.Coord, slots *[flock]uint32) {
	var on [flock]struct {
		sheet *sheet
		cell  uint16
		x, y  int32
		place uint32 // in the sheet's words
	}
	for i, p := range points {
		o := &on[i]
		o.sheet, o.cell, o.x, o.y = d.at(p).locate(p)
	}
	for i := range points {
		if o := &on[i]; o.cell&cellKind == blockCell {
			o.place = o.sheet.words[o.sheet.blocks+uint32(o.cell&^cellKind)]
		}
	}
	for i, p := range points {
		o := &on[i]
		o.place = o.sheet.resolve(o.cell, o.x, o.y, p)
	}
	for i := range points {
		slots[i] = unknownSlot
		if o := &on[i]; o.place != nowhere {
			slots[i] = o.sheet.words[o.place]
		}
	}
}

// within is the area that holds a box whose sides no border touches, when it lies in a few
// cells; known is false where that is not so or cannot be seen.
func (d *directory) within(b geo.Box) (slot uint32, known bool) {
	slot, known = d.find(b.Min)
	if !known || slot == 0 {
		return 0, false
	}
	for j := int(b.Min.Y) >> d.bits; j <= int(b.Max.Y)>>d.bits; j++ {
		for i := int(b.Min.X) >> d.bits; i <= int(b.Max.X)>>d.bits; i++ {
			if !d.sheet(i, j).untouched(b, d.ground(i, j)) {
				return 0, false
			}
		}
	}
	return slot, true
}

// words is how many the sheets have.
func (d *directory) words() (n int) {
	for i := range d.sheets {
		n += d.sheets[i].size()
	}
	return n
}

func (d *directory) bytes() int64 {
	if d == nil {
		return 0
	}
	return int64(d.held)*4 + int64(len(d.sheets))*sheetBytes
}
