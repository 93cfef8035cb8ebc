package index

import (
	"cmp"
	"encoding/binary"
	mathbits "math/bits"
	"slices"

	"gridwarden/geo"
)

// Near is an asset and how far away it is.
type Near struct {
	Asset  geo.Asset
	Metres float64 // to its point or shape; 0 inside a patch
}

// CompareNear orders assets by distance, then key.
func CompareNear(a, b Near) int {
	return cmp.Or(cmp.Compare(a.Metres, b.Metres), a.Asset.Key().Compare(b.Asset.Key()))
}

// NearestAssets are the assets of a category, where states are named those in one of them,
// not further than the given metres from p: nearest first, then by key, at most limit of
// them; none for a limit below 1. It costs little more for a generous number of metres
// than for a small one.
func (s *Snapshot) NearestAssets(p geo.Coord, c geo.CategoryKey, metres float64, limit int, states ...string) []Near {
	if limit < 1 || !(metres >= 0) {
		return nil
	}
	var room [4]hit
	n := nearby{assets: s.assets, at: p, frame: geo.FrameAt(p), metres: metres, limit: limit, states: states, found: room[:0]}
	n.east, n.north = n.frame.Scales()
	n.reach()
	if k, known := s.assets.packed.table.kinds[c]; known {
		n.kind = k
		n.branch(0, uint32(s.assets.packed.len()))
	}
	if s.assets.byKey.tree.Len() > 0 {
		n.loose(c)
	}
	return n.answer()
}

// hit is an asset that was found: a loose one, or that of a number in the packing.
type hit struct {
	metres float64
	loose  *looseAsset
	packed uint32
}

// nearby keeps the nearest few: the first limit as they come, then the furthest first.
type nearby struct {
	*assets
	at          geo.Coord
	frame       geo.Frame
	east, north float64 // metres of one unit
	metres      float64 // nothing further counts
	square      float64 // of metres, a hair more: what is beyond need not be measured
	limit       int
	kind        kind
	states      []string // any when empty
	found       []hit
}

// reach follows a change of metres. The squares are rounded otherwise than distances are.
func (n *nearby) reach() { n.square = n.metres * n.metres * (1 + 1e-12) }

// squareTo is the square of the metres to the nearest place of a box; 0 inside.
func (n *nearby) squareTo(b *geo.Box) float64 {
	x := float64(max(int64(b.Min.X)-int64(n.at.X), int64(n.at.X)-int64(b.Max.X), 0)) * n.east
	y := float64(max(int64(b.Min.Y)-int64(n.at.Y), int64(n.at.Y)-int64(b.Max.Y), 0)) * n.north
	return x*x + y*y
}

// branch looks into the quarters that bear the mark, the nearest first.
func (n *nearby) branch(at, to uint32) {
	b, mark := &n.packed.branches[at], n.kind.mark()
	var order [4]struct {
		square float64
		q      int
	}
	open := 0
	for q := range 4 {
		if b.marks[q]&mark == 0 {
			continue
		}
		square := n.squareTo(&b.boxes[q])
		if square > n.square {
			continue
		}
		i := open
		for ; i > 0 && order[i-1].square > square; i-- {
			order[i] = order[i-1]
		}
		order[i].square, order[i].q = square, q
		open++
	}
	for i := range open {
		if order[i].square > n.square {
			return
		}
		q := order[i].q
		if b.down[q] != 0 {
			n.branch(b.down[q], b.end(q, to))
		} else {
			n.points(b.first[q], b.end(q, to))
		}
	}
}

// points looks at the assets from…to-1, at the bits of eight categories at a time.
func (n *nearby) points(from, to uint32) {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	bits := n.packed.bits[from:to]
	for ; len(bits) >= 8; bits, from = bits[8:], from+8 {
		differ := binary.LittleEndian.Uint64(bits) ^ ones*uint64(n.kind.bit)
		for equal := (differ - ones) &^ differ & highs; equal != 0; equal &= equal - 1 {
			n.point(from + uint32(mathbits.TrailingZeros64(equal)/8))
		}
	}
	for i, bit := range bits {
		if bit == n.kind.bit {
			n.point(from + uint32(i))
		}
	}
}

