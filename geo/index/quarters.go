package index

import (
	"math/bits"
	"sort"

	"gridwarden/geo"
)

// branch is a part of the Z-curve in four: a square and its quarters, the empty parts of
// it left out. Its assets are those of its quarters, one after the other. It takes two
// lines of the processor's cache, and all that is asked on the way down is in them.
type branch struct {
	boxes [4]geo.Box // round the assets of each quarter
	marks [4]uint64  // of the categories of each quarter
	first [4]uint32  // the number of each quarter's first asset
	down  [4]uint32  // the branch of the quarter; 0 when its assets are looked at one by one
}

const branchBytes = 128

// fewEnough is the number of assets that are looked at one by one rather than parted.
const fewEnough = 64

// plant makes the branches over the sorted points.
func (b *packed) plant() {
	b.bounds = geo.EmptyBox()
	if b.len() == 0 {
		return
	}
	b.branches = make([]branch, 1, 1+b.len()/fewEnough)
	if b.parted(0, uint32(b.len())) {
		b.part(0, 0, uint32(b.len()))
	} else {
		root := branch{first: [4]uint32{0, uint32(b.len()), uint32(b.len()), uint32(b.len())}}
		b.branches[0] = root
	}
	for q := range 4 {
		b.survey(0, q, uint32(b.len()))
		b.bounds = b.bounds.Union(b.branches[0].boxes[q])
	}
}

// parted tells whether the assets from…to-1 are parted further: those on one spot cannot
// be.
func (b *packed) parted(from, to uint32) bool {
	return to-from > fewEnough && b.spots[from].point != b.spots[to-1].point
}

// part divides the assets from…to-1 among the quarters of the branch at a place.
func (b *packed) part(at int, from, to uint32) {
	lo, hi := zkey(b.spots[from].point), zkey(b.spots[to-1].point)
	shift := (bits.Len64(lo^hi) - 1) &^ 1 // the pair of bits in which they first differ
	base := lo >> shift &^ 3
	var ends [5]uint32
	ends[0], ends[4] = from, to
	for q := uint32(1); q < 4; q++ {
		edge := (base | uint64(q)) << shift
		ends[q] = ends[q-1] + uint32(sort.Search(int(to-ends[q-1]), func(k int) bool {
			return zkey(b.spots[ends[q-1]+uint32(k)].point) >= edge
		}))
	}
	for q := range 4 {
		b.branches[at].first[q] = ends[q]
		if b.parted(ends[q], max(ends[q], ends[q+1])) {
			down := len(b.branches)
			b.branches = append(b.branches, branch{})
			b.branches[at].down[q] = uint32(down)
			b.part(down, ends[q], ends[q+1])
		}
	}
}

// end is where the assets of a quarter end; to is where those of the branch do.
func (n *branch) end(q int, to uint32) uint32 {
	if q < 3 {
		return n.first[q+1]
	}
	return to
}

// survey fills in the box and the marks of a quarter, and of all below it.
func (b *packed) survey(at uint32, q int, to uint32) {
	n := &b.branches[at]
	box, marks, end := geo.EmptyBox(), uint64(0), n.end(q, to)
	if down := n.down[q]; down != 0 {
		for below := range 4 {
			b.survey(down, below, end)
			box = box.Union(b.branches[down].boxes[below])
			marks |= b.branches[down].marks[below]
		}
	} else {
		for i := n.first[q]; i < end; i++ {
			box = box.Extend(b.spots[i].point)
			marks |= 1 << b.bits[i]
		}
	}
	n.boxes[q], n.marks[q] = box, marks
}

// in calls yield with the number of every asset in the box that may bear one of the marks,
// until it returns false, and tells whether it never did. The order is that of the Z-curve.
func (b *packed) in(box geo.Box, marks uint64, yield func(uint32) bool) bool {
	return b.len() == 0 || b.inBranch(0, uint32(b.len()), box, marks, yield)
}

func (b *packed) inBranch(at, to uint32, box geo.Box, marks uint64, yield func(uint32) bool) bool {
	n := &b.branches[at]
	for q := range 4 {
		ground := &n.boxes[q]
		if n.marks[q]&marks == 0 || !box.Intersects(*ground) {
			continue
		}
		inner := box.Contains(ground.Min) && box.Contains(ground.Max)
		if end := n.end(q, to); n.down[q] != 0 && !inner {
			if !b.inBranch(n.down[q], end, box, marks, yield) {
				return false
			}
		} else {
			for i := n.first[q]; i < end; i++ {
				if (inner || box.Contains(b.spots[i].point)) && !yield(i) {
					return false
				}
			}
		}
	}
	return true
}
