package tiles

import (
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/paulmach/orb/maptile"

	"gridwarden/geo/index"
	"gridwarden/geo/plane"
)

// cellBits: a tile has 2⁶ by 2⁶ cells to count assets in.
const cellBits = 6

// finestCells are those of a zoom before there are too many for the limit; points come first
// where there are any.
func finestCells(z maptile.Zoom) uint {
	if z < pointZoom {
		return cellBits - 1
	}
	return cellBits
}

// leanestAssets is the last step of thrift there is for the assets: one cell a tile.
func leanestAssets(z maptile.Zoom) thrift { return merging + thrift(finestCells(z)) }

// drawCounts draws how many assets stand in each cell of the tile, a point at the middle of
// each that has any. With more thrift a cell is four of those before, and what it counts is
// told as merged, too.
func drawCounts(l *layer, s *index.Snapshot, w *Want, f frame) {
	bits := uint(cellBits)
	if l.thrift >= merging {
		bits = finestCells(f.tile.Z) - uint(l.thrift-merging)
	}
	apart := w.shows("categories", false)
	t := s.CountAssets(f.box(), w.Filter, newCells(f, bits), apart && l.thrift == lavish)
	d := counts{layer: l, frame: f, merged: l.thrift >= merging, reduced: l.thrift >= reduced || apart && t.Of == nil}
	codes := d.codes(t)
	for cell, n := range t.Counts {
		if n == 0 {
			continue
		}
		x, y := int64(cell)&(1<<bits-1), int64(cell)>>bits
		if t.Of != nil {
			d.tell(codes, t.Of[cell])
		}
		width := int64(extent) >> bits
		d.draw(plane.Point{X: x*width + width/2, Y: y*width + width/2}, uint64(n))
		if l.full() {
			return
		}
	}
}

// counts draws numbers of assets.
type counts struct {
	*layer
	frame           frame
	merged, reduced bool // to be told
	drawn           path
}

// counted is a category of a tally, and the attribute that tells its number.
type counted struct {
	category int
	code     string
	column   *column
}

// codes are the categories of a tally in the order they are told in. Those of one code in
// several standards are told as one.
func (d *counts) codes(t *index.Tally) []counted {
	all := make([]counted, len(t.Categories))
	for i, k := range t.Categories {
		all[i] = counted{category: i, code: k.Code}
	}
	slices.SortFunc(all, func(a, b counted) int { return cmp.Compare(a.code, b.code) })
	for i := range all {
		if i > 0 && all[i].code == all[i-1].code {
			all[i].column = all[i-1].column
		} else {
			all[i].column = d.column("count." + all[i].code)
		}
	}
	return all
}

// tell gives the next count the number of each category that is not 0.
func (d *counts) tell(codes []counted, of []uint32) {
	sum := uint64(0)
	for i, c := range codes {
		if c.category < len(of) {
			sum += uint64(of[c.category])
		}
		if last := i+1 == len(codes) || codes[i+1].column != c.column; last && sum > 0 {
			d.numberIn(c.column, sum)
			sum = 0
		}
	}
}

// draw draws how many assets stand at a point of the tile.
func (d *counts) draw(at plane.Point, n uint64) {
	d.number("count", n)
	if d.merged {
		d.number("merged", n)
	}
	if d.reduced {
		d.flag("reduced")
	}
	d.drawn.reset()
	d.drawn.point(at)
	d.feature(d.frame.placeID(at), typePoint, d.drawn.bytes)
}

// placeID is the number of a feature that stands for a place on the grid rather than for one
// thing.
func (f frame) placeID(at plane.Point) uint64 {
	var name [17]byte
	name[0] = byte(f.tile.Z)
	binary.BigEndian.PutUint64(name[1:], uint64(f.x+at.X))
	binary.BigEndian.PutUint64(name[9:], uint64(f.y+at.Y))
	return idsOf(string(AssetsLayer)).of(string(name[:]))
}

// northWestFirst orders row by row from the north-west.
func northWestFirst(a, b plane.Point) int {
	return cmp.Or(cmp.Compare(a.Y, b.Y), cmp.Compare(a.X, b.X))
}
