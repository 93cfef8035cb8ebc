package index

import "slices"

const pageBits = 15 // assets in a page of hidden, as a power of two

// hidden marks assets of a packing that are there no more. Its pages are shared between
// snapshots and copied when written, so a mark costs one page, not the city.
type hidden struct {
	pages []*[1 << pageBits / 64]uint64 // nil pages have no mark
	count int
}

func (h *hidden) has(i uint32) bool {
	page := int(i >> pageBits)
	return page < len(h.pages) && h.pages[page] != nil && h.pages[page][i&(1<<pageBits-1)/64]>>(i%64)&1 != 0
}

// with is the same with more marks; places already marked count once.
func (h hidden) with(places []uint32) hidden {
	if len(places) == 0 {
		return h
	}
	next := hidden{slices.Clone(h.pages), h.count}
	own := map[int]bool{}
	for _, i := range places {
		page := int(i >> pageBits)
		for page >= len(next.pages) {
			next.pages = append(next.pages, nil)
		}
		if !own[page] {
			own[page] = true
			fresh := new([1 << pageBits / 64]uint64)
			if old := next.pages[page]; old != nil {
				*fresh = *old
			}
			next.pages[page] = fresh
		}
		word, bit := &next.pages[page][i&(1<<pageBits-1)/64], uint64(1)<<(i%64)
		if *word&bit == 0 {
			*word |= bit
			next.count++
		}
	}
	return next
}
