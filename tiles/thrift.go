package tiles

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/plane"
)

// thrift is how little is drawn of a layer to keep a tile within its limit: everything,
// then no attributes beside code and id, then step by step fewer features that stand for
// more. Whatever it leaves out is told, and depends on nothing but what the tile shows.
type thrift uint8

const (
	lavish  thrift = iota
	reduced        // without attributes beside code and id
	merging        // and from here on with fewer features at each step
)

// sieve is a step of what is left when there is no layer above: what is drawn smaller than
// a length is counted in squares of a side, both in units.
type sieve struct{ smaller, side int64 }

// sieves are the steps, from the finest: the last leaves 64 squares.
func sieves() []sieve {
	return []sieve{{pixel, 64}, {64, 64}, {512, 512}, {math.MaxInt64, 512}}
}

// thriftiest is the last step there is for a layer at a zoom.
func thriftiest(s *index.Snapshot, n geo.LayerName, z maptile.Zoom) thrift {
	if n == AssetsLayer {
		return leanestAssets(z)
	}
	in := standInAt(s, n, z)
	return merging + thrift(len(in.above)+len(sieves())-1)
}

// heap counts what fell through a sieve, by the north-west corners of squares.
type heap struct {
	*sieve // nil keeps everything
	counts map[plane.Point]uint64
}

// takes tells whether something drawn falls through; then it is counted, but for what lies
// in the buffer.
func (h *heap) takes(around extentBox, merged uint64) bool {
	if h.sieve == nil || max(around.width(), around.height()) >= h.smaller {
		return false
	}
	x, y := (around.min.X+around.max.X)>>1, (around.min.Y+around.max.Y)>>1
	if 0 <= x && x < extent && 0 <= y && y < extent {
		h.counts[plane.Point{X: x - x%h.side, Y: y - y%h.side}] += max(1, merged)
	}
	return true
}

// draw draws the squares, row by row from the north-west.
func (h *heap) draw(l *layer, t maptile.Tile) {
	var drawn path
	for _, nw := range slices.SortedFunc(maps.Keys(h.counts), northWestFirst) {
		drawn.reset()
		drawn.ring(plane.Ring{nw, {X: nw.X + h.side, Y: nw.Y}, {X: nw.X + h.side, Y: nw.Y + h.side}, {X: nw.X, Y: nw.Y + h.side}}, 0)
		l.number("merged", h.counts[nw])
		l.feature(FeatureID(l.name, squareName(t, nw)), typePolygon, drawn.bytes)
	}
}

// squareName tells a square from all others.
func squareName(t maptile.Tile, nw plane.Point) string {
	return fmt.Sprintf("%d/%d/%d %d,%d", t.Z, t.X, t.Y, nw.X, nw.Y)
}