// point looks at one asset, which probably is of the kind asked for.
func (n *nearby) point(i uint32) {
	p := n.packed
	spot := &p.spots[i]
	c := spot.point
	if n.squareTo(&geo.Box{Min: c, Max: c}) > n.square || p.bits[i] != n.kind.bit || n.hidden.has(i) {
		return
	}
	if !n.kind.alone && (spot.profile < n.kind.first || spot.profile >= n.kind.end) {
		return
	}
	if len(n.states) > 0 && !slices.Contains(n.states, p.profile(i).State) {
		return
	}
	if d := n.frame.Distance(c); d <= n.metres {
		n.add(hit{metres: d, packed: i})
	}
}

func (n *nearby) inState(state string) bool {
	return len(n.states) == 0 || slices.Contains(n.states, state)
}

// loose looks at the loose assets, those of the nearest boxes first.
func (n *nearby) loose(c geo.CategoryKey) {
	square := func(b geo.Box) float64 { return n.squareTo(&b) }
	n.boxes.tree.nearby(square, func(e *looseAsset, square float64) bool {
		if square > n.square {
			return false
		}
		if e.asset.Category == c && n.inState(e.asset.State) {
			if d, ok := e.metresFrom(n.at, n.metres); ok {
				n.add(hit{metres: d, loose: e})
			}
		}
		return true
	})
}

// metresFrom is how far p is from the asset; ok is false beyond limit.
func (e *looseAsset) metresFrom(p geo.Coord, limit float64) (metres float64, ok bool) {
	if e.shape == nil {
		metres = geo.FrameAt(p).Distance(e.asset.Point)
		return metres, metres <= limit
	}
	return e.distance(p, limit)
}

// add keeps a hit, if need be instead of the furthest.
func (n *nearby) add(h hit) {
	if len(n.found) < n.limit {
		n.found = append(n.found, h)
		if len(n.found) == n.limit {
			for i := n.limit/2 - 1; i >= 0; i-- {
				n.sink(i)
			}
			n.metres = n.found[0].metres
			n.reach()
		}
		return
	}
	if n.compare(&h, &n.found[0]) < 0 {
		n.found[0] = h
		n.sink(0)
		n.metres = n.found[0].metres
		n.reach()
	}
}

// sink moves the hit at i down to its place among those found, the furthest first.
func (n *nearby) sink(i int) {
	for {
		most := 2*i + 1
		if most >= len(n.found) {
			return
		}
		if right := most + 1; right < len(n.found) && n.compare(&n.found[right], &n.found[most]) > 0 {
			most = right
		}
		if n.compare(&n.found[i], &n.found[most]) >= 0 {
			return
		}
		n.found[i], n.found[most] = n.found[most], n.found[i]
		i = most
	}
}

func (n *nearby) compare(a, b *hit) int {
	if a.metres != b.metres {
		return cmp.Compare(a.metres, b.metres)
	}
	return n.keyOf(a).Compare(n.keyOf(b))
}

func (n *nearby) keyOf(h *hit) geo.AssetKey {
	if h.loose != nil {
		return h.loose.asset.Key()
	}
	return n.packed.key(h.packed)
}

// answer are the assets found, in order; nil when there are none.
func (n *nearby) answer() []Near {
	if len(n.found) == 0 {
		return nil
	}
	slices.SortFunc(n.found, func(a, b hit) int { return n.compare(&a, &b) })
	all := make([]Near, len(n.found))
	for i, h := range n.found {
		all[i].Metres = h.metres
		if h.loose != nil {
			all[i].Asset = h.loose.asset
		} else {
			all[i].Asset = n.packed.asset(h.packed)
		}
	}
	return all
}

// AssetDistance is how far p is in metres from an asset: from its point or shape, 0 inside
// a patch.
func (*Snapshot) AssetDistance(a *geo.Asset, p geo.Coord) float64 {
	if a.Shape == nil {
		return geo.FrameAt(p).Distance(a.Point)
	}
	f := newFigure(a.Shape)
	metres, _ := f.distance(p, everywhere)
	return metres
}

// everywhere is further in metres than anything on earth.
const everywhere = 3e7
