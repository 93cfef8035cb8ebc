package plane

import (
	"math"
	"slices"
)

// Box is a closed rectangle.
type Box struct{ MinX, MinY, MaxX, MaxY int64 }

func (b Box) meets(o Box) bool {
	return b.MinX <= o.MaxX && o.MinX <= b.MaxX && b.MinY <= o.MaxY && o.MinY <= b.MaxY
}

func (b Box) union(o Box) Box {
	return Box{min(b.MinX, o.MinX), min(b.MinY, o.MinY), max(b.MaxX, o.MaxX), max(b.MaxY, o.MaxY)}
}

func (b Box) grown(by int64) Box {
	return Box{b.MinX - by, b.MinY - by, b.MaxX + by, b.MaxY + by}
}

// fanout is the number of children of a node of a Tree.
const fanout = 16

// Tree finds boxes that meet a box. It is a packed R-tree: the boxes in Hilbert order in
// one flat array, a level above another, so that hundred-metre grids and borders of
// twenty kilometres live side by side. It never changes after [Pack].
type Tree struct {
	ids    []int32 // of the boxes in packed order
	boxes  []Box   // packed, level by level; the root is last
	levels []int   // where each level starts in boxes
}

// Pack builds a tree over boxes; the id of a box is its place in the slice.
func Pack(boxes []Box) *Tree {
	order := hilbertOrder(boxes)
	t := &Tree{ids: make([]int32, len(boxes)), boxes: make([]Box, 0, len(boxes)+len(boxes)/(fanout-1)+8)}
	for i, key := range order {
		t.ids[i] = int32(uint32(key))
		t.boxes = append(t.boxes, boxes[uint32(key)])
	}
	for start, end := 0, len(t.boxes); ; start, end = end, len(t.boxes) {
		t.levels = append(t.levels, start)
		if end-start <= 1 {
			return t
		}
		for i := start; i < end; i += fanout {
			b := t.boxes[i]
			for _, o := range t.boxes[i+1 : min(i+fanout, end)] {
				b = b.union(o)
			}
			t.boxes = append(t.boxes, b)
		}
	}
}

// Search appends the ids of all boxes that meet b, in no promised order.
func (t *Tree) Search(b Box, found []int32) []int32 {
	if len(t.ids) == 0 {
		return found
	}
	return t.search(b, len(t.levels)-1, 0, found)
}

// search looks below one node; at is its place within its level.
func (t *Tree) search(b Box, level, at int, found []int32) []int32 {
	if !t.boxes[t.levels[level]+at].meets(b) {
		return found
	}
	if level == 0 {
		return append(found, t.ids[at])
	}
	below := t.levels[level] - t.levels[level-1]
	first, last := at*fanout, min((at+1)*fanout, below)
	if level > 1 {
		for i := first; i < last; i++ {
			found = t.search(b, level-1, i, found)
		}
		return found
	}
	for i := first; i < last; i++ {
		if t.boxes[i].meets(b) {
			found = append(found, t.ids[i])
		}
	}
	return found
}

// hilbertOrder gives for each place in Hilbert order the box's id in the low half of the
// number.
func hilbertOrder(boxes []Box) []uint64 {
	all := Box{math.MaxInt64, math.MaxInt64, math.MinInt64, math.MinInt64}
	for _, b := range boxes {
		all = all.union(b)
	}
	scale := func(v, lo, hi int64) uint32 {
		return uint32(float64(v-lo) / float64(hi-lo+1) * (1 << 16))
	}
	keys := make([]uint64, len(boxes))
	for i, b := range boxes {
		x := scale(b.MinX+(b.MaxX-b.MinX)/2, all.MinX, all.MaxX)
		y := scale(b.MinY+(b.MaxY-b.MinY)/2, all.MinY, all.MaxY)
		keys[i] = uint64(hilbert(x, y))<<32 | uint64(i)
	}
	slices.Sort(keys)
	return keys
}

// hilbert is the distance along the Hilbert curve of order 16 (Warren, Hacker's Delight,
// figure 16–8, turned round).
func hilbert(x, y uint32) uint32 {
	var d uint32
	for s := uint32(1 << 15); s > 0; s >>= 1 {
		var rx, ry uint32
		if x&s != 0 {
			rx = 1
		}
		if y&s != 0 {
			ry = 1
		}
		d = d<<2 | (3*rx ^ ry)
		if ry == 0 {
			if rx == 1 {
				x, y = ^x, ^y
			}
			x, y = y, x
		}
	}
	return d
}
